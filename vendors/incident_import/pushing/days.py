"""What one member pushes into one source in a day stands as one import that is done: it says what came in, and can be
taken back as one. Whoever pushes after it was taken back begins another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from accounts.models import Membership
from accounts.trail import audit
from vendors.incident_import.columns.options import Options
from vendors.models import ImportState, IncidentImport, IncidentSource

COUNTED = ("new", "changed", "unchanged", "error", "left_out", "moved")


def of_today(member: Membership, source: IncidentSource, *, name: str, now: datetime) -> IncidentImport:
    """The row of today that stands, or a new one, which `end` keeps or takes away. The caller
    holds the organisation, so that nobody makes it twice.
    `name`: of what pushes."""
    today = timezone.localdate(now)
    rows = IncidentImport.objects.filter(organisation=source.organisation_id, source=source.key)
    found = rows.pushed().filter(created_by=member.user, pushed_on=today).first()
    if found is not None:
        return found
    return IncidentImport.objects.create(
        organisation_id=source.organisation_id,
        created_by=member.user,
        file_name=name[:200],
        source=source.key,
        state=ImportState.DONE,
        pushed_on=today,
        counts=dict.fromkeys(COUNTED, 0),
        started_at=now,
        finished_at=now,
    )


def end(member: Membership, row: IncidentImport, *, wrote: bool) -> None:
    """At the end of a push: a row that began with it is recorded, or goes where nothing came of it."""
    if row.rows_total is not None:
        return
    if not wrote and not row.created_services.exists():
        row.delete()
        return
    IncidentImport.objects.filter(pk=row.pk, rows_total=None).update(rows_total=0)
    audit.record(member.user, "incidentimport.pushed", row, after=audit.snapshot(row, ("file_name", "source")))


def stands(row: IncidentImport) -> bool:
    """Whether nobody has begun to take it back; nobody can until the transaction ends. Called once the vendors are
    held, as everybody does who holds both."""
    held = IncidentImport.objects.pushed().select_for_update(no_key=True).filter(pk=row.pk)
    return held.values_list("pk", flat=True).first() is not None


def tell(
    row: IncidentImport,
    fates: Mapping[str, int],
    moves: Mapping[tuple[str, str], int],
    options: Options,
    *,
    now: datetime,
) -> None:
    """Add to what came in today. `moves`: how many incidents went from one vendor to the other, by their names. Within
    the transaction that writes it, which holds the organisation."""
    kept = IncidentImport.objects.values("counts", "told", "rows_read").get(pk=row.pk)
    counts = Counter(kept["counts"])
    counts.update(fates)
    moved: Counter[tuple[str, str]] = Counter()
    for one in kept["told"].get("moves", []):
        moved[one["from"], one["to"]] += one["incidents"]
    moved.update(moves)
    rows = kept["rows_read"] + sum(count for fate, count in fates.items() if fate != "moved")
    told = [{"from": old, "to": new, "incidents": count} for (old, new), count in moved.most_common()]
    IncidentImport.objects.filter(pk=row.pk).update(
        **{"counts": dict(counts), "told": {"moves": told}, "options": options.as_data()},
        **{"rows_read": rows, "rows_total": rows, "finished_at": now},
    )
