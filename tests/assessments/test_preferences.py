"""Telling a person at once: only who wishes it, in their language, and undoing nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from accounts.models import User
from assessments.models import Preferences
from assessments.preferences import tell, tell_once_certain
from tests.factories import Cast

TEMPLATE = "assessments/vendor_side/email/vendor_handed_in"
CONTEXT = {"vendor": "Example Systems", "contact": "Robin", "url": "https://x.example"}


def receivers() -> list[str]:
    return [address for sent in mail.outbox for address in sent.to]


def test_who_never_chose_is_told_in_their_language(cast: Cast) -> None:
    User.objects.filter(pk=cast.reader.user_id).update(language="nl")
    assert tell(User.objects.get(pk=cast.reader.user_id), TEMPLATE, CONTEXT)
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert '<html lang="nl">' in str(sent.alternatives[0][0])


def test_who_wishes_none_or_was_shut_out_is_not_told_and_that_is_no_failure(cast: Cast) -> None:
    Preferences.objects.create(user=cast.reader.user, at_once=False)
    cast.approver.user.is_active = False
    assert tell(cast.reader.user, TEMPLATE, CONTEXT)
    assert tell(cast.approver.user, TEMPLATE, CONTEXT)
    assert receivers() == []


def test_a_mail_server_that_refuses_is_told_to_whoever_asks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    monkeypatch.setattr("accounts.mail.send", refuse)
    assert not tell(cast.reader.user, TEMPLATE, CONTEXT)


def test_what_is_rolled_back_is_told_to_nobody(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    people = [cast.reader.user, cast.approver.user]
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            tell_once_certain(people, TEMPLATE, CONTEXT)
            transaction.set_rollback(True)
        assert receivers() == []
        tell_once_certain(people, TEMPLATE, CONTEXT)
        assert receivers() == []
    assert receivers() == ["reader@example.org", "approver@example.org"]
