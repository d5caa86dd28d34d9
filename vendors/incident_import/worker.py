"""What a worker does with an import that it holds: check it, write it, or take it back."""

from __future__ import annotations

from contextlib import suppress

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.utils import timezone, translation

from groundwork.jobs.lease import LeaseLostError
from groundwork.storage import is_full
from groundwork.tables.cells import ImportRefused
from vendors.incident_import import files, undoing
from vendors.incident_import.batches import DatesMixed, DatesUnsure, Pass
from vendors.incident_import.job import IMPORTS, CancelAsked, HeldImport
from vendors.models import ImportFailure, ImportState

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
        if job.row.state == ImportState.READING:
            return files.read_in_turn(job)
        with suppress(CancelAsked):
            if job.row.state != ImportState.UNDOING:
                one_way = Pass(job)
                return one_way.run()
        undoing.take_back(job)
    except ImportRefused as refused:
        job.fail(ImportFailure.REFUSED, now=timezone.now(), failure_values={"reason": str(refused)})
    except DatesUnsure:
        job.fail(ImportFailure.DATES_UNSURE, now=timezone.now())
    except DatesMixed as found:
        mixed = found.args[0]
        told = {"cells": mixed.cells, "texts": mixed.texts}
        job.fail(ImportFailure.DATES_MIXED, now=timezone.now(), failure_values=told)
    except SoftTimeLimitExceeded:
        job.release(ImportFailure.TOO_SLOW, now=timezone.now())
    except LeaseLostError:
        raise
    except Exception as fault:
        logger.exception("import_failed", incident_import=job.pk, attempt=job.attempts)
        why = ImportFailure.NO_ROOM if is_full(fault) else ImportFailure.UNEXPECTED
        job.release(why, now=timezone.now())
