"""Where an assessment stands: its rows mapped to the arithmetic, in a number of queries that never grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Exists, OuterRef, QuerySet

from assessments.models import Answer, Assessment, Consensus, Evidence, Response, ResponseKind
from assessments.score import arithmetic
from assessments.score.arithmetic import AgreedGrade, Blank, Policy, QuestionInput, QuestionState, RaterAnswer, Score
from assessments.secrecy import counted_responses
from manifesto.models import Question, Release, Rule

SETTLED = frozenset({QuestionState.GRADED, QuestionState.NOT_APPLICABLE})


@dataclass(frozen=True, kw_only=True)
class OpenQuestion:
    """A question that does not count yet: unanswered, or answered with “don’t know”."""

    key: str
    label: str
    state: QuestionState

    @property
    def anchor(self) -> str:
        """Where the question stands on its questionnaire page."""
        return f"question-{self.key}"


@dataclass(frozen=True, kw_only=True)
class RuleProgress:
    """How far one rule is: of its questions, how many are answered in any way, and which are open."""

    key: str
    position: int
    name: str
    total: int
    answered: int
    open: tuple[OpenQuestion, ...]
    numbers: Mapping[str, str] = field(default_factory=dict)  # question key → “5.1”, as the pages print it

    @property
    def unanswered(self) -> tuple[OpenQuestion, ...]:
        return tuple(question for question in self.open if question.state == QuestionState.UNANSWERED)

    @property
    def dont_know(self) -> tuple[OpenQuestion, ...]:
        return tuple(question for question in self.open if question.state == QuestionState.DONT_KNOW)

    @property
    def is_complete(self) -> bool:
        return self.answered == self.total


def policy_of(release: Release) -> Policy:
    return Policy(
        met_threshold=Fraction(release.met_threshold),
        broken_threshold=Fraction(release.broken_threshold),
        minimum_coverage=Fraction(release.minimum_coverage),
        knockout_below=release.knockout_below,
    )


def question_inputs(
    assessment: Assessment, responses: QuerySet[Response], *, with_consensus: bool = True
) -> tuple[QuestionInput, ...]:
    """Every question of the release that counts, with what the raters of these responses answered; at most three
    queries. What is supplementary enters nothing that is made of these: neither a score nor its confidence, nor what
    is contested, held against measures or compared."""
    answers = _rater_answers(responses)
    agreed = _agreed(assessment) if with_consensus else {}
    counting = Question.objects.filter(release=assessment.release_id).counting()
    questions = counting.order_by("rule__position", "position")
    return tuple(
        QuestionInput(
            key=key,
            rule=rule,
            weight=Fraction(weight),
            knockout=knockout,
            answers=tuple(answers.get(pk, ())),
            consensus=agreed.get(pk),
        )
        for pk, key, rule, weight, knockout in questions.values_list("pk", "key", "rule__key", "weight", "knockout")
    )


def current_score(
    assessment: Assessment,
    responses: QuerySet[Response] | None = None,
    *,
    with_consensus: bool = True,
    rules: Collection[str] | None = None,
) -> Score:
    """The score of what was handed in and agreed, or of the given responses; four queries (and the release, where
    it is not loaded yet). The vendor's own response never enters it. `rules`: only these, for one who is asked about
    no others."""
    keys = Rule.objects.filter(release=assessment.release_id).order_by("position").values_list("key", flat=True)
    asked = [key for key in keys if rules is None or key in rules]
    if responses is None:
        responses = counted_responses(assessment)
    inputs = question_inputs(assessment, responses, with_consensus=with_consensus)
    return arithmetic.score(asked, [one for one in inputs if one.rule in asked], policy_of(assessment.release))


def rule_progress(assessment: Assessment, score: Score | None = None) -> tuple[RuleProgress, ...]:
    """All rules of the score in order, with what is open; two queries beside the score."""
    score = score or current_score(assessment)
    states = {question.key: question.state for rule in score.rules for question in rule.questions}
    labels = _labels(assessment.release_id)
    asked = {rule.rule for rule in score.rules}
    rules = Rule.objects.filter(release=assessment.release_id).order_by("position")
    return tuple(
        _rule_progress(key, position, name, labels[key], states)
        for key, position, name in rules.values_list("key", "position", "name")
        if key in asked
    )


def missing(assessment: Assessment, score: Score | None = None) -> tuple[RuleProgress, ...]:
    """The rules in which something is unanswered or not known."""
    return tuple(rule for rule in rule_progress(assessment, score) if rule.open)


def _rule_progress(
    key: str, position: int, name: str, labels: list[tuple[str, str, int]], states: dict[str, QuestionState]
) -> RuleProgress:
    return RuleProgress(
        key=key,
        position=position,
        name=name or key,
        total=len(labels),
        answered=sum(states[question] != QuestionState.UNANSWERED for question, _, _ in labels),
        open=tuple(
            OpenQuestion(key=question, label=label or question, state=states[question])
            for question, label, _ in labels
            if states[question] not in SETTLED
        ),
        numbers={question: f"{position}.{place}" for question, _, place in labels},
    )


def _labels(release_id: int) -> dict[str, list[tuple[str, str, int]]]:
    """Rule key → the keys, short names and positions of its questions that count, in order."""
    labels: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    questions = Question.objects.filter(release=release_id).counting().order_by("position")
    for rule, key, short, place in questions.values_list("rule__key", "key", "short", "position"):
        labels[rule].append((key, short, place))
    return labels


def _agreed(assessment: Assessment) -> dict[int, AgreedGrade]:
    """Question id → what the raters agreed on."""
    rows = Consensus.objects.filter(assessment=assessment).values_list("question", "grade", "not_applicable")
    return {question: AgreedGrade(grade=grade, not_applicable=applies_not) for question, grade, applies_not in rows}


def _rater_answers(responses: QuerySet[Response]) -> dict[int, list[RaterAnswer]]:
    """Question id → what each rater answered. The vendor's own responses never enter the score."""
    rows = Answer.objects.filter(response__in=responses, response__kind=ResponseKind.CUSTOMER)
    rows = rows.annotate(has_evidence=Exists(Evidence.objects.filter(answer=OuterRef("pk"))))
    answers: dict[int, list[RaterAnswer]] = defaultdict(list)
    fields = ("question", "response", "response__department", "grade", "blank", "has_evidence")
    found = rows.order_by("response").values_list(*fields, "response__not_independent_since")
    for question, rater, department, grade, blank, has_evidence, not_independent_since in found:
        answers[question].append(
            RaterAnswer(
                rater=str(rater),
                department=None if department is None else str(department),
                grade=grade,
                blank=Blank(blank),
                has_evidence=has_evidence,
                is_independent=not_independent_since is None,
            )
        )
    return answers
