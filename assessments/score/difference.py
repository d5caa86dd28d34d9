"""Why the percent of a rule moved between two assessments: an exact sum of named parts, in points of its percent.

Plain Python, fractions only. The changes are applied one after the other, and each is worth what it moves:

1. answers, of the questions that are graded both times: by the weights of then, and among the questions of then;
2. the questions that no longer count leave, by the weights of then;
3. the weights of the questions that stay become those of now;
4. the questions that count only now join, by the weights of now.

Why this order: an answer that moved is worth exactly what its question weighed when it was first given, which can be
checked by hand (weight / sum of weights × what its percent moved by); weights of two editions never stand in one sum;
and no step leaves a rule without a grade, so that nothing has to be hidden in a rest. Within a step nothing depends on
an order: of those that leave or join each is worth its weight × its distance from the percent before / the sum of
weights after. Where no question is graded both times, nothing stays to hold leaving ones against: those that join are
held against the percent of then, and those that left are worth 0.

The mean of the raters of one question is cut by the same steps, each rater with the weight 1. What was agreed stands
above the mean: an agreement of then is lifted before the answers move, one of now is laid over them afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from assessments.score.arithmetic import (
    FULL,
    GRADES,
    GradedQuestion,
    Policy,
    QuestionInput,
    RuleScore,
    RuleStatus,
    grade_question,
    score_rule,
)

ZERO = Fraction(0)


class PartKind(StrEnum):
    ANSWER = "answer"  # a rater who took part both times graded otherwise, or only once
    CONSENSUS = "consensus"  # agreed on otherwise, newly or no longer
    HEARD = "heard"  # a rater who took part only then or only now
    COUNTED = "counted"  # a question that counts only then or only now
    WEIGHTS = "weights"  # of all questions of the rule that count both times, together
    REVISED = "revised"  # a question with another meaning: all that it moved, and not comparable


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One assessment as the arithmetic takes it. A rater has the same name in both that are compared; `revisions`
    tells the meaning of each question by its number."""

    rules: Sequence[str]
    questions: Sequence[QuestionInput]
    policy: Policy
    revisions: Mapping[str, int] = field(default_factory=dict)

    def of_rule(self, rule: str) -> dict[str, QuestionInput]:
        return {question.key: question for question in self.questions if question.rule == rule}

    @property
    def raters(self) -> frozenset[str]:
        return frozenset(answer.rater for question in self.questions for answer in question.answers)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One reason. `questions`: one, but several for a rater who came or went, and for weights; `rater`: of ANSWER and
    HEARD, else empty; `points` of the rule's percent: None where the rule has no difference in points."""

    kind: PartKind
    questions: tuple[str, ...]
    rater: str = ""
    points: Fraction | None


@dataclass(frozen=True, kw_only=True)
class RuleDifference:
    """One rule then and now; None where an assessment does not have it.

    `points`: the percent of now less that of then, and exactly the sum of the parts; None where the rule is not rated
    on both sides, and so are the points of its parts then: they tell what changed, not by how much. `status_as_then`:
    what the answers of now would be by the thresholds and knock-outs of then; None where the rule is missing.
    """

    rule: str
    then: RuleScore | None
    now: RuleScore | None
    points: Fraction | None
    parts: tuple[Part, ...]
    status_as_then: RuleStatus | None

    @property
    def is_judged_otherwise(self) -> bool:
        """Thresholds or knock-outs alone make another status of the same answers. They move no percent."""
        return self.now is not None and self.status_as_then not in (None, self.now.status)

    @property
    def by_size(self) -> tuple[Part, ...]:
        """The largest first; of equals those that come first in the order of the steps."""
        return tuple(sorted(self.parts, key=lambda part: -abs(part.points or ZERO)))


def differences(then: Judged, now: Judged) -> tuple[RuleDifference, ...]:
    """Rule by rule, in the order of now; a rule that is gone comes last."""
    rules = [*now.rules, *(rule for rule in then.rules if rule not in now.rules)]
    return tuple(_difference(rule, then, now) for rule in rules)


def _difference(rule: str, then: Judged, now: Judged) -> RuleDifference:
    scored_then, scored_now = _scored(rule, then), _scored(rule, now)
    if scored_then is None or scored_now is None:
        return RuleDifference(rule=rule, then=scored_then, now=scored_now, points=None, parts=(), status_as_then=None)
    parts = tuple(_parts(scored_then, scored_now, then, now))
    points = None
    if scored_then.is_rated and scored_now.is_rated:
        points = _percent(scored_now) - _percent(scored_then)
    else:
        parts = tuple(replace(part, points=None) for part in parts)
    return RuleDifference(
        rule=rule,
        then=scored_then,
        now=scored_now,
        points=points,
        parts=parts,
        status_as_then=_status_as_then(scored_then, scored_now, then.policy),
    )


def _scored(rule: str, judged: Judged) -> RuleScore | None:
    if rule not in judged.rules:
        return None
    return score_rule(rule, [grade_question(question) for question in judged.of_rule(rule).values()], judged.policy)


def _percent(scored: RuleScore) -> Fraction:
    return ZERO if scored.percent is None else scored.percent


def _status_as_then(then: RuleScore, now: RuleScore, policy: Policy) -> RuleStatus:
    knockouts = {question.key: question.knockout for question in then.questions}
    asked = [replace(question, knockout=knockouts.get(question.key, question.knockout)) for question in now.questions]
    return score_rule(now.rule, asked, policy).status


# The questions of a rule ------------------------------------------------------------------------------------------
def _parts(scored_then: RuleScore, scored_now: RuleScore, then: Judged, now: Judged) -> Iterator[Part]:
    before, after = then.of_rule(scored_now.rule), now.of_rule(scored_now.rule)
    stood, stand = _by_key(scored_then), _by_key(scored_now)
    steps = _steps(_weighed(stood), _weighed(stand))
    revised = {key for key in set(before) & set(after) if then.revisions.get(key) != now.revisions.get(key)}
    both_times = then.raters & now.raters
    yield from _in_graded(steps, before, after, revised=revised, both_times=both_times, total=scored_then.weight_graded)
    for key in [*stand, *(key for key in stood if key not in stand)]:
        points = steps.left.get(key, steps.joined.get(key, ZERO))
        if key in revised and key not in steps.moved:
            yield Part(kind=PartKind.REVISED, questions=(key,), points=points)
        elif _counts_otherwise(stood.get(key), stand.get(key)):
            yield Part(kind=PartKind.COUNTED, questions=(key,), points=points)
    if reweighed := tuple(key for key in steps.moved if before[key].weight != after[key].weight):
        yield Part(kind=PartKind.WEIGHTS, questions=reweighed, points=steps.reweighed)


def _by_key(scored: RuleScore) -> dict[str, GradedQuestion]:
    return {question.key: question for question in scored.questions}


def _counts_otherwise(then: GradedQuestion | None, now: GradedQuestion | None) -> bool:
    """In the sum, or in what is asked at all: “unanswered” and “don't know” are the same to both."""
    if then is None or now is None:
        return True
    return (then.percent is None, then.applicable) != (now.percent is None, now.applicable)


def _in_graded(
    steps: _Steps,
    before: Mapping[str, QuestionInput],
    after: Mapping[str, QuestionInput],
    *,
    revised: Collection[str],
    both_times: frozenset[str],
    total: Fraction,
) -> Iterator[Part]:
    """What moved in the questions that are graded both times; a rater who came or went is one part of the rule.
    `total`: the weight that was graded then."""
    heard: dict[str, list[tuple[str, Fraction]]] = {}
    for key in steps.moved:
        shifts = [_Shift(kind=PartKind.REVISED, grades=_grade(after[key]) - _grade(before[key]))]
        if key not in revised:
            shifts = list(_shifts(before[key], after[key], both_times))
        for shift in shifts:
            points = before[key].weight * shift.grades / GRADES[-1] * FULL / total
            if shift.kind == PartKind.HEARD:
                heard.setdefault(shift.rater, []).append((key, points))
            else:
                yield Part(kind=shift.kind, questions=(key,), rater=shift.rater, points=points)
    for rater, shares in heard.items():
        yield Part(
            kind=PartKind.HEARD,
            questions=tuple(key for key, _points in shares),
            rater=rater,
            points=sum((points for _key, points in shares), ZERO),
        )


# The grade of a question ------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class _Shift:
    """By how many grades one thing moved the grade of a question."""

    kind: PartKind
    grades: Fraction
    rater: str = ""


def _shifts(before: QuestionInput, after: QuestionInput, both_times: frozenset[str]) -> Iterator[_Shift]:
    """What moved the grade of a question that is graded both times: agreed → mean of then → mean of now → agreed. Where
    something was agreed both times, or a mean is missing on the way, the agreement alone moved it."""
    then, now = _grade(before), _grade(after)
    mean_then, mean_now = _mean(before), _mean(after)
    was_agreed, is_agreed = before.consensus is not None, after.consensus is not None
    if (was_agreed and is_agreed) or mean_then is None or mean_now is None:
        if then != now or was_agreed != is_agreed:
            yield _Shift(kind=PartKind.CONSENSUS, grades=now - then)
        return
    if was_agreed:
        yield _Shift(kind=PartKind.CONSENSUS, grades=mean_then - then)
    yield from _voices(_grades(before), _grades(after), both_times)
    if is_agreed:
        yield _Shift(kind=PartKind.CONSENSUS, grades=now - mean_now)


def _voices(
    before: Mapping[str, Fraction], after: Mapping[str, Fraction], both_times: frozenset[str]
) -> Iterator[_Shift]:
    steps = _steps(
        {rater: _Weighed(weight=Fraction(1), value=grade) for rater, grade in before.items()},
        {rater: _Weighed(weight=Fraction(1), value=grade) for rater, grade in after.items()},
    )
    moved = {rater: shift for rater, shift in steps.moved.items() if shift}
    for rater, grades in {**moved, **steps.left, **steps.joined}.items():
        kind = PartKind.ANSWER if rater in both_times else PartKind.HEARD
        yield _Shift(kind=kind, grades=grades, rater=rater)


def _grade(question: QuestionInput) -> Fraction:
    grade = grade_question(question).grade
    return ZERO if grade is None else grade


def _grades(question: QuestionInput) -> dict[str, Fraction]:
    return {answer.rater: Fraction(answer.grade) for answer in question.answers if answer.grade is not None}


def _mean(question: QuestionInput) -> Fraction | None:
    grades = _grades(question).values()
    return sum(grades, ZERO) / len(grades) if grades else None


# A weighted mean, cut into steps ----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class _Weighed:
    weight: Fraction
    value: Fraction


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """By how much each step moved a weighted mean: values of what is in both (0 where none moved), what left, the
    weights of what stayed together, what joined. They add up to the difference of the two means."""

    moved: Mapping[str, Fraction]
    left: Mapping[str, Fraction]
    reweighed: Fraction
    joined: Mapping[str, Fraction]


def _weighed(questions: Mapping[str, GradedQuestion]) -> dict[str, _Weighed]:
    return {
        key: _Weighed(weight=question.weight, value=question.percent)
        for key, question in questions.items()
        if question.percent is not None
    }


def _steps(then: Mapping[str, _Weighed], now: Mapping[str, _Weighed]) -> _Steps:
    stays = [key for key in now if key in then]
    return _steps_around(stays, then, now) if stays else _all_replaced(then, now)


def _all_replaced(then: Mapping[str, _Weighed], now: Mapping[str, _Weighed]) -> _Steps:
    start = _weighted_mean(then.values())
    return _Steps(
        moved={},
        left=dict.fromkeys(then, ZERO),
        reweighed=ZERO,
        joined=_distances(now, now, start, now.values()),
    )


def _steps_around(stays: Sequence[str], then: Mapping[str, _Weighed], now: Mapping[str, _Weighed]) -> _Steps:
    left = [key for key in then if key not in now]
    answered = {**then, **{key: replace(then[key], value=now[key].value) for key in stays}}
    alone = [answered[key] for key in stays]
    reweighed = _weighted_mean(now[key] for key in stays)
    total = _weight(then.values())
    return _Steps(
        moved={key: then[key].weight * (now[key].value - then[key].value) / total for key in stays},
        left={key: -away for key, away in _distances(left, then, _weighted_mean(answered.values()), alone).items()},
        reweighed=reweighed - _weighted_mean(alone),
        joined=_distances([key for key in now if key not in then], now, reweighed, now.values()),
    )


def _distances(
    keys: Iterable[str], among: Mapping[str, _Weighed], start: Fraction, after: Iterable[_Weighed]
) -> dict[str, Fraction]:
    """Weight × distance from the mean before / sum of weights after."""
    total = _weight(after)
    return {key: among[key].weight * (among[key].value - start) / total for key in keys}


def _weight(weighed: Iterable[_Weighed]) -> Fraction:
    return sum((one.weight for one in weighed), ZERO)


def _weighted_mean(weighed: Iterable[_Weighed]) -> Fraction:
    """0 of nothing, which bears on no points: a rule without a grade has none."""
    all_of_them = list(weighed)
    total = _weight(all_of_them)
    return sum((one.weight * one.value for one in all_of_them), ZERO) / total if total else ZERO
