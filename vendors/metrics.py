"""What the incidents of a vendor measure: plain Python over plain values, dates passed in, no clock and no database.

Each measure is taken per month of opening (or ISO week, where there is too little history), over mission-critical
incidents, and has a trend: the Theil–Sen slope with the two-sided Mann–Kendall test, ties corrected.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby

SIGNIFICANT = 0.10  # below this p a trend is more than chance
FEWEST_PERIODS = 6  # with data: under it there is no trend
FEWEST_MONTHS = 6  # of history: under it weeks are taken, where there are enough of them
FEWEST_WEEKS = 8  # with an incident
RECENT = 6  # periods that tell where a measure stands now
COMES_BACK_WITHIN = timedelta(days=30)
# What the measures need of the time before the window: the rest of its first week, and what may come back in it.
LOOK_BACK = COMES_BACK_WITHIN + timedelta(days=7)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_AN_HOUR = 3_600_000_000


class Step(StrEnum):
    MONTH = "month"
    WEEK = "week"


class Unit(StrEnum):
    HOURS = "hours"
    PERCENT = "percent"  # 0 to 100
    TIMES = "times"  # a mean number, such as hand-overs
    INCIDENTS = "incidents"  # a count


class Direction(StrEnum):
    FALLING = "falling"
    RISING = "rising"
    FLAT = "flat"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is measured. `rule` is the key of the rule that it speaks to, empty for none; `lower_is_better` is None
    where neither direction is better by itself."""

    key: str
    rule: str
    unit: Unit
    lower_is_better: bool | None


MEASURES: tuple[Measure, ...] = (
    Measure(key="restored_late", rule="support", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="handovers", rule="consistency", unit=Unit.TIMES, lower_is_better=True),
    Measure(key="spread", rule="consistency", unit=Unit.HOURS, lower_is_better=True),
    Measure(key="told_why", rule="guidance", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="fixes_thrown", rule="troubleshooting", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="reopened", rule="troubleshooting", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="duration_mean", rule="speed", unit=Unit.HOURS, lower_is_better=True),
    Measure(key="duration_median", rule="speed", unit=Unit.HOURS, lower_is_better=True),
    Measure(key="was_fast", rule="speed", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="repeats", rule="proof", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="proven", rule="proof", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="cause_proven", rule="proof", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="volume", rule="prevention", unit=Unit.INCIDENTS, lower_is_better=True),
    Measure(key="sla", rule="", unit=Unit.PERCENT, lower_is_better=False),
)
BY_KEY: Mapping[str, Measure] = {measure.key: measure for measure in MEASURES}
# The manifesto's own test: which measure holds against a rule that is rated met.
DECIDING: Mapping[str, str] = {"speed": "duration_mean", "proof": "repeats"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mission-critical incident, as the measures need it. None: its source does not say."""

    id: int
    opened: datetime
    resolved: datetime | None = None
    restored: datetime | None = None
    sla_met: bool | None = None
    reopened: int | None = None
    handovers: int | None = None
    problem: str = ""
    handled_by: str = ""
    proven: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PulseAnswer:
    """What one person answered after an incident; each 1 (yes), 0.5 (partly), 0 (no) or None (unknown)."""

    case: int
    opened: datetime  # the incident
    told_why: float | None = None
    fixes_thrown: float | None = None
    was_fast: float | None = None
    cause_proven: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """`slope` per step, in the measure's unit; both numbers are None where there is too little data."""

    direction: Direction
    slope: float | None
    p: float | None
    periods: int  # with data, those left out not counted


@dataclass(frozen=True, kw_only=True)
class Point:
    """One period. `value` is None where nothing in it says anything; `cases`: the incidents that it rests on."""

    start: date
    end: date  # its last day
    value: float | None
    cases: tuple[int, ...]
    is_left_out: bool  # too young to be judged: it is shown, and no trend uses it


@dataclass(frozen=True, kw_only=True)
class Series:
    """One measure over time."""

    measure: Measure
    points: tuple[Point, ...]
    trend: Trend
    overall: float | None  # over all cases of the periods that count


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What the measures do not use, and why. `wait`: the 90th percentile of the hours to resolve; periods that ended
    less than that before `known_at` are too young."""

    open_cases: tuple[int, ...]
    young: tuple[date, ...]  # the starts of the periods that are left out
    wait: float | None
    not_critical: int  # incidents in the window that are not mission-critical


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Everything that is measured of a vendor, or of one of its services, from `since` to `until`, as known on
    `known_at`."""

    step: Step
    since: date
    until: date
    known_at: datetime
    cases: int
    series: tuple[Series, ...]  # in the order of MEASURES
    left_out: LeftOut

    def of(self, key: str) -> Series:
        return next(series for series in self.series if series.measure.key == key)


# The trend --------------------------------------------------------------------------------------------------------
def trend(values: Sequence[float | None]) -> Trend:
    """The Theil–Sen slope per position and the two-sided Mann–Kendall test, ties and continuity corrected.

    A None has no data and keeps its place, so that a gap does not make a slope steeper. The sign is that of the test’s
    S: the slope can be 0 beside a clear trend, where most pairs are tied, but never of the opposite sign.
    """
    periods = sum(value is not None for value in values)
    if periods < FEWEST_PERIODS:
        return Trend(direction=Direction.TOO_LITTLE_DATA, slope=None, p=None, periods=periods)
    import pymannkendall  # here, because it brings SciPy: a second and 60 MB, only for those who ask for a trend

    tested = pymannkendall.original_test([math.nan if value is None else value for value in values])
    p = float(tested.p)
    direction = Direction.FLAT
    if p < SIGNIFICANT:
        direction = Direction.RISING if tested.s > 0 else Direction.FALLING
    return Trend(direction=direction, slope=float(tested.slope) + 0.0, p=p, periods=periods)


def recent(series: Series) -> float | None:
    """Where the measure stands now: the mean of its last six periods that count and have data; None without any."""
    values = [point.value for point in series.points if point.value is not None and not point.is_left_out][-RECENT:]
    return math.fsum(values) / len(values) if values else None


def is_within(series: Series, target: float) -> bool:
    """Whether it stands on the good side of the target now, or on it."""
    now, better = recent(series), series.measure.lower_is_better
    if now is None or better is None:
        return False
    return math.isclose(now, target, rel_tol=1e-9) or (now < target if better else now > target)


# Measuring --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True, slots=True)
class _Fact:
    """A case with what follows from it; times in whole microseconds, so that equal means are equal to the last bit."""

    case: Case
    opened: datetime  # UTC
    day: date  # of opening, in the zone
    took: int | None  # microseconds from opened to resolved; None: open
    restored_late: bool | None
    is_repeat: bool | None  # None: its problem is not known


@dataclass(frozen=True, kw_only=True, slots=True)
class _Period:
    """One month or week: its facts, and what people answered about them."""

    start: date
    end: date
    is_left_out: bool
    facts: Sequence[_Fact]
    answers: Sequence[PulseAnswer]


Taken = tuple[float | None, Iterable[int]]  # a value, and the incidents that it rests on


def measure(
    cases: Iterable[Case],
    pulses: Iterable[PulseAnswer],
    *,
    since: date,
    until: date,
    known_at: datetime,
    zone: tzinfo,
    not_critical: int = 0,
) -> Measures:
    """All measures of the cases opened from `since` to `until`, days in `zone`, as it stood at `known_at`.

    Cases opened earlier only tell what comes back: give those of LOOK_BACK before `since` too. Where weeks are taken,
    the window starts with the Monday of its first week, so that no week is cut.
    """
    facts = _facts(cases, known_at=known_at, zone=zone)
    wait = _percentile_90([fact.took for fact in facts if fact.took is not None and since <= fact.day <= until])
    counts_from = known_at.astimezone(UTC) - timedelta(microseconds=wait or 0)

    def is_young(end: date) -> bool:
        ended = datetime.combine(end + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
        return end > until or ended > counts_from

    within = [fact for fact in facts if since <= fact.day <= until]
    step = _step(within, until=until, is_young=is_young)
    if step == Step.WEEK:
        since = _monday(since)
        within = [fact for fact in facts if since <= fact.day <= until]
    periods = _periods(within, pulses, step=step, until=until, is_young=is_young)
    return Measures(
        step=step,
        since=since,
        until=until,
        known_at=known_at,
        cases=len(within),
        series=tuple(_series(one, periods) for one in MEASURES),
        left_out=LeftOut(
            open_cases=tuple(fact.case.id for fact in within if fact.took is None),
            young=tuple(period.start for period in periods if period.is_left_out),
            wait=None if wait is None else wait / MICROSECONDS_AN_HOUR,
            not_critical=not_critical,
        ),
    )


def _facts(cases: Iterable[Case], *, known_at: datetime, zone: tzinfo) -> list[_Fact]:
    """In the order of opening. What happened after `known_at` has not happened yet."""
    known = known_at.astimezone(UTC)
    opened = sorted(((case.opened.astimezone(UTC), case.id, case) for case in cases), key=lambda entry: entry[:2])
    repeats = _repeats((moment, case) for moment, _id, case in opened)
    return [
        _Fact(
            case=case,
            opened=moment,
            day=moment.astimezone(zone).date(),
            took=None if (resolved := _by(case.resolved, known)) is None else (resolved - moment) // MICROSECOND,
            restored_late=None
            if resolved is None or (restored := _by(case.restored, known)) is None
            else restored > resolved,
            is_repeat=repeat,
        )
        for (moment, _id, case), repeat in zip(opened, repeats, strict=True)
    ]


def _by(moment: datetime | None, known: datetime) -> datetime | None:
    """In UTC, for a difference of two times of one zone ignores its clock changes."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC)
    return utc if utc <= known else None


def _repeats(opened: Iterable[tuple[datetime, Case]]) -> Iterator[bool | None]:
    """For each, in order: did its problem occur at most 30 days earlier? Two of one moment are not each other’s."""
    last: dict[str, tuple[datetime, bool]] = {}
    for moment, case in opened:
        problem = folded(case.problem)
        if not problem:
            yield None
            continue
        before = last.get(problem)
        if before is not None and before[0] == moment:
            yield before[1]
            continue
        is_repeat = before is not None and moment - before[0] <= COMES_BACK_WITHIN
        last[problem] = (moment, is_repeat)
        yield is_repeat


def folded(words: str) -> str:
    """How the words of two incidents are compared: without capitals and superfluous spaces."""
    return " ".join(words.casefold().split())


def _percentile_90(values: Sequence[int]) -> int | None:
    """The smallest value that at least nine of ten do not exceed."""
    return sorted(values)[-(-9 * len(values) // 10) - 1] if values else None


# Periods ----------------------------------------------------------------------------------------------------------
def _step(facts: Sequence[_Fact], *, until: date, is_young: Callable[[date], bool]) -> Step:
    """Weeks where fewer than six months of history count, and at least eight weeks that count have an incident.

    Months are counted from the first incident, with or without data: gaps are no lack of history.
    """
    if not facts:
        return Step.MONTH
    months = sum(not is_young(_end(start, Step.MONTH)) for start in _starts(facts[0].day, until, Step.MONTH))
    weeks = {_monday(fact.day) for fact in facts}
    counted = sum(not is_young(_end(start, Step.WEEK)) for start in weeks)
    return Step.WEEK if months < FEWEST_MONTHS and counted >= FEWEST_WEEKS else Step.MONTH


def _periods(
    facts: Sequence[_Fact],
    pulses: Iterable[PulseAnswer],
    *,
    step: Step,
    until: date,
    is_young: Callable[[date], bool],
) -> list[_Period]:
    """From that of the first incident to that of `until`, without a gap."""
    if not facts:
        return []
    inside: dict[date, list[_Fact]] = defaultdict(list)
    start_of: dict[int, date] = {}
    for day, of_day in groupby(facts, key=lambda fact: fact.day):
        start, found = _start(day, step), list(of_day)
        inside[start] += found
        start_of.update((fact.case.id, start) for fact in found)
    answers: dict[date, list[PulseAnswer]] = defaultdict(list)
    for answer in pulses:
        if answer.case in start_of:
            answers[start_of[answer.case]].append(answer)
    return [
        _Period(
            start=start,
            end=(end := _end(start, step)),
            is_left_out=is_young(end),
            facts=inside[start],
            answers=sorted(answers[start], key=lambda answer: answer.case),
        )
        for start in _starts(facts[0].day, until, step)
    ]


def _starts(first: date, until: date, step: Step) -> Iterator[date]:
    start = _start(first, step)
    while start <= until:
        yield start
        start = _end(start, step) + timedelta(days=1)


def _start(day: date, step: Step) -> date:
    return day.replace(day=1) if step == Step.MONTH else _monday(day)


def _end(start: date, step: Step) -> date:
    """The last day of the period that starts then."""
    if step == Step.WEEK:
        return start + timedelta(days=6)
    return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# The single measures ----------------------------------------------------------------------------------------------
def _series(of: Measure, periods: Sequence[_Period]) -> Series:
    points = []
    for period in periods:
        value, rests_on = _take(of.key, period.facts, period.answers)
        points.append(
            Point(
                start=period.start,
                end=period.end,
                value=value,
                cases=tuple(dict.fromkeys(rests_on)),
                is_left_out=period.is_left_out,
            )
        )
    counted = [period for period in periods if not period.is_left_out]
    facts = [fact for period in counted for fact in period.facts]
    answers = [answer for period in counted for answer in period.answers]
    return Series(
        measure=of,
        points=tuple(points),
        trend=trend([None if point.is_left_out else point.value for point in points]),
        overall=_take(of.key, facts, answers)[0] if counted else None,
    )


def _take(key: str, facts: Sequence[_Fact], answers: Sequence[PulseAnswer]) -> Taken:
    if key in ANSWERED:
        said = [(answer.case, value) for answer in answers if (value := getattr(answer, key)) is not None]
        return _share([value for _case, value in said]), [case for case, _value in said]
    return TAKERS[key](facts)


def _share(values: Sequence[float]) -> float | None:
    """The mean of values from 0 to 1, in percent: one division, so that equal shares are equal to the last bit."""
    return 100 * sum(values) / len(values) if values else None


def _share_of(said: Callable[[_Fact], bool | None]) -> Callable[[Sequence[_Fact]], Taken]:
    """The share of those of which it is true, among those of which it is known."""

    def take(facts: Sequence[_Fact]) -> Taken:
        known = [(fact.case.id, value) for fact in facts if (value := said(fact)) is not None]
        return _share([value for _id, value in known]), [case for case, _value in known]

    return take


def _mean_duration(facts: Sequence[_Fact]) -> Taken:
    took = [fact.took for fact in facts if fact.took is not None]
    mean = sum(took) / (len(took) * MICROSECONDS_AN_HOUR) if took else None
    return mean, _resolved(facts)


def _median_duration(facts: Sequence[_Fact]) -> Taken:
    took = [fact.took for fact in facts if fact.took is not None]
    return (_double_median(took) / (2 * MICROSECONDS_AN_HOUR) if took else None), _resolved(facts)


def _resolved(facts: Sequence[_Fact]) -> list[int]:
    return [fact.case.id for fact in facts if fact.took is not None]


def _double_median(values: Sequence[int]) -> int:
    """Twice the median, which stays a whole number."""
    ordered, middle = sorted(values), len(values) // 2
    return 2 * ordered[middle] if len(values) % 2 else ordered[middle - 1] + ordered[middle]


def _spread(facts: Sequence[_Fact]) -> Taken:
    """Between the medians of the slowest and the quickest of those who resolved at least two."""
    took_by: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        if fact.took is not None and (handler := folded(fact.case.handled_by)):
            took_by[handler].append(fact.took)
    medians = {handler: _double_median(took) for handler, took in took_by.items() if len(took) >= 2}
    if len(medians) < 2:
        return None, ()
    rests_on = [fact.case.id for fact in facts if fact.took is not None and folded(fact.case.handled_by) in medians]
    return (max(medians.values()) - min(medians.values())) / (2 * MICROSECONDS_AN_HOUR), rests_on


def _handovers(facts: Sequence[_Fact]) -> Taken:
    known = [(fact.case.id, fact.case.handovers) for fact in facts if fact.case.handovers is not None]
    return (sum(number for _id, number in known) / len(known) if known else None), [case for case, _n in known]


def _volume(facts: Sequence[_Fact]) -> Taken:
    return float(len(facts)), [fact.case.id for fact in facts]


def _was_reopened(fact: _Fact) -> bool | None:
    return None if fact.case.reopened is None else fact.case.reopened > 0


ANSWERED = frozenset({"told_why", "fixes_thrown", "was_fast", "cause_proven"})  # what people say afterwards
TAKERS: Mapping[str, Callable[[Sequence[_Fact]], Taken]] = {
    "restored_late": _share_of(lambda fact: fact.restored_late),
    "handovers": _handovers,
    "spread": _spread,
    "reopened": _share_of(_was_reopened),
    "duration_mean": _mean_duration,
    "duration_median": _median_duration,
    "repeats": _share_of(lambda fact: fact.is_repeat),
    "proven": _share_of(lambda fact: fact.case.proven),
    "volume": _volume,
    "sla": _share_of(lambda fact: fact.case.sla_met),
}
