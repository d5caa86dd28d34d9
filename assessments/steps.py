"""What comes next in an assessment for whoever looks at it: one sentence, and at most one thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Right, may
from accounts.models import Membership
from assessments.lifecycle import may_decide_on
from assessments.models import Assessment, AssessmentState
from assessments.standing import RuleProgress

PATH = (
    AssessmentState.DRAFT,
    AssessmentState.COLLECTING,
    AssessmentState.IN_REVIEW,
    AssessmentState.APPROVED,
)


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """`label` and `url` are empty where there is nothing to do; `is_change`: a button that posts, not a link."""

    sentence: str
    label: str = ""
    url: str = ""
    is_change: bool = False


@dataclass(frozen=True, kw_only=True)
class PathStep:
    """A state on the way from draft to approved: already passed, the present one, or still to come."""

    label: str
    is_done: bool
    is_current: bool


def path_of(assessment: Assessment) -> tuple[PathStep, ...]:
    """The way from draft to approved; of a cancelled assessment no step is the present one."""
    here = PATH.index(AssessmentState(assessment.state)) if assessment.state in PATH else -1
    finished = assessment.state == AssessmentState.APPROVED
    return tuple(
        PathStep(label=str(state.label), is_done=number < here or finished, is_current=number == here)
        for number, state in enumerate(PATH)
    )


def next_step(assessment: Assessment, member: Membership, rules: Sequence[RuleProgress]) -> NextStep:
    if assessment.state == AssessmentState.DRAFT:
        return _draft(assessment, member)
    if assessment.state == AssessmentState.COLLECTING:
        return _collecting(assessment, member, rules)
    if assessment.state == AssessmentState.IN_REVIEW:
        return _in_review(assessment, member)
    if assessment.state == AssessmentState.APPROVED:
        return NextStep(sentence=_("Approved: the scorecard is final. Read it, or download it as a PDF."))
    return _cancelled(assessment, member)


def _draft(assessment: Assessment, member: Membership) -> NextStep:
    if not may(member, Right.ASSESS):
        return NextStep(sentence=_("A draft: it starts when an assessor opens the questionnaire."))
    return NextStep(
        sentence=_("Open the questionnaire to start answering. The questions then stay as they are today."),
        label=_("Open the questionnaire"),
        url=reverse("assessment_open", args=[assessment.pk]),
        is_change=True,
    )


def _collecting(assessment: Assessment, member: Membership, rules: Sequence[RuleProgress]) -> NextStep:
    if not may(member, Right.ASSESS):
        return NextStep(sentence=_("The assessors are answering. It comes to review when they submit it."))
    unfinished = [rule for rule in rules if not rule.is_complete]
    if not unfinished:
        return NextStep(
            sentence=_("Every question is answered. Look it over once more, then submit it."),
            label=_("Review and submit"),
            url=reverse("assessment_review", args=[assessment.pk]),
        )
    left = sum(rule.total - rule.answered for rule in unfinished)
    first = unfinished[0]
    begun = any(rule.answered for rule in rules)
    return NextStep(
        sentence=ngettext(
            "%(count)d question is still unanswered; the next one belongs to “%(rule)s”.",
            "%(count)d questions are still unanswered; the next one belongs to “%(rule)s”.",
            left,
        )
        % {"count": left, "rule": first.name},
        label=_("Continue answering") if begun else _("Start answering"),
        url=reverse("questionnaire", args=[assessment.pk, first.key]),
    )


def _in_review(assessment: Assessment, member: Membership) -> NextStep:
    if may_decide_on(assessment, member):
        return NextStep(
            sentence=_("It waits for your decision: read the answers, then approve it or send it back."),
            label=_("Review and decide"),
            url=reverse("assessment_review", args=[assessment.pk]),
        )
    if may(member, Right.APPROVE):
        return NextStep(sentence=_("You submitted this assessment yourself, so another approver decides."))
    return NextStep(sentence=_("It waits for an approver. Until then nobody can change an answer."))


def _cancelled(assessment: Assessment, member: Membership) -> NextStep:
    sentence = _("Cancelled: nothing more happens here. The answers stay readable.")
    if not may(member, Right.ASSESS) or assessment.vendor.archived_at is not None:
        return NextStep(sentence=sentence)
    return NextStep(
        sentence=sentence,
        label=_("New assessment of this vendor"),
        url=f"{reverse('assessment_add')}?vendor={assessment.vendor_id}",
    )
