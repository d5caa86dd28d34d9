"""What the vendor is shown of its commitments: the words that were written for it, what it said itself, and what came
of it. Nothing of scores, of other vendors, of who rated what, nor of what the customer noted for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.models import (
    Commitment,
    CommitmentFile,
    CommitmentLink,
    CommitmentState,
    CommitmentStep,
    StepKind,
)
from groundwork.words import day
from manifesto.naming import question_names, rule_names
from vendors.measures.catalogue import MEASURES
from vendors.measures.words import LABELS, figure


class Part(StrEnum):
    """Where a commitment stands in the vendor's list, in this order."""

    WAITING = "waiting"  # for the vendor's word
    AGREED = "agreed"
    DECLINED = "declined"  # the vendor said why not, and the customer has not answered yet
    REPORTED = "reported"
    ENDED = "ended"


PARTS: Mapping[Part, Promise] = {
    Part.WAITING: gettext_lazy("Waiting for your word"),
    Part.AGREED: gettext_lazy("Agreed, to be done"),
    Part.DECLINED: gettext_lazy("You did not agree"),
    Part.REPORTED: gettext_lazy("Reported done"),
    Part.ENDED: gettext_lazy("Ended"),
}
STATES: Mapping[Part, Promise] = {
    Part.WAITING: pgettext_lazy("commitment", "Waits for your word"),
    Part.AGREED: pgettext_lazy("commitment", "Agreed"),
    Part.DECLINED: pgettext_lazy("commitment", "Not agreed"),
    Part.REPORTED: pgettext_lazy("commitment", "Reported done"),
}
# What the customer did: said without its words, which it wrote for itself. One: why a report is not accepted yet.
BY_CUSTOMER: Mapping[str, Promise] = {
    StepKind.PROPOSED: gettext_lazy("%(organisation)s asked for it"),
    StepKind.CHANGED: gettext_lazy("%(organisation)s changed it"),
    StepKind.AGREED: gettext_lazy("%(organisation)s recorded that you agreed"),
    StepKind.REPORTED: gettext_lazy("%(organisation)s recorded that you reported it done"),
    StepKind.RETURNED: gettext_lazy("%(organisation)s does not accept it as done yet"),
    StepKind.KEPT: gettext_lazy("%(organisation)s found it kept"),
    StepKind.MISSED: gettext_lazy("%(organisation)s found it missed"),
    StepKind.REOPENED: gettext_lazy("Opened again: the measure fell back"),
    StepKind.WITHDRAWN: gettext_lazy("%(organisation)s withdrew it"),
}
BY_VENDOR: Mapping[str, Promise] = {
    StepKind.AGREED: gettext_lazy("%(name)s agreed"),
    StepKind.DECLINED: gettext_lazy("%(name)s did not agree"),
    StepKind.PROGRESS: gettext_lazy("%(name)s said how far it is"),
    StepKind.REPORTED: gettext_lazy("%(name)s reported it done"),
}
MEASURED = {measure.key: measure for measure in MEASURES}
WRITTEN_FOR_THE_VENDOR = frozenset({StepKind.RETURNED})


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that happened. `text`: only what the vendor wrote itself or what was written for it."""

    at: datetime
    title: str
    text: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class ShownCommitment:
    """`outcome`: how it ended, in a sentence; `aim`: the measure that must move, and to what; both may be empty."""

    row: Commitment
    part: Part
    is_overdue: bool
    rule: str
    question: str
    aim: str
    outcome: str
    history: tuple[Said, ...]
    files: tuple[CommitmentFile, ...]  # of the vendor

    @property
    def state(self) -> str:
        words = STATES.get(self.part)
        return str(words) if words else str(self.row.get_state_display())

    @property
    def is_waiting(self) -> bool:
        """Nothing else is asked of the vendor about it than its word."""
        return self.row.state == CommitmentState.PROPOSED

    @property
    def asks_for_progress(self) -> bool:
        return self.row.is_binding

    @property
    def may_be_reported(self) -> bool:
        return self.row.state == CommitmentState.AGREED

    @property
    def may_lose_files(self) -> bool:
        """Until it is reported done: then the customer looks at them."""
        return self.row.state in (CommitmentState.PROPOSED, CommitmentState.AGREED)


def rows_of(link: CommitmentLink) -> QuerySet[Commitment]:
    """The commitments behind a link: all of its vendor, but what was called off before there was anybody to show it."""
    unseen = Q(state=CommitmentState.WITHDRAWN, agreed_on=None, ended_on__lt=timezone.localdate(link.created_at))
    return Commitment.objects.filter(vendor=link.vendor_id).exclude(unseen)


def files_of(link: CommitmentLink) -> QuerySet[CommitmentFile]:
    """The files that the vendor brought itself, by whichever of its links."""
    mine = CommitmentFile.objects.filter(commitment__in=rows_of(link), uploaded_through__vendor=link.vendor_id)
    return mine.select_related("commitment", "uploaded_through")


def shown_to(link: CommitmentLink, *, today: date, only: int | None = None) -> tuple[ShownCommitment, ...]:
    """In the active language, by what is to be done: first what waits, then by due date, last what ended. `only`: the
    one with this key. Six queries, however many there are."""
    rows = rows_of(link) if only is None else rows_of(link).filter(pk=only)
    steps = CommitmentStep.objects.select_related("link").order_by("at", "pk")
    files = files_of(link).order_by("pk")
    found = list(
        rows.select_related("owner", "contact", "assessment").prefetch_related(
            Prefetch("steps", queryset=steps), Prefetch("files", queryset=files, to_attr="own_files")
        )
    )
    rules = rule_names({_key(row, row.rule) for row in found})
    questions = question_names({_key(row, row.question) for row in found if row.question})
    organisation = link.vendor.organisation.name
    shown = (
        ShownCommitment(
            row=row,
            part=part_of(row, list(row.steps.all())),
            is_overdue=row.is_overdue(today),
            rule=rules.get(_key(row, row.rule), ""),
            question=questions.get(_key(row, row.question), ""),
            aim=aim_of(row),
            outcome=outcome_of(row),
            history=tuple(_history(row.steps.all(), organisation)),
            files=tuple(row.own_files),  # type: ignore[attr-defined]
        )
        for row in found
    )
    return tuple(sorted(shown, key=_place))


def part_of(row: Commitment, steps: Sequence[CommitmentStep]) -> Part:
    """Where it stands for the vendor. Declined lasts until the customer changes it."""
    if row.state == CommitmentState.AGREED:
        return Part.AGREED
    if row.state == CommitmentState.REPORTED:
        return Part.REPORTED
    if row.state != CommitmentState.PROPOSED:
        return Part.ENDED
    asked = (StepKind.PROPOSED, StepKind.CHANGED, StepKind.DECLINED)
    last = next((step.kind for step in reversed(steps) if step.kind in asked), "")
    return Part.DECLINED if last == StepKind.DECLINED else Part.WAITING


def aim_of(row: Commitment) -> str:
    """“Mean hours to resolve: at most 12 hours”; the name alone without a target; empty without a measure."""
    measure = MEASURED.get(row.measure)
    if measure is None:
        return ""
    label = str(LABELS[measure.key])
    if row.target is None:
        return label
    said = {"measure": label, "figure": figure(float(row.target), measure.unit)}
    if measure.lower_is_better is False:
        return _("%(measure)s: at least %(figure)s") % said
    return _("%(measure)s: at most %(figure)s") % said


def outcome_of(row: Commitment) -> str:
    if row.ended_on is None:
        return ""
    said = {"day": day(row.ended_on)}
    if row.state == CommitmentState.KEPT:
        if row.kept_by == "measure":
            return _("Kept, found on %(day)s: the measure moved.") % said
        return _("Kept, found on %(day)s: the evidence was accepted.") % said
    if row.state == CommitmentState.MISSED:
        return _("Missed, found on %(day)s.") % said
    return _("Withdrawn on %(day)s: nothing is asked of you any more.") % said


def _history(steps: Iterable[CommitmentStep], organisation: str) -> Iterable[Said]:
    for step in steps:
        is_own = step.link is not None
        titles = BY_VENDOR if is_own else BY_CUSTOMER
        if step.kind in titles:  # what the customer noted on the way is its own
            said: dict[str, Any] = {"organisation": organisation, "name": step.link.name if step.link else ""}
            is_shown = is_own or step.kind in WRITTEN_FOR_THE_VENDOR
            yield Said(
                at=step.at, title=str(titles[step.kind] % said), text=step.text if is_shown else "", is_own=is_own
            )


def _key(row: Commitment, key: str) -> tuple[int | None, str]:
    return (row.assessment.release_id if row.assessment else None, key)


def _place(shown: ShownCommitment) -> tuple[int, date, int]:
    """Of what has ended the latest first."""
    row, part = shown.row, list(Part).index(shown.part)
    if shown.part is Part.ENDED and row.ended_on is not None:
        return part, date.fromordinal(date.max.toordinal() - row.ended_on.toordinal()), row.pk
    return part, row.due_on, row.pk
