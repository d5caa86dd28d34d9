"""What is on record of the rehearsals and reviews of a vendor: the days, and from which day on the record is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from vendors.models import Rehearsal, RehearsalKind, RehearsalState, Vendor


@dataclass(frozen=True, kw_only=True)
class Record:
    """Days, in order. `together`: rehearsals with us; `rehearsals`, `reviews`: those too that the vendor held alone and
    that evidence shows. `since`: None where no record is kept."""

    together: tuple[date, ...]
    rehearsals: tuple[date, ...]
    reviews: tuple[date, ...]
    since: date | None


def record_of(vendor: Vendor) -> Record:
    """One query.

    The record of a vendor begins on the day that the organisation names; else when the first entry about this vendor
    was made: that something older was written down afterwards does not say that all since then is there.
    """
    rows = list(
        Rehearsal.objects.filter(vendor=vendor)
        .order_by("held_on", "pk")
        .values_list("kind", "state", "held_on", "evidence", "created_at")
    )
    held = [(kind, day, evidence) for kind, state, day, evidence, _at in rows if state == RehearsalState.HELD and day]
    first = min((timezone.localdate(at) for *_row, at in rows), default=None)
    return Record(
        together=tuple(day for kind, day, evidence in held if kind == RehearsalKind.REHEARSAL and not evidence),
        rehearsals=tuple(day for kind, day, _evidence in held if kind == RehearsalKind.REHEARSAL),
        reviews=tuple(day for kind, day, _evidence in held if kind == RehearsalKind.REVIEW),
        since=vendor.organisation.rehearsals_recorded_since or first,
    )
