"""A stretch of work on a batch: documents one after the other, and, when all are there, the file.

Nothing here draws: how a document is made, and how many are bound, is handed in by the task. A stretch is short, so
that what waits in the same queue has its turn, and one document that hangs ends by the limits of every task. A worker
that is killed leaves its places: the next one begins at the first that waits.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import IO
from uuid import uuid4

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation

from accounts.access import Right, may
from accounts.models import Membership
from groundwork.jobs.lease import MAX_ATTEMPTS, HeldJob, LeaseLostError
from groundwork.storage import is_full
from reports import file_jobs
from reports.batches import archive, binding, job
from reports.batches.job import BATCHES, BatchFailure, LeftOut
from reports.documents.job import RenderingFailure, request_rendering
from reports.models import (
    Batch,
    BatchedScorecard,
    BatchedState,
    Binding,
    Document,
    DocumentKind,
    FileState,
    Rendering,
    Scorecard,
)
from vendors.withheld import withheld

logger = structlog.get_logger(__name__)

STRETCH = 45.0  # seconds
CUT_SHORT = 3  # attempts at one document after which the others go on without it
TOGETHER = 50  # documents written between two signs of life

Render = Callable[[int], None]  # makes the document of the rendering with this key, and notes how it ended
Bind = Callable[[binding.Bound, str, Callable[[], None]], bytes]  # in this language; calls back after each part


@dataclass(frozen=True, kw_only=True)
class Makers:
    """What draws."""

    render: Render
    bind: Bind


def make(pk: int, makers: Makers, *, clock: Callable[[], float] = monotonic) -> None:
    """One stretch. Without effect where the batch has ended or is held elsewhere; safe to be called twice, at once
    too."""
    held = BATCHES.claim(pk, now=timezone.now())
    if held is None:
        return
    log = logger.bind(batch=pk, attempt=held.attempts)
    try:
        _stretch(held, makers, clock)
    except LeaseLostError:
        log.info("batch_lease_lost")  # cancelled, or another worker's
    except (binding.BoundRefusedError, binding.BoundTooLargeError) as fault:
        log.error("batch_not_bound", exc_info=True)
        is_large = isinstance(fault, binding.BoundTooLargeError)
        held.fail(BatchFailure.TOO_LARGE if is_large else BatchFailure.REFUSED, now=timezone.now())
    except SoftTimeLimitExceeded:
        log.warning("batch_too_slow")
        held.release(BatchFailure.TOO_SLOW, now=timezone.now())
    except Exception as fault:
        log.exception("batch_fault")
        why = BatchFailure.NO_ROOM if is_full(fault) else BatchFailure.UNEXPECTED
        held.release(why, now=timezone.now())


def _stretch(held: HeldJob[Batch], makers: Makers, clock: Callable[[], float]) -> None:
    member = _member(held.row)
    if member is None:
        held.fail(BatchFailure.LEFT, now=timezone.now())
        return
    stretch = _Stretch(held=held, member=member, makers=makers, is_over=_watch(clock), closed=withheld(member))
    if held.row.binding == Binding.ZIP and not stretch.make_documents():
        return
    stretch.leave_out_what_is_kept()
    stretch.write()


def _member(batch: Batch) -> Membership | None:
    members = Membership.objects.active().filter(organisation=batch.organisation, user=batch.requested_by)
    member = members.select_related("organisation", "user").first()
    return member if member and may(member, Right.READ) else None


def _watch(clock: Callable[[], float]) -> Callable[[], bool]:
    end = clock() + STRETCH
    return lambda: clock() >= end


@dataclass(kw_only=True)
class _Stretch:
    """`closed`: the keys of the vendors that whoever asked still rates."""

    held: HeldJob[Batch]
    member: Membership
    makers: Makers
    is_over: Callable[[], bool]
    closed: set[int] = field(default_factory=set)

    @property
    def batch(self) -> Batch:
        return self.held.row

    def places(self, *states: BatchedState) -> QuerySet[BatchedScorecard]:
        rows = self.batch.places.filter(state__in=states).order_by("position")
        return rows.select_related("scorecard__assessment__vendor").defer("scorecard__snapshot")

    # Documents, one after the other --------------------------------------------------------------------------------
    def make_documents(self) -> bool:
        """Whether all of them have ended; else the batch is handed on."""
        waiting = list(self.places(BatchedState.WAITING).values_list("pk", flat=True))
        for pk in waiting:
            if self.is_over():
                job.hand_on(self.held, now=timezone.now())
                return False
            self._make(self.places(BatchedState.WAITING).get(pk=pk))
        if self.places(BatchedState.WAITING).exists():
            # The rest is being made for somebody else: a sweep comes back.
            job.hand_on(self.held, now=timezone.now(), tell_workers=False)
            return False
        return True

    def _make(self, place: BatchedScorecard) -> None:
        self.held.renew(now=timezone.now())
        if self._is_kept(place):
            self._leave_out(place, LeftOut.WITHHELD)
            return
        rendering = request_rendering(
            place.scorecard,
            kind=DocumentKind(self.batch.kind),
            language=self.batch.language,
            requested_by=self.member.user,
            tell_workers=False,
        )
        for _attempt in range(MAX_ATTEMPTS):
            if not rendering.is_unfinished or rendering.attempts >= CUT_SHORT:
                break
            self.makers.render(rendering.pk)
            rendering.refresh_from_db(fields=["state", "failure", "attempts", "token"])
            if rendering.is_unfinished and rendering.token is not None:
                return  # somebody else's worker is at it
        self._note(place, rendering)

    def _note(self, place: BatchedScorecard, rendering: Rendering) -> None:
        if rendering.is_ready:
            self._end(place, state=BatchedState.MADE)
        else:
            self._leave_out(place, rendering.failure or LeftOut.CUT_SHORT)

    def _leave_out(self, place: BatchedScorecard, why: str) -> None:
        self._end(place, state=BatchedState.LEFT_OUT, failure=why)

    def _end(self, place: BatchedScorecard, **fields: str) -> None:
        """Something was done: what is cut short from here on is the first attempt again."""
        with transaction.atomic():
            is_first = place.state == BatchedState.WAITING
            self.held.note(attempts=1, done=F("done") + int(is_first))
            BatchedScorecard.objects.filter(pk=place.pk).update(**fields)
        self.held.attempts = 1

    def _is_kept(self, place: BatchedScorecard) -> bool:
        return bool(job.kept_from(self.member, [place.scorecard], closed=self.closed))

    # The file ------------------------------------------------------------------------------------------------------
    def leave_out_what_is_kept(self) -> None:
        """Whoever was asked to rate meanwhile does not get what was made before that."""
        rows = self.places(BatchedState.WAITING, BatchedState.MADE)
        for place in rows.filter(scorecard__assessment__vendor__in=self.closed) if self.closed else ():
            if self._is_kept(place):
                self._leave_out(place, LeftOut.WITHHELD)

    def write(self) -> None:
        with tempfile.TemporaryFile() as out:
            written = self._bound(out) if self.batch.binding == Binding.BOUND else self._zipped(out)
            if written:
                self._keep(out)
            else:
                self.held.fail(BatchFailure.NOTHING_MADE, now=timezone.now())

    def _zipped(self, out: IO[bytes]) -> int:
        with translation.override(self.member.user.language):
            return archive.write(out, self._entries(), self._left_out())

    def _entries(self) -> Iterator[archive.Entry]:
        documents = Document.objects.filter(rendering__kind=self.batch.kind, rendering__language=self.batch.language)
        for number, place in enumerate(self.places(BatchedState.MADE)):
            if not number % TOGETHER:
                self.held.renew(now=timezone.now())
            content = documents.values_list("content", flat=True).get(rendering__scorecard=place.scorecard_id)
            name = archive.entry_name(place, self.batch)
            yield archive.Entry(name=name, content=bytes(content), at=place.scorecard.approved_at)

    def _left_out(self) -> Iterator[archive.Told]:
        for place in self.places(BatchedState.LEFT_OUT):
            card = place.scorecard
            yield self._told(card, place.failure)

    def _told(self, card: Scorecard, failure: str) -> archive.Told:
        return archive.Told(vendor=card.assessment.vendor.name, number=card.number, reason=job.words_of(failure))

    def _bound(self, out: IO[bytes]) -> int:
        """All of them at one go: none of them waits in a place of its own."""
        places = {place.scorecard_id: place for place in self.places(BatchedState.WAITING, BatchedState.MADE)}
        cards = Scorecard.objects.select_related("assessment__vendor").in_bulk(places)
        member = self.member

        def damaged(card: Scorecard) -> archive.Told:
            self._leave_out(places.pop(card.pk), RenderingFailure.SNAPSHOT_DAMAGED)
            return self._told(card, RenderingFailure.SNAPSHOT_DAMAGED)

        with translation.override(self.batch.language):
            volume = binding.Volume(
                title=self.batch.title,
                organisation=member.organisation.name,
                kind=DocumentKind(self.batch.kind),
                language=self.batch.language,
                cards=[cards[pk] for pk in places],
                left_out=list(self._left_out()),
                damaged=damaged,
            )
            bound = binding.bound(volume)
        if bound is None:
            return 0
        out.write(self.makers.bind(bound, self.batch.language, self._counting(of=len(places))))
        BatchedScorecard.objects.filter(pk__in=[place.pk for place in places.values()]).update(state=BatchedState.MADE)
        return len(places)

    def _counting(self, *, of: int) -> Callable[[], None]:
        """Shows how far a bound one is; what is begun anew is counted anew."""
        total = self.batch.total or of
        shown = count(total - of + 1)

        def after_each() -> None:
            self.held.renew(now=timezone.now(), done=min(next(shown), total))

        return after_each

    def _keep(self, out: IO[bytes]) -> None:
        """The file first, then the row: a file that no row names goes by itself."""
        now = timezone.now()
        size, sha256 = archive.measured(out)
        ending = "zip" if self.batch.binding == Binding.ZIP else "pdf"
        self.batch.file.save(f"{uuid4()}.{ending}", File(out), save=False)
        is_ours = self.held.finish(
            state=FileState.READY,
            file=self.batch.file.name,
            file_name=archive.file_name(self.batch, ending),
            size=size,
            sha256=sha256,
            finished_at=now,
            expires_at=now + file_jobs.KEPT,
        )
        if not is_ours:
            self.batch.file.delete(save=False)
            raise LeaseLostError(self.held.pk)
