"""Taking an import back: new incidents go, changed ones become what they were, at the vendor where they were; vendors
and services that nobody has used go, too. What was touched since stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Organisation
from accounts.trail import audit
from vendors import facts_revision
from vendors.incident_import import entries, moving
from vendors.incident_import.holding import answers
from vendors.incident_import.job import HeldImport
from vendors.incident_import.limits import BATCH
from vendors.incident_import.made_here import MadeHere, as_told, made_by, take_away
from vendors.incident_import.rows.reading import COLUMNS
from vendors.models import (
    CauseProof,
    Feedback,
    ImportState,
    Incident,
    IncidentChange,
    IncidentImport,
    IncidentQuerySet,
    Pulse,
    Service,
    TimelineEntry,
)

KEPT = "kept"  # incidents that an undoing left, because somebody has changed them since
STAYED = "stayed"  # vendors and services that it left, with the reason


def untouched_incidents(upload: IncidentImport) -> IncidentQuerySet:
    """The incidents that the import made and nobody has changed, spoken of or asked about since; nor has another
    import between two attempts of this one, to which there is a way back."""
    return (
        Incident.objects.filter(created_in=upload, edited_at=None)
        .filter(Q(changed_in=None) | Q(changed_in=upload))
        .exclude(Exists(IncidentChange.objects.filter(incident_import=upload, incident=OuterRef("pk"))))
        .exclude(Exists(Feedback.objects.filter(incident=OuterRef("pk"))))
        .exclude(Exists(Pulse.objects.filter(incident=OuterRef("pk"))))
        .exclude(Exists(TimelineEntry.objects.filter(incident=OuterRef("pk"))))
        .exclude(Exists(CauseProof.objects.filter(incident=OuterRef("pk"))))
    )


def restored_incidents(upload: IncidentImport) -> IncidentQuerySet:
    """Those that it changed last."""
    return Incident.objects.filter(changed_in=upload, changes__incident_import=upload)


def made_here(upload: IncidentImport) -> list[MadeHere]:
    """What would become of the vendors and services that it made."""
    going = {
        *untouched_incidents(upload).values_list("pk", flat=True),
        *restored_incidents(upload).values_list("pk", flat=True),
    }
    return made_by(upload, going=going)


def take_back(job: HeldImport) -> None:
    """After “undo”, or after “cancel” when rows were written already: everything that can be, in batches, each a
    transaction. What stays because of what came after is counted."""
    job.renew(now=timezone.now(), state=ImportState.UNDOING)
    while _delete_some(job):
        pass
    now = timezone.now()
    last = kept = 0
    moves: Counter[tuple[int, int]] = Counter()
    while last is not None:
        last, stayed, moved_back = _restore_some(job, last, now)
        kept += stayed
        moves.update(moved_back)
    counts = {**job.row.counts, KEPT: kept + Incident.objects.filter(created_in=job.pk).count()}
    with transaction.atomic():
        _hold_organisation(job)
        moving.record(job.row.undone_by, job.row, moves)
        answers.raise_revisions(job.row)  # up to when its source is known is now said by the imports before it
        told = {**job.row.told, STAYED: as_told(take_away(job.row))}
        if job.row.state == ImportState.IMPORTING or job.cancel_is_asked():  # as it was when it was claimed
            job.end(ImportState.CANCELLED, counts=counts, told=told, finished_at=timezone.now())
        else:
            is_over = {
                "failure": "",
                "failure_values": {},
                "undone_at": timezone.now(),
            }  # nothing of it is left to fail
            job.end(ImportState.UNDONE, counts=counts, told=told, **is_over)
            audit.record(job.row.undone_by, "incidentimport.undone", job.row, after={KEPT: counts[KEPT]})


def _hold_organisation(job: HeldImport) -> None:
    """As imports do: nobody else moves incidents between the vendors of one organisation meanwhile."""
    Organisation.objects.select_for_update(no_key=True).get(pk=job.row.organisation_id)


@transaction.atomic
def _delete_some(job: HeldImport) -> int:
    _hold_organisation(job)
    doomed = list(untouched_incidents(job.row).order_by("pk").values_list("pk", "vendor_id")[:BATCH])
    if doomed:
        facts_revision.raise_revision(*{vendor for _pk, vendor in doomed})
        # Asked again: until the vendors were held, somebody may have changed one.
        untouched_incidents(job.row).filter(pk__in=[pk for pk, _vendor in doomed]).delete()
    job.renew(now=timezone.now())
    return len(doomed)


@transaction.atomic
def _restore_some(job: HeldImport, after: int, now: datetime) -> tuple[Any, int, Counter[tuple[int, int]]]:
    """The pk to go on behind (None: that was all), how many of these stay as they are beside what the import made, and
    which vendors the others leave, and for which."""
    _hold_organisation(job)
    changes = _hold_changes(job, after)
    mine = [change for change in changes if _is_last_word(change, job.row)]
    stayed = len(_not_made_by(job, changes)) - len(_not_made_by(job, mine))
    moves = Counter(pair for change in mine if (pair := _way_back(change)))
    put_back = [_now(change) for change in mine]
    _put_all_back(mine, now)
    entries.record(job.row.undone_by, [_was(*pair) for pair in zip(mine, put_back, strict=True)])
    Incident.objects.bulk_update(
        [change.incident for change in mine],
        ["vendor", *(name.removesuffix("_id") for name in COLUMNS), "changed_in", "updated_at"],
        batch_size=100,
    )
    IncidentChange.objects.filter(pk__in=[change.pk for change in mine]).delete()
    facts_revision.raise_revision(*chain(*moves), *(change.incident.vendor_id for change in mine))
    job.renew(now=timezone.now())
    return (changes[-1].pk if changes else None), stayed, moves


def _hold_changes(job: HeldImport, after: int) -> list[IncidentChange]:
    """The next ones, once the vendors at which their incidents are and were are held."""
    rows = IncidentChange.objects.filter(incident_import=job.row, pk__gt=after).order_by("pk")[:BATCH]
    vendors = {vendor for pair in rows.values_list("incident__vendor", "before__vendor_id") for vendor in pair}
    facts_revision.lock_vendors(*vendors - {None})
    return list(rows.select_related("incident"))


def _not_made_by(job: HeldImport, changes: Sequence[IncidentChange]) -> list[IncidentChange]:
    return [change for change in changes if change.incident.created_in_id != job.pk]


def _now(change: IncidentChange) -> dict[str, Any]:
    """What is about to be put back, as it is."""
    return {name: getattr(change.incident, name) for name in ("vendor_id", *change.before["values"])}


def _was(change: IncidentChange, before: dict[str, Any]) -> entries.ChangedIncident:
    after = _now(change)
    told = entries.differing(before, before.values(), after.values())
    return entries.ChangedIncident(change.incident_id, change.incident.reference, change.incident.vendor_id, *told)


def _put_all_back(changes: Sequence[IncidentChange], now: datetime) -> None:
    former_services = {change.before["values"].get("service_id") for change in changes} - {None}
    services = set(Service.objects.filter(pk__in=former_services).values_list("pk", flat=True))
    former_imports = {change.before["changed_in"] for change in changes} - {None}
    imports = set(IncidentImport.objects.filter(pk__in=former_imports).values_list("pk", flat=True))
    for change in changes:
        _put_back(change, services, imports, now)


def _way_back(change: IncidentChange) -> tuple[int, int] | None:
    """From the vendor at which it is now to that at which it was; None: it did not move."""
    before = change.before.get("vendor_id")
    return (change.incident.vendor_id, before) if before else None


def _is_last_word(change: IncidentChange, upload: IncidentImport) -> bool:
    """Neither a later import nor a person has changed the incident since."""
    edited_at = change.incident.edited_at
    told = change.before["edited_at"]
    return change.incident.changed_in_id == upload.pk and (edited_at.isoformat() if edited_at else None) == told


def _put_back(change: IncidentChange, services: set[int], imports: set[int], now: datetime) -> None:
    """A service or an import that is gone since is not brought back."""
    values = dict(change.before["values"])
    if "service_id" in values and values["service_id"] not in services:
        values["service_id"] = None
    for name, value in values.items():
        is_moment = name.endswith("_at") and value is not None
        setattr(change.incident, name, datetime.fromisoformat(value) if is_moment else value)
    change.incident.vendor_id = change.before.get("vendor_id", change.incident.vendor_id)
    before = change.before["changed_in"]
    change.incident.changed_in_id = before if before in imports else None
    change.incident.updated_at = now
