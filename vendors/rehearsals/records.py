"""What is on record of the rehearsals and reviews of a vendor: the days held, and from which day on the record is
whole; what is planned; and from whom what one showed is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Membership, Organisation
from groundwork.asking_once import once
from groundwork.together import Lookup
from vendors.models import Rehearsal, RehearsalKind, RehearsalQuerySet, RehearsalState, Vendor
from vendors.withheld import is_withheld


@dataclass(frozen=True, kw_only=True)
class Record:
    """Days, in order. `together`: rehearsals with us; `rehearsals`, `reviews`: those too that the vendor held alone and
    that evidence shows. `since`: None where no record is kept."""

    together: tuple[date, ...]
    rehearsals: tuple[date, ...]
    reviews: tuple[date, ...]
    since: date | None


def record_of(vendor: Vendor) -> Record:
    """One query."""
    return record_in(vendor).now()


def record_in(vendor: Vendor) -> Lookup[Record]:
    """The same, to be read with what else a page shows, once.

    The record of a vendor begins on the day that the organisation names; else when the first entry about this vendor
    was made: that something older was written down afterwards does not say that all since then is there.
    """
    return once(("record of rehearsals", vendor.pk), lambda: _record_in(vendor))


def _record_in(vendor: Vendor) -> Lookup[Record]:
    rows = Rehearsal.objects.filter(vendor=vendor).order_by()
    named = Organisation.objects.filter(pk=vendor.organisation_id).values_list("rehearsals_recorded_since", flat=True)

    def told() -> Record:
        held = [row for row in rows if row.state == RehearsalState.HELD]
        rehearsals = [row for row in held if row.kind == RehearsalKind.REHEARSAL]
        first = min((timezone.localdate(row.created_at) for row in rows), default=None)
        return Record(
            together=_days(row for row in rehearsals if not row.evidence),
            rehearsals=_days(rehearsals),
            reviews=_days(row for row in held if row.kind == RehearsalKind.REVIEW),
            since=next(iter(named), None) or first,
        )

    return Lookup(reads=(rows, named), told=told)


def _days(rows: Iterable[Rehearsal]) -> tuple[date, ...]:
    return tuple(sorted(row.held_on for row in rows if row.held_on is not None))


# Planned ----------------------------------------------------------------------------------------------------------
def planned_until(organisation: Organisation, until: date) -> RehearsalQuerySet:
    """Planned for that day or earlier, past days among them, the first one first. One query."""
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    rows = Rehearsal.objects.planned().filter(vendor__organisation=organisation, planned_at__lt=end)
    return rows.filter(vendor__archived_at=None).select_related("vendor", "service").order_by("planned_at", "pk")


def day_of(rehearsal: Rehearsal) -> date:
    """On which it is planned, where the installation is."""
    return timezone.localdate(rehearsal.planned_at)


# Secrecy ----------------------------------------------------------------------------------------------------------
def is_kept_from(member: Membership, rehearsal: Rehearsal) -> bool:
    """What rehearsals showed waits for whoever still judges the vendor; where and when one is held does not. Whoever
    leads it knows what it showed: to them it is never closed."""
    return rehearsal.owner_id != member.user_id and is_withheld(member, rehearsal.vendor)
