"""Commitments that wait for whoever follows them up: due, reported done, not agreed, opened again or slipping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import WithAnnotations

from accounts.access import Right, may
from accounts.models import Membership
from assessments.commitments.measured import Judgement, judgement_from
from assessments.models import Commitment, CommitmentQuerySet, CommitmentState, CommitmentStep, StepKind
from assessments.schedule.holders import held_by
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from groundwork.together import Lookup
from vendors.measures.movement import Outcome, Standing
from vendors.withheld import is_withheld

SOON = timedelta(days=14)  # before it is due
SHOWN = 80  # characters of what was promised

ACTIONS: dict[ItemKind, Promise] = {
    ItemKind.PROMISE_UNANSWERED: gettext_lazy("Ask the vendor whether it agrees to the commitment"),
    ItemKind.PROMISE_DECLINED: gettext_lazy("The vendor does not agree: change the commitment, or withdraw it"),
    ItemKind.PROMISE_DUE: gettext_lazy("Ask the vendor how far the commitment is"),
    ItemKind.PROMISE_REPORTED: gettext_lazy("The vendor reports it done: accept it, or say what is missing"),
    ItemKind.PROMISE_REOPENED: gettext_lazy("The measure fell back: agree on what happens now"),
    ItemKind.PROMISE_SLIPPING: gettext_lazy("The measure may be falling back: ask the vendor before it does"),
}
WHEN_DUE: dict[str, Promise] = {
    Outcome.MOVED: gettext_lazy("It was due, and the measure moved: say that it was kept"),
    Outcome.REACHED: gettext_lazy("It was due, and what was agreed is reached: say whether it was kept"),
    Outcome.NOT_MOVED: gettext_lazy("It was due, and the measure did not move: kept by other evidence, or missed?"),
    Outcome.CANNOT_TELL: gettext_lazy("It was due, and the measure cannot tell yet: wait for it, or say what you know"),
}


class LastStep(TypedDict):
    last_kind: str | None
    last_at: datetime | None
    last_link: int | None


def to_follow_up(asking: Asking) -> Waiting:
    """Those of this member, and those that nobody holds any more; of vendors that the member still judges no figure,
    and nothing that only a figure tells."""
    member, today, ahead = asking.member, asking.today, asking.ahead
    if not may(member, Right.READ):
        return NOTHING
    followed = followed_by(member).filter(vendor__archived_at=None)
    ahead = ahead or SOON
    rows = _with_last_step(followed.open() | _slipping(followed, today))
    worth_a_word = Q(due_on__lte=today + ahead) | Q(state__in=(CommitmentState.REPORTED, CommitmentState.KEPT))
    rows = rows.filter(worth_a_word | Q(last_kind__in=(StepKind.DECLINED, StepKind.REOPENED)))
    hidden = asking.judged
    return Lookup(reads=(rows, hidden), told=lambda: _items(member, rows, set(hidden), today, ahead))


def _items(
    member: Membership,
    rows: Iterable[WithAnnotations[Commitment, LastStep]],
    hidden: set[int],
    today: date,
    ahead: timedelta,
) -> Iterator[Item]:
    for row in rows:
        kind = _kind(row, today, ahead)
        if kind is None or (kind == ItemKind.PROMISE_SLIPPING and row.vendor_id in hidden):
            continue
        yield _item(row, kind, member, today, shows_figures=row.vendor_id not in hidden)


def item_of(member: Membership, commitment: Commitment, today: date) -> Item | None:
    """Of one commitment, whoever follows it up; None once it has ended. Two queries."""
    row = _with_last_step(Commitment.objects.open().filter(pk=commitment.pk)).first()
    kind = _kind(row, today, max(SOON, row.due_on - today)) if row else None
    if row is None or kind is None:
        return None
    return _item(row, kind, member, today, shows_figures=not is_withheld(member, row.vendor))


def followed_by(member: Membership) -> CommitmentQuerySet:
    """Those that the member follows up, and, for whoever assesses, those whose owner can no longer do so."""
    return Commitment.objects.for_member(member).filter(held_by(member, Right.READ, otherwise=Right.ASSESS))


def _slipping(rows: CommitmentQuerySet, today: date) -> CommitmentQuerySet:
    """Kept, and by the last reading perhaps about to fall back."""
    return rows.watched(today).filter(reading__standing=Standing.SLIPPING.value)


def _with_last_step(rows: CommitmentQuerySet) -> QuerySet[WithAnnotations[Commitment, LastStep]]:
    last = CommitmentStep.objects.filter(commitment=OuterRef("pk")).order_by("-at", "-pk")
    return rows.select_related("vendor").annotate(
        last_kind=Subquery(last.values("kind")[:1]),
        last_at=Subquery(last.values("at")[:1]),
        last_link=Subquery(last.values("link")[:1]),
    )


def _kind(row: WithAnnotations[Commitment, LastStep], today: date, ahead: timedelta) -> ItemKind | None:
    if row.state == CommitmentState.KEPT:
        return ItemKind.PROMISE_SLIPPING
    is_soon = row.due_on <= today + ahead
    if row.state == CommitmentState.PROPOSED:
        if row.last_kind == StepKind.DECLINED:
            return ItemKind.PROMISE_DECLINED
        return ItemKind.PROMISE_UNANSWERED if is_soon else None
    if row.state == CommitmentState.REPORTED:
        return ItemKind.PROMISE_REPORTED
    if row.last_kind == StepKind.REOPENED:
        return ItemKind.PROMISE_REOPENED
    return ItemKind.PROMISE_DUE if is_soon else None


def _item(
    row: WithAnnotations[Commitment, LastStep], kind: ItemKind, member: Membership, today: date, *, shows_figures: bool
) -> Item:
    read = judgement_from(row.reading) if row.reading and shows_figures else None
    is_kept = kind == ItemKind.PROMISE_SLIPPING
    is_late = row.due_on < today and not is_kept
    said = read.words.rstrip(".") if read and (is_late or is_kept) else ""
    what = Truncator(" ".join(row.what.split())).chars(SHOWN)
    return Item(
        kind=kind,
        key=f"commitment-{row.pk}",
        action=_action(kind, row, read, is_late=is_late),
        vendor=row.vendor,
        about=row.number,
        subject=Subject.of(row, day="due_on", since=row.created_at),
        url=reverse("commitment_detail", args=[row.pk]),
        due_on=None if is_kept else row.due_on,
        is_late=is_late,
        detail=f"{what}. {said}" if said else what.rstrip("."),
        asked_at=_asked_at(row, kind, read),
        # The mail about what the vendor said goes to the owner; that a measure fell back, to all who assess.
        told_at_once=kind == ItemKind.PROMISE_REOPENED
        or (row.last_link is not None and row.owner_id == member.user_id),
    )


def _action(kind: ItemKind, row: Commitment, read: Judgement | None, *, is_late: bool) -> str:
    if kind != ItemKind.PROMISE_DUE or not is_late:
        return str(ACTIONS[kind])
    if not row.measure or read is None:
        return _("It was due: say whether it was kept or missed")
    return str(WHEN_DUE[read.outcome])


def _asked_at(row: WithAnnotations[Commitment, LastStep], kind: ItemKind, read: Judgement | None) -> datetime | None:
    """When it became what it is: the vendor said something, or the measure says something else than before."""
    if kind in (ItemKind.PROMISE_DUE, ItemKind.PROMISE_SLIPPING):
        return datetime.fromisoformat(read.figures["changed_at"]) if read and read.figures.get("changed_at") else None
    return None if kind == ItemKind.PROMISE_UNANSWERED else row.last_at
