"""The vendor is reminded of what it agreed to do: a week before, on the day, and once a week while it is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.models import Membership
from assessments.models import Commitment, CommitmentLink, CommitmentState, Digest, DigestState
from assessments.schedule import digest as reminders
from assessments.vendor_commitments import links
from tests.assessments.commitments.measuring import promised
from tests.factories import Cast
from vendors.models import Contact

HERE = ZoneInfo("Europe/Brussels")
DUE = date(2026, 5, 20)
MADE = datetime(2026, 4, 1, 9, tzinfo=HERE)


@pytest.fixture(autouse=True)
def nudged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders.DIGESTS, "nudge", lambda pk: True)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=HERE)


def linked(cast: Cast, commitment: Commitment, name: str = "Vera", **fields: Any) -> CommitmentLink:
    contact = Contact.objects.create(vendor=commitment.vendor, name=name, email=f"{name.lower()}@vendor.example")
    link, _token = links.create(cast.assessor, contact, now=MADE)
    given = {"sent_at": MADE, "expires_at": at(DUE + timedelta(days=300)), **fields}
    CommitmentLink.objects.filter(pk=link.pk).update(**given)
    return CommitmentLink.objects.get(pk=link.pk)


def mornings(first: date, last: date) -> dict[date, list[str]]:
    """Day by day, who was written to."""
    told = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        mail.outbox.clear()
        reminders.queue(at(day))
        for row in Digest.objects.filter(day=day, commitment_link__isnull=False):
            reminders.send(row.pk, now=at(day))
        if vendors := [message.to[0] for message in mail.outbox if message.to[0].endswith("@vendor.example")]:
            told[day] = vendors
    return told


def test_a_week_before_on_the_day_and_weekly_late(cast: Cast) -> None:
    linked(cast, promised(cast.assessor, due_on=DUE))
    told = mornings(DUE - timedelta(days=10), DUE + timedelta(days=22))
    assert list(told) == [DUE - timedelta(days=7), DUE, *(DUE + timedelta(days=days) for days in (7, 14, 21))]
    assert set(map(tuple, told.values())) == {("vera@vendor.example",)}


def test_the_mail_says_what_until_when_and_where_the_link_is(cast: Cast) -> None:
    commitment = promised(cast.assessor, due_on=DUE)
    linked(cast, commitment)
    mornings(DUE - timedelta(days=7), DUE - timedelta(days=7))
    (message,) = mail.outbox
    assert message.subject == f"1 commitment to {cast.organisation} is due soon"
    for said in (commitment.number, "20\xa0May 2026", "Resolve incidents within twelve hours", "1\xa0April 2026"):
        assert said in message.body
    assert message.reply_to == ["Assessor <assessor@example.org>"]
    mornings(DUE + timedelta(days=7), DUE + timedelta(days=7))
    assert mail.outbox[0].subject == f"1 commitment to {cast.organisation} is late"


def test_an_outage_forgets_nothing_and_tells_it_once(cast: Cast) -> None:
    linked(cast, promised(cast.assessor, due_on=DUE))
    mornings(DUE - timedelta(days=9), DUE - timedelta(days=9))
    told = mornings(DUE + timedelta(days=3), DUE + timedelta(days=5))
    assert list(told) == [DUE + timedelta(days=3)]


def test_what_is_reported_done_or_not_agreed_yet_reminds_nobody(cast: Cast) -> None:
    reported = promised(cast.assessor, due_on=DUE, state=CommitmentState.REPORTED)
    asked = {"state": CommitmentState.PROPOSED, "agreed_on": None, "agreed_by": ""}
    promised(cast.assessor, reported.vendor, due_on=DUE, **asked)
    linked(cast, reported)
    assert mornings(DUE, DUE) == {}
    assert not Digest.objects.filter(commitment_link__isnull=False).exists()


@pytest.mark.parametrize(
    "closed",
    [{"revoked_at": MADE}, {"expires_at": MADE}, {"email": ""}, {"sent_at": None, "told_at": None}],
    ids=["withdrawn", "expired", "without an address", "never mailed"],
)
def test_only_a_link_that_stands_and_was_mailed_is_reminded(cast: Cast, closed: dict[str, Any]) -> None:
    linked(cast, promised(cast.assessor, due_on=DUE), **closed)
    assert mornings(DUE, DUE) == {}


def test_whoever_answers_for_it_is_reminded_and_not_a_colleague(cast: Cast) -> None:
    commitment = promised(cast.assessor, due_on=DUE)
    vera, _olaf = linked(cast, commitment), linked(cast, commitment, "Olaf")
    assert mornings(DUE, DUE) == {DUE: ["vera@vendor.example", "olaf@vendor.example"]}
    Commitment.objects.update(contact=vera.contact)
    later = DUE + timedelta(days=7)
    assert mornings(later, later) == {later: ["vera@vendor.example"]}


def test_a_link_mailed_after_the_day_was_told_is_not_reminded_of_it(cast: Cast) -> None:
    linked(cast, promised(cast.assessor, due_on=DUE), sent_at=at(DUE))
    assert mornings(DUE, DUE + timedelta(days=1)) == {}


def test_a_digest_goes_out_once_a_day_to_a_link(cast: Cast) -> None:
    linked(cast, promised(cast.assessor, due_on=DUE))
    mornings(DUE, DUE)
    mornings(DUE, DUE)
    row = Digest.objects.get(commitment_link__isnull=False)
    assert (row.state, row.day) == (DigestState.SENT, DUE)


def test_without_anybody_who_asks_no_address_is_named(cast: Cast) -> None:
    linked(cast, promised(cast.assessor, due_on=DUE))
    Membership.objects.filter(organisation=cast.organisation).update(is_active=False)
    mornings(DUE, DUE)
    assert mail.outbox[0].reply_to == []
