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

from assessments.commitments.history import Before, line
from assessments.commitments.measured import judgement_from
from assessments.commitments.words import Called, called, goal
from assessments.models import (
    Commitment,
    CommitmentFile,
    CommitmentLink,
    CommitmentState,
    CommitmentStep,
    KeptBy,
    StepKind,
)
from groundwork.words import day


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
BY_CUSTOMER: Mapping[str, Promise] = {
    StepKind.PROPOSED: gettext_lazy("%(organisation)s asked for it."),
    StepKind.CHANGED: gettext_lazy("%(organisation)s changed it."),
    StepKind.AGREED: gettext_lazy("%(organisation)s recorded that you agreed."),
    StepKind.PROGRESS: gettext_lazy("%(organisation)s noted how far it is."),
    StepKind.REPORTED: gettext_lazy("%(organisation)s recorded that you reported it done."),
    StepKind.RETURNED: gettext_lazy("%(organisation)s does not accept it as done yet."),
    StepKind.KEPT: gettext_lazy("%(organisation)s found it kept."),
    StepKind.MISSED: gettext_lazy("%(organisation)s found it missed."),
    StepKind.REOPENED: gettext_lazy("The measure fell back, so it was opened again."),
    StepKind.WITHDRAWN: gettext_lazy("%(organisation)s withdrew it."),
}
BY_VENDOR: Mapping[str, Promise] = {
    StepKind.AGREED: gettext_lazy("%(name)s agreed."),
    StepKind.DECLINED: gettext_lazy("%(name)s did not agree."),
    StepKind.PROGRESS: gettext_lazy("%(name)s said how far it is."),
    StepKind.REPORTED: gettext_lazy("%(name)s reported it done."),
}
# The words of a member that the member's own page says the vendor reads; of all others, only that it happened.
WRITTEN_FOR_THE_VENDOR = frozenset({StepKind.PROGRESS, StepKind.RETURNED})


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that happened. `text`: only what the vendor wrote itself or what was written for it; `before`: what the
    words were that were changed."""

    at: datetime
    title: str
    text: str
    before: tuple[Before, ...]


@dataclass(frozen=True, kw_only=True)
class ShownCommitment:
    """`goal`: the measure that must move, and to what; `outcome`: how it ended, in a sentence; `measured`: what the
    measure said once it was due; each may be empty. `files`: those that the vendor brought."""

    row: Commitment
    part: Part
    is_overdue: bool
    called: Called
    goal: str
    outcome: str
    measured: str
    history: tuple[Said, ...]
    files: tuple[CommitmentFile, ...]

    @property
    def state(self) -> str:
        words = STATES.get(self.part)
        return str(words) if words else str(self.row.get_state_display())

    @property
    def chip(self) -> str:
        """The kind of its chip, which decides the colour."""
        return "late" if self.is_overdue else self.row.state

    @property
    def is_proposed(self) -> bool:
        """Its word is asked, or was given and is not the last."""
        return self.row.state == CommitmentState.PROPOSED

    @property
    def may_be_reported(self) -> bool:
        return self.row.state == CommitmentState.AGREED

    @property
    def may_lose_files(self) -> bool:
        """Until it is reported done: then the customer looks at them."""
        return self.row.state == CommitmentState.AGREED


def rows_of(link: CommitmentLink) -> QuerySet[Commitment]:
    """The commitments behind a link: all of its vendor, but what was called off before there was anybody to show it."""
    unseen = Q(state=CommitmentState.WITHDRAWN, agreed_on=None, ended_on__lt=timezone.localdate(link.created_at))
    return Commitment.objects.filter(vendor=link.vendor_id).exclude(unseen)


def files_of(link: CommitmentLink) -> QuerySet[CommitmentFile]:
    """The files that the vendor brought itself, by whichever of its links."""
    mine = CommitmentFile.objects.filter(commitment__in=rows_of(link), uploaded_through__vendor=link.vendor_id)
    return mine.select_related("commitment__vendor", "uploaded_through")


def shown_to(link: CommitmentLink, *, today: date, only: int | None = None) -> tuple[ShownCommitment, ...]:
    """In the active language, by what is to be done: first what waits, then by due date, last what ended. `only`: the
    one with this key. Five queries at most, however many there are."""
    rows = rows_of(link) if only is None else rows_of(link).filter(pk=only)
    found = list(
        rows.select_related("owner", "contact", "assessment", "vendor").prefetch_related(
            Prefetch("steps", CommitmentStep.objects.select_related("link", "user").order_by("at", "pk")),
            Prefetch("files", files_of(link).order_by("pk"), to_attr="brought"),
        )
    )
    names, organisation = called(found), link.vendor.organisation.name
    shown = (_shown(row, names[row.pk], organisation, today, since=link.created_at) for row in found)
    return tuple(sorted(shown, key=_place))


def _shown(row: Commitment, name: Called, organisation: str, today: date, *, since: datetime) -> ShownCommitment:
    """`since`: when the link was made by which it is read."""
    steps = list(row.steps.all())
    return ShownCommitment(
        row=row,
        part=part_of(row, steps),
        is_overdue=row.is_overdue(today),
        called=name,
        goal=goal(row),
        outcome=outcome_of(row),
        measured=_measured(row, today),
        history=tuple(_history(row, steps, organisation, since=since)),
        files=tuple(getattr(row, "brought", ())),
    )


def part_of(row: Commitment, steps: Sequence[CommitmentStep]) -> Part:
    """Where it stands for the vendor. What it did not agree to waits for the customer, until that changes it."""
    if row.state == CommitmentState.AGREED:
        return Part.AGREED
    if row.state == CommitmentState.REPORTED:
        return Part.REPORTED
    if row.state != CommitmentState.PROPOSED:
        return Part.ENDED
    asked = (StepKind.PROPOSED, StepKind.CHANGED, StepKind.DECLINED)
    last = next((step.kind for step in reversed(steps) if step.kind in asked), "")
    return Part.DECLINED if last == StepKind.DECLINED else Part.WAITING


def outcome_of(row: Commitment) -> str:
    """Empty while it is open."""
    if row.ended_on is None:
        return ""
    said = {"day": day(row.ended_on)}
    if row.state == CommitmentState.KEPT and row.kept_by == KeptBy.MEASURE:
        return _("Kept, found on %(day)s: the measure moved.") % said
    if row.state == CommitmentState.KEPT:
        return _("Kept, found on %(day)s: the evidence was accepted.") % said
    if row.state == CommitmentState.MISSED:
        return _("Missed, found on %(day)s.") % said
    return _("Withdrawn on %(day)s: nothing is asked of you any more.") % said


def _measured(row: Commitment, today: date) -> str:
    """In the words that the customer reads; nothing before it is due, and nothing of what was never agreed."""
    if not row.reading or row.agreed_on is None or (row.is_open and today <= row.due_on):
        return ""
    return judgement_from(row.reading).words


def _history(row: Commitment, steps: Iterable[CommitmentStep], organisation: str, *, since: datetime) -> Iterable[Said]:
    was_agreed = False
    for step in steps:
        was_agreed = was_agreed or step.kind == StepKind.AGREED
        titles = BY_VENDOR if step.link else BY_CUSTOMER
        if step.kind not in titles:
            continue
        said: dict[str, Any] = {"organisation": organisation, "name": step.link.name if step.link else ""}
        is_for_them = step.link is not None or step.kind in WRITTEN_FOR_THE_VENDOR
        yield Said(
            at=step.at,
            title=str(titles[step.kind]) % said,
            text=step.text if is_for_them else _why_opened(step),
            # What was put right before anybody at the vendor could read it, or had agreed to it, is not for them.
            before=line(step, row).before if was_agreed or step.at >= since else (),
        )


def _why_opened(step: CommitmentStep) -> str:
    """What the measure showed when it opened the commitment again."""
    return judgement_from(step.figures).words if step.kind == StepKind.REOPENED and step.figures else ""


def _place(shown: ShownCommitment) -> tuple[int, int, int]:
    """Of what has ended the latest first."""
    row, part = shown.row, list(Part).index(shown.part)
    if row.ended_on is not None:
        return part, -row.ended_on.toordinal(), row.pk
    return part, row.due_on.toordinal(), row.pk
