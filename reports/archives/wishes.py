"""An administrator's wish for the archive of the whole organisation: the row is the job, as of every other export."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from accounts.trail import audit
from assessments.independence import note_reading
from assessments.models import Assessment
from groundwork.jobs.lease import HeldJob, LeaseLostError, NudgedKind
from groundwork.refusals import Refusal
from groundwork.storage import is_full
from reports import file_jobs
from reports.archives import leaving
from reports.exports.job import EXPORTS, ExportFailure, NotFetched
from reports.models import Export, ExportFormat, ExportQuerySet, ExportScope, FileState
from vendors.withheld import withheld

logger = structlog.get_logger(__name__)


class StillJudging(Refusal):
    """The archive holds what others answered of a vendor that this person still rates."""


class Archives(NudgedKind[Export]):
    task = EXPORTS.task
    related = ("organisation", "requested_by")
    claimed = {"state": FileState.WRITING, "done": 0}
    queued = {"state": FileState.QUEUED}

    def rows(self) -> ExportQuerySet:
        return Export.objects.filter(scope=ExportScope.ORGANISATION)

    def lease(self) -> timedelta:
        return settings.IMPORT_LEASE

    def first_wait(self) -> timedelta:
        return settings.IMPORT_NUDGE_AFTER


ARCHIVES = Archives()


def refuse_who_judges(member: Membership) -> None:
    """StillJudging where the archive would tell this member what waits for their own answers."""
    if withheld(member):
        raise StillJudging(
            _(
                "You rate a vendor yourself, and the archive holds what others answered. Hand in your own answers "
                "first; or let another administrator ask for it."
            )
        )


def ask(member: Membership, *, language: str) -> Export:
    """Queue it, one at a time. StillJudging, or file_jobs.TooMany."""
    refuse_who_judges(member)
    now = timezone.now()
    with transaction.atomic():
        if ARCHIVES.rows().for_member(member).unfinished().exists():
            raise file_jobs.TooMany(_("An archive is being written already. Wait until it is finished, or cancel it."))
        export = Export.objects.create(
            organisation=member.organisation,
            requested_by=member.user,
            requested_at=now,
            language=language,
            scope=ExportScope.ORGANISATION,
            format=ExportFormat.ARCHIVE,
            **ARCHIVES.afresh(now),
        )
        ARCHIVES.nudge_on_commit(export.pk)
    return export


def cancel(member: Membership, export: Export) -> None:
    """file_jobs.NotNow where it has ended."""
    with transaction.atomic():
        file_jobs.give_up(ARCHIVES, export, by=member.user, verb="export.cancelled", now=timezone.now())


def fetched(member: Membership, export: Export) -> Export:
    """The same row, for whoever asked for it; that it left is in the trail, and that this person has read what others
    answered is on record. NotFetched, or StillJudging."""
    if not export.is_ready or not export.file:
        raise NotFetched(_("This file is not kept any more. Ask for it again: it is made anew."))
    refuse_who_judges(member)
    with transaction.atomic():
        still_open = Assessment.objects.for_member(member).open().order_by()
        for key in still_open.values_list("pk", flat=True):
            note_reading(key, member.user)
        after = {**_record(export, export.told["rows"]), "sha256": export.sha256}
        audit.record(member.user, "export.fetched", export, after=after, label=export.file_name)
    return export


# Making --------------------------------------------------------------------------------------------------------------
def write(pk: int) -> None:
    """Claim the wish, write its archive, keep it. Without effect where it is finished, held elsewhere, or another."""
    held = ARCHIVES.claim(pk, now=timezone.now())
    if held is None:
        return
    log = logger.bind(export=pk, attempt=held.attempts)
    try:
        _attempt(held)
    except LeaseLostError:
        log.info("archive_lease_lost")
    except SoftTimeLimitExceeded:
        log.warning("archive_too_slow")
        held.release(ExportFailure.TOO_SLOW, now=timezone.now())
    except Exception as fault:
        log.exception("archive_fault")
        why = ExportFailure.NO_ROOM if is_full(fault) else ExportFailure.UNEXPECTED
        held.release(why, now=timezone.now())


def _attempt(held: HeldJob[Export]) -> None:
    export = held.row
    members = Membership.objects.active().filter(user=export.requested_by, organisation=export.organisation_id)
    asker = members.select_related("user", "organisation").first()
    if asker is None or not may(asker, Right.ADMINISTER):
        held.fail(ExportFailure.LEFT, now=timezone.now())
        return
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        path = Path(folder) / "whole.zip"
        manifest = leaving.write(export.organisation, path)
        rows = sum(part.rows or 0 for part in manifest.parts.values())
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            _publish(held, File(file), sha256=digest, rows=rows)


def _publish(held: HeldJob[Export], file: File[bytes], *, sha256: str, rows: int) -> None:
    """Keep the file and end the job at once. LeaseLostError, and nothing kept, where somebody else holds it."""
    export, now = held.row, timezone.now()
    name = f"{export.organisation.slug}-{timezone.localtime(now):%Y-%m-%d}.zip"
    export.file.save(f"{held.token}.zip", file, save=False)
    told: dict[str, Any] = {"rows": rows}
    ended = {"file": export.file.name, "file_name": name, "size": export.file.size, "sha256": sha256, "told": told}
    try:
        with transaction.atomic():
            kept = {"done": rows, "total": rows, "finished_at": now, "expires_at": now + file_jobs.KEPT}
            if not held.finish(state=FileState.READY, **ended, **kept):
                raise LeaseLostError(held.pk)
            audit.record(export.requested_by, "export.made", export, after=_record(export, rows), label=name)
    except BaseException:
        export.file.delete(save=False)
        raise


def _record(export: Export, rows: int) -> dict[str, Any]:
    return {"scope": export.scope, "file": export.format, "rows_in_all": rows}
