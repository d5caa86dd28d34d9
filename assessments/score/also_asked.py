"""The supplementary questions: how many somebody has answered, and what raters say of each. They stand beside the score
and enter nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Answer, Assessment, Response
from assessments.score.arithmetic import Blank, GradedQuestion, QuestionInput, RaterAnswer, grade_question
from manifesto.models import Question


@dataclass(frozen=True, kw_only=True)
class AlsoAsked:
    """Of the supplementary questions, how many are answered in any way; never counted with the others."""

    total: int = 0
    answered: int = 0

    def __bool__(self) -> bool:
        return bool(self.total)

    def __str__(self) -> str:
        """“supplementary: 3 of 8”: what stands behind “2 of 22 answered”."""
        said = {"answered": self.answered, "total": self.total}
        return _("supplementary: %(answered)d of %(total)d") % said if self.total else ""

    @property
    def left(self) -> str:
        """“5 supplementary questions are unanswered: they may be left open …”; empty where none is."""
        open_ones = self.total - self.answered
        if not open_ones:
            return ""
        said = ngettext(
            "%(count)d supplementary question is unanswered: it may be left open, and counts in no result.",
            "%(count)d supplementary questions are unanswered: they may be left open, and count in no result.",
            open_ones,
        )
        return said % {"count": open_ones}


def also_asked(
    assessment: Assessment, responses: QuerySet[Response], *, rules: Collection[str] | None = None
) -> AlsoAsked:
    """How far these responses are with what stands beside the questions that count; one query, and none where nothing
    does. `rules`: only these, for one who is asked about no others."""
    if not assessment.asks_supplementary:
        return AlsoAsked()
    given = Answer.objects.filter(response__in=responses, question=OuterRef("pk")).answered()
    asked = Question.objects.filter(release=assessment.release_id).supplementary()
    if rules is not None:
        asked = asked.filter(rule__key__in=rules)
    said = list(asked.annotate(is_said=Exists(given)).values_list("is_said", flat=True))
    return AlsoAsked(total=len(said), answered=sum(said))


def graded(question: Question, answers: Iterable[Answer]) -> GradedQuestion:
    """What raters say of a supplementary question, as a question that counts is graded: the mean of their grades. For
    showing alone; `answers`: theirs, one each."""
    return grade_question(
        QuestionInput(
            key=question.key,
            rule=question.rule.key,
            weight=Fraction(1),
            knockout=False,
            answers=tuple(
                RaterAnswer(
                    rater=str(answer.response_id), department=None, grade=answer.grade, blank=Blank(answer.blank)
                )
                for answer in answers
            ),
        )
    )
