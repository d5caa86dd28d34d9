"""The help: for everybody, signed in or not, and true of the product as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.access import RIGHTS
from accounts.members.roles import said_of
from accounts.models import Role
from config.help_views import TOPICS
from tests.config.test_frame import assert_whole, page_of
from tests.factories import Cast, make_release

SignedIn = Callable[..., Client]


def words_of(response: HttpResponse) -> str:
    """The page without the links to the glossary in it."""
    return re.sub(r'<a class="term"[^>]*>([^<]*)</a>', r"\1", response.content.decode())


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_is_whole_for_visitors_and_members(
    client: Client, cast: Cast, signed_in: SignedIn, topic: str
) -> None:
    page = reverse("help_topic", args=[topic])
    for visitor in (Client(), signed_in(cast.reader), signed_in(cast.nobody)):
        response = visitor.get(page)
        assert response.status_code == 200
        assert_whole(page_of(response))


def test_the_first_page_leads_to_every_topic(client: Client, db: None) -> None:
    shown = client.get(reverse("help_index")).content.decode()
    assert_whole(page_of(client.get(reverse("help_index"))))
    assert [topic for topic in TOPICS if f'href="{reverse("help_topic", args=[topic])}"' not in shown] == []
    assert f'href="{reverse("help_measures")}"' in shown


def test_a_topic_that_is_not_there_is_not_found(client: Client, db: None) -> None:
    assert client.get("/help/everything/").status_code == 404


def test_vendors_read_theirs_without_the_members_pages(client: Client, cast: Cast, signed_in: SignedIn) -> None:
    page = reverse("help_topic", args=["vendors"])
    shown = client.get(page).content.decode()
    assert reverse("account_login") not in shown
    assert "More help" not in shown
    assert "More help" in signed_in(cast.reader).get(page).content.decode()


def test_the_roles_are_those_of_the_table_of_rights(client: Client, db: None) -> None:
    shown = words_of(client.get(reverse("help_topic", args=["roles"])))
    for role in Role:
        assert f"<h2>{role.label}</h2>" in shown
        for duty in said_of(RIGHTS[role]):
            assert f"{duty[0].upper()}{duty[1:]}." in shown


def test_the_thresholds_are_those_of_the_newest_edition(client: Client, db: None) -> None:
    page = reverse("help_topic", args=["words"])
    shown = " ".join(words_of(client.get(page)).split())
    assert "met from 75%, broken below 50%" in shown
    make_release("9", met_threshold=80, broken_threshold=40, minimum_coverage=60, knockout_below=3)
    shown = " ".join(words_of(client.get(page)).split())
    assert "met from 80%, broken below 40%" in shown
    assert "less than 60% of what applies" in shown
    assert "Graded below 3" in shown


def test_the_help_holds_nothing_of_an_organisation(client: Client, cast: Cast) -> None:
    for topic in TOPICS:
        assert "Harbour" not in client.get(reverse("help_topic", args=[topic])).content.decode()


def test_administrators_find_the_first_steps_there(cast: Cast, signed_in: SignedIn) -> None:
    assert reverse("first_steps") in signed_in(cast.admin).get(reverse("help_index")).content.decode()
    assert reverse("first_steps") not in signed_in(cast.reader).get(reverse("help_index")).content.decode()
