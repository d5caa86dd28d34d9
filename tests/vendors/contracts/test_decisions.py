"""What is due by which day, for reminders and lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import Cast, make_contract, make_vendor
from vendors.contracts import changes
from vendors.contracts.decisions import DeadlineKind, decide_by_of_vendors, upcoming
from vendors.models import Contract, Paper, PaperKind, TermDecision, Vendor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def paper(vendor: Vendor, name: str, expires_on: date | None, **fields: Any) -> Paper:
    return Paper.objects.create(vendor=vendor, kind=PaperKind.CERTIFICATE, name=name, expires_on=expires_on, **fields)


def test_what_is_open_and_due_by_then_comes_in_the_order_of_its_days(
    cast: Cast, vendor: Vendor, django_assert_num_queries: Any
) -> None:
    contract = make_contract(vendor, today=TODAY, ends_on=date(2026, 12, 31), owner=cast.reader.user)
    make_contract(vendor, "decided", today=TODAY, ends_on=date(2026, 12, 31), decision=TermDecision.CONTINUE)
    make_contract(vendor, "ended", today=TODAY, ends_on=date(2026, 12, 31), ended_on=TODAY)
    make_contract(vendor, "no end", today=TODAY, ends_on=None, renews_months=None)
    make_contract(vendor, "later", today=TODAY, ends_on=date(2027, 1, 1))
    newer = paper(vendor, "ISO 27001", date(2026, 5, 1))
    paper(vendor, "ISO 27001, old", date(2026, 2, 1), replaced_by=newer)
    paper(vendor, "never expires", None)
    expired = paper(vendor, "Liability", date(2026, 1, 31))
    away = make_vendor(cast.other_organisation, "Meadow Systems")
    make_contract(away, today=TODAY, ends_on=date(2026, 12, 31))
    archived = make_vendor(cast.organisation, "Archived", archived_at=timezone.now())
    make_contract(archived, today=TODAY, ends_on=date(2026, 12, 31))

    with django_assert_num_queries(2):
        found = upcoming(cast.organisation, date(2026, 9, 30))

    assert [(one.kind, one.pk, one.day, one.owner) for one in found] == [
        (DeadlineKind.PAPER, expired.pk, date(2026, 1, 31), None),
        (DeadlineKind.PAPER, newer.pk, date(2026, 5, 1), None),
        (DeadlineKind.CONTRACT, contract.pk, date(2026, 9, 30), cast.reader.user_id),
    ]
    assert [one.words for one in found[1:]] == [
        "Ask the vendor to renew ISO 27001",
        "Decide about the contract C-1",
    ]
    assert [one.url for one in found[1:]] == [
        f"/vendors/{vendor.pk}/#paper-{newer.pk}",
        f"/contracts/{contract.pk}/",
    ]


def test_of_a_contract_that_ends_and_would_renew_the_notice_stays_due_until_it_is_given(
    cast: Cast, vendor: Vendor
) -> None:
    contract = make_contract(vendor, today=TODAY)
    assert contract.decide_by is not None
    decide: dict[str, Any] = {"decision": TermDecision.END, "reason": "Too slow.", "today": TODAY}
    decided = changes.decide(cast.assessor, contract, **decide)
    (waiting,) = upcoming(cast.organisation, contract.decide_by)
    assert waiting.is_decided
    assert waiting.words == "Give notice of the contract C-1 to the vendor"

    changes.decide(cast.assessor, decided, **decide, notice_given_on=TODAY)

    assert upcoming(cast.organisation, contract.decide_by) == []
    changes.decide(cast.assessor, decided, decision=None, reason="", today=TODAY)
    assert Contract.objects.get().notice_given_on is None


def test_of_each_vendor_the_first_undecided_day_counts(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Harbour Line")
    make_contract(vendor, "b", today=TODAY, ends_on=date(2026, 12, 31))
    make_contract(vendor, "a", today=TODAY, ends_on=date(2026, 8, 31))
    make_contract(vendor, "c", today=TODAY, ends_on=date(2026, 6, 30), decision=TermDecision.CONTINUE)
    make_contract(other, "d", today=TODAY, ends_on=TODAY + timedelta(days=1), notice=0)
    theirs = make_vendor(cast.other_organisation)
    make_contract(theirs, "e", today=TODAY)
    assert decide_by_of_vendors(cast.reader, [vendor, other, theirs]) == {
        vendor.pk: date(2026, 5, 31),
        other.pk: TODAY + timedelta(days=1),
    }
