"""When an assessment is offered, so that it is there before a contract must be decided."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.together import Lookup
from tests.factories import Cast, make_contract, make_vendor
from vendors.contracts import offers
from vendors.contracts.offers import AHEAD, Judged, Lead, offer_of, offers_for
from vendors.models import Contract, TermDecision, Vendor

BY = date(2027, 5, 2)
CONTRACT = Contract(pk=1, vendor_id=7, reference="C-1", decide_by=BY)


def judged(days: int = 60, *, in_hand: bool = False, approved: date | None = None) -> Judged:
    return Judged(
        lead=Lead(days=days),
        in_hand=frozenset({7} if in_hand else ()),
        approved={7: approved} if approved else {},
    )


def test_sixty_days_before_the_second_of_may_are_the_third_of_march() -> None:
    offer = offer_of(CONTRACT, judged(60), date(2027, 2, 1))
    assert offer is not None
    assert (offer.start_by, offer.is_late) == (date(2027, 3, 3), False)
    late = offer_of(CONTRACT, judged(60), date(2027, 3, 4))
    assert late is not None
    assert late.is_late


def test_it_is_offered_from_ninety_days_before_until_the_day_to_decide_by() -> None:
    first = date(2027, 3, 3) - timedelta(days=90)
    assert offer_of(CONTRACT, judged(60), first - timedelta(days=1)) is None
    assert offer_of(CONTRACT, judged(60), first) is not None
    assert offer_of(CONTRACT, judged(60), BY) is not None
    assert offer_of(CONTRACT, judged(60), BY + timedelta(days=1)) is None


def test_it_is_gone_while_an_assessment_is_in_hand_and_after_one_was_approved_since() -> None:
    today = date(2027, 2, 1)
    since = date(2027, 3, 3) - AHEAD
    assert offer_of(CONTRACT, judged(in_hand=True), today) is None
    assert offer_of(CONTRACT, judged(approved=since), today) is None
    assert offer_of(CONTRACT, judged(approved=since - timedelta(days=1)), today) is not None


@given(days=st.integers(1, 730), before=st.integers(-30, 1000))
def test_whoever_starts_in_time_has_the_days_that_it_takes(days: int, before: int) -> None:
    today = BY - timedelta(days=before)
    offer = offer_of(CONTRACT, judged(days), today)
    assert (offer is not None) is (0 <= before <= days + AHEAD.days)
    if offer is not None:
        assert (BY - offer.start_by).days == days
        assert offer.is_late is (before < days)


@pytest.mark.django_db
def test_each_vendor_is_offered_the_contract_that_must_be_decided_first(
    cast: Cast, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date(2026, 3, 2)
    asked: list[list[int]] = []

    def judging(member: object, vendors: object) -> Lookup[Judged]:
        asked.append(list(vendors))  # type: ignore[call-overload]
        return Lookup(reads=(), told=lambda: Judged(lead=Lead(days=30, of=4), in_hand=frozenset(), approved={}))

    monkeypatch.setattr(offers, "_judging", [judging])
    first = make_contract(vendor, "b", today=today, ends_on=date(2026, 7, 31))
    make_contract(vendor, "a", today=today, ends_on=date(2026, 8, 31))
    make_contract(vendor, "passed", today=today, ends_on=date(2026, 4, 30))
    make_contract(vendor, "decided", today=today, ends_on=date(2026, 6, 30), decision=TermDecision.END)
    other = make_vendor(cast.organisation, "Harbour Line")
    make_contract(other, "far", today=today, ends_on=date(2030, 1, 1))
    theirs = make_vendor(cast.other_organisation)
    make_contract(theirs, "away", today=today, ends_on=date(2026, 7, 31))

    found = offers_for(cast.reader, today, vendors=[vendor.pk, other.pk, theirs.pk])

    assert {key: (offer.contract, offer.start_by) for key, offer in found.items()} == {
        vendor.pk: (first, date(2026, 3, 31)),
    }
    assert asked == [[vendor.pk]]
    assert offers_for(cast.reader, today, vendors=[other.pk]) == {}
