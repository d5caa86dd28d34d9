"""The way through an assessment, from asking raters to the scorecard: what is done, what comes now, what later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from assessments.hub.next_step import Standing
from assessments.models import AssessmentState
from assessments.vendor_side.links import VendorSide


class Stage(StrEnum):
    """In their order. Asking the vendor and agreeing may be left out; nothing waits for them."""

    INVITE = "invite"
    ANSWER = "answer"
    VENDOR = "vendor"
    AGREE = "agree"
    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"


class StageState(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"
    LEFT_OUT = "left_out"
    ASKED = "asked"  # somebody else's turn, and nothing waits for it


LABELS: dict[Stage, Promise] = {
    Stage.INVITE: gettext_lazy("Ask raters"),
    Stage.ANSWER: gettext_lazy("Answer"),
    Stage.VENDOR: gettext_lazy("Ask the vendor"),
    Stage.AGREE: gettext_lazy("Agree"),
    Stage.SUBMIT: gettext_lazy("Submit"),
    Stage.APPROVE: gettext_lazy("Approve"),
    Stage.PUBLISH: gettext_lazy("Scorecard"),
}
STATES: dict[StageState, Promise] = {
    StageState.DONE: pgettext_lazy("step on the way", "done"),
    StageState.NOW: pgettext_lazy("step on the way", "now"),
    StageState.LATER: pgettext_lazy("step on the way", "later"),
    StageState.LEFT_OUT: pgettext_lazy("step on the way", "left out"),
    StageState.ASKED: pgettext_lazy("step on the way", "asked"),
}


@dataclass(frozen=True, kw_only=True)
class WayStep:
    """`note`: how far it is, in a few words; empty where there is nothing to count."""

    stage: Stage
    state: StageState
    note: str = ""

    @property
    def label(self) -> str:
        return str(LABELS[self.stage])

    @property
    def state_label(self) -> str:
        return str(STATES[self.state])


def way_of(standing: Standing) -> tuple[WayStep, ...]:
    """All steps with exactly one of them now, but for an approved assessment, of which everything is over; empty for a
    cancelled one."""
    state = standing.assessment.state
    if state == AssessmentState.CANCELLED:
        return ()
    done = _done(standing)
    here = None if state == AssessmentState.APPROVED else _now(standing, done)
    order = list(Stage)
    reached = len(order) if here is None else order.index(here)
    return tuple(
        WayStep(
            stage=stage,
            state=(
                StageState.ASKED
                if stage == Stage.VENDOR and standing.is_vendor_awaited
                else _state(stage, is_now=stage == here, is_done=done[stage], is_before=number < reached)
            ),
            note=_note(stage, standing),
        )
        for number, stage in enumerate(order)
    )


def _state(stage: Stage, *, is_now: bool, is_done: bool, is_before: bool) -> StageState:
    if is_now:
        return StageState.NOW
    if is_done:
        return StageState.DONE
    return StageState.LEFT_OUT if is_before else StageState.LATER


def _done(standing: Standing) -> dict[Stage, bool]:
    state, raters = standing.assessment.state, standing.raters
    is_submitted = state in {AssessmentState.IN_REVIEW, AssessmentState.APPROVED}
    is_approved = state == AssessmentState.APPROVED
    # Whoever rates alone hands in by submitting.
    alone = raters.active[0] if len(raters.active) == 1 else None
    is_answered_alone = alone is not None and alone.answered == alone.total
    answered = (bool(raters.active) and not raters.outstanding) or is_answered_alone
    return {
        Stage.INVITE: len(raters.active) > 1,
        Stage.ANSWER: answered or is_submitted,
        Stage.VENDOR: standing.vendor is not None and standing.vendor.response.submitted_at is not None,
        Stage.AGREE: (answered or is_submitted or standing.has_met) and not standing.to_agree,
        Stage.SUBMIT: is_submitted,
        Stage.APPROVE: is_approved,
        Stage.PUBLISH: is_approved,
    }


def _now(standing: Standing, done: Mapping[Stage, bool]) -> Stage:
    if standing.assessment.state == AssessmentState.IN_REVIEW:
        return Stage.APPROVE
    if standing.is_one_alone:
        return Stage.INVITE
    if not done[Stage.ANSWER] and not standing.has_met:
        return Stage.ANSWER
    return Stage.AGREE if standing.to_agree else Stage.SUBMIT


def _note(stage: Stage, standing: Standing) -> str:
    raters, state = standing.raters, standing.assessment.state
    if state == AssessmentState.DRAFT:
        return ""
    if stage == Stage.INVITE:
        return ngettext("%(count)s asked", "%(count)s asked", len(raters.active)) % {"count": len(raters.active)}
    if stage == Stage.ANSWER:
        return _("in: %(done)s of %(all)s") % {"done": len(raters.handed_in), "all": len(raters.active)}
    if stage == Stage.VENDOR and standing.vendor is not None:
        return _of_vendor(standing.vendor)
    if stage == Stage.AGREE and standing.to_agree:
        return _not_agreed(standing.to_agree, is_over=state != AssessmentState.COLLECTING)
    return ""


def _of_vendor(vendor: VendorSide) -> str:
    far = {"done": vendor.progress.answered, "all": vendor.progress.total}
    return (_("%(done)s of %(all)s, not handed in") if vendor.is_awaited else _("%(done)s of %(all)s")) % far


def _not_agreed(count: int, *, is_over: bool) -> str:
    if is_over:
        return ngettext("%(count)s not agreed", "%(count)s not agreed", count) % {"count": count}
    return ngettext("%(count)s open", "%(count)s open", count) % {"count": count}
