"""Where an assessment stands: its rows mapped to the arithmetic, in a number of queries that never grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from assessments.models import Answer, Assessment, Consensus, Evidence, Response, ResponseKind
from assessments.score import arithmetic
from assessments.score.arithmetic import AgreedGrade, Blank, Policy, QuestionInput, QuestionState, RaterAnswer, Score
from assessments.secrecy import counted_responses
from groundwork.together import Lookup
from manifesto.models import Release
from manifesto.printed import Edition, edition

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
    """Every question of the release that counts, with what the raters of these responses answered; one query, where
    the release is loaded and was read before. What is supplementary enters nothing that is made of these: neither a
    score nor its confidence, nor what is contested, held against measures or compared."""
    return inputs_of(assessment, responses, with_consensus=with_consensus).now()


def inputs_of(
    assessment: Assessment, responses: QuerySet[Response], *, with_consensus: bool = True
) -> Lookup[tuple[QuestionInput, ...]]:
    """The same, to be read with what else a page shows."""
    answers = _rater_answers(responses)
    agreed = Consensus.objects.filter(assessment=assessment) if with_consensus else Consensus.objects.none()
    grades = agreed.order_by().values_list("question", "grade", "not_applicable")

    def told() -> tuple[QuestionInput, ...]:
        settled = {pk: AgreedGrade(grade=grade, not_applicable=never) for pk, grade, never in grades}
        return _inputs(edition(assessment.release), _by_question(answers), settled)

    return Lookup(reads=(answers, grades), told=told)


def _inputs(
    bank: Edition, answers: Mapping[int, Sequence[RaterAnswer]], agreed: Mapping[int, AgreedGrade]
) -> tuple[QuestionInput, ...]:
    return tuple(
        QuestionInput(
            key=question.key,
            rule=rule,
            weight=weight,
            knockout=question.knockout,
            answers=tuple(answers.get(question.pk, ())),
            consensus=agreed.get(question.pk),
        )
        for question, rule, weight in bank.weights
    )


def current_score(
    assessment: Assessment,
    responses: QuerySet[Response] | None = None,
    *,
    with_consensus: bool = True,
    rules: Collection[str] | None = None,
) -> Score:
    """The score of what was handed in and agreed, or of the given responses; one query (and the release, where it is
    not loaded or known yet). The vendor's own response never enters it. `rules`: only these, for one who is asked
    about no others."""
    return score_of(assessment, responses, with_consensus=with_consensus, rules=rules).now()


def score_of(
    assessment: Assessment,
    responses: QuerySet[Response] | None = None,
    *,
    with_consensus: bool = True,
    rules: Collection[str] | None = None,
) -> Lookup[Score]:
    """The same, to be read with what else a page shows."""
    responses = counted_responses(assessment) if responses is None else responses
    inputs = inputs_of(assessment, responses, with_consensus=with_consensus)
    return Lookup(reads=inputs.reads, told=lambda: _score(assessment.release, inputs.told(), rules))


def own_score(assessment: Assessment, answers: Mapping[int, Sequence[RaterAnswer]], *, rules: Collection[str]) -> Score:
    """The same of one rater's answers alone, which the caller has read: question id → theirs. No query."""
    return _score(assessment.release, _inputs(edition(assessment.release), answers, {}), rules)


def _score(release: Release, inputs: Iterable[QuestionInput], rules: Collection[str] | None) -> Score:
    asked = [rule.key for rule in edition(release).rules if rules is None or rule.key in rules]
    return arithmetic.score(asked, [one for one in inputs if one.rule in asked], policy_of(release))


def rule_progress(assessment: Assessment, score: Score | None = None) -> tuple[RuleProgress, ...]:
    """All rules of the score in order, with what is open; no query beside the score."""
    score = score or current_score(assessment)
    states = {question.key: question.state for rule in score.rules for question in rule.questions}
    bank = edition(assessment.release)
    labels = _labels(bank)
    asked = {rule.rule for rule in score.rules}
    return tuple(
        _rule_progress(rule.key, rule.position, rule.name, labels[rule.key], states)
        for rule in bank.rules
        if rule.key in asked
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


def _labels(bank: Edition) -> dict[str, list[tuple[str, str, int]]]:
    """Rule key → the keys, short names and positions of its questions that count, in order."""
    labels: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for question in bank.counting:
        labels[question.rule.key].append((question.key, question.short, question.position))
    return labels


def _rater_answers(responses: QuerySet[Response]) -> QuerySet[Answer, Any]:
    """What each rater answered. The vendor's own responses never enter the score."""
    rows = Answer.objects.filter(response__in=responses, response__kind=ResponseKind.CUSTOMER)
    rows = rows.annotate(has_evidence=Exists(Evidence.objects.filter(answer=OuterRef("pk")))).order_by()
    fields = ("response", "question", "response__department", "grade", "blank", "has_evidence")
    return rows.values_list(*fields, "response__not_independent_since")


def _by_question(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[RaterAnswer]]:
    """Question id → what each rater answered."""
    answers: dict[int, list[RaterAnswer]] = defaultdict(list)
    for rater, question, department, grade, blank, has_evidence, since in sorted(rows, key=itemgetter(0, 1)):
        answers[question].append(
            RaterAnswer(
                rater=str(rater),
                department=None if department is None else str(department),
                grade=grade,
                blank=Blank(blank),
                has_evidence=has_evidence,
                is_independent=since is None,
            )
        )
    return answers


def own_answer(response: Response, answer: Answer) -> RaterAnswer:
    """An answer of this response, read with `has_files`, as the arithmetic takes it."""
    return RaterAnswer(
        rater=str(response.pk),
        department=None if response.department_id is None else str(response.department_id),
        grade=answer.grade,
        blank=Blank(answer.blank),
        has_evidence=answer.has_files,  # type: ignore[attr-defined]
        is_independent=response.is_independent,
    )
