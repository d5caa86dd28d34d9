"""The row is the job: it is claimed, reported on and ended by conditional UPDATEs alone.

A worker claims a row under a token and until its lease ends, and writes only while the token is its own. One that dies
leaves a lease that runs out, and the next one takes over. The broker carries nudges and may lose them all: `sweep`
sends them again, and ends what five attempts did not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q

from groundwork.jobs import nudging

MAX_ATTEMPTS = 5
TOO_MANY_ATTEMPTS = "too_many_attempts"  # the code of a job that `sweep` ended


class LeaseLostError(Exception):
    """Somebody else holds this job by now: stop, and write nothing."""


class Job(models.Model):
    """A row that a worker can hold."""

    token = models.UUIDField(null=True, blank=True)  # of the worker that holds the lease
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class NudgedJob(Job):
    """A row that is nudged again when nobody came, each time after twice as long."""

    nudges = models.PositiveSmallIntegerField(default=0)
    next_nudge_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


J = TypeVar("J", bound=Job)
N = TypeVar("N", bound=NudgedJob)


class JobQuerySet(models.QuerySet[J]):
    """`unfinished_states`: those in which a worker has something to do, or does it."""

    unfinished_states: ClassVar[tuple[str, ...]] = ()

    def unfinished(self) -> Self:
        return self.filter(state__in=self.unfinished_states)

    def held(self, now: datetime) -> Self:
        """A worker is at it."""
        return self.unfinished().filter(lease_until__gte=now).exclude(token=None)

    def free(self, now: datetime) -> Self:
        """Held by nobody, or by a worker whose lease has run out."""
        return self.unfinished().filter(Q(token=None) | Q(lease_until__lt=now))

    def claimable(self, now: datetime) -> Self:
        return self.free(now).filter(attempts__lt=MAX_ATTEMPTS)

    def worn_out(self, now: datetime) -> Self:
        """What nobody shall claim any more."""
        return self.free(now).filter(attempts__gte=MAX_ATTEMPTS)

    def overdue(self, now: datetime) -> Self:
        """Claimable, and nobody came since the last nudge; the longest waiting first."""
        return self.claimable(now).filter(next_nudge_at__lte=now).order_by("next_nudge_at")


class JobKind(Generic[J]):
    """What one kind of job adds: its rows, its task, its settings, and what its steps write beside the lease."""

    task: str  # by name: the tasks import the jobs, never the reverse
    related: tuple[str, ...] = ()  # read with the row that was claimed
    claimed: Mapping[str, Any] = {}  # written when a worker begins
    queued: Mapping[str, Any] = {}  # written when the job waits again
    longest_wait = timedelta(minutes=10)
    batch: int | None = None  # nudges in a sweep at most

    def rows(self) -> JobQuerySet[J]:
        raise NotImplementedError

    def lease(self) -> timedelta:
        """How long a worker may be silent before another one takes over."""
        raise NotImplementedError

    def first_wait(self) -> timedelta:
        raise NotImplementedError

    def turn(self, at: datetime | None) -> dict[str, Any]:
        """What says when it is somebody's turn again."""
        raise NotImplementedError

    def failed(self, failure: str, now: datetime) -> dict[str, Any]:
        """`failure`: a code; the page has the words."""
        return {"state": "failed", "failure": failure, "finished_at": now}

    def postpone(self, row: J, now: datetime) -> bool:
        """Whether it is for this sweeper to nudge."""
        return True

    def wait(self, times: int) -> timedelta:
        return min(self.first_wait() * 2 ** min(times, 20), self.longest_wait)

    def released(self) -> dict[str, Any]:
        return {"token": None, "lease_until": None, **self.turn(None)}

    def afresh(self, now: datetime) -> dict[str, Any]:
        """Of a new wish, and of one that begins again."""
        return {"attempts": 0, **self.released(), **self.queued, **self.turn(now + self.wait(0))}

    def nudge(self, pk: int) -> bool:
        """Tell a worker, once and briefly. That nobody could be told is logged and no more: a sweep tells again."""
        return nudging.nudge(self.task, pk)

    def nudge_on_commit(self, pk: int) -> None:
        # A lambda: with a partial and robust=True, a failing callback ends in an AttributeError of Django's own.
        transaction.on_commit(lambda: self.nudge(pk))

    def claim(self, pk: int, *, now: datetime) -> HeldJob[J] | None:
        """Take the job by one UPDATE; None: it is finished, held by another worker, or out of attempts."""
        token, lease_until = uuid4(), now + self.lease()
        fields = {"token": token, "lease_until": lease_until, **self.turn(lease_until), **self.claimed}
        if not self.rows().claimable(now).filter(pk=pk).update(attempts=F("attempts") + 1, **fields):
            return None
        row = self.rows().filter(pk=pk, token=token).select_related(*self.related).first()
        return HeldJob(self, row) if row is not None else None

    def end_worn_out(self, now: datetime) -> None:
        self.rows().worn_out(now).update(**self.ended_worn_out(now))

    def ended_worn_out(self, now: datetime) -> dict[str, Any]:
        return {**self.failed(TOO_MANY_ATTEMPTS, now), **self.released()}

    def sweep(self, *, now: datetime) -> int:
        """End what is out of attempts and nudge again what waits too long; how many were nudged.

        Several sweepers at once do no harm: each row is postponed by an UPDATE that only one of them wins.
        """
        self.end_worn_out(now)
        count = 0
        for row in self.rows().overdue(now)[: self.batch]:
            if not self.postpone(row, now):
                continue
            if not self.nudge(row.pk):
                break  # the broker is away: each further attempt would cost its time-out
            count += 1
        return count


class NudgedKind(JobKind[N]):
    """Its sweeps come often, so that each nudge waits twice as long: without that, 2.2 executions a job."""

    batch = 100

    def turn(self, at: datetime | None, *, nudges: int = 0) -> dict[str, Any]:
        return {"next_nudge_at": at, "nudges": nudges}

    def postpone(self, row: N, now: datetime) -> bool:
        unchanged = self.rows().filter(pk=row.pk, next_nudge_at=row.next_nudge_at)
        nudges = row.nudges + 1
        return bool(unchanged.update(**self.turn(now + self.wait(nudges), nudges=nudges)))


class HeldJob(Generic[J]):
    """A row in the hands of one worker: what this writes, it writes only while the token is its own."""

    def __init__(self, kind: JobKind[J], row: J) -> None:
        self.kind, self.row = kind, row
        self.pk, self.attempts, self.token = row.pk, row.attempts, row.token

    def note(self, **fields: Any) -> None:
        """Show how far it is. LeaseLostError where it is not ours any more, which undoes the transaction around it."""
        if not self._update(fields):
            raise LeaseLostError(self.pk)

    def renew(self, *, now: datetime, **fields: Any) -> None:
        """As `note`, and hold it for another lease."""
        lease_until = now + self.kind.lease()
        self.note(lease_until=lease_until, **self.kind.turn(lease_until), **fields)

    def finish(self, **fields: Any) -> bool:
        """The end of this work; False, and nothing written, where it is not ours any more."""
        return self._update({**self.kind.released(), **fields})

    def fail(self, failure: str, *, now: datetime, **fields: Any) -> bool:
        return self.finish(**{**self.kind.failed(failure, now), **fields})

    def release(self, failure: str, *, now: datetime) -> bool:
        """Give it back after a fault, to be tried again after a while; the last attempt ends with `failure`."""
        if self.attempts >= MAX_ATTEMPTS:
            return self.fail(failure, now=now)
        return self.finish(**self.kind.queued, **self.kind.turn(now + self.kind.wait(self.attempts - 1)))

    def _update(self, fields: Mapping[str, Any]) -> bool:
        return bool(self.kind.rows().unfinished().filter(pk=self.pk, token=self.token).update(**fields))
