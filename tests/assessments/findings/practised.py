"""An assessment that asks how often the vendor rehearses and reviews, and who says what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from assessments.models import Answer, Assessment, FrequencyUnit, Response, ResponseKind
from manifesto.models import FactKind, Question, Release, ReleaseState
from tests.factories import NOW, Cast, make_assessment, make_rehearsal, make_release
from vendors.models import RehearsalKind, Vendor

KEYS = {"support-1": "support-rehearsal", "speed-1": "speed-practice", "speed-2": "speed-review"}
TODAY = date(2026, 3, 2)  # of NOW; the period of an assessment ends later


def asking_release() -> Release:
    """With the three questions of practice: 1.1, 5.1 and 5.2 here."""
    release = make_release("practice", state=ReleaseState.DRAFT)
    for old, new in KEYS.items():
        fact = FactKind.NONE if new == "support-rehearsal" else FactKind.FREQUENCY
        Question.objects.filter(release=release, key=old).update(key=new, fact=fact)
    release.state, release.published_at = ReleaseState.PUBLISHED, NOW
    release.save()
    return release


def asked(cast: Cast, vendor: Vendor) -> Assessment:
    """Handed in by the assessor, and by the vendor itself."""
    assessment = make_assessment(cast.assessor, vendor=vendor, release=asking_release(), grade=2)
    own = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=NOW)
    questions = Question.objects.filter(release=assessment.release_id)
    Answer.objects.bulk_create(Answer(response=own, question=question) for question in questions)
    return assessment


def says(
    assessment: Assessment,
    question: str,
    times: int | str | None = None,
    unit: FrequencyUnit = FrequencyUnit.YEAR,
    *,
    kind: ResponseKind = ResponseKind.VENDOR,
    grade: int | None = None,
) -> None:
    fact = {"fact_value": Decimal(times), "fact_unit": unit} if times is not None else {}
    rows = Answer.objects.filter(response__assessment=assessment, response__kind=kind, question__key=question)
    assert rows.update(grade=grade, **fact)


def held(
    cast: Cast, vendor: Vendor, *days_ago: int, kind: RehearsalKind = RehearsalKind.REHEARSAL, **told: str
) -> None:
    for days in days_ago:
        day = TODAY - timedelta(days=days)
        told = {"went_well": "All", **told}
        make_rehearsal(cast.assessor, vendor, held_on=day, now=NOW - timedelta(days=days), kind=kind, **told)


def recorded_since(vendor: Vendor, days_ago: int) -> None:
    vendor.organisation.rehearsals_recorded_since = TODAY - timedelta(days=days_ago)
    vendor.organisation.save()
