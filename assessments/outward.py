"""What other systems are told of assessments and commitments: which one, and what became of it; never a grade, a word
or a figure. Each is called by the one function of its transition, which holds the row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from accounts.webhooks.kinds import Kind
from accounts.webhooks.telling import named, tell
from assessments.models import Assessment, Commitment, StepKind
from vendors.models import Vendor

MOVES = {
    "assessment.submitted": Kind.ASSESSMENT_SUBMITTED,
    "assessment.sent_back": Kind.ASSESSMENT_SENT_BACK,
    "assessment.approved": Kind.ASSESSMENT_APPROVED,
}
STEPS = {StepKind.KEPT: Kind.COMMITMENT_KEPT, StepKind.REOPENED: Kind.COMMITMENT_REOPENED}


def assessment_moved(verb: str, row: Assessment, *, now: datetime) -> None:
    """`verb`: of the audit trail; most moves are nobody's business outside."""
    if verb in MOVES:
        tell(
            MOVES[verb],
            row.organisation_id,
            about=_about(row),
            data=lambda: {**of_assessment(row), "state": row.state},
            now=now,
        )


def vendor_answered(row: Assessment, *, what: Literal["questionnaire", "reply"], now: datetime) -> None:
    """It handed in its questionnaire, or its reply to a result."""
    tell(
        Kind.VENDOR_ANSWERED,
        row.organisation_id,
        about=_about(row),
        data=lambda: {**of_assessment(row), "what": what},
        now=now,
    )


def commitment_stepped(kind: StepKind, row: Commitment, *, now: datetime) -> None:
    if kind in STEPS:
        _of_commitment(STEPS[kind], row, now)


def commitment_is_due(row: Commitment, *, now: datetime) -> None:
    _of_commitment(Kind.COMMITMENT_DUE, row, now)


def findings_changed(kind: Kind, row: Assessment, *, count: int, now: datetime) -> None:
    """How many came or went since the last look, never which: the API says it to whoever may read it."""

    def data() -> Mapping[str, object]:
        known = of_assessment(row)
        return {**known, "count": count, "findings_url": f"{known['assessment_url']}/findings"}

    tell(kind, row.organisation_id, about=f"vendor:{row.vendor.uuid}", data=data, now=now)


def of_assessment(row: Assessment) -> Mapping[str, object]:
    return {**named("assessment", row.uuid), "reference": row.reference, **of_vendor(row.vendor)}


def of_vendor(vendor: Vendor) -> dict[str, str]:
    return named("vendor", vendor.uuid)


def _of_commitment(kind: Kind, row: Commitment, now: datetime) -> None:
    def data() -> Mapping[str, object]:
        day = row.due_on.isoformat() if row.due_on else None
        said = {"number": row.number, "state": row.state, "due_on": day}
        return {**named("commitment", row.uuid), **said, **of_vendor(row.vendor)}

    tell(kind, row.organisation_id, about=f"commitment:{row.uuid}", data=data, now=now)


def _about(row: Assessment) -> str:
    return f"assessment:{row.uuid}"
