"""The arithmetic of an assessment: exact fractions in, exact fractions out, rounded only when shown.

Plain Python: no framework, no clock, no database. Percents run from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from numbers import Rational
from typing import Any

from groundwork.rounding import rounded

ENGINE_VERSION = "2"
GRADES = range(5)
DISAGREEMENT_SPAN = 2
FULL = Fraction(100)


class Blank(StrEnum):
    """Why an answer has no grade. `NONE` without a grade means unanswered."""

    NONE = ""
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"


class QuestionState(StrEnum):
    GRADED = "graded"
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    UNANSWERED = "unanswered"


class RuleStatus(StrEnum):
    MET = "met"
    PARTLY = "partly"
    BROKEN = "broken"
    NOT_RATED = "not_rated"


class Reason(StrEnum):
    """Why a rule has its status: a stable code, put into words where it is shown."""

    NOTHING_APPLIES = "nothing_applies"
    COVERAGE_BELOW_MINIMUM = "coverage_below_minimum"
    PERCENT_BELOW_BROKEN = "percent_below_broken"
    KNOCKOUT = "knockout"
    PERCENT_MEETS_THRESHOLD = "percent_meets_threshold"
    PERCENT_BETWEEN = "percent_between"


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The thresholds of one release: percents, and the grade under which a knock-out question breaks its rule."""

    met_threshold: Fraction = Fraction(75)
    broken_threshold: Fraction = Fraction(50)
    minimum_coverage: Fraction = Fraction(75)
    knockout_below: int = 2

    def __post_init__(self) -> None:
        for name in ("met_threshold", "broken_threshold", "minimum_coverage"):
            value = _exact(getattr(self, name), name)
            if not 0 <= value <= FULL:
                raise ValueError(f"{name} is a percent from 0 to 100, not {value}")
        if self.broken_threshold > self.met_threshold:
            raise ValueError("broken_threshold may not lie above met_threshold")
        if self.knockout_below not in range(6):
            raise ValueError(f"knockout_below is a whole number from 0 to 5, not {self.knockout_below!r}")


@dataclass(frozen=True, kw_only=True)
class RaterAnswer:
    """What one submitted customer rater answered to one question."""

    rater: str
    department: str | None
    grade: int | None
    blank: Blank = Blank.NONE
    has_evidence: bool = False
    is_independent: bool = True  # False: the rater had read others' answers before

    def __post_init__(self) -> None:
        _check_grade(self.grade)
        if self.blank not in list(Blank):
            raise ValueError(f"unknown blank {self.blank!r}")
        if self.grade is not None and self.blank != Blank.NONE:
            raise ValueError(f"an answer has a grade or a blank, not both: {self.grade} and {self.blank!s}")

    @property
    def is_answered(self) -> bool:
        return self.grade is not None or self.blank != Blank.NONE


@dataclass(frozen=True, kw_only=True)
class AgreedGrade:
    """The consensus of the raters on one question: a grade, or that it does not apply."""

    grade: int | None
    not_applicable: bool = False

    def __post_init__(self) -> None:
        _check_grade(self.grade)
        if (self.grade is not None) == self.not_applicable:
            raise ValueError("a consensus is either a grade or “not applicable”")


@dataclass(frozen=True, kw_only=True)
class QuestionInput:
    key: str
    rule: str
    weight: Fraction
    knockout: bool
    answers: tuple[RaterAnswer, ...] = ()
    consensus: AgreedGrade | None = None

    def __post_init__(self) -> None:
        if _exact(self.weight, f"the weight of {self.key}") <= 0:
            raise ValueError(f"the weight of {self.key} must be above 0, not {self.weight}")
        raters = [answer.rater for answer in self.answers]
        if len(set(raters)) != len(raters):
            raise ValueError(f"a rater answers {self.key} more than once")


@dataclass(frozen=True, kw_only=True)
class GradedQuestion:
    """A question with what its answers add up to. Grade and percent are None unless its state is `graded`."""

    key: str
    rule: str
    weight: Fraction
    knockout: bool
    grade: Fraction | None
    applicable: bool
    state: QuestionState
    from_consensus: bool
    disagreement: bool
    percent: Fraction | None

    @property
    def weighted(self) -> Fraction:
        """What it adds to the sum of its rule: nothing without a grade."""
        return self.weight * (self.percent or 0)

    def is_knocked_out(self, policy: Policy) -> bool:
        return self.knockout and self.grade is not None and self.grade < policy.knockout_below


@dataclass(frozen=True, kw_only=True)
class RuleScore:
    """One rule with its sum. Only the status says whether it is rated: a percent may rest on too little."""

    rule: str
    percent: Fraction | None  # None: nothing graded. Silence is never zero.
    coverage: Fraction
    low: Fraction | None  # None: nothing applies
    high: Fraction | None
    status: RuleStatus
    reason: Reason
    knockouts: tuple[str, ...]
    weight_graded: Fraction
    weight_applicable: Fraction
    weighted_sum: Fraction
    questions: tuple[GradedQuestion, ...]

    @property
    def is_rated(self) -> bool:
        return self.status != RuleStatus.NOT_RATED


@dataclass(frozen=True, kw_only=True)
class Score:
    """All rules in the order given. Weakest and average are None when no rule is rated."""

    rules: tuple[RuleScore, ...]
    met: int
    verdict: Verdict
    weakest: str | None
    average: Fraction | None
    confidence: Confidence
    disagreements: tuple[str, ...]


def grade_question(question: QuestionInput) -> GradedQuestion:
    """The consensus where there is one, else the mean of the customer grades."""
    grades = [answer.grade for answer in question.answers if answer.grade is not None]
    state, grade = _state_and_grade(question, grades)
    return GradedQuestion(
        key=question.key,
        rule=question.rule,
        weight=Fraction(question.weight),
        knockout=question.knockout,
        grade=grade,
        applicable=state != QuestionState.NOT_APPLICABLE,
        state=state,
        from_consensus=question.consensus is not None,
        # A consensus settles the grade; that the raters had differed stays visible.
        disagreement=bool(grades) and max(grades) - min(grades) >= DISAGREEMENT_SPAN,
        percent=None if grade is None else grade / GRADES[-1] * FULL,
    )


def _state_and_grade(question: QuestionInput, grades: list[int]) -> tuple[QuestionState, Fraction | None]:
    agreed = question.consensus
    if agreed is not None:
        if agreed.grade is None:
            return QuestionState.NOT_APPLICABLE, None
        return QuestionState.GRADED, Fraction(agreed.grade)
    if grades:
        return QuestionState.GRADED, Fraction(sum(grades), len(grades))
    # Not applicable only when every rater who answered said so. An unanswered question is no answer, but
    # “don't know” is one: else a single “not applicable” would hide what nobody could grade.
    blanks = {answer.blank for answer in question.answers if answer.is_answered}
    if blanks == {Blank.NOT_APPLICABLE}:
        return QuestionState.NOT_APPLICABLE, None
    if blanks:
        return QuestionState.DONT_KNOW, None
    return QuestionState.UNANSWERED, None


def score_rule(rule: str, questions: Iterable[GradedQuestion], policy: Policy) -> RuleScore:
    """Percent = Σ w·percent / Σ w over graded questions; bounds count each missing grade as 0 and as 100."""
    asked = tuple(questions)
    for question in asked:
        if question.rule != rule:
            raise ValueError(f"{question.key} belongs to the rule {question.rule}, not to {rule}")
    weight_graded = _total(question.weight for question in asked if question.percent is not None)
    weight_applicable = _total(question.weight for question in asked if question.applicable)
    weighted_sum = _total(question.weighted for question in asked)
    percent = weighted_sum / weight_graded if weight_graded else None
    low = high = None
    coverage = Fraction(0)
    if weight_applicable:
        coverage = weight_graded / weight_applicable * FULL
        low = weighted_sum / weight_applicable
        high = (weighted_sum + (weight_applicable - weight_graded) * FULL) / weight_applicable
    knockouts = tuple(question.key for question in asked if question.is_knocked_out(policy))
    status, reason = _status(
        percent, coverage, applies=bool(weight_applicable), knocked_out=bool(knockouts), policy=policy
    )
    return RuleScore(
        rule=rule,
        percent=percent,
        coverage=coverage,
        low=low,
        high=high,
        status=status,
        reason=reason,
        knockouts=knockouts,
        weight_graded=weight_graded,
        weight_applicable=weight_applicable,
        weighted_sum=weighted_sum,
        questions=asked,
    )


def _status(
    percent: Fraction | None, coverage: Fraction, *, applies: bool, knocked_out: bool, policy: Policy
) -> tuple[RuleStatus, Reason]:
    """Too little known comes first, then broken, then met; what lies between is partly met."""
    if not applies:
        return RuleStatus.NOT_RATED, Reason.NOTHING_APPLIES
    if percent is None or coverage < policy.minimum_coverage:
        return RuleStatus.NOT_RATED, Reason.COVERAGE_BELOW_MINIMUM
    if percent < policy.broken_threshold:
        return RuleStatus.BROKEN, Reason.PERCENT_BELOW_BROKEN
    if knocked_out:
        return RuleStatus.BROKEN, Reason.KNOCKOUT
    if percent >= policy.met_threshold:
        return RuleStatus.MET, Reason.PERCENT_MEETS_THRESHOLD
    return RuleStatus.PARTLY, Reason.PERCENT_BETWEEN


def score(rules: Sequence[str], questions: Iterable[QuestionInput], policy: Policy) -> Score:
    """Score every rule in the order given. Raises ValueError for a repeated key or an unknown rule."""
    asked = tuple(questions)
    _check_unique("rule", rules)
    _check_unique("question", [question.key for question in asked])
    scores = tuple(score_rule(rule, graded, policy) for rule, graded in _graded_by_rule(rules, asked).items())
    statuses = [scored.status for scored in scores]
    rated = {scored.rule: scored.percent for scored in scores if scored.is_rated and scored.percent is not None}
    return Score(
        rules=scores,
        met=statuses.count(RuleStatus.MET),
        verdict=_verdict(set(statuses)),
        # min() keeps the first of equals: on a tie the earlier rule is the weakest.
        weakest=min(rated, key=rated.__getitem__) if rated else None,
        average=_total(rated.values()) / len(rated) if rated else None,
        confidence=_confidence(scores, asked),
        disagreements=tuple(
            question.key for scored in scores for question in scored.questions if question.disagreement
        ),
    )


def _graded_by_rule(rules: Iterable[str], questions: Iterable[QuestionInput]) -> dict[str, list[GradedQuestion]]:
    by_rule: dict[str, list[GradedQuestion]] = {rule: [] for rule in rules}
    for question in questions:
        if question.rule not in by_rule:
            raise ValueError(f"{question.key} belongs to an unknown rule: {question.rule}")
        by_rule[question.rule].append(grade_question(question))
    return by_rule


def _verdict(statuses: set[RuleStatus]) -> Verdict:
    if statuses & {RuleStatus.BROKEN, RuleStatus.PARTLY}:
        return Verdict.NOT_MET
    # Without a single rule nothing is decided either.
    return Verdict.MET if statuses == {RuleStatus.MET} else Verdict.UNDECIDED


def _confidence(scores: Sequence[RuleScore], questions: Sequence[QuestionInput]) -> Confidence:
    """Whoever graded nothing is not counted as a rater: an empty response adds no confidence."""
    graded = _graded_answers(questions)
    raters, departments = _independent_voices(graded)
    is_evidenced = 2 * sum(answer.has_evidence for answer in graded) >= len(graded)
    is_complete = all(scored.coverage == FULL for scored in scores)
    if is_complete and is_evidenced and raters >= 3 and departments >= 2:
        return Confidence.HIGH
    return Confidence.MEDIUM if raters >= 2 and all(scored.is_rated for scored in scores) else Confidence.LOW


def _independent_voices(graded: Iterable[RaterAnswer]) -> tuple[int, int]:
    """How many raters judged alone, and of how many departments. A rater who had read what the others answered shows
    nothing about how well the score is founded, though their grades are part of every mean."""
    alone = [answer for answer in graded if answer.is_independent]
    return len({answer.rater for answer in alone}), len({answer.department for answer in alone} - {None})


def _graded_answers(questions: Iterable[QuestionInput]) -> list[RaterAnswer]:
    return [answer for question in questions for answer in question.answers if answer.grade is not None]


def _total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def as_data(score: Score) -> dict[str, Any]:
    """JSON-ready and the same for the same score: `percent` is exact ("200/3"), `percent_rounded` is 66.67."""
    return {
        "engine": ENGINE_VERSION,
        "met": score.met,
        "of": len(score.rules),
        "verdict": score.verdict.value,
        "weakest": score.weakest,
        **_numbers(average=score.average),
        "confidence": score.confidence.value,
        "disagreements": list(score.disagreements),
        "rules": [_rule_data(rule) for rule in score.rules],
    }


def _rule_data(rule: RuleScore) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "status": rule.status.value,
        "reason": rule.reason.value,
        **_numbers(
            percent=rule.percent,
            coverage=rule.coverage,
            low=rule.low,
            high=rule.high,
            weight_graded=rule.weight_graded,
            weight_applicable=rule.weight_applicable,
            weighted_sum=rule.weighted_sum,
        ),
        "knockouts": list(rule.knockouts),
        "questions": [_question_data(question) for question in rule.questions],
    }


def _question_data(question: GradedQuestion) -> dict[str, Any]:
    return {
        "key": question.key,
        "state": question.state.value,
        "knockout": question.knockout,
        "applicable": question.applicable,
        "from_consensus": question.from_consensus,
        "disagreement": question.disagreement,
        **_numbers(weight=question.weight, grade=question.grade, percent=question.percent),
    }


def _numbers(**values: Fraction | None) -> Mapping[str, str | int | float | None]:
    data: dict[str, str | int | float | None] = {}
    for name, value in values.items():
        data[name] = None if value is None else f"{value.numerator}/{value.denominator}"
        data[f"{name}_rounded"] = None if value is None else _json_number(rounded(value, 2))
    return data


def _json_number(value: Decimal) -> int | float:
    """A float only at this outer edge, because JSON has no decimals; nothing is calculated with it."""
    return int(value) if value == value.to_integral_value() else float(value)


def _check_grade(grade: int | None) -> None:
    if grade is None:
        return
    if isinstance(grade, bool) or not isinstance(grade, int) or grade not in GRADES:
        raise ValueError(f"a grade is a whole number from {GRADES[0]} to {GRADES[-1]}, not {grade!r}")


def _exact(value: Rational | Fraction | int, what: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, Rational):
        raise TypeError(f"{what} must be an exact fraction, not {value!r}")
    return Fraction(value)


def _check_unique(what: str, keys: Sequence[str]) -> None:
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise ValueError(f"the same {what} is given more than once: {', '.join(repeated)}")
