"""What comes next for a vendor: what is in hand, else the day on which it is assessed again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment, AssessmentState
from assessments.schedule.upcoming import due_for
from tests.factories import Cast, make_assessment, make_vendor
from vendors.standings import Due

TODAY = date(2026, 5, 1)


def due(assessment: Assessment) -> Due | None:
    return due_for([assessment.vendor], TODAY).get(assessment.vendor_id)


@pytest.mark.parametrize(
    ("state", "words"),
    [("draft", "Draft, not opened yet"), ("collecting", "Answers due"), ("in_review", "To be decided")],
)
def test_what_is_in_hand_is_told_with_its_date_and_its_page(cast: Cast, state: AssessmentState, words: str) -> None:
    row = make_assessment(cast.assessor, state=state, due_on=date(2026, 5, 1))
    assert due(row) == Due(words=words, day=date(2026, 5, 1), url=f"/assessments/{row.pk}/")


def test_what_is_over_its_date_is_late(cast: Cast) -> None:
    told = due(make_assessment(cast.assessor, due_on=date(2026, 4, 30)))
    assert told and told.is_late


def test_of_several_in_hand_the_earliest_date_is_told_and_one_without_a_date_last(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    for day in (None, date(2026, 6, 1), date(2026, 5, 9)):
        row = make_assessment(cast.assessor, vendor=vendor, due_on=day)
    told = due(row)
    assert told and told.day == date(2026, 5, 9)


def closed(cast: Cast, **fields: Any) -> Assessment:
    days = {name: fields.pop(name) for name in ("period_start", "period_end") if name in fields}
    row = make_assessment(cast.assessor, state=AssessmentState.APPROVED, **fields)
    Assessment.objects.filter(pk=row.pk).update(**days or {"reference": row.reference})
    return Assessment.objects.get(pk=row.pk)


def test_a_repeated_one_comes_again_when_its_next_period_is_over(cast: Cast) -> None:
    assert due(closed(cast, repeat_months=6)) == Due(words="Assessed again from", day=date(2026, 10, 1))


def test_a_series_of_months_keeps_its_last_days(cast: Cast) -> None:
    first = closed(cast, period_start=date(2025, 8, 31), period_end=date(2025, 11, 29), repeat_months=3)
    second = closed(
        cast,
        vendor=first.vendor,
        period_start=date(2025, 11, 30),
        period_end=date(2026, 2, 27),
        repeat_months=3,
        previous=first,
    )
    # 31 August and nine months; counted from 30 November alone it would be the 30th.
    assert due(second) == Due(words="Assessed again from", day=date(2026, 5, 31))


@pytest.mark.parametrize("fields", [{}, {"state": AssessmentState.CANCELLED}])
def test_nothing_is_planned_without_a_rhythm_or_after_a_cancellation(cast: Cast, fields: dict[str, Any]) -> None:
    row = closed(cast) if not fields else make_assessment(cast.assessor, **fields)
    assert due(row) is None


def test_many_take_one_query(cast: Cast) -> None:
    vendors = [make_vendor(cast.organisation, f"Vendor {number}") for number in range(3)]
    for vendor in vendors:
        first = closed(cast, vendor=vendor, repeat_months=3)
        closed(
            cast,
            vendor=vendor,
            period_start=date(2026, 4, 1),
            period_end=date(2026, 6, 30),
            repeat_months=3,
            previous=first,
        )
    with CaptureQueriesContext(connection) as caught:
        found = due_for(vendors, TODAY)
    assert len(caught) == 1
    assert {one.day for one in found.values()} == {date(2026, 10, 1)}
