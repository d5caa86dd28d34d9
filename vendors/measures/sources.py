"""What the sources of a vendor’s incidents hold, as people said at each import; where nobody did, the careful way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from vendors.measures.holdings import Held, Holding
from vendors.models import BY_HAND, ImportState, Incident, IncidentImport, IncidentSource, Selection, Vendor

HELD = {Selection(held.value): held for held in Held}


def holdings_of(vendor: Vendor, *, now: datetime, zone: ZoneInfo) -> list[Holding]:
    """Of every source that this vendor has incidents of, beside what people wrote down here. Three queries at most."""
    incidents = Incident.objects.filter(vendor=vendor).exclude(source=BY_HAND)
    sources = set(incidents.order_by().values_list("source", flat=True).distinct())
    if not sources:
        return []
    ended = dict(
        IncidentSource.objects.filter(organisation=vendor.organisation_id, key__in=sources).values_list(
            "key", "ended_on"
        )
    )
    imports = IncidentImport.objects.filter(
        organisation=vendor.organisation_id, source__in=sources, state=ImportState.DONE
    )
    told = [
        Holding(
            source=row.source,
            held=HELD[Selection(row.selection)],
            since=row.holds_from,
            to=row.holds_to,
            known_until=row.known_until,
            ended_on=ended.get(row.source),
        )
        for row in imports.exclude(selection="").order_by("pk")
        if row.holds_from and row.holds_to and row.known_until
    ]
    silent = sources - {holding.source for holding in told}
    return [*told, *_from_incidents(vendor, silent, ended, now=now, zone=zone)]


def _from_incidents(
    vendor: Vendor, sources: Iterable[str], ended: Mapping[str, date | None], *, now: datetime, zone: ZoneInfo
) -> Iterable[Holding]:
    """Nobody said what these hold: taken as selected by resolution, from the first that the incidents show to the last.
    Whatever they were selected by, what ended within the horizon is comparable then."""
    rows = (
        Incident.objects.filter(vendor__organisation=vendor.organisation_id, source__in=sources)
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
            ended_on=ended.get(row["source"]),
        )
