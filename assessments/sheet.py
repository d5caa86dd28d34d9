"""All answers of an assessment to read in place, rule by rule, with the numbers they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from accounts.models import Membership
from assessments import wording
from assessments.models import Answer, Assessment, Response
from assessments.scoring import GradedQuestion, Policy, RuleScore, Score, rounded
from assessments.standing import RuleProgress, policy_of, progress, standing
from assessments.visibility import is_rating, readable_responses
from manifesto.models import GRADE_NAMES, Level, Question


@dataclass(frozen=True, kw_only=True)
class ReadAnswer:
    """One rater's answer with the anchored text of the grade chosen."""

    answer: Answer
    grade_name: str
    level: str


@dataclass(frozen=True, kw_only=True)
class QuestionSheet:
    question: Question
    graded: GradedQuestion
    state_label: str  # empty where graded
    answers: tuple[ReadAnswer, ...]

    @property
    def number(self) -> str:
        """“1.2”, as in the questionnaire and on the scorecard."""
        return f"{self.question.rule.position}.{self.question.position}"


@dataclass(frozen=True, kw_only=True)
class RuleSheet:
    """A rule as shown: numbers for drawing, rounded (None: nothing to show), and as text in the reader's language."""

    progress: RuleProgress
    status: str
    status_label: str
    why: str
    percent: Decimal | None
    coverage: Decimal | None
    low: Decimal | None
    high: Decimal | None
    percent_text: str
    coverage_text: str
    bounds_text: str
    sum_text: str
    questions: tuple[QuestionSheet, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    rules: tuple[RuleSheet, ...]
    score: Score
    headline: str
    verdict: str
    confidence: str
    average: str  # of the rated rules; it does not decide
    weakest: RuleSheet | None

    @property
    def missing(self) -> tuple[RuleProgress, ...]:
        return tuple(rule.progress for rule in self.rules if rule.progress.open)

    @property
    def answered(self) -> int:
        return sum(rule.progress.answered for rule in self.rules)

    @property
    def total(self) -> int:
        return sum(rule.progress.total for rule in self.rules)

    @property
    def unanswered(self) -> int:
        return self.total - self.answered

    @property
    def has_grades(self) -> bool:
        return any(rule.weight_graded for rule in self.score.rules)


def own_sheet_of(assessment: Assessment, response: Response, *, with_answers: bool = False) -> Sheet:
    """What one rater's own answers add up to: neither the others' nor what was agreed shines through."""
    own = Response.objects.filter(pk=response.pk)
    return _sheet(assessment, own, with_answers=with_answers, with_consensus=False)


def sheet_for(assessment: Assessment, member: Membership, *, with_answers: bool = False) -> Sheet:
    """What this member may see of it: while they still judge themselves, their own answers alone."""
    readable = readable_responses(assessment, member)
    judging = is_rating(assessment, member.user)
    return _sheet(assessment, readable, with_answers=with_answers, with_consensus=not judging)


def _sheet(assessment: Assessment, responses: QuerySet[Response], *, with_answers: bool, with_consensus: bool) -> Sheet:
    score = standing(assessment, responses, with_consensus=with_consensus)
    policy = policy_of(assessment.release)
    questions = _questions(assessment, responses, score) if with_answers else {}
    rules = tuple(
        _rule_sheet(rule, far, policy, questions.get(rule.rule, ()))
        for rule, far in zip(score.rules, progress(assessment, score), strict=True)
    )
    return Sheet(
        rules=rules,
        score=score,
        headline=wording.headline(score),
        verdict=wording.verdict(score),
        confidence=str(wording.CONFIDENCES[score.confidence]),
        average=wording.percent(score.average, policy),
        weakest=next((rule for rule in rules if rule.progress.key == score.weakest), None),
    )


def _rule_sheet(rule: RuleScore, far: RuleProgress, policy: Policy, questions: Iterable[QuestionSheet]) -> RuleSheet:
    coverage = rule.coverage if rule.weight_applicable else None
    return RuleSheet(
        progress=far,
        status=rule.status.value,
        status_label=str(wording.STATUSES[rule.status]),
        why=wording.why(rule, policy),
        percent=_drawn(rule.percent),
        coverage=_drawn(coverage),
        low=_drawn(rule.low),
        high=_drawn(rule.high),
        percent_text=wording.percent(rule.percent, policy),
        coverage_text=wording.percent(coverage, policy),
        bounds_text=wording.bounds(rule, policy),
        sum_text=wording.weighted_sum(rule, policy),
        questions=tuple(questions),
    )


def _drawn(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, 1)


def _questions(assessment: Assessment, responses: QuerySet[Response], score: Score) -> dict[str, list[QuestionSheet]]:
    """Rule key → its questions with what everybody answered; four queries."""
    graded = {question.key: question for rule in score.rules for question in rule.questions}
    answers = _answers(assessment, responses)
    asked = Question.objects.filter(release=assessment.release_id).select_related("rule")
    by_rule: dict[str, list[QuestionSheet]] = defaultdict(list)
    for question in asked.order_by("rule__position", "position"):
        by_rule[question.rule.key].append(
            QuestionSheet(
                question=question,
                graded=graded[question.key],
                state_label=str(wording.QUESTION_STATES.get(graded[question.key].state, "")),
                answers=tuple(answers.get(question.pk, ())),
            )
        )
    return by_rule


def _answers(assessment: Assessment, responses: QuerySet[Response]) -> dict[int, list[ReadAnswer]]:
    rows = Answer.objects.filter(response__in=responses)
    rows = (
        rows.select_related("response__rater", "response__department", "updated_by")
        .prefetch_related("evidence")
        .order_by("response")
    )
    levels = {
        (question, grade): text
        for question, grade, text in Level.objects.filter(question__release=assessment.release_id).values_list(
            "question", "grade", "text"
        )
    }
    answers: dict[int, list[ReadAnswer]] = defaultdict(list)
    for row in rows:
        answers[row.question_id].append(_read(row, levels))
    return answers


def _read(row: Answer, levels: dict[tuple[int, int], str]) -> ReadAnswer:
    if row.grade is None:
        return ReadAnswer(answer=row, grade_name="", level="")
    return ReadAnswer(
        answer=row, grade_name=str(GRADE_NAMES[row.grade]), level=levels.get((row.question_id, row.grade), "")
    )
