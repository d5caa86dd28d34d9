"""From what the moments tell to what the file seems to hold: a proposal, which a person confirms or puts right."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from vendors.incident_import.holding.evidence import Evidence, Span
from vendors.models import Selection

# By chance, a file selected by opening comes so far in one case of twenty.
TOO_MANY = 3.0  # incidents that would have ended before the first ending, or would still be open
ENOUGH = 5  # incidents, before anything is concluded
NEAR = 3  # days from the first or last day of a month


class Why(StrEnum):
    """What speaks for a proposal; `words` says it with the numbers."""

    NONE_ENDED = "none_ended"
    ENDINGS_BEGIN = "endings_begin"
    ENDINGS_BEGIN_SOME_OPEN = "endings_begin_some_open"
    CHANGES_BEGIN = "changes_begin"
    NONE_OPEN = "none_open"
    ENDINGS_SOON = "endings_soon"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`first` and `last`: days, both included, of what `selection` selects by; none where only open ones are held.
    `known_until`: the facts of the file are known up to then."""

    selection: Selection
    why: Why
    first: date | None
    last: date | None
    known_until: datetime


def propose(evidence: Evidence, *, brought: datetime, zone: tzinfo) -> Proposal | None:
    """None where the file tells no moment. `brought`: when the file came, before which it was exported; `zone`: that of
    the days."""
    if evidence.opened is None or evidence.latest is None:
        return None
    selection, why, span = _selection(evidence, evidence.opened)
    first, last = _days(span, brought, zone) if span else (None, None)
    known_until = min(evidence.latest, brought)
    return Proposal(selection=selection, why=why, first=first, last=last, known_until=known_until)


def _selection(evidence: Evidence, opened: Span) -> tuple[Selection, Why, Span | None]:
    none_ended = evidence.still_open == evidence.incidents
    if none_ended and evidence.incidents >= ENOUGH:
        return Selection.OPEN, Why.NONE_ENDED, None
    if evidence.updated and _changes_begin(evidence):
        return Selection.CHANGED, Why.CHANGES_BEGIN, evidence.updated
    resolved = evidence.resolved
    if resolved and evidence.to_resolved.before >= ENOUGH and evidence.to_resolved.expected >= TOO_MANY:
        if not evidence.still_open:
            return Selection.RESOLVED, Why.ENDINGS_BEGIN, resolved
        # Open ones among them: neither all that were opened nor only what was resolved.
        latest = evidence.latest or resolved.last
        return Selection.CHANGED, Why.ENDINGS_BEGIN_SOME_OPEN, Span(first=resolved.first, last=latest)
    if not evidence.still_open and evidence.expected_open >= TOO_MANY:
        return Selection.OPENED_ENDED, Why.NONE_OPEN, opened
    return Selection.OPENED, Why.ENDINGS_SOON, opened


def _changes_begin(evidence: Evidence) -> bool:
    """Nothing was last changed before some day, although much was opened long before. A file selected by resolution
    looks so too, but none of it is open, nor resolved long before the first change."""
    edge, after_end = evidence.to_updated, evidence.resolved_to_updated
    is_sharp = edge.before >= ENOUGH and edge.expected >= TOO_MANY
    return is_sharp and (evidence.still_open > 0 or after_end.expected >= TOO_MANY)


def _days(span: Span, brought: datetime, zone: tzinfo) -> tuple[date, date]:
    """Files are selected by months more often than not: what begins or ends within three days of a month's edge is
    taken to reach it, unless that day was still to come."""
    first, last = (moment.astimezone(zone).date() for moment in (span.first, span.last))
    if first.day <= 1 + NEAR:
        first = first.replace(day=1)
    end = last.replace(day=monthrange(last.year, last.month)[1])
    if end - last <= timedelta(days=NEAR) and end <= brought.astimezone(zone).date():
        last = end
    return first, last
