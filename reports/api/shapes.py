"""What several answers about results share: exact numbers, names of things, texts in three languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from accounts.api.problems import Problem
from accounts.models import Membership
from assessments.score.arithmetic import Confidence, RuleStatus, Verdict
from reports.models import Scorecard
from vendors.models import Vendor
from vendors.withheld import withheld

EXACT = Field(description="An exact fraction, such as “200/3”.", pattern=r"^-?\d+(/\d+)?$")
MAYBE_EXACT = Field(
    description="An exact fraction, such as “200/3”; null where there is none: silence is never zero.",
    pattern=r"^-?\d+(/\d+)?$",
)
PERCENT = Field(description="Percent with two decimals, such as “66.67”; null where it is not rated.")


class Texts(Schema):
    """One text in the three languages."""

    en: str
    fr: str
    nl: str


class VendorRef(Schema):
    uuid: UUID
    name: str


class AssessmentRef(Schema):
    uuid: UUID
    reference: str
    period_start: date
    period_end: date


class ScorecardRef(Schema):
    uuid: UUID
    number: str
    approved_at: datetime


class RuleNumbers(Schema):
    """One of the seven, as lists have it."""

    key: str
    position: int
    status: RuleStatus
    percent: Decimal | None = PERCENT
    coverage: Decimal = Field(description="Percent of the weight that applies and is graded.")


class Result(Schema):
    """“k of 7”, by the stored numbers."""

    verdict: Verdict
    met: int = Field(description="Rules met.")
    of: int
    weakest_rule: str | None = Field(description="The key of the lowest rated rule.")
    average: Decimal | None = Field(description="Percent, of the rated rules. It decides nothing.")
    confidence: Confidence
    rules: list[RuleNumbers]


class ScorecardRow(Schema):
    """One scorecard of a list. `result` is null while the holder of the token still judges the vendor."""

    uuid: UUID
    number: str
    vendor: VendorRef
    assessment: AssessmentRef
    edition: str
    approved_at: datetime
    sha256: str = Field(description="Of the snapshot; the ETag of everything that is told of this scorecard.")
    is_withheld: bool
    result: Result | None


def row_of(card: Scorecard, *, is_closed: bool) -> dict[str, object]:
    """A `ScorecardRow` of a scorecard with its vendor, release and rules."""
    assessment = card.assessment
    return {
        "uuid": card.uuid,
        "number": card.number,
        "vendor": vendor_ref(assessment.vendor),
        "assessment": {
            "uuid": assessment.uuid,
            "reference": assessment.reference,
            "period_start": assessment.period_start,
            "period_end": assessment.period_end,
        },
        "edition": assessment.release.edition,
        "approved_at": card.approved_at,
        "sha256": card.sha256,
        "is_withheld": is_closed,
        "result": None if is_closed else result_of(card),
    }


def vendor_ref(vendor: Vendor) -> dict[str, object]:
    return {"uuid": vendor.uuid, "name": vendor.name}


def result_of(card: Scorecard) -> dict[str, object]:
    rules = list(card.rules.all())
    return {
        "verdict": card.verdict,
        "met": card.rules_met,
        "of": len(rules),
        "weakest_rule": card.weakest_rule or None,
        "average": card.average,
        "confidence": card.confidence,
        "rules": [
            {
                "key": rule.key,
                "position": rule.position,
                "status": rule.status,
                "percent": None if rule.status == RuleStatus.NOT_RATED else rule.percent,
                "coverage": rule.coverage,
            }
            for rule in rules
        ],
    }


def refuse_who_judges(member: Membership, vendors: Iterable[Vendor]) -> None:
    """Whoever still judges one of these vendors is not led: Problem 403 “withheld”, which says when it opens. Of a
    service it is the person who made it."""
    closed = withheld(member)
    if any(vendor.pk in closed for vendor in vendors):
        words = _(
            "You still judge this vendor, or whoever made this service does. It opens once those answers are handed in."
        )
        raise Problem(403, "withheld", words)


def not_changed() -> HttpResponse:
    """For who has it already."""
    return HttpResponse(status=304)
