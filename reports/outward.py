"""What other systems are told of scorecards and documents: which one; never what stands in it."""

from __future__ import annotations

from datetime import datetime

from accounts.webhooks.kinds import Kind
from accounts.webhooks.telling import named, tell
from reports.models import Export, Rendering, Scorecard


def scorecard_made(card: Scorecard, *, now: datetime) -> None:
    """In the transaction that approves, after the word of that."""
    assessment = card.assessment
    tell(
        Kind.SCORECARD_MADE,
        assessment.organisation_id,
        about=f"assessment:{assessment.uuid}",
        data=lambda: {
            **named("scorecard", card.uuid),
            "number": card.number,
            **named("assessment", assessment.uuid),
            **named("vendor", assessment.vendor.uuid),
        },
        now=now,
    )


def document_ready(row: Rendering, *, now: datetime) -> None:
    """A vendor's copy is the vendor's own affair: nobody is told of it."""
    organisation = _organisation_of(row)
    if organisation is not None:
        tell(
            Kind.DOCUMENT_READY,
            organisation,
            about=f"document:{row.uuid}",
            data=lambda: {**named("document", row.uuid), "kind": row.kind or None, "language": row.language},
            now=now,
        )


def export_ready(row: Export, *, now: datetime) -> None:
    tell(
        Kind.DOCUMENT_READY,
        row.organisation_id,
        about=f"export:{row.uuid}",
        data=lambda: {**named("export", row.uuid), "kind": row.scope, "language": row.language},
        now=now,
    )


def _organisation_of(row: Rendering) -> int | None:
    if row.scorecard:
        return row.scorecard.assessment.organisation_id
    subject = row.comparison or row.fact_sheet
    return subject.organisation_id if subject else None
