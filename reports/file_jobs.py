"""What files that take a while have in common, whoever makes them: how long they are kept, how a wish is given up, and
how what was kept long enough goes. Below exports and batches, which are such files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trail import audit
from groundwork.jobs.lease import JobQuerySet, NudgedKind
from groundwork.refusals import Refusal
from reports.models import FileJob, FileState

KEPT = timedelta(days=7)  # then the file goes, and the row stays
AT_ONCE = 100  # files that one sweep deletes


class NotNow(Refusal):
    """The file has its end already."""


def give_up(kind: NudgedKind[Any], job: FileJob, *, by: User, verb: str, now: datetime) -> None:
    """Within a transaction: at once, whoever works on it, whose lease is gone then, so that nothing of theirs is kept.
    NotNow where it has ended."""
    ended = {"state": FileState.CANCELLED, "cancel_asked_at": now, "finished_at": now, **kind.released()}
    if not kind.rows().unfinished().filter(pk=job.pk).update(**ended):
        raise NotNow(_("This has ended already; there is nothing to cancel."))
    audit.record(by, verb, job, label=str(job))


def forget_files(rows: JobQuerySet[Any], now: datetime) -> int:
    """Delete the files of these that were kept long enough; how many."""
    count = 0
    for job in rows.filter(expires_at__lte=now).exclude(file="")[:AT_ONCE]:
        job.file.delete(save=False)
        rows.filter(pk=job.pk).update(file="")
        count += 1
    return count
