"""What files that take a while have in common, whoever makes them: how long they are kept, how a wish is given up, and
how what was kept long enough goes. Below exports and batches, which are such files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from accounts.trail import audit
from groundwork.jobs.lease import JobQuerySet, NudgedKind
from groundwork.refusals import Refusal
from reports.models import FileJob, FileState

KEPT = timedelta(days=7)  # then the file goes, and the row stays
AT_ONCE = 100  # files that one sweep deletes
MOST_UNFINISHED = 5  # of one person: more would only stand in their own way
MOST_A_DAY = 100  # of one person: what nobody can read would fill the server


class NotNow(Refusal):
    """The file has its end already."""


class TooMany(Refusal):
    """This person has asked for enough of these files for now."""


def refuse_too_many(rows: JobQuerySet[Any], member: Membership, *, now: datetime) -> None:
    """Within the transaction that adds one more: two at once wait for each other. `rows`: of one kind of file. Raises
    TooMany."""
    Membership.everybody.select_for_update(no_key=True).get(pk=member.pk)
    asked = rows.filter(organisation=member.organisation_id, requested_by=member.user_id)
    lately = asked.filter(requested_at__gt=now - timedelta(days=1))
    counts = asked.unfinished().count(), lately.count()
    if counts[0] >= MOST_UNFINISHED:
        raise TooMany(_("You have asked for enough at a time. Wait until one is finished, or cancel one."))
    if counts[1] >= MOST_A_DAY:
        said = ngettext(
            "You have asked for %(count)s file within a day. Fetch those that are there, and ask again tomorrow.",
            "You have asked for %(count)s files within a day. Fetch those that are there, and ask again tomorrow.",
            counts[1],
        )
        raise TooMany(said % {"count": counts[1]})


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
