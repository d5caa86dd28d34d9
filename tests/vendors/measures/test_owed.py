"""Proofs of cause as measures: worked by hand, and as properties."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, Cast, hand_in_proof, make_incident, make_proof, make_vendor
from vendors.measures.loading import measures_of
from vendors.measures.owed import PROOF_HORIZON, PROOF_TAKERS, ProofFacts, ProofOwed, proof_facts
from vendors.models import CauseProof, ProofState, Service, ServiceCalendar

DUE = date(2026, 3, 12)
FOLLOWED = date(2026, 4, 13)
LATER = date(2026, 6, 1)
EARLY = ProofOwed(case=1, due=DUE, followed=FOLLOWED, handed_in=date(2026, 3, 10), took=6)
LATE = ProofOwed(case=2, due=DUE, followed=FOLLOWED, handed_in=date(2026, 3, 13), took=9)
NEVER = ProofOwed(case=3, due=DUE, followed=FOLLOWED)
VERY_LATE = ProofOwed(case=4, due=DUE, followed=FOLLOWED, handed_in=date(2026, 5, 20), took=57)


def taken(key: str, known: date, *owed: ProofOwed) -> tuple[float | None, list[int]]:
    value, cases = PROOF_TAKERS[key]([proof_facts(one, known) for one in owed])
    return value, list(cases)


def test_the_share_in_time_is_of_those_whose_day_is_over() -> None:
    assert taken("proof_in_time", LATER, EARLY, LATE, NEVER, VERY_LATE) == (25, [1, 2, 3, 4])
    # On the day itself it is not over: not even the one that came early counts, else it would stand alone.
    assert taken("proof_in_time", DUE, EARLY, LATE, NEVER) == (None, [])


def test_the_days_are_the_mean_of_those_that_were_followed_for_as_long() -> None:
    assert taken("proof_days", LATER, EARLY, LATE, NEVER, VERY_LATE) == ((6 + 9 + 30 + 30) / 4, [1, 2, 3, 4])
    assert taken("proof_days", FOLLOWED, EARLY, LATE) == (None, [])


def test_what_was_handed_in_after_the_day_of_the_measure_was_not_yet() -> None:
    assert proof_facts(VERY_LATE, date(2026, 4, 20)) == ProofFacts(case=4, in_time=False, days=PROOF_HORIZON)
    assert proof_facts(EARLY, date(2026, 3, 5)) == ProofFacts(case=1, in_time=None, days=None)


@given(st.integers(0, 200), st.none() | st.integers(0, 200), st.integers(1, 60), st.integers(0, 200))
def test_time_that_passes_never_takes_back_what_was_said(known: int, came: int | None, term: int, more: int) -> None:
    start = date(2026, 1, 1)
    owed = ProofOwed(
        case=1,
        due=start + timedelta(days=term),
        followed=start + timedelta(days=42),
        handed_in=None if came is None else start + timedelta(days=came),
        took=0 if came is None else came * 5 // 7,
    )
    before = proof_facts(owed, start + timedelta(days=known))
    after = proof_facts(owed, start + timedelta(days=known + more))

    assert before.in_time in (None, after.in_time)
    assert before.days in (None, after.days)
    assert after.days is None or 0 <= after.days <= PROOF_HORIZON


# From the rows ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_proofs_of_a_vendor_are_measured_by_the_month_of_their_incident(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Records")
    ServiceCalendar.objects.create(service=service, country="BE")
    opened = NOW.replace(month=1, day=5)

    def owed(number: int, days: int | None, state: ProofState = ProofState.OWED) -> CauseProof:
        incident = make_incident(vendor, f"INC-{number}", opened=opened, service=service)
        proof = make_proof(cast.assessor, incident, state=state, now=opened, due_on=date(2026, 1, 19))
        if days is None:
            return proof
        return hand_in_proof(cast.assessor, proof, now=opened + timedelta(days=days))

    owed(1, 14)  # on its day: ten working days
    owed(2, 15)
    owed(3, None)
    owed(4, None, ProofState.WAIVED)
    moment = timezone.make_aware(datetime(2026, 4, 30, 12))

    measured = measures_of(vendor, now=moment)

    in_time, days = measured.of("proof_in_time"), measured.of("proof_days")
    assert in_time.points[0].value == pytest.approx(100 / 3)
    assert len(in_time.points[0].cases) == 3
    assert days.points[0].value == pytest.approx((10 + 11 + 30) / 3)
    assert (days.measure.unit, days.measure.lower_is_better) == ("days", True)
    assert measures_of(vendor, now=opened + timedelta(days=5)).of("proof_in_time").points[0].value is None
