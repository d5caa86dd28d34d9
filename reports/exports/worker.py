"""Where exports are written: one attempt at a time, safe to begin again."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import File
from django.utils import timezone, translation

from accounts.access import Right, may
from accounts.models import Membership
from groundwork.jobs.lease import HeldJob, LeaseLostError
from groundwork.storage import is_full
from reports.exports import chosen as choosing
from reports.exports import writing
from reports.exports.job import EXPORTS, ExportFailure, publish, subject_of
from reports.models import Export

logger = structlog.get_logger(__name__)

TELL_EVERY = timedelta(seconds=1)  # how far it is; and the lease is renewed


class Teller:
    """Says how far it is, and stops with LeaseLostError once it was cancelled, or somebody else holds it."""

    def __init__(self, held: HeldJob[Export]) -> None:
        self.held, self.at = held, timezone.now()

    def __call__(self, done: int) -> None:
        now = timezone.now()
        if now - self.at >= TELL_EVERY:
            self.at = now
            self.held.renew(now=now, done=done)


def write(pk: int) -> None:
    """Claim the export, write its file, keep it. Without effect where it is finished or held elsewhere."""
    held = EXPORTS.claim(pk, now=timezone.now())
    if held is None:
        return
    log = logger.bind(export=pk, attempt=held.attempts)
    try:
        _attempt(held)
    except LeaseLostError:
        log.info("export_lease_lost")
    except SoftTimeLimitExceeded:
        log.warning("export_too_slow")
        held.release(ExportFailure.TOO_SLOW, now=timezone.now())
    except Exception as fault:
        log.exception("export_fault")
        why = ExportFailure.NO_ROOM if is_full(fault) else ExportFailure.UNEXPECTED
        held.release(why, now=timezone.now())


def _attempt(held: HeldJob[Export]) -> None:
    export, now = held.row, timezone.now()
    member = Membership.everybody.active().filter(user=export.requested_by, organisation=export.organisation_id)
    asker = member.select_related("user", "organisation").first()
    if asker is None or not may(asker, Right.READ):
        held.fail(ExportFailure.LEFT, now=now)
        return
    with tempfile.TemporaryDirectory(prefix="export-") as folder, translation.override(export.language):
        told, path = _written(held, asker, Path(folder), now)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            publish(held, File(file), sha256=digest, told=told.as_data(), now=timezone.now())


def _written(held: HeldJob[Export], member: Membership, folder: Path, now: datetime) -> tuple[writing.Told, Path]:
    export, path, tables = held.row, folder / "whole", folder / "tables"
    tables.mkdir()
    told = writing.write(
        writing.sink_of(export.format, path, language=export.language, folder=tables),
        choosing.chosen(member, export.scope, about=export.about, query=export.filter, today=timezone.localdate(now)),
        member,
        choosing.secrecy_of(member),
        language=export.language,
        subject=subject_of(export),
        progress=Teller(held),
    )
    return told, path
