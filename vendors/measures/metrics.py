"""What the incidents of a vendor measure: plain Python over plain values, dates passed in, no clock and no database.

Each measure is taken per month of opening (or ISO week, where there is too little history), over mission-critical
incidents, and has a trend: the Theil–Sen slope with the two-sided Mann–Kendall test, ties corrected.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import partial
from itertools import groupby

from vendors.measures.cases import (
    COMES_BACK_WITHIN,
    MICROSECONDS_AN_HOUR,
    Case,
    CaseFacts,
    PulseAnswer,
    facts_of,
    percentile_90,
    take,
)
from vendors.measures.catalogue import MEASURES, Measure

SIGNIFICANT = 0.10  # below this p a trend is more than chance
FEWEST_PERIODS = 6  # with data: under it there is no trend
FEWEST_MONTHS = 6  # of history: under it weeks are taken, where there are enough of them
FEWEST_WEEKS = 8  # with an incident
RECENT = 6  # periods that tell where a measure stands now
# What the measures need of the time before the window: the rest of its first week, and what may come back in it.
LOOK_BACK = COMES_BACK_WITHIN + timedelta(days=7)


class PeriodLength(StrEnum):
    MONTH = "month"
    WEEK = "week"


class Direction(StrEnum):
    FALLING = "falling"
    RISING = "rising"
    FLAT = "flat"
    TOO_LITTLE_DATA = "too_little_data"


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

    step: PeriodLength
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
    import pymannkendall  # here, because it brings SciPy: one to two seconds and 80 MB, for those who ask for a trend

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
class _Period:
    """One month or week: its facts, and what people answered about them."""

    start: date
    end: date
    is_left_out: bool
    facts: Sequence[CaseFacts]
    answers: Sequence[PulseAnswer]


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
    facts = facts_of(cases, known_at=known_at, zone=zone)
    within = _opened(facts, since, until)
    wait = percentile_90([fact.took for fact in within if fact.took is not None])
    grown_up = known_at.astimezone(UTC) - timedelta(microseconds=wait or 0)  # by then a period has ended, or is young
    is_young = partial(_is_young, until=until, grown_up=grown_up, zone=zone)
    step = _step(within, until=until, is_young=is_young)
    if step == PeriodLength.WEEK:
        since = _monday(since)
        within = _opened(facts, since, until)
    periods = _periods(within, pulses, step=step, until=until, is_young=is_young)
    return Measures(
        step=step,
        since=since,
        until=until,
        known_at=known_at,
        cases=len(within),
        series=_all_series(periods),
        left_out=LeftOut(
            open_cases=tuple(fact.case.id for fact in within if fact.took is None),
            young=tuple(period.start for period in periods if period.is_left_out),
            wait=None if wait is None else wait / MICROSECONDS_AN_HOUR,
            not_critical=not_critical,
        ),
    )


def _opened(facts: Iterable[CaseFacts], since: date, until: date) -> list[CaseFacts]:
    return [fact for fact in facts if since <= fact.day <= until]


def _is_young(end: date, *, until: date, grown_up: datetime, zone: tzinfo) -> bool:
    ended = datetime.combine(end + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
    return end > until or ended > grown_up


# Periods ----------------------------------------------------------------------------------------------------------
def _step(facts: Sequence[CaseFacts], *, until: date, is_young: Callable[[date], bool]) -> PeriodLength:
    """Weeks where fewer than six months of history count, and at least eight weeks that count have an incident.

    Months are counted from the first incident, with or without data: gaps are no lack of history.
    """
    if not facts:
        return PeriodLength.MONTH
    months = sum(
        not is_young(_end(start, PeriodLength.MONTH)) for start in _starts(facts[0].day, until, PeriodLength.MONTH)
    )
    weeks = {_monday(fact.day) for fact in facts}
    counted = sum(not is_young(_end(start, PeriodLength.WEEK)) for start in weeks)
    return PeriodLength.WEEK if months < FEWEST_MONTHS and counted >= FEWEST_WEEKS else PeriodLength.MONTH


def _periods(
    facts: Sequence[CaseFacts],
    pulses: Iterable[PulseAnswer],
    *,
    step: PeriodLength,
    until: date,
    is_young: Callable[[date], bool],
) -> list[_Period]:
    """From that of the first incident to that of `until`, without a gap."""
    if not facts:
        return []
    inside: dict[date, list[CaseFacts]] = defaultdict(list)
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


def _starts(first: date, until: date, step: PeriodLength) -> Iterator[date]:
    start = _start(first, step)
    while start <= until:
        yield start
        start = _end(start, step) + timedelta(days=1)


def _start(day: date, step: PeriodLength) -> date:
    return day.replace(day=1) if step == PeriodLength.MONTH else _monday(day)


def _end(start: date, step: PeriodLength) -> date:
    """The last day of the period that starts then."""
    if step == PeriodLength.WEEK:
        return start + timedelta(days=6)
    return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# Series -----------------------------------------------------------------------------------------------------------
def _all_series(periods: Sequence[_Period]) -> tuple[Series, ...]:
    counted = [period for period in periods if not period.is_left_out]
    facts = [fact for period in counted for fact in period.facts]
    answers = [answer for period in counted for answer in period.answers]
    made = []
    for measure in MEASURES:
        points = tuple(_point(measure.key, period) for period in periods)
        values = [None if point.is_left_out else point.value for point in points]
        overall = take(measure.key, facts, answers)[0] if counted else None
        made.append(Series(measure=measure, points=points, trend=trend(values), overall=overall))
    return tuple(made)


def _point(key: str, period: _Period) -> Point:
    value, rests_on = take(key, period.facts, period.answers)
    return Point(
        start=period.start,
        end=period.end,
        value=value,
        cases=tuple(dict.fromkeys(rests_on)),  # several people may answer about one incident
        is_left_out=period.is_left_out,
    )
