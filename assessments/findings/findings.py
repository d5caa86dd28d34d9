"""What is claimed and rated, held against what is measured: three views of each rule that are never averaged.

Only two rules are decided by a measure, as the manifesto has it: speed by the mean duration of critical incidents,
proof by the number of problems that come back. The measures of the other rules stand beside them, for people to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from django.utils import timezone

from assessments.models import Assessment
from assessments.score import arithmetic, self_view
from assessments.score.arithmetic import RuleScore, RuleStatus, Score
from assessments.score.reading import inputs_of, policy_of
from assessments.secrecy import counted_responses
from groundwork.asking_once import once
from groundwork.together import Lookup
from manifesto.printed import edition
from vendors.measures import loading as measuring
from vendors.measures.catalogue import DECIDING
from vendors.measures.loading import Target, held_to
from vendors.measures.metrics import Direction, Measures, Series, is_proven_worse, is_within
from vendors.models import Incident

MOST_INCIDENTS = 20  # that are named behind one finding


class Finding(StrEnum):
    CONTRADICTED = "contradicted"
    NOT_BORNE_OUT = "not_borne_out"
    BORNE_OUT = "borne_out"
    BETTER_THAN_RATED = "better_than_rated"
    CONFIRMED = "confirmed"
    NO_FINDING = "no_finding"
    TOO_LITTLE_DATA = "too_little_data"
    NOT_RATED = "not_rated"
    NOT_TESTED = "not_tested"


# What the measure says against the grades, in either direction, and therefore is said first.
SPEAKING = frozenset({Finding.CONTRADICTED, Finding.NOT_BORNE_OUT, Finding.BETTER_THAN_RATED})


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """How a rule was graded, and what the measure makes of that. `percent` is None where it is not rated."""

    status: RuleStatus
    percent: Fraction | None
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class RuleFinding:
    """One rule. `claim` is the vendor's, None where it says nothing of itself; `measure` the key of the measure that
    decides, empty for none; `incidents` the references that the finding rests on, the newest first, at most
    MOST_INCIDENTS of `incident_count`; `cases` the row numbers of all of them, unless it comes from a snapshot."""

    rule: str
    measure: str
    claim: Opinion | None
    rating: Opinion
    incidents: tuple[str, ...] = ()
    incident_count: int = 0
    cases: tuple[int, ...] = field(default=(), compare=False)

    @property
    def is_speaking(self) -> bool:
        return self.rating.finding in SPEAKING or (self.claim is not None and self.claim.finding in SPEAKING)


@dataclass(frozen=True, kw_only=True)
class MeasuredRules:
    """The rules in their order, and the measures that they are held against."""

    rules: tuple[RuleFinding, ...]
    measures: Measures
    targets: Mapping[str, Target]


# By whether the rule is met: what a measure makes of it that gets better, gets worse, or does neither.
MADE_OF_IT: Mapping[bool, Mapping[bool | None, Finding]] = {
    True: {True: Finding.BORNE_OUT, False: Finding.CONTRADICTED, None: Finding.NOT_BORNE_OUT},
    False: {True: Finding.BETTER_THAN_RATED, False: Finding.CONFIRMED, None: Finding.NO_FINDING},
}


def finding(status: RuleStatus, series: Series | None, *, target: float | None = None) -> Finding:
    """What a measure says of a rule with this status; `series` is None where no measure decides it."""
    if series is None:
        return Finding.NOT_TESTED
    if series.trend.direction == Direction.TOO_LITTLE_DATA:
        return Finding.TOO_LITTLE_DATA
    if status == RuleStatus.NOT_RATED:
        return Finding.NOT_RATED
    is_good = _is_good(series, target)
    if status == RuleStatus.MET and is_good is False and not is_proven_worse(series):
        return Finding.NOT_BORNE_OUT  # it seems to get worse: too little to contradict anybody
    return MADE_OF_IT[status == RuleStatus.MET][is_good]


def _is_good(series: Series, target: float | None) -> bool | None:
    """A measure that stays as it is is good where it keeps to its target; without one it says nothing."""
    if series.trend.direction == Direction.FLAT:
        return True if target is not None and is_within(series, target) else None
    return series.trend.direction == (Direction.FALLING if series.measure.lower_is_better else Direction.RISING)


def findings(
    rating: Score, claim: Score | None, measures: Measures, targets: Mapping[str, Target]
) -> tuple[RuleFinding, ...]:
    """For every rule of the rating, in its order."""
    own = {rule.rule: rule for rule in claim.rules} if claim else {}
    return tuple(_held(rule, own.get(rule.rule), measures, targets) for rule in rating.rules)


def _held(rating: RuleScore, claim: RuleScore | None, measures: Measures, targets: Mapping[str, Target]) -> RuleFinding:
    key = DECIDING.get(rating.rule, "")
    series = measures.of(key) if key else None
    target = targets[key].value if key in targets else None
    return RuleFinding(
        rule=rating.rule,
        measure=key,
        claim=_opinion(claim, series, target) if claim is not None and claim.percent is not None else None,
        rating=_opinion(rating, series, target),
    )


def _opinion(rule: RuleScore, series: Series | None, target: float | None) -> Opinion:
    return Opinion(
        status=rule.status,
        percent=rule.percent if rule.is_rated else None,
        finding=finding(rule.status, series, target=target),
    )


# From the rows ----------------------------------------------------------------------------------------------------
def measured_rules(assessment: Assessment, *, now: datetime) -> MeasuredRules | None:
    """The ratings of an assessment held against what is measured to the end of its period; None where nothing is.

    A fixed number of queries; two where nothing is measured.
    """
    measures = measures_to(assessment, now=now)
    return None if measures is None else _measured(assessment, measures, now=now)


def measured_rules_today(assessment: Assessment, *, now: datetime) -> MeasuredRules | None:
    """The same with the measures of today, whatever the period was."""
    measures = measuring.measures_of(assessment.vendor, now=now)
    return _measured(assessment, measures, now=now) if has_data(measures) else None


def measures_to(assessment: Assessment, *, now: datetime) -> Measures | None:
    """What is measured to the end of the period of an assessment, or to today, as known now; None for nothing."""
    until = min(assessment.period_end, timezone.localdate(now))
    measures = measuring.measures_of(assessment.vendor, now=now, until=until)
    return measures if has_data(measures) else None


def has_data(measures: Measures) -> bool:
    return measures.cases > 0


def _measured(assessment: Assessment, measures: Measures, *, now: datetime) -> MeasuredRules:
    rating, claim = _scores(assessment)
    targets = held_to(assessment.vendor, timezone.localdate(now))
    rules = with_incidents(findings(rating, claim, measures, targets), measures)
    return MeasuredRules(rules=rules, measures=measures, targets=targets)


def _scores(assessment: Assessment) -> tuple[Score, Score | None]:
    """What the raters who handed in say, and the vendor of itself (None: nothing), by one arithmetic."""
    return scores_in(assessment).now()


def scores_in(assessment: Assessment) -> Lookup[tuple[Score, Score | None]]:
    """The same, to be read with what else a page shows, once."""
    return once(("scores", assessment.pk), lambda: _scores_in(assessment))


def _scores_in(assessment: Assessment) -> Lookup[tuple[Score, Score | None]]:
    answers = inputs_of(assessment, counted_responses(assessment))
    own_answers = self_view.vendor_answers_in(assessment)

    def told() -> tuple[Score, Score | None]:
        keys = [rule.key for rule in edition(assessment.release).rules]
        policy, inputs = policy_of(assessment.release), answers.told()
        own = self_view.self_view(inputs, own_answers.told())
        rating = arithmetic.score(keys, inputs, policy)
        return rating, arithmetic.score(keys, own, policy) if own else None

    return Lookup(reads=(*answers.reads, *own_answers.reads), told=told)


def with_incidents(rules: tuple[RuleFinding, ...], measures: Measures) -> tuple[RuleFinding, ...]:
    """The findings that speak, with the references of the incidents that they rest on: one query for all."""
    behind = {rule.rule: _behind(rule.measure, measures) for rule in rules if rule.is_speaking}
    named = {pk for cases in behind.values() for pk in cases[:MOST_INCIDENTS]}
    references = dict(Incident.objects.filter(pk__in=named).values_list("pk", "reference")) if named else {}
    return tuple(
        replace(
            rule,
            incidents=tuple(references[pk] for pk in behind[rule.rule][:MOST_INCIDENTS] if pk in references),
            incident_count=len(behind[rule.rule]),
            cases=behind[rule.rule],
        )
        if rule.rule in behind
        else rule
        for rule in rules
    )


def _behind(measure: str, measures: Measures) -> tuple[int, ...]:
    """The incidents of the periods that count, the newest first; of those about what comes back, what came back."""
    counted = [point for point in measures.of(measure).points if point.value is not None and not point.is_left_out]
    return tuple(case for point in reversed(counted) for case in reversed(point.cases))
