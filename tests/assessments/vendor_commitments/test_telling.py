"""Who is told of what: the customer what the vendor did, the vendor that something waits for its word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Membership
from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentLink, Preferences
from assessments.vendor_commitments import links, saying, telling
from manifesto.printed import editions
from tests.assessments.vendor_commitments.scene import Side, upload
from tests.factories import Cast, make_commitment

Committed = Callable[..., Any]


@pytest.fixture
def certain(django_capture_on_commit_callbacks: Committed) -> Committed:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def now() -> datetime:
    return timezone.now()


def link_of(own: Side) -> CommitmentLink:
    return CommitmentLink.objects.select_related(*links.RELATED).get(pk=own.link.pk)


# The customer -----------------------------------------------------------------------------------------------------
def test_whoever_follows_it_up_reads_what_the_vendor_did(own: Side, certain: Committed) -> None:
    link = link_of(own)
    with certain():
        saying.decline(link, own.asked, text="Two days, not one.", version=None, now=now())
        saying.say_progress(link, own.agreed, text="Half of it.", files=[upload("half.txt")], now=now())
        saying.report_done(link, own.agreed, text="Restored.", files=[], now=now())
    refused, progress, done = mail.outbox
    assert {message.to[0] for message in mail.outbox} == {"assessor@example.org"}
    assert refused.subject == f"Lighthouse Vendor does not agree to {own.asked.number}"
    assert "Two days, not one." in refused.body
    assert progress.subject == f"Lighthouse Vendor tells how far {own.agreed.number} is"
    assert "half.txt" in progress.body
    assert done.subject == f"Lighthouse Vendor reports {own.agreed.number} done"
    assert f"/commitments/{own.agreed.pk}/" in done.body


def test_several_that_are_agreed_at_once_are_one_mail_a_person(cast: Cast, own: Side, certain: Committed) -> None:
    other = make_commitment(own.member, own.vendor, what="Other")
    hers = make_commitment(own.member, own.vendor, what="Hers", owner=cast.colleague.user)
    with certain():
        wanted = [(row, row.version) for row in (own.asked, other, hers)]
        saying.agree(link_of(own), wanted, name="Dana", now=now())
    assert {(message.to[0], message.subject) for message in mail.outbox} == {
        ("assessor@example.org", "Lighthouse Vendor agrees to 2 commitments"),
        ("colleague@example.org", f"Lighthouse Vendor agrees to {hers.number}"),
    }
    assert "Lighthouse Robin of Lighthouse Vendor has agreed, in the name of Dana." in mail.outbox[0].body


def test_where_the_owner_has_left_whoever_assesses_is_told(cast: Cast, own: Side, certain: Committed) -> None:
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    with certain():
        saying.say_progress(link_of(own), own.agreed, text="Half.", files=[], now=now())
    assert [message.to for message in mail.outbox] == [["colleague@example.org"]]


def test_whoever_wants_no_mail_at_once_gets_none(own: Side, certain: Committed) -> None:
    Preferences.objects.create(user=own.member.user, at_once=False)
    with certain():
        saying.say_progress(link_of(own), own.agreed, text="Half.", files=[], now=now())
    assert mail.outbox == []


# The vendor's contact ---------------------------------------------------------------------------------------------
def ripe(later: timedelta = timedelta(hours=2)) -> datetime:
    return now() + later


def is_told(at: datetime) -> bool:
    return telling.to_tell(at).exists()


def test_a_contact_is_told_once_of_what_was_asked_after_the_link_was_mailed(own: Side) -> None:
    telling.send(own.link, own.shown.token, asker=own.member.user, now=now())
    assert not is_told(ripe())  # the link's own mail told it
    make_commitment(own.member, own.vendor, what="Later one", now=now() + timedelta(minutes=1))
    assert telling.tell_some(ripe()) == 1
    message = mail.outbox[-1]
    assert message.subject == "2 commitments to Harbour Hospital wait for your word"
    assert message.to == ["Lighthouse@vendor.example"]
    assert "Later one" in message.body
    assert own.shown.token not in message.body
    assert telling.tell_some(ripe(timedelta(hours=3))) == 0


def test_whoever_is_still_writing_is_waited_for(own: Side) -> None:
    asked_at = now() + timedelta(minutes=1)
    make_commitment(own.member, own.vendor, what="Later one", now=asked_at)
    assert not is_told(asked_at + timedelta(minutes=59))
    assert is_told(asked_at + timedelta(minutes=61))


def test_a_change_of_what_was_declined_is_news_again(own: Side) -> None:
    saying.decline(link_of(own), own.asked, text="No.", version=None, now=now())
    assert not telling.waiting_of(own.vendor).exists()
    row = Commitment.objects.get(pk=own.asked.pk)
    later = now() + timedelta(minutes=5)
    transitions.change(own.member, row, {"what": "Less"}, version=row.version, now=later)
    assert telling.waiting_of(own.vendor).get() == row
    assert is_told(later + timedelta(hours=2))


@pytest.mark.parametrize(
    "fields", [{"email": ""}, {"revoked_at": True}, {"expires_at": True}, {"seen_at": True}], ids=str
)
def test_who_cannot_come_in_or_has_looked_since_is_not_written_to(own: Side, fields: dict[str, Any]) -> None:
    make_commitment(own.member, own.vendor, now=now() + timedelta(minutes=1))
    assert is_told(ripe())
    given = {name: ripe() if value is True else value for name, value in fields.items()}
    given |= {"expires_at": now()} if "expires_at" in fields else {}
    CommitmentLink.objects.update(**given)
    assert not is_told(ripe())


def test_a_mail_that_did_not_go_is_tried_again(own: Side) -> None:
    make_commitment(own.member, own.vendor, now=now() + timedelta(minutes=1))
    with mock.patch("accounts.mail.deliver", side_effect=OSError("refused")):
        assert telling.tell_some(ripe()) == 0
    assert telling.tell_some(ripe()) == 1


def test_of_two_who_tell_one_writes(own: Side) -> None:
    first, second = link_of(own), link_of(own)
    assert telling.tell_contact(first, now=now())
    assert not telling.tell_contact(second, now=now())
    assert len(mail.outbox) == 1


def test_the_mail_keeps_the_link_open_until_what_it_tells_of_is_due(own: Side) -> None:
    late = timezone.localdate() + timedelta(days=340)
    make_commitment(own.member, own.vendor, due_on=late)
    assert telling.tell_contact(link_of(own), now=now())
    assert timezone.localdate(link_of(own).expires_at) == late + timedelta(days=14)


def test_the_queries_do_not_grow_with_what_waits(own: Side, django_assert_num_queries: Any) -> None:
    for number in range(12):
        make_commitment(own.member, own.vendor, what=f"Number {number}")
    editions()  # the process has read them before
    with django_assert_num_queries(1):
        list(telling.to_tell(ripe()))
    with django_assert_num_queries(11):
        telling.tell_contact(link_of(own), now=now())
