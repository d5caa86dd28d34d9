"""The supplementary questions: how many somebody has answered, and what raters say of each. They stand beside the score
and enter nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Answer, Assessment, Response
from assessments.score.arithmetic import Blank, GradedQuestion, QuestionInput, RaterAnswer, grade_question
from groundwork.together import Lookup
from manifesto.models import Question
from manifesto.printed import edition


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
    return asked_beside(assessment, responses, rules=rules).now()


def asked_beside(
    assessment: Assessment, responses: QuerySet[Response], *, rules: Collection[str] | None = None
) -> Lookup[AlsoAsked]:
    """The same, to be read with what else a page shows."""
    if not assessment.asks_supplementary:
        return Lookup(reads=(), told=AlsoAsked)
    given = Answer.objects.filter(response__in=responses).supplementary().answered().order_by()
    said = given.values_list("question", flat=True)
    return Lookup(reads=(said,), told=lambda: also_said(assessment, {*said}, rules=rules))


def also_said(assessment: Assessment, answered: Collection[int], *, rules: Collection[str] | None = None) -> AlsoAsked:
    """The same, where the caller knows which questions are answered, by their ids; no query."""
    if not assessment.asks_supplementary:
        return AlsoAsked()
    bank = edition(assessment.release).supplementary
    asked = [question.pk for question in bank if rules is None or question.rule.key in rules]
    return AlsoAsked(total=len(asked), answered=len({*asked} & {*answered}))


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
