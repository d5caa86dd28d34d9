"""Scorecards of one vendor made by approving, each on its day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from assessments.lifecycle import transitions
from assessments.models import Answer
from reports.models import Scorecard
from tests.factories import Cast, make_assessment
from vendors.models import Vendor

FIRST = datetime(2025, 3, 3, 9, tzinfo=UTC)


def card(cast: Cast, vendor: Vendor, *, day: int = 0, release: Any = None, **grades: int | None) -> Scorecard:
    """Approved so many days after the first; each rule is graded 4, the named ones as given, None: nobody knows."""
    at = FIRST + timedelta(days=day)
    assessment = make_assessment(cast.assessor, vendor=vendor, release=release, grade=4)
    for rule, grade in grades.items():
        rows = Answer.objects.filter(response__assessment=assessment, question__rule__key=rule)
        rows.update(grade=grade, blank="" if grade is not None else "dont_know")
    transitions.submit(cast.assessor, assessment, now=at)
    transitions.approve(cast.approver, assessment, now=at)
    return Scorecard.objects.get(assessment=assessment)
