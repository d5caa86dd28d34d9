"""Proofs of cause on My work, in the calendar, and in reminders to the vendor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import ItemKind
from assessments.schedule.owed_mails import remind_due
from tests.factories import NOW, Cast, make_assessment, make_incident, make_proof, make_vendor
from tests.vendors.proofs.conftest import make_desk_link
from vendors.models import CauseProof, Contact, DeskLink, ProofState, Vendor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
YEAR = timedelta(days=366)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


def items(member: Any, *, ahead: timedelta | None = None) -> list[tuple[str, str, bool]]:
    found = waiting_for(member, TODAY, ahead=ahead)
    return [(str(one.kind), one.about, one.is_late) for one in found if one.key.startswith("proof-")]


def owed(cast: Cast, vendor: Vendor, due_on: date, state: ProofState = ProofState.OWED, **fields: Any) -> CauseProof:
    proof = make_proof(cast.assessor, make_incident(vendor), state=state, now=NOW, **fields)
    CauseProof.objects.filter(pk=proof.pk).update(due_on=due_on)
    proof.due_on = due_on
    return proof


def test_what_is_to_be_read_and_what_is_late_waits_for_whoever_follows_it_up(cast: Cast, vendor: Vendor) -> None:
    late = owed(cast, vendor, TODAY - DAY, owner=cast.reader.user)
    read = owed(cast, vendor, TODAY + 9 * DAY, ProofState.HANDED_IN, owner=cast.reader.user)
    soon = owed(cast, vendor, TODAY + 2 * DAY, owner=cast.reader.user)
    owed(cast, vendor, TODAY - DAY, ProofState.ACCEPTED, owner=cast.reader.user)

    assert set(items(cast.reader)) == {
        (ItemKind.PROOF_LATE, late.number, True),
        (ItemKind.PROOF_TO_READ, read.number, False),
    }
    assert (ItemKind.PROOF_DUE, soon.number, False) in items(cast.reader, ahead=YEAR)
    assert items(cast.assessor) == []


def test_what_nobody_follows_up_waits_for_those_who_keep_the_facts(cast: Cast, vendor: Vendor) -> None:
    late = owed(cast, vendor, TODAY - DAY, owner=None)
    assert items(cast.admin) == items(cast.assessor) == [(ItemKind.PROOF_LATE, late.number, True)]
    assert items(cast.reader) == items(cast.stranger) == []


def test_nothing_waits_for_whoever_still_judges_the_vendor(cast: Cast, vendor: Vendor) -> None:
    owed(cast, vendor, TODAY - DAY)
    make_assessment(cast.assessor, vendor=vendor)
    assert items(cast.assessor) == []


def test_the_day_of_one_proof_goes_into_ones_calendar(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    proof = owed(cast, vendor, timezone.localdate() + 5 * DAY)
    response = signed_in(cast.assessor).get(reverse("proof_calendar", args=[proof.pk]))
    content = b"".join(response).decode()
    assert proof.number in content and "BEGIN:VEVENT" in content
    read = owed(cast, vendor, TODAY, ProofState.HANDED_IN)
    assert signed_in(cast.assessor).get(reverse("proof_calendar", args=[read.pk])).status_code == 404


# Reminders --------------------------------------------------------------------------------------------------------
def told(vendor: Vendor, name: str, days_ago: int | None) -> DeskLink:
    contact = Contact.objects.create(vendor=vendor, name=name, email=f"{name.lower()}@example.com")
    link = make_desk_link(vendor, contact)
    link.told_at = None if days_ago is None else NOW - days_ago * DAY
    link.save()
    return link


@pytest.mark.parametrize(
    ("due_in", "told_ago", "is_told"),
    [
        (7, 3, True),  # a week before
        (6, 3, True),  # that day fell between the last mail and today
        (4, 2, False),  # told since
        (0, 5, True),  # on the day
        (-1, 2, True),  # the day itself was missed
        (-7, 3, True),  # once a week while it is late
        (-5, 3, False),
        (0, 1, False),  # told yesterday: left alone
        (0, None, False),  # never mailed: they have no link to go to
    ],
)
def test_a_contact_is_reminded_before_and_after_the_day(
    cast: Cast, vendor: Vendor, due_in: int, told_ago: int | None, is_told: bool
) -> None:
    link = told(vendor, "Vera", told_ago)
    proof = owed(cast, vendor, TODAY + due_in * DAY, contact=link.contact)

    assert remind_due(NOW) == is_told

    assert [sent.to for sent in mail.outbox] == ([["vera@example.com"]] if is_told else [])
    if is_told:
        assert proof.incident.reference in str(mail.outbox[0].body)
        link.refresh_from_db()
        assert link.told_at == NOW
        assert remind_due(NOW) == 0


def test_who_owes_it_is_reminded_and_not_another_with_a_link(cast: Cast, vendor: Vendor) -> None:
    vera, other = told(vendor, "Vera", 3), told(vendor, "Otto", 3)
    proof = owed(cast, vendor, TODAY, contact=vera.contact)
    assert remind_due(NOW) == 1
    assert mail.outbox[0].to == ["vera@example.com"]
    DeskLink.objects.filter(pk=vera.pk).update(revoked_at=NOW)
    CauseProof.objects.filter(pk=proof.pk).update(due_on=TODAY)
    assert remind_due(NOW) == 1  # nobody else can: whoever has a link is told
    assert mail.outbox[1].to == [other.email]


def test_nobody_is_reminded_of_what_is_handed_in(cast: Cast, vendor: Vendor) -> None:
    link = told(vendor, "Vera", 3)
    owed(cast, vendor, TODAY, ProofState.HANDED_IN, contact=link.contact)
    assert remind_due(NOW) == 0
