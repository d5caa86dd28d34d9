"""The group of bank editors: everything in the bank, nothing else in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from manifesto.apps import EDITORS
from tests.factories import make_release, make_user


@pytest.fixture
def editor_client(client: Client, db: None) -> Client:
    editor = make_user("bank", is_staff=True)
    editor.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(editor)
    return client


def test_bank_editor_opens_the_editions(editor_client: Client) -> None:
    release = make_release()
    assert editor_client.get("/admin/manifesto/release/").status_code == 200
    assert editor_client.get(f"/admin/manifesto/release/{release.pk}/change/").status_code == 200


def test_bank_editor_sees_neither_users_nor_organisations(editor_client: Client) -> None:
    assert editor_client.get("/admin/accounts/user/").status_code == 403
    assert editor_client.get("/admin/accounts/organisation/").status_code == 403
