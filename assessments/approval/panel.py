"""The levels of approval of one assessment as the page shows them: who decides, who has, and what no longer stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Role
from assessments.approval import chain
from assessments.approval.chain import DecisionRefusal
from assessments.models import Approval, ApprovalLevel, ApprovalStep, Assessment, AssessmentState, ReplyRequest
from groundwork import words
from groundwork.together import Lookup

MOST_NAMES = 5


@dataclass(frozen=True, kw_only=True)
class Decider:
    """A level that is decided by role, in words: who decides it, and that nobody could."""

    anybody: Promise
    nobody: Promise


DECIDERS: dict[str, Decider] = {
    Role.ASSESSOR: Decider(
        anybody=gettext_lazy("one assessor"),
        nobody=gettext_lazy("No active member is an assessor: nobody could decide here."),
    ),
    Role.APPROVER: Decider(
        anybody=gettext_lazy("one approver"),
        nobody=gettext_lazy("No active member is an approver: nobody could decide here."),
    ),
    Role.READER: Decider(
        anybody=gettext_lazy("one reader"),
        nobody=gettext_lazy("No active member is a reader: nobody could decide here."),
    ),
    Role.ADMIN: Decider(
        anybody=gettext_lazy("one administrator"),
        nobody=gettext_lazy("No active member is an administrator: nobody could decide here."),
    ),
}


class StepState(StrEnum):
    APPROVED = "approved"
    WAITING = "waiting"
    LATER = "later"


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One level. `approval`: what stands; `lapsed`: it approved other answers than those of now; `names`: who can
    decide it now, of the present level only."""

    position: int
    name: str  # empty: the one level of a plain chain
    who: str
    state: StepState
    approval: Approval | None
    lapsed: Approval | None
    names: str


@dataclass(frozen=True, kw_only=True)
class ApprovalPanel:
    lines: tuple[StepLine, ...]
    decisions: tuple[Approval, ...]  # all of them, in order
    current: StepLine | None
    is_plain: bool  # nobody defined a chain: one approver decides
    is_blocked: bool  # nobody can decide the present level
    is_planned: bool  # not submitted: the levels that it would take today
    is_last: bool
    reply_until: date | None  # the vendor may still reply: the last level waits for that


@dataclass(frozen=True, kw_only=True)
class DecisionOffer:
    """What one member may decide now; `lead`: what the page asks of them, or why it asks nothing."""

    may_approve: bool
    may_send_back: bool
    label: str  # of the button
    lead: str


def choice_of(assessment: Assessment, member: Membership) -> DecisionOffer:
    """For what is in review; of anything else nobody decides."""
    if assessment.state != AssessmentState.IN_REVIEW:
        return DecisionOffer(may_approve=False, may_send_back=False, label="", lead="")
    steps = chain.steps_of(assessment)
    step = chain.current_of(assessment, steps)
    why_not = chain.refusal(assessment, member)
    is_last = step.position == steps[-1].position
    waits = _replies(assessment, timezone.localdate()).first() if is_last and why_not is None else None
    return DecisionOffer(
        may_approve=why_not is None and waits is None,
        may_send_back=chain.may_send_back(assessment, member),
        label=_("Approve as %(level)s") % {"level": step.name} if step.name else _("Approve"),
        lead=_while_the_vendor_may_reply(waits) if waits else _lead(why_not, step, is_last=is_last),
    )


def _while_the_vendor_may_reply(until: date) -> str:
    said = _(
        "The vendor may reply until %(day)s. You can approve after that, or once the right of reply is withdrawn; you "
        "can send it back now."
    )
    return said % {"day": words.day(until)}


def _lead(why_not: DecisionRefusal | None, step: ApprovalStep, *, is_last: bool) -> str:
    if why_not is None and is_last:
        return _(
            "Read the answers. Approving makes the scorecard, which never changes; sending back returns the answers "
            "with your reason."
        )
    if why_not is None:
        return _(
            "Read the answers. Approving hands them to the next level; sending back returns them with your reason."
        )
    if why_not == DecisionRefusal.OWN:
        return _("You submitted this assessment yourself, so another approver decides. You can still send it back.")
    return str(chain.WHY_NOT[why_not]) if why_not == DecisionRefusal.TWICE else chain.whom_it_waits_for(step)


def panel(assessment: Assessment, today: date | None = None) -> ApprovalPanel:
    """Three queries at most, however many levels, decisions and members there are."""
    return panel_in(assessment, today).now()


def panel_in(assessment: Assessment, today: date | None = None) -> Lookup[ApprovalPanel]:
    """The same, to be read with what else a page shows; who decides now is asked then, while it is in review."""
    is_planned = assessment.state in {AssessmentState.DRAFT, AssessmentState.COLLECTING}
    in_review = assessment.state == AssessmentState.IN_REVIEW
    taken = chain.steps_for_in(assessment) if is_planned else chain.steps_in(assessment)
    made, replies = chain.decisions_in(assessment), _replies(assessment, today or timezone.localdate())
    asked = (replies,) if in_review else ()

    def told() -> ApprovalPanel:
        steps, decisions = taken.told(), made.told()
        here = chain.current_of(assessment, steps) if in_review else None
        names = [str(one.user) for one in chain.deciders(assessment, here)] if here else []
        lines = tuple(_line(assessment, step, here, decisions, names) for step in steps)
        return ApprovalPanel(
            lines=lines,
            decisions=tuple(decisions),
            current=_waiting(lines),
            is_plain=len(steps) == 1 and not steps[0].name,
            is_blocked=in_review and not names,
            is_planned=is_planned,
            is_last=here is not None and here.position == steps[-1].position,
            reply_until=next((day for rows in asked for day in rows), None),
        )

    return Lookup(reads=(*taken.reads, *made.reads, *asked), told=told)


def _waiting(lines: Iterable[StepLine]) -> StepLine | None:
    return next((line for line in lines if line.state == StepState.WAITING), None)


def _line(
    assessment: Assessment,
    step: ApprovalStep,
    here: ApprovalStep | None,
    decisions: Sequence[Approval],
    names: Sequence[str],
) -> StepLine:
    is_here = here is not None and step.position == here.position
    approval = None if is_here else chain.standing_approval(step, assessment, decisions)
    lapsed = chain.lapsed_approval(step, assessment, decisions)
    return StepLine(
        position=step.position,
        name=step.name,
        who=who_decides(step),
        state=StepState.WAITING if is_here else StepState.APPROVED if approval else StepState.LATER,
        approval=approval,
        lapsed=None if approval else lapsed,
        names=words.named(names[:MOST_NAMES], max(0, len(names) - MOST_NAMES)) if is_here else "",
    )


def _replies(assessment: Assessment, today: date) -> QuerySet[ReplyRequest, date]:
    """Until when the vendor may still reply, if it may."""
    pending = ReplyRequest.objects.pending(today).filter(assessment=assessment)
    return pending.order_by("opened_at", "pk").values_list("due_on", flat=True)[:1]


def who_decides(step: ApprovalStep | ApprovalLevel) -> str:
    """“One approver”, or the person by name; where that person left, who stands in."""
    if step.person is None:
        return str(DECIDERS[step.role].anybody)
    if step.person.is_active and step.person.user.is_active:
        return str(step.person.user)
    return _("%(name)s is no longer active: any approver stands in") % {"name": step.person.user}
