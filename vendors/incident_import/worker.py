"""What a worker does with an import that it holds: check it, write it, or take it back."""

from __future__ import annotations

from typing import Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils import timezone, translation

from accounts import audit
from accounts.models import User
from groundwork.jobs.lease import LeaseLostError
from groundwork.tables.stream import ImportRefused
from vendors.incident_import import undoing
from vendors.incident_import.batches import DatesUnsure, Pass
from vendors.incident_import.job import IMPORTS, CancelAsked, Failure, HeldImport, the_one_vendor
from vendors.models import ImportState, IncidentImport

logger = structlog.get_logger(__name__)

KEPT = "kept"  # incidents that an undoing left, because somebody has changed them since


def work_on(pk: int) -> None:
    """One attempt at the job; safe to be called twice, at once too."""
    job = IMPORTS.claim(pk, now=timezone.now())
    if job is None:
        return
    # What a file is refused with is told to the person who brought it.
    with translation.override(job.row.created_by.language):
        try:
            _attempt(job)
        except LeaseLostError:
            logger.info("import_lease_lost", incident_import=pk)
    IMPORTS.nudge_next(now=timezone.now())


def _attempt(job: HeldImport) -> None:
    try:
        if job.row.state == ImportState.CHECKING:
            _check(job)
        elif job.row.state == ImportState.IMPORTING and not job.cancel_is_asked():
            _import(job)
        else:
            _take_back(job)
    except CancelAsked:
        _take_back(job)
    except ImportRefused as refused:
        job.fail(Failure.REFUSED, now=timezone.now(), failure_values={"reason": str(refused)})
    except DatesUnsure:
        job.fail(Failure.DATES_UNSURE, now=timezone.now())
    except SoftTimeLimitExceeded:
        job.release(Failure.TOO_SLOW, now=timezone.now())
    except LeaseLostError:
        raise
    except Exception:
        logger.exception("import_failed", incident_import=job.pk, attempt=job.attempts)
        job.release(Failure.UNEXPECTED, now=timezone.now())


def _check(job: HeldImport) -> None:
    done = Pass(job, writes=False)
    done.run()
    job.end(
        ImportState.CHECKED,
        options=done.options.as_data(),
        names=done.names,
        counts=done.told,
        rows_read=done.rows_read,
        rows_total=done.rows_read,
    )


def _import(job: HeldImport) -> None:
    done = Pass(job, writes=True)
    done.run()
    logger.info("import_done", incident_import=job.pk, rows=done.rows_read, new_vendors=done.new_vendors)
    now = timezone.now()
    with transaction.atomic():
        if job.cancel_is_asked(lock=True):
            raise CancelAsked
        job.end(ImportState.DONE, counts=done.told, rows_read=done.rows_read, finished_at=now)
        _record(job.row, job.row.created_by, "incidentimport.applied", done.told)


def _take_back(job: HeldImport) -> None:
    """After “undo”, or after “cancel” when rows were written already."""
    is_cancelled = job.row.state == ImportState.IMPORTING or job.cancel_is_asked()
    job.renew(now=timezone.now(), state=ImportState.UNDOING)
    counts = {**job.row.counts, KEPT: undoing.take_back(job)}
    with transaction.atomic():
        if is_cancelled:
            job.end(ImportState.CANCELLED, counts=counts, finished_at=timezone.now())
        else:
            job.end(ImportState.UNDONE, counts=counts, undone_at=timezone.now())
            _record(job.row, job.row.undone_by, "incidentimport.undone", {KEPT: counts[KEPT]})


def _record(upload: IncidentImport, by: User | None, verb: str, after: dict[str, Any]) -> None:
    audit.record(by, verb, upload, organisation=upload.organisation, after=after, subject=the_one_vendor(upload))
