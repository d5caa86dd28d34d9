"""Timelines from the database, and the record of one or of a vendor's last twelve months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from groundwork.together import Lookup
from vendors.models import CauseProof, Incident, IncidentQuerySet, ProofState, TimelineEntry, Vendor
from vendors.timeline.record import Happened, Record, record_of, together

YEAR = timedelta(days=365)
OF_INCIDENT = (
    "incident_id",
    *(f"incident__{name}" for name in ("opened_at", "restored_at", "resolved_at")),
    *(f"incident__proof__{name}" for name in ("state", "first_handed_in_at")),
)
SAID_COLUMNS = ("kind", "at", "person", "asked", "why", "does", "next_step", "next_at")


def entries_of(incident: Incident) -> list[TimelineEntry]:
    """All of them, in the order of their times, each with its author and with what stands in for it. One query."""
    return list(incident.timeline.select_related("user", "corrected_by").order_by("at", "pk"))


def standing(entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    return [entry for entry in entries if not is_corrected(entry)]


def is_corrected(entry: TimelineEntry) -> bool:
    return getattr(entry, "corrected_by", None) is not None


def happened(entry: Any) -> Happened:
    """Of an entry, or of a row with its columns."""
    return Happened(**{name: getattr(entry, name) for name in SAID_COLUMNS})


def ended_at(incident: Incident) -> datetime | None:
    """When the business ran again; where nobody noted that, when it was called resolved."""
    moment: datetime | None = incident.restored_at or incident.resolved_at
    return moment


def record_for(incident: Incident, entries: Sequence[TimelineEntry], *, now: datetime) -> Record:
    """Of the entries of this incident. One query, for when its cause was known."""
    return record_of(
        map(happened, standing(entries)),
        opened=incident.opened_at,
        ended=ended_at(incident),
        now=now,
        cause_known=_cause_known(incident),
    )


def _cause_known(incident: Incident) -> datetime | None:
    """When the proof came that was accepted."""
    proofs = CauseProof.objects.accepted().filter(incident=incident)
    return proofs.values_list("first_handed_in_at", flat=True).first()


def record_of_year_in(vendor: Vendor, *, now: datetime) -> Lookup[Record]:
    """Of the incidents of the last twelve months that have a timeline, to be read with what else a page shows; one
    query by itself, however many they are."""
    incidents = Incident.objects.filter(vendor=vendor, opened_at__gt=now - YEAR, opened_at__lte=now)
    records = records_in(incidents, now=now)
    return Lookup(reads=records.reads, told=lambda: together(list(records.told().values())))


def records_of(incidents: IncidentQuerySet, *, now: datetime) -> dict[int, Record]:
    """The record of each that has a timeline, by its key. One query."""
    return records_in(incidents, now=now).now()


def records_in(incidents: IncidentQuerySet, *, now: datetime) -> Lookup[dict[int, Record]]:
    """The same, to be read with what else a page shows."""
    entries = TimelineEntry.objects.standing().filter(incident__in=incidents.order_by())
    rows = entries.order_by().values_list("pk", *OF_INCIDENT, *SAID_COLUMNS, named=True)

    def told() -> dict[int, Record]:
        in_order = sorted(rows, key=attrgetter("incident_id", "at", "pk"))
        return {pk: _record(list(of_it), now) for pk, of_it in groupby(in_order, key=attrgetter("incident_id"))}

    return Lookup(reads=(rows,), told=told)


def _record(rows: Sequence[Any], now: datetime) -> Record:
    """Of rows of one incident, each with what is known of it."""
    one = rows[0]
    is_proven = one.incident__proof__state == ProofState.ACCEPTED
    return record_of(
        map(happened, rows),
        opened=one.incident__opened_at,
        ended=one.incident__restored_at or one.incident__resolved_at,
        now=now,
        cause_known=one.incident__proof__first_handed_in_at if is_proven else None,
    )
