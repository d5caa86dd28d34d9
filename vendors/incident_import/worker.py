"""What a worker does with an import that it holds: check it, write it, or take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils import timezone, translation

from accounts import audit
from accounts.models import User
from groundwork.tables.stream import ImportRefused
from vendors.incident_import import batches, job, undoing
from vendors.incident_import.columns.options import Options
from vendors.incident_import.files import headings_of, path_of
from vendors.incident_import.job import Failure, LeaseLostError
from vendors.incident_import.rows.matching import make_vendors
from vendors.models import ImportState, IncidentImport

logger = structlog.get_logger(__name__)

KEPT = "kept"  # incidents that an undoing left, because somebody has changed them since


class _CancelAsked(Exception):  # noqa: N818 - said as what happened
    pass


def work_on(pk: int) -> None:
    """One attempt at the job; safe to be called twice, at once too."""
    upload = job.claim(pk, now=timezone.now())
    if upload is None:
        return
    # What a file is refused with is told to the person who brought it.
    with translation.override(upload.created_by.language):
        try:
            _attempt(upload)
        except LeaseLostError:
            logger.info("import_lease_lost", incident_import=pk)
    job.nudge_next(now=timezone.now())


def _attempt(upload: IncidentImport) -> None:
    try:
        if upload.state == ImportState.CHECKING:
            _check(upload)
        elif upload.state == ImportState.IMPORTING and not job.cancel_is_asked(upload):
            _import(upload)
        else:
            _take_back(upload)
    except _CancelAsked:
        _take_back(upload)
    except ImportRefused as refused:
        job.fail(upload, Failure.REFUSED, now=timezone.now(), reason=str(refused))
    except batches.DatesUnsure:
        job.fail(upload, Failure.DATES_UNSURE, now=timezone.now())
    except SoftTimeLimitExceeded:
        job.release(upload, Failure.TOO_SLOW, now=timezone.now())
    except LeaseLostError:
        raise
    except Exception:
        logger.exception("import_failed", incident_import=upload.pk, attempt=upload.attempts)
        job.release(upload, Failure.UNEXPECTED, now=timezone.now())


def _check(upload: IncidentImport) -> None:
    path = path_of(upload)
    options = Options.from_data(upload.options)
    _refuse_other_columns(upload, options)
    options = batches.decided(path, options, lambda: job.renew(upload, now=timezone.now()))
    job.renew(upload, now=timezone.now())
    done = batches.Pass(upload, options, writes=False, now=timezone.now())
    done.run(path, lambda rows, counts: _tell(upload, rows, counts))
    job.finish(
        upload,
        ImportState.CHECKED,
        options=options.as_data(),
        names=done.names,
        counts=done.told,
        rows_read=done.rows_read,
        rows_total=done.rows_read,
    )


def _refuse_other_columns(upload: IncidentImport, options: Options) -> None:
    there = headings_of(upload, sheet=options.sheet)
    if gone := [heading for heading in options.columns.values() if heading not in there]:
        raise ImportRefused(", ".join(gone))


def _import(upload: IncidentImport) -> None:
    path = path_of(upload)
    options = Options.from_data(upload.options)
    with transaction.atomic():
        made = make_vendors(upload, options, upload.created_by)
        job.renew(upload, now=timezone.now())
    done = batches.Pass(upload, options, writes=True, now=timezone.now())
    done.run(path, lambda rows, counts: _tell(upload, rows, counts))
    logger.info("import_done", incident_import=upload.pk, rows=done.rows_read, new_vendors=len(made))
    now = timezone.now()
    with transaction.atomic():
        if job.cancel_is_asked(upload, lock=True):
            raise _CancelAsked
        job.finish(upload, ImportState.DONE, counts=done.told, rows_read=done.rows_read, finished_at=now)
        _record(upload, upload.created_by, "incidentimport.applied", done.told)


def _tell(upload: IncidentImport, rows: int, counts: dict[str, int]) -> None:
    """Within the transaction of a batch: what was cancelled meanwhile is not written."""
    if upload.state == ImportState.IMPORTING and job.cancel_is_asked(upload):
        raise _CancelAsked
    job.renew(upload, now=timezone.now(), rows_read=rows, counts=counts)


def _take_back(upload: IncidentImport) -> None:
    """After “undo”, or after “cancel” when rows were written already."""
    is_cancelled = upload.state == ImportState.IMPORTING or job.cancel_is_asked(upload)
    if upload.state == ImportState.IMPORTING:
        job.finish(upload, ImportState.UNDOING, token=upload.token, **_lease(upload))
        upload.state = ImportState.UNDOING
    now = timezone.now()
    kept = undoing.take_back(upload, tell=lambda: job.renew(upload, now=timezone.now()), now=now)
    counts = {**upload.counts, KEPT: kept}
    with transaction.atomic():
        if is_cancelled:
            job.finish(upload, ImportState.CANCELLED, counts=counts, finished_at=timezone.now())
        else:
            job.finish(upload, ImportState.UNDONE, counts=counts, undone_at=timezone.now())
            _record(upload, upload.undone_by, "incidentimport.undone", {KEPT: kept})


def _lease(upload: IncidentImport) -> dict[str, datetime | None]:
    return {"lease_until": upload.lease_until, "next_nudge_at": upload.lease_until}


def _record(upload: IncidentImport, by: User | None, verb: str, after: dict[str, Any]) -> None:
    audit.record(by, verb, upload, organisation=upload.organisation, after=after, subject=job.the_one_vendor(upload))
