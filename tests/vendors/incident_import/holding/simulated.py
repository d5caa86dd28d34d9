"""Files as a ticket tool would export them, of a vendor about which everything is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from vendors.incident_import.holding.evidence import Evidence, Gathering
from vendors.models import Selection

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 212  # to the end of July


class Told(NamedTuple):
    """A line of a file: what was known of an incident when it was exported."""

    opened: datetime
    resolved: datetime | None
    updated: datetime | None


def exported(
    selection: Selection, random: Random, *, a_month: float, days_taken: float, tells_updates: bool = False
) -> tuple[list[Told], datetime]:
    """The lines of a file selected so over the seven months, and when it was exported: on their last day, the day after
    or twenty days later. Durations are log-normal, with this mean."""
    last = FIRST_DAY + timedelta(days=DAYS)
    at = last + timedelta(days=random.choice([0, 1, 20]))
    found = []
    opened = FIRST_DAY - timedelta(days=365)
    while (opened := opened + timedelta(days=random.expovariate(a_month / 30))) <= at:
        resolved = opened + timedelta(days=random.lognormvariate(0, 1.2) * days_taken / 2.05)
        ended = resolved if resolved <= at else None
        updated = _updated(opened, resolved, at, random)
        moment = {Selection.RESOLVED: ended, Selection.CHANGED: updated}.get(selection, opened)
        is_kind = selection != Selection.OPENED_ENDED or ended is not None
        if selection == Selection.OPEN:
            is_in = ended is None
        else:
            is_in = moment is not None and FIRST_DAY <= moment < last and is_kind
        if is_in:
            found.append(Told(opened, ended, updated if tells_updates else None))
    return found, at


def _updated(opened: datetime, resolved: datetime, at: datetime, random: Random) -> datetime:
    """Closed some days after it was resolved, by whoever had it; while it is open, touched now and then."""
    closed = resolved + timedelta(days=random.choice([0, 0, 5, 5, 3 * random.random()]))
    return closed if closed <= at else opened + random.random() * (at - opened)


def evidence_of(lines: Sequence[Told], *, at_once: int = 50) -> Evidence:
    gathering = Gathering()
    for start in range(0, len(lines), at_once):
        some = lines[start : start + at_once]
        gathering.add(
            [line.opened for line in some],
            [line.resolved for line in some],
            updated=[line.updated for line in some],
            still_open=sum(line.resolved is None for line in some),
        )
    return gathering.evidence()
