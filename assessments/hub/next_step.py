"""What comes next in an assessment for whoever looks at it: one sentence, one main thing to do, and what else may be
done now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Right, may
from accounts.models import Membership
from assessments.approval import chain, vacancies
from assessments.approval.panel import ApprovalPanel
from assessments.consensus.meeting import MeetingPanel
from assessments.lifecycle import taking_back
from assessments.models import Assessment, AssessmentState, Delegation
from assessments.raters.table import RaterRow, Raters
from assessments.score.reading import RuleProgress
from assessments.vendor_side.links import VendorSide
from groundwork.words import joined


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something to do now. `is_change`: a button that posts, with `then` as what it says; else a link."""

    label: str
    url: str
    is_change: bool = False
    then: str = ""


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """`main` is None where there is nothing to do; `others`: what else may be done now."""

    sentence: str
    main: Action | None = None
    others: tuple[Action, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An assessment as one member sees it: each part read once, for the page and for what it says of the way.

    `rules`: how far what the member may read is. `talk` is None where they may not read of it, or nobody could agree
    with anybody; `vendor` where the vendor is not asked; `handed` where nobody handed them a question."""

    assessment: Assessment
    member: Membership
    rules: tuple[RuleProgress, ...]
    raters: Raters
    vendor: VendorSide | None
    talk: MeetingPanel | None
    approval: ApprovalPanel
    handed: Delegation | None

    @cached_property
    def own(self) -> RaterRow | None:
        return self.raters.own(self.member.user)

    @property
    def may_assess(self) -> bool:
        return may(self.member, Right.ASSESS)

    @property
    def is_one_alone(self) -> bool:
        """One rater at most is asked, and nothing is answered: the moment to ask others."""
        return len(self.raters.active) < 2 and not any(row.answered for row in self.raters.active)

    @property
    def is_vendor_awaited(self) -> bool:
        return self.vendor is not None and self.vendor.is_awaited

    @property
    def to_agree(self) -> int:
        """Questions on which raters differ and that nobody has settled, as far as the member may know."""
        return len(self.talk.contested_open) if self.talk else 0

    @property
    def has_met(self) -> bool:
        """Something was agreed already: the meeting has begun, perhaps without all raters."""
        return self.talk is not None and self.talk.settled > 0

    def at(self, route: str) -> str:
        return reverse(route, args=[self.assessment.pk])


def handed_to(assessment: Assessment, member: Membership) -> QuerySet[Delegation]:
    """The questions of this assessment that wait for the member, in any order."""
    waiting = Delegation.objects.waiting_for(member.user).filter(answer__response__assessment=assessment)
    return waiting.select_related("delegated_by").order_by()


def next_step(standing: Standing) -> NextStep:
    state = standing.assessment.state
    if state == AssessmentState.DRAFT:
        return _draft(standing)
    if state == AssessmentState.COLLECTING:
        return _collecting(standing)
    if state == AssessmentState.IN_REVIEW:
        return _in_review(standing)
    if state == AssessmentState.APPROVED:
        return NextStep(sentence=_("Approved: the scorecard is final. Read it, or download it as a PDF."))
    return _cancelled(standing)


def _draft(standing: Standing) -> NextStep:
    if not standing.may_assess:
        return NextStep(sentence=_("A draft: it starts when an assessor opens the questionnaire."))
    url = standing.at("assessment_open")
    return NextStep(
        sentence=_("Open the questionnaire to start answering. The questions then stay as they are today."),
        main=Action(label=_("Open the questionnaire"), url=url, is_change=True),
        others=(Action(label=_("Open it and ask raters first"), url=url, is_change=True, then="raters"),),
    )


# While answers are collected ------------------------------------------------------------------------------------
def _collecting(standing: Standing) -> NextStep:
    """What one is asked oneself comes first; then, for assessors, the others."""
    if standing.own is not None and standing.own.is_outstanding:
        return _own_answers(standing, standing.own)
    if standing.handed is not None:
        return NextStep(
            sentence=_("%(name)s handed you a question of this assessment.") % {"name": standing.handed.delegated_by},
            main=Action(label=_("Answer the question"), url=reverse("delegation_detail", args=[standing.handed.pk])),
        )
    if standing.may_assess:
        return _gathering(standing)
    again = (_take_up(standing),) if standing.own is not None else ()
    return NextStep(sentence=_waiting(standing.raters, is_in=standing.own is not None), others=again)


def _own_answers(standing: Standing, own: RaterRow) -> NextStep:
    rules = [rule for rule in standing.rules if rule.position in own.rules]
    unfinished = next((rule for rule in rules if not rule.is_complete), None)
    if unfinished is None:
        return _hand_in(standing)
    answer = Action(
        label=_continue(own) if own.answered else _("Start answering"),
        url=reverse("questionnaire", args=[standing.assessment.pk, unfinished.key]),
    )
    if standing.may_assess and standing.is_one_alone:
        return NextStep(
            sentence=_("Ask others who work with this vendor to rate it too, or start with your own answers."),
            main=_ask_raters(standing),
            others=(answer, *_ask_vendor(standing)),
        )
    return NextStep(
        sentence=_left(sum(rule.total - rule.answered for rule in rules), unfinished.name),
        main=answer,
        others=(*_without_the_late(standing), *_asking(standing)),
    )


def _left(left: int, rule: str) -> str:
    said = ngettext(
        "%(count)d question is still unanswered; the next one belongs to “%(rule)s”.",
        "%(count)d questions are still unanswered; the next one belongs to “%(rule)s”.",
        left,
    )
    return said % {"count": left, "rule": rule}


def _continue(own: RaterRow) -> str:
    return _("Continue: %(done)s of %(all)s") % {"done": own.answered, "all": own.total}


def _hand_in(standing: Standing) -> NextStep:
    """Whoever rates alone submits at once; of several, each hands in first: only then one sees where they differ."""
    review = standing.at("assessment_review")
    if standing.may_assess and len(standing.raters.active) == 1:
        return NextStep(
            sentence=_("Every question is answered. Look it over once more, then submit it."),
            main=_submit(standing),
            others=(Action(label=_("Read my answers"), url=review), *_asking(standing)),
        )
    is_last = standing.may_assess and len(standing.raters.outstanding) == 1
    return NextStep(
        sentence=_("Every question is answered. Look your answers over once more, then hand them in."),
        main=Action(label=_("Review and hand in"), url=review),
        others=(*((_submit(standing),) if is_last else _without_the_late(standing)), *_asking(standing)),
    )


def _gathering(standing: Standing) -> NextStep:
    """For an assessor who has nothing to answer: are the others in, and has what they differ on been talked over?"""
    raters = standing.raters
    if not raters.active:
        return NextStep(
            sentence=_("Nobody is asked to rate: ask whoever works with this vendor."),
            main=_ask_raters(standing),
            others=_ask_vendor(standing),
        )
    if raters.outstanding and not standing.has_met:
        see = Action(label=_("See the raters"), url=standing.at("assessment_raters"))
        rest = (_submit(standing, _("Submit without them")),) if raters.handed_in else ()
        others = (*rest, *_ask_vendor(standing), *_again(standing))
        return NextStep(sentence=_who_is_missing(raters), main=see, others=others)
    if standing.to_agree:
        return NextStep(
            sentence=_to_agree(standing.to_agree),
            main=Action(label=_("To the consensus meeting"), url=standing.at("assessment_consensus")),
            others=(_submit(standing), *_ask_vendor(standing), *_again(standing)),
        )
    return NextStep(
        sentence=_ready(standing),
        main=_submit(standing),
        others=(
            Action(label=_("Read all answers"), url=standing.at("assessment_review")),
            *_ask_vendor(standing),
            *_again(standing),
        ),
    )


def _who_is_missing(raters: Raters) -> str:
    sentence = _some_handed_in(raters)
    if not raters.late:
        return sentence
    late = ngettext("%(count)d rater is late.", "%(count)d raters are late.", len(raters.late))
    return f"{sentence} {late % {'count': len(raters.late)}}"


def _to_agree(count: int) -> str:
    said = ngettext(
        "The raters differ on %(count)d question: talk it over, or submit as it is.",
        "The raters differ on %(count)d questions: talk them over, or submit as they are.",
        count,
    )
    return said % {"count": count}


def _ready(standing: Standing) -> str:
    if standing.has_met and standing.raters.outstanding:
        return _("What needed agreement is settled. Not all raters are in: submit without them, or wait.")
    if standing.has_met:
        return _("What needed agreement is settled: submit it for approval.")
    if len(standing.raters.handed_in) == 1:
        return _("The answers are in. Look them over once more, then submit.")
    return _("All raters are in, and they do not differ much: submit it for approval.")


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


def _ask_raters(standing: Standing) -> Action:
    return Action(label=_("Ask raters"), url=standing.at("assessment_raters"))


def _ask_vendor(standing: Standing) -> tuple[Action, ...]:
    """Once it is asked, its panel tells how far it is."""
    return (Action(label=_("Ask the vendor"), url=standing.at("assessment_vendor")),) if standing.vendor is None else ()


def _asking(standing: Standing) -> tuple[Action, ...]:
    return (_ask_raters(standing), *_ask_vendor(standing)) if standing.may_assess else ()


def _submit(standing: Standing, label: str = "") -> Action:
    return Action(label=label or _("Submit for approval"), url=standing.at("assessment_submit"))


def _without_the_late(standing: Standing) -> tuple[Action, ...]:
    """For an assessor who rates too; their own answers go in with it."""
    if not standing.may_assess or not standing.raters.late_others(standing.member.user):
        return ()
    return (_submit(standing, _("Submit without them")),)


def _again(standing: Standing) -> tuple[Action, ...]:
    return (_take_up(standing),) if standing.own is not None else ()


def _take_up(standing: Standing) -> Action:
    return Action(label=_("Change my answers again"), url=standing.at("assessment_take_up"), is_change=True)


# While it is decided --------------------------------------------------------------------------------------------
def _in_review(standing: Standing) -> NextStep:
    assessment, member = standing.assessment, standing.member
    others = _taking_back(standing)
    why_not = chain.refusal(assessment, member)
    if why_not is None:
        return NextStep(
            sentence=_("It waits for your decision: read the answers, then approve it or send it back."),
            main=Action(label=_("Review and decide"), url=standing.at("assessment_review")),
            others=others,
        )
    if standing.approval.is_blocked:
        return _nobody_decides(standing, others)
    if why_not == chain.DecisionRefusal.OWN:
        sentence = _("You submitted this assessment yourself, so another approver decides.")
    elif why_not == chain.DecisionRefusal.TWICE:
        sentence = str(chain.WHY_NOT[why_not])
    else:
        sentence = chain.whom_it_waits_for(chain.current_step(assessment))
    return NextStep(sentence=sentence, others=others)


def _nobody_decides(standing: Standing, others: tuple[Action, ...]) -> NextStep:
    if may(standing.member, Right.ADMINISTER):
        return NextStep(
            sentence=_("It waits, and nobody can approve it: give another member the role that decides."),
            main=Action(label=_("See the members"), url=reverse("member_list")),
            others=others,
        )
    names = [str(one.user) for one in vacancies.administrators_of(standing.assessment)]
    if not names:
        sentence = _("It waits, and nobody can approve it, nor name somebody: ask whoever runs this site.")
        return NextStep(sentence=sentence, others=others)
    said = _("It waits, and nobody can approve it. Who can give somebody the role: %(names)s.")
    return NextStep(sentence=said % {"names": joined(names)}, others=others)


def _taking_back(standing: Standing) -> tuple[Action, ...]:
    of_these = (standing.assessment, standing.member, standing.approval.decisions)
    if taking_back.may_take_back(*of_these):
        return (Action(label=_("Take the submission back"), url=standing.at("assessment_take_back")),)
    if taking_back.approval_to_take_back(*of_these):
        return (Action(label=_("Take my approval back"), url=standing.at("approval_take_back")),)
    return ()


def _cancelled(standing: Standing) -> NextStep:
    sentence = _("Cancelled: nothing more happens here. The answers stay readable.")
    if not standing.may_assess or standing.assessment.vendor.archived_at is not None:
        return NextStep(sentence=sentence)
    url = f"{reverse('assessment_add')}?vendor={standing.assessment.vendor_id}"
    return NextStep(sentence=sentence, main=Action(label=_("New assessment of this vendor"), url=url))
