"""What comes next in an assessment for whoever looks at it: one sentence, and at most one thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Right, may
from accounts.models import Membership
from assessments.approval import chain
from assessments.models import Assessment, AssessmentState, Delegation
from assessments.raters.table import Raters, raters_of
from assessments.score.reading import RuleProgress

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


def next_step(
    assessment: Assessment, member: Membership, rules: Sequence[RuleProgress], raters: Raters | None = None
) -> NextStep:
    """`rules`: how far what the member may read is; `raters`: read where they are not given."""
    if assessment.state == AssessmentState.DRAFT:
        return _draft(assessment, member)
    if assessment.state == AssessmentState.COLLECTING:
        return _collecting(assessment, member, rules, raters or raters_of(assessment))
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


def _collecting(assessment: Assessment, member: Membership, rules: Sequence[RuleProgress], raters: Raters) -> NextStep:
    """What one is asked oneself comes first; then, for assessors, the others."""
    own = raters.own(member.user)
    if own is not None and own.is_outstanding:
        return _own_answers(assessment, member, [rule for rule in rules if rule.position in own.rules], raters)
    handed = Delegation.objects.waiting_for(member.user).filter(answer__response__assessment=assessment)
    borrowed = handed.select_related("delegated_by").order_by("pk").first()
    if borrowed is not None:
        return NextStep(
            sentence=_("%(name)s handed you a question of this assessment.") % {"name": borrowed.delegated_by},
            label=_("Answer the question"),
            url=reverse("delegation_detail", args=[borrowed.pk]),
        )
    if may(member, Right.ASSESS):
        return _gathering(assessment, raters)
    return NextStep(sentence=_waiting(raters, is_in=own is not None))


def _own_answers(assessment: Assessment, member: Membership, rules: Sequence[RuleProgress], raters: Raters) -> NextStep:
    unfinished = [rule for rule in rules if not rule.is_complete]
    if not unfinished:
        return _hand_in(assessment, member, raters)
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


def _hand_in(assessment: Assessment, member: Membership, raters: Raters) -> NextStep:
    """An assessor who is the last to hand in may submit at once."""
    url = reverse("assessment_review", args=[assessment.pk])
    if may(member, Right.ASSESS) and len(raters.outstanding) == 1:
        return NextStep(
            sentence=_("Every question is answered. Look it over once more, then submit it."),
            label=_("Review and submit"),
            url=url,
        )
    return NextStep(
        sentence=_("Every question is answered. Look your answers over once more, then hand them in."),
        label=_("Review and hand in"),
        url=url,
    )


def _gathering(assessment: Assessment, raters: Raters) -> NextStep:
    """For an assessor who has nothing to answer: are the others in?"""
    table = reverse("assessment_raters", args=[assessment.pk])
    if not raters.active:
        return NextStep(
            sentence=_("Nobody is asked to rate: ask whoever works with this vendor."),
            label=_("Ask raters"),
            url=table,
        )
    if raters.outstanding:
        sentence = _some_handed_in(raters)
        if raters.late:
            late = ngettext("%(count)d rater is late.", "%(count)d raters are late.", len(raters.late))
            sentence = f"{sentence} {late % {'count': len(raters.late)}}"
        return NextStep(sentence=sentence, label=_("See the raters"), url=table)
    alone = _("The answers are in. Look them over once more, then submit.")
    together = _("All raters are in: talk about the differences, or submit.")
    return NextStep(
        sentence=alone if len(raters.handed_in) == 1 else together,
        label=_("Review and submit"),
        url=reverse("assessment_review", args=[assessment.pk]),
    )


def _waiting(raters: Raters, *, is_in: bool) -> str:
    """For whoever has nothing to do here: a rater who has handed in, or a colleague who is not asked."""
    if is_in and raters.outstanding:
        return " ".join([_("Your answers are in: thank you."), _some_handed_in(raters)])
    if is_in:
        return _("All raters are in: thank you. An assessor submits it next.")
    if not raters.active:
        return _("Nobody is asked to rate yet. It comes to review when an assessor submits it.")
    return " ".join([_some_handed_in(raters), _("It comes to review when an assessor submits it.")])


def _some_handed_in(raters: Raters) -> str:
    done, asked = len(raters.handed_in), len(raters.active)
    return _("Handed in: %(done)s of %(all)s.") % {"done": done, "all": asked}


def _in_review(assessment: Assessment, member: Membership) -> NextStep:
    why_not = chain.refusal(assessment, member)
    if why_not is None:
        return NextStep(
            sentence=_("It waits for your decision: read the answers, then approve it or send it back."),
            label=_("Review and decide"),
            url=reverse("assessment_review", args=[assessment.pk]),
        )
    if why_not == chain.DecisionRefusal.OWN:
        return NextStep(sentence=_("You submitted this assessment yourself, so another approver decides."))
    if why_not == chain.DecisionRefusal.TWICE:
        return NextStep(sentence=str(chain.WHY_NOT[why_not]))
    return NextStep(sentence=chain.whom_it_waits_for(chain.current_step(assessment)))


def _cancelled(assessment: Assessment, member: Membership) -> NextStep:
    sentence = _("Cancelled: nothing more happens here. The answers stay readable.")
    if not may(member, Right.ASSESS) or assessment.vendor.archived_at is not None:
        return NextStep(sentence=sentence)
    return NextStep(
        sentence=sentence,
        label=_("New assessment of this vendor"),
        url=f"{reverse('assessment_add')}?vendor={assessment.vendor_id}",
    )
