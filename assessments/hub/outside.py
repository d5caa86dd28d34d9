"""What an outside rater sees of an assessment: what they are asked, how far they are, and what becomes of it.

Nothing here is read but their own questionnaire: nobody else's answers, names or progress, no result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import MemberRequest
from accounts.models import User
from assessments.models import Assessment, AssessmentState, Decision, Response
from assessments.score.overview import ScoreSheet, own_sheet_of
from assessments.score.reading import RuleProgress
from assessments.secrecy import own_response


@dataclass(frozen=True, kw_only=True)
class OwnPart:
    """An outside rater's part in an assessment. `sheet`: of their own answers alone."""

    assessment: Assessment
    response: Response
    sheet: ScoreSheet

    @property
    def is_collecting(self) -> bool:
        return self.assessment.state == AssessmentState.COLLECTING

    @property
    def may_hand_in(self) -> bool:
        return self.is_collecting and self.response.is_outstanding

    @property
    def may_take_up(self) -> bool:
        return self.is_collecting and not self.response.is_outstanding

    @property
    def is_in(self) -> bool:
        return self.response.submitted_at is not None

    @property
    def missing(self) -> tuple[RuleProgress, ...]:
        """The rules with a question without any answer; “don’t know” is one, here as in the counters."""
        return tuple(rule.progress for rule in self.sheet.rules if rule.progress.unanswered)

    @property
    def asked_by(self) -> str:
        return str(self.response.invited_by or self.assessment.owner)

    @property
    def due_on(self) -> date | None:
        return self.response.due_on or self.assessment.due_on

    @property
    def is_late(self) -> bool:
        return self.may_hand_in and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def hides_names(self) -> bool:
        """Who answered for the vendor is not theirs to know; who answered here is always themselves."""
        return True

    @property
    def sent_back_because(self) -> str:
        """Why their answers are open again; empty where they never were handed in, or are in again."""
        if not self.may_hand_in:
            return ""
        last = self.assessment.approvals.order_by("decided_at", "pk").last()
        is_since = last is not None and last.decided_at > self.response.created_at
        return last.reason if last is not None and is_since and last.decision == Decision.SENT_BACK else ""

    @property
    def sentence(self) -> str:
        """Where it stands, for whoever is asked."""
        if self.may_hand_in:
            return self._to_do
        if not self.is_in:
            return _("It is closed: nothing is expected of you any more.")
        if self.is_collecting:
            return _("Your answers are in: thank you. As long as others still answer, you can change them again.")
        if self.assessment.state == AssessmentState.APPROVED:
            said = _("The result is approved, and your answers are part of it: thank you. Ask %(name)s what came out.")
            return said % {"name": self.asked_by}
        return _("Your answers are in: thank you. Nothing more is expected of you.")

    @property
    def _to_do(self) -> str:
        left = self.sheet.unanswered
        if not left:
            return _("Every question is answered. Look your answers over once more, then hand them in.")
        said = ngettext("%(count)d question is still unanswered.", "%(count)d questions are still unanswered.", left)
        return said % {"count": left}

    @property
    def next_url(self) -> str:
        """To the first question that is open, else to handing in."""
        unfinished = [rule.progress.key for rule in self.sheet.rules if not rule.progress.is_complete]
        if unfinished:
            return reverse("questionnaire", args=[self.assessment.pk, unfinished[0]])
        return reverse("assessment_review", args=[self.assessment.pk])

    @property
    def next_label(self) -> str:
        if not self.sheet.unanswered:
            return _("Check and hand in")
        if not self.sheet.answered:
            return _("Start answering")
        return _("Continue: %(done)s of %(all)s") % {"done": self.sheet.answered, "all": self.sheet.total}


def assessment_page(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    part = part_of(assessment, request.user, with_answers=False)
    return render(request, "assessments/hub/outside_assessment.html", {"assessment": assessment, "part": part})


def review_page(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    """Their own answers to look over and to hand in; later, to read again."""
    part = part_of(assessment, request.user, with_answers=True)
    context = {"assessment": assessment, "part": part, "sheet": part.sheet, "review": part}
    return render(request, "assessments/hub/outside_review.html", context)


def part_of(assessment: Assessment, user: User, *, with_answers: bool) -> OwnPart:
    """Http404 for whoever was only handed a question of it."""
    own = own_response(assessment, user)
    if own is None:
        raise Http404
    return OwnPart(assessment=assessment, response=own, sheet=own_sheet_of(assessment, own, with_answers=with_answers))
