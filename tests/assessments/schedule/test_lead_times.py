"""How long an assessment takes here, as its own history tells."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Membership
from assessments.models import Assessment, AssessmentState
from assessments.schedule.lead_times import judge, lead_of
from tests.factories import NOW, Cast, make_assessment, make_vendor
from vendors.contracts.offers import Lead

pytestmark = pytest.mark.django_db


def approved(member: Membership, *, days: float, closed: datetime = NOW, **fields: Any) -> Assessment:
    """Opened so many days before it was approved."""
    assessment = make_assessment(member, state=AssessmentState.APPROVED, closed_at=closed, **fields)
    opened(assessment, closed - timedelta(days=days))
    return assessment


def opened(assessment: Assessment, at: datetime) -> None:
    AuditEntry.objects.create(
        organisation=assessment.organisation,
        verb="assessment.opened",
        object_type="assessments.assessment",
        object_id=str(assessment.pk),
        at=at,
    )


def test_the_median_of_three_is_the_one_in_the_middle_in_days_begun(cast: Cast) -> None:
    for days in (10, 200, 40.2):
        approved(cast.assessor, days=days)
    approved(cast.stranger, days=1)
    assert lead_of(cast.organisation.pk).now() == Lead(days=41, of=3)


def test_of_an_even_number_it_lies_between_the_two_in_the_middle(cast: Cast) -> None:
    for days in (10, 20, 30, 400):
        approved(cast.assessor, days=days)
    assert lead_of(cast.organisation.pk).now() == Lead(days=25, of=4)


def test_with_fewer_than_three_of_its_own_it_is_sixty_days_and_of_none(cast: Cast) -> None:
    for days in (10, 20):
        approved(cast.assessor, days=days)
    make_assessment(cast.assessor, state=AssessmentState.CANCELLED, closed_at=NOW)
    make_assessment(cast.assessor, state=AssessmentState.APPROVED, closed_at=NOW)  # nobody knows when it was opened
    assert lead_of(cast.organisation.pk).now() == Lead(days=60, of=0)


def test_an_assessment_that_was_opened_twice_counts_from_the_first_time(cast: Cast) -> None:
    for _number in range(3):
        opened(approved(cast.assessor, days=30), NOW - timedelta(days=5))
    assert lead_of(cast.organisation.pk).now() == Lead(days=30, of=3)


def test_what_was_opened_and_approved_within_a_day_tells_nothing(cast: Cast) -> None:
    for days in (0, 0.99, 10, 20):
        approved(cast.assessor, days=days)
    assert lead_of(cast.organisation.pk).now() == Lead(days=60, of=0)
    approved(cast.assessor, days=1)
    assert lead_of(cast.organisation.pk).now() == Lead(days=10, of=3)


def test_the_latest_twenty_five_count_and_none_counts_for_more_than_two_years(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    for number in range(25):
        approved(cast.assessor, days=2000, closed=NOW - timedelta(days=number), vendor=vendor)
    for _number in range(30):
        approved(cast.assessor, days=300, closed=NOW - timedelta(days=100), vendor=vendor)
    assert lead_of(cast.organisation.pk).now() == Lead(days=730, of=25)


def test_what_is_in_hand_and_what_was_approved_is_told_of_the_vendors_asked_about(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    busy, done, other = (make_vendor(cast.organisation, name) for name in ("busy", "done", "other"))
    make_assessment(cast.assessor, vendor=busy, state=AssessmentState.DRAFT)
    make_assessment(cast.assessor, vendor=busy, state=AssessmentState.CANCELLED, closed_at=NOW)
    approved(cast.assessor, days=5, vendor=done)
    approved(cast.assessor, days=5, vendor=done, closed=NOW - timedelta(days=90))
    make_assessment(cast.assessor, vendor=other)
    with django_assert_max_num_queries(3):
        told = judge(cast.reader, [busy.pk, done.pk])
    assert told.in_hand == {busy.pk}
    assert told.approved == {done.pk: date(2026, 3, 2)}
