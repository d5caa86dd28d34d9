"""A wish for the documents of many scorecards: the row is the job, and its places say how far it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.jobs.lease import TOO_MANY_ATTEMPTS, HeldJob, NudgedKind
from groundwork.refusals import Refusal
from reports import file_jobs
from reports.documents.job import RenderingFailure
from reports.models import (
    Batch,
    BatchedScorecard,
    BatchedState,
    BatchQuerySet,
    Binding,
    DocumentKind,
    FileState,
    Scorecard,
)
from reports.secrecy import is_kept_from
from vendors.withheld import withheld

MOST = 5_000  # scorecards in one ZIP
# In one bound PDF, whose pages stand in memory together, some 4 MB each.
MOST_BOUND = {DocumentKind.BRIEF: 100, DocumentKind.SCORECARD: 30, DocumentKind.RECORD: 8}


class LeftOut(models.TextChoices):
    """Why a scorecard is not in the file, beside the failures of a document."""

    WITHHELD = (
        "withheld",
        _("You still rate this vendor: your own answers come first. Once they are handed in, it can be had."),
    )
    CUT_SHORT = "cut_short", _("Three attempts to make this document were cut short.")


class BatchFailure(models.TextChoices):
    """Why there is no file: the code in the row, and the words for the page."""

    TOO_MANY_ATTEMPTS = TOO_MANY_ATTEMPTS, _("Five attempts were cut short before anything more was made.")
    TOO_SLOW = "too_slow", _("The file took too long to write, in five attempts. Choose fewer vendors.")
    TOO_LARGE = "too_large", _("The bound file would be too large. Choose fewer vendors, or the ZIP.")
    REFUSED = "refused", _("One of the documents cannot be drawn. Ask for the ZIP, which says which one.")
    NO_ROOM = "no_room", _("There is no room on the server. Tell your administrator.")
    NOTHING_MADE = "nothing_made", _("Not one of the documents could be made; below stands why.")
    LEFT = "left", _("Whoever asked for it is no member of this organisation any more.")
    UNEXPECTED = "unexpected", _("An unexpected fault stopped it, in five attempts. It has been recorded.")


class NotSoMany(Refusal):
    """Nobody has a scorecard among what was chosen, or too many have."""


class Batches(NudgedKind[Batch]):
    task = "reports.tasks.make_batch"
    related = ("organisation", "requested_by")
    claimed = {"state": FileState.WRITING}
    queued = {"state": FileState.QUEUED}

    def rows(self) -> BatchQuerySet:
        return Batch.objects.all()

    def lease(self) -> timedelta:
        return settings.RENDERING_LEASE

    def first_wait(self) -> timedelta:
        return settings.RENDERING_NUDGE_AFTER


BATCHES = Batches()


def words_of(code: str) -> str:
    """Why a scorecard was left out, or a batch failed; empty for no code."""
    for known in (LeftOut, BatchFailure, RenderingFailure):
        if code in known.values:
            return str(known(code).label)
    return ""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for. `title`: what pages call it, in their language; `filter`: as the portfolio's query string
    says it."""

    title: str
    kind: DocumentKind
    binding: Binding
    language: str
    filter: str = ""


def kept_from(member: Membership, scorecards: Iterable[Scorecard], *, closed: Collection[int]) -> set[int]:
    """The keys of those that this member may not have yet. `closed`: the keys of the vendors that they still rate, so
    that the snapshots of no others are read. `scorecards` have their assessments at hand."""
    return {card.pk for card in scorecards if card.assessment.vendor_id in closed and is_kept_from(member, card)}


@transaction.atomic
def request_batch(
    member: Membership, wish: Wish, scorecards: Iterable[Scorecard], *, tell_workers: bool = True
) -> Batch:
    """Queue it; NotSoMany for none or too many, file_jobs.TooMany where this person has asked for enough. Those that
    are kept from the member have their place, too: left out, with the reason. Seven queries, however many, and one for
    each snapshot of a vendor that the member rates."""
    cards = list(scorecards)
    _refuse_unless_bounded(len(cards), wish)
    now = timezone.now()
    file_jobs.refuse_too_many(Batch.objects.all(), member, now=now)
    kept = kept_from(member, cards, closed=withheld(member))
    batch = Batch.objects.create(
        organisation=member.organisation,
        requested_by=member.user,
        requested_at=now,
        language=wish.language,
        title=wish.title[:200],
        kind=wish.kind,
        binding=wish.binding,
        filter=wish.filter[:2000],
        total=len(cards),
        done=len(kept),
        **BATCHES.afresh(now),
    )
    BatchedScorecard.objects.bulk_create(
        [_place(batch, position, card, is_kept=card.pk in kept) for position, card in enumerate(cards, start=1)],
        batch_size=500,
    )
    after = {"documents": len(cards), "kind": wish.kind.value, "language": wish.language, "filter": batch.filter}
    audit.record(member.user, "batch.asked", batch, after=after, label=batch.title)
    if tell_workers:
        BATCHES.nudge_on_commit(batch.pk)
    return batch


def _refuse_unless_bounded(count: int, wish: Wish) -> None:
    if not count:
        raise NotSoMany(_("None of these vendors has a scorecard. Choose others, or another period."))
    most = MOST_BOUND[wish.kind] if wish.binding == Binding.BOUND else MOST
    if count > most:
        message = _("At most %(most)s scorecards fit in this kind of file, and these are %(count)s. Choose fewer.")
        raise NotSoMany(message % {"most": most, "count": count})


def _place(batch: Batch, position: int, card: Scorecard, *, is_kept: bool) -> BatchedScorecard:
    told: dict[str, Any] = {"state": BatchedState.LEFT_OUT, "failure": LeftOut.WITHHELD} if is_kept else {}
    return BatchedScorecard(batch=batch, position=position, scorecard=card, **told)


@transaction.atomic
def cancel(member: Membership, batch: Batch) -> None:
    """At once: a worker that holds it stops at the next document, whose lease is gone. No file comes of it; documents
    that are made stay, for whoever asks for one of them. NotNow where it has ended."""
    file_jobs.give_up(BATCHES, batch, by=member.user, verb="batch.cancelled", now=timezone.now())


def hand_on(held: HeldJob[Batch], *, now: datetime, tell_workers: bool = True) -> None:
    """Let others in the queue go first, and come back: the end of a stretch that counts as no failed attempt. Without
    `tell_workers` a sweep comes back to it after a while."""
    waiting = held.finish(**{**BATCHES.queued, **BATCHES.turn(now + BATCHES.wait(0)), "attempts": 0})
    if waiting and tell_workers:
        BATCHES.nudge(held.pk)
