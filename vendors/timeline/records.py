"""Timelines from the database, and the record of one or of a vendor's last twelve months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from vendors.models import CauseProof, Incident, ProofState, TimelineEntry, Vendor
from vendors.timeline.record import Happened, Record, record_of, together

YEAR = timedelta(days=365)
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


def ended_at(incident: Any) -> datetime | None:
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


def record_of_year(vendor: Vendor, *, now: datetime) -> Record:
    """Of the incidents of the last twelve months that have a timeline. Two queries, however many they are."""
    incidents = Incident.objects.filter(vendor=vendor, opened_at__gt=now - YEAR, opened_at__lte=now)
    entries = TimelineEntry.objects.standing().filter(incident__in=incidents)
    columns = ("incident_id", *SAID_COLUMNS)
    rows = entries.order_by("incident_id", "at", "pk").values_list(*columns, named=True)
    by_incident = {pk: list(map(happened, of_it)) for pk, of_it in groupby(rows, key=attrgetter("incident_id"))}
    about = (
        Incident.objects.filter(pk__in=by_incident)
        .order_by("pk")
        .values_list(
            "pk", "opened_at", "restored_at", "resolved_at", "proof__state", "proof__first_handed_in_at", named=True
        )
    )
    return together(
        [
            record_of(
                by_incident[row.pk],
                opened=row.opened_at,
                ended=ended_at(row),
                now=now,
                cause_known=row.proof__first_handed_in_at if row.proof__state == ProofState.ACCEPTED else None,
            )
            for row in (about if by_incident else ())
        ]
    )
