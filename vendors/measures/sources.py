"""What the sources of a vendor’s incidents hold, as people said at each import; where nobody did, the careful way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from vendors.measures.holdings import Held, Holding
from vendors.models import BY_HAND, ImportState, Incident, IncidentImport, IncidentSource, Selection, Vendor

HELD = {Selection(held.value): held for held in Held}


def holdings_of(vendor: Vendor, *, now: datetime, zone: ZoneInfo) -> list[Holding]:
    """Of every source that this vendor has incidents of, beside what people wrote down here. Four queries at most.

    A file of one vendor says nothing of the others. One whose column tells the vendor says of all of its source what
    they had, also that they had none.
    """
    written = Incident.objects.filter(vendor=vendor).exclude(source=BY_HAND).order_by()
    keys = set(written.values_list("source", flat=True).distinct())
    if not keys:
        return []
    sources = _sources(vendor, keys)
    told, latest = [], {}
    for row in _without_earlier(_files(vendor, keys)):
        if row.options__vendor not in (None, vendor.pk):
            continue
        latest[row.source] = row.pk
        if _is_told(row):
            told.append(_told(row, sources[row.source], zone))
    silent = {key: sources[key] for key in keys - {holding.source for holding in told}}
    found = _from_incidents(vendor, silent, now=now, zone=zone)
    return [*told, *(replace(holding, row=latest.get(holding.source, 0)) for holding in found)]


def _files(vendor: Vendor, keys: Iterable[str]) -> Iterable[Any]:
    """The imports of these sources that stand, the oldest first."""
    done = IncidentImport.objects.filter(
        organisation=vendor.organisation_id, source__in=list(keys), state=ImportState.DONE
    )
    return done.order_by("pk").values_list(
        "pk", "source", "selection", "holds_from", "holds_to", "known_until", "options__vendor", "pushed_on", named=True
    )


def _without_earlier(rows: Iterable[Any]) -> list[Any]:
    """What is pushed says each day anew what it said the day before, and a day more: of these, the longest."""
    files, longest = [], dict[Any, Any]()
    for row in rows:
        if row.pushed_on is None or not _is_told(row):
            files.append(row)
            continue
        kept = longest.setdefault((row.source, row.holds_from), row)
        if row.known_until > kept.known_until:
            longest[row.source, row.holds_from] = row
    return sorted([*files, *longest.values()], key=lambda row: row.pk)


def _is_told(row: Any) -> bool:
    """Wholly: a part says nothing. A file of what is open has no days."""
    has_days = row.holds_from is not None and row.holds_to is not None
    return bool(row.selection and row.known_until) and (has_days or row.selection == Selection.OPEN)


def _told(row: Any, source: IncidentSource, zone: ZoneInfo) -> Holding:
    exported_on = row.known_until.astimezone(zone).date()
    return Holding(
        source=row.source,
        held=HELD[Selection(row.selection)],
        since=row.holds_from or exported_on,
        to=row.holds_to or exported_on,
        known_until=row.known_until,
        ended_on=source.ended_on,
        name=source.name,
        row=row.pk,
    )


def _sources(vendor: Vendor, keys: Iterable[str]) -> dict[str, IncidentSource]:
    """By key; what has no row of its own is called as its key."""
    known = IncidentSource.objects.filter(organisation=vendor.organisation_id, key__in=keys)
    unnamed = {key: IncidentSource(key=key, name=key) for key in keys}
    return {**unnamed, **{source.key: source for source in known}}


def _from_incidents(
    vendor: Vendor, sources: Mapping[str, IncidentSource], *, now: datetime, zone: ZoneInfo
) -> Iterable[Holding]:
    """Nobody said what these hold: taken as selected by resolution, from the first that the incidents show to the last.
    Whatever they were selected by, what ended within the horizon is comparable then."""
    if not sources:
        return
    rows = (
        Incident.objects.filter(vendor__organisation=vendor.organisation_id, source__in=list(sources))
        .order_by()
        .values("source")
    )
    for row in rows.annotate(
        first=Min("resolved_at"), opened=Max("opened_at"), resolved=Max("resolved_at"), restored=Max("restored_at")
    ):
        moments = [row[name] for name in ("opened", "resolved", "restored") if row[name]]
        known_until = min(max(moments), now)
        first = row["first"] or known_until
        yield Holding(
            source=row["source"],
            held=Held.RESOLVED,
            since=min(first, known_until).astimezone(zone).date(),
            to=known_until.astimezone(zone).date(),
            known_until=known_until,
            is_told=False,
            ended_on=sources[row["source"]].ended_on,
            name=sources[row["source"]].name,
        )
