"""What the incidents of a vendor measure: plain Python over plain values, dates passed in, no clock and no database.

Each measure is taken per month of opening (or ISO week, where there is too little history), over mission-critical
incidents that were all followed for the same time, in periods that the sources hold whole. It has a trend: see
trend.py.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby
from statistics import median

from vendors.measures import trend as trends
from vendors.measures.backlog import Wait, Waits, waits_of
from vendors.measures.cases import (
    MICROSECONDS_AN_HOUR,
    Case,
    CaseFacts,
    Following,
    Ordered,
    PulseAnswer,
    facts_of,
    in_order,
    is_open,
    known_of,
    opened_between,
    take,
)
from vendors.measures.catalogue import DECIDING, LEAST, MEASURES, MOST, Measure
from vendors.measures.holdings import Holding
from vendors.measures.owed import ProofFacts, ProofOwed, proof_facts
from vendors.measures.said import Said, said_between, take_said
from vendors.measures.trend import Direction, Trend
from vendors.measures.window import WhyLeftOut, Window, latest, window_of
from vendors.service_hours.hours import ROUND_THE_CLOCK, ServiceHours

FEWEST_MONTHS = 6  # of history: under it weeks are taken, where there are enough of them
FEWEST_WEEKS = 8  # with an incident
RECENT = 6  # periods that tell where a measure stands now
COMES_BACK_WITHIN = timedelta(days=90)  # where nobody chose otherwise
COMING_BACK = frozenset({"repeat_count", "repeats"})  # they look back before they count


class PeriodLength(StrEnum):
    MONTH = "month"
    WEEK = "week"
    QUARTER = "quarter"  # only where it is asked for: too few of them for a trend


@dataclass(frozen=True, kw_only=True)
class Point:
    """One period. `value` is None where nothing in it says anything; `cases`: the incidents that it rests on, or the
    entries where the measure is of what people said; `known`: of how many of them this measure is known, of `total`
    that are compared (None in what was kept before there was either); `why`: why no trend uses it."""

    start: date
    end: date  # its last day
    value: float | None
    cases: tuple[int, ...]
    known: int | None = None
    total: int | None = None
    why: WhyLeftOut | None = None

    @property
    def is_left_out(self) -> bool:
        return self.why is not None


@dataclass(frozen=True, kw_only=True)
class Series:
    """One measure over time. `known` of `total` incidents or entries, in the periods that count. What people said
    begins in the period in which the first of them spoke, the others in that of the first incident."""

    measure: Measure
    points: tuple[Point, ...]
    trend: Trend
    overall: float | None  # over all cases of the periods that count
    known: int | None = None
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What the measures do not use, and why. `young`: the starts of the newest periods that are left out; `before` and
    `gaps`: of those that the sources do not hold whole; `wait`: hours, only in what was kept before every incident was
    followed for one horizon: the 90th percentile of the time to resolve."""

    open_cases: tuple[int, ...]
    young: tuple[date, ...]
    not_critical: int  # incidents in the window that are not mission-critical
    before: tuple[date, ...] = ()
    gaps: tuple[date, ...] = ()
    wait: float | None = None


@dataclass(frozen=True, kw_only=True)
class HoursUsed:
    """The hours of a service, and how many of the incidents that count are its. `row`: its number, while known."""

    hours: ServiceHours
    incidents: int
    service: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What the measures rest on. `known_until`: what lies after is not zero but unknown. `horizon`: for how long each
    incident is followed. Counts of incidents in the periods that count: `capped`: took longer, and count for the
    horizon; `closing`: where the moment of closing stands in; `undated`: closed, nobody knows when; `to_day`: resolved
    on a day without an hour. `beyond`: in the window and resolved later or not at all, where only those are compared
    that ended in time (`only_ended`). `other_hours`: the mean by the hours that do not decide; None where they are the
    same.
    """

    known_until: datetime
    horizon: timedelta
    only_ended: bool
    holdings: tuple[Holding, ...]
    comes_back_within: timedelta
    begins: date | None  # the first day from which the sources hold everything
    capped: int = 0
    closing: int = 0
    undated: int = 0
    to_day: int = 0
    beyond: int = 0
    other_hours: float | None = None
    hours: tuple[HoursUsed, ...] = ()  # of the services that have a calendar


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Everything that is measured of a vendor, or of one of its services, from `since` to `until`, as known on
    `known_at`. `basis` is None in what was kept before there was one."""

    step: PeriodLength
    since: date
    until: date
    known_at: datetime
    cases: int
    series: tuple[Series, ...]  # in the order of MEASURES
    left_out: LeftOut
    basis: Basis | None = None
    waits: Waits | None = None  # of hard ones and easy ones; None where nobody can tell, and in what was kept

    @property
    def is_empty(self) -> bool:
        """There is neither an incident nor a word of anybody."""
        return not self.cases and not any(series.points for series in self.series)

    def of(self, key: str) -> Series:
        return next(series for series in self.series if series.measure.key == key)


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


def is_proven_worse(series: Series) -> bool:
    """Whether a measure that decides gets worse so clearly, and so far, that it may accuse."""
    worse = Direction.RISING if series.measure.lower_is_better else Direction.FALLING
    return trends.is_proven(series.trend, worse)


def is_clear(series: Series) -> bool:
    """Whether where a measure that decides goes is no chance, however far it goes."""
    return series.trend.adjusted_p is not None and series.trend.adjusted_p < trends.PROVEN


def line_ends(series: Series) -> tuple[float, float] | None:
    """What the trend’s line says of the first and of the last period that counts: it runs through the median of what is
    left beside its slope. None without a slope."""
    counted = [
        (place, point.value)
        for place, point in enumerate(series.points)
        if point.value is not None and not point.is_left_out
    ]
    slope = series.trend.slope
    if slope is None or not counted:
        return None
    start = median(value - slope * place for place, value in counted)
    least, most = LEAST.get(series.measure.unit, 0.0), MOST.get(series.measure.unit, math.inf)
    first, last = (min(max(start + slope * place, least), most) for place in (counted[0][0], counted[-1][0]))
    return first, last


# Measuring --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True, slots=True)
class _Period:
    """One month or week: its facts, what people answered about them, and the proofs of their causes. `sees_before`: its
    sources hold a look-back before it, so that it can tell what comes back."""

    start: date
    end: date
    why: WhyLeftOut | None
    sees_before: bool
    facts: Sequence[CaseFacts]
    answers: Sequence[PulseAnswer]
    proofs: Sequence[ProofFacts]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Beside:
    """What is said of incidents beside what their sources tell."""

    pulses: Iterable[PulseAnswer]
    proofs: Iterable[ProofFacts]


def measure(
    cases: Iterable[Case],
    pulses: Iterable[PulseAnswer],
    *,
    proofs: Iterable[ProofOwed] = (),
    said: Iterable[Said] = (),
    since: date,
    until: date,
    known_at: datetime,
    zone: tzinfo,
    holdings: Sequence[Holding] = (),
    not_critical: int = 0,
    comes_back_within: timedelta = COMES_BACK_WITHIN,
    with_smallest: bool = True,
    by: PeriodLength | None = None,
) -> Measures:
    """All measures of the cases opened from `since` to `until`, days in `zone`, as it stood at `known_at`.

    `said`: what people said, by when they said it. `holdings`: what the files of their sources hold; cases of a source
    without any were written down here, as they happened. Cases opened before `since` only tell what comes back: give
    those of `look_back` before it too. Where weeks are taken, the window starts with the Monday of its first week, so
    that no week is cut. `with_smallest`: False leaves out the smallest change that would have shown, which takes most
    of the time. `by`: periods of this length, whatever the history; with quarters, `since` is the first day of one.
    """
    ordered = in_order(cases)
    window = window_of(ordered, holdings, since=since, until=until, known_at=known_at, zone=zone)
    following = _following(ordered, window, comes_back_within)
    facts = facts_of(ordered, following)
    step = by or _step(_opened(facts, since, window.until), window)
    since = _monday(since) if step == PeriodLength.WEEK else since
    within = _opened(facts, since, window.until)
    today = known_at.astimezone(zone).date()
    beside = _Beside(pulses=pulses, proofs=[proof_facts(owed, today) for owed in proofs])
    periods = _periods(within, beside, step=step, window=window, look_back=comes_back_within)
    spoken = _spoken(said, since, until, today=today, step=step)
    series = _all_series(periods, spoken)
    opened = opened_between(ordered, since, window.until, zone)
    return Measures(
        step=step,
        since=since,
        until=window.until,
        known_at=known_at,
        cases=len(within),
        series=_corrected(_with_smallest(series) if with_smallest else series),
        left_out=LeftOut(
            open_cases=tuple(case.id for _, case in opened if is_open(case, following.known(case.source))),
            young=_left_out(periods, WhyLeftOut.YOUNG),
            before=_left_out(periods, WhyLeftOut.BEFORE),
            gaps=_left_out(periods, WhyLeftOut.GAP),
            not_critical=not_critical,
        ),
        basis=_basis(periods, window, following, beyond=len(opened) - len(within)),
        waits=waits_of(_waits(periods)),
    )


def _waits(periods: Iterable[_Period]) -> Iterator[Wait]:
    """Of the periods that count, where both the first response and the hand-overs are known."""
    for period in periods:
        for fact in period.facts if period.why is None else ():
            if fact.answered_in is not None and fact.case.handovers is not None:
                hours = fact.answered_in / MICROSECONDS_AN_HOUR
                yield Wait(period=period.start, hours=hours, handovers=fact.case.handovers)


def _following(ordered: Ordered, window: Window, comes_back_within: timedelta) -> Following:
    return Following(
        horizon=window.horizon,
        known_at=window.known_at,
        known_until={source: latest(files) for source, files in window.of_source.items() if files},
        comes_back_within=comes_back_within,
        only_ended=window.only_ended,
        answers_told=_answers_told(ordered),
        zone=window.zone,
    )


def _answers_told(ordered: Ordered) -> dict[str, tuple[datetime, datetime]]:
    """By source: when the first and the last incident were opened of which a first response is told."""
    told: dict[str, tuple[datetime, datetime]] = {}
    for opened, case in ordered:
        if case.answered is not None:
            told[case.source] = (told.get(case.source, (opened, opened))[0], opened)
    return told


def look_back(comes_back_within: timedelta) -> timedelta:
    """What the measures need of the time before the window: the rest of its first week, and what may come back in
    it."""
    return comes_back_within + timedelta(days=7)


def _opened(facts: Iterable[CaseFacts], since: date, until: date) -> list[CaseFacts]:
    return [fact for fact in facts if since <= fact.day <= until]


def _left_out(periods: Iterable[_Period], why: WhyLeftOut) -> tuple[date, ...]:
    return tuple(period.start for period in periods if period.why == why)


def _basis(periods: Sequence[_Period], window: Window, following: Following, *, beyond: int) -> Basis:
    counted = [fact for period in periods if period.why is None for fact in period.facts]
    return Basis(
        known_until=window.known_until,
        horizon=following.horizon,
        only_ended=following.only_ended,
        holdings=tuple(holding for source in sorted(window.of_source) for holding in window.of_source[source]),
        comes_back_within=following.comes_back_within,
        begins=window.begins,
        **_counts(counted),
        beyond=beyond,
        other_hours=_other_hours(counted),
        hours=_hours_used(counted),
    )


def _counts(facts: Sequence[CaseFacts]) -> dict[str, int]:
    """What counts otherwise than it was told, or not at all."""
    return {
        "capped": sum(fact.took is not None and not fact.has_ended for fact in facts),
        "closing": sum(fact.case.is_closing and fact.has_ended for fact in facts),
        "undated": sum(fact.took is None for fact in facts),
        "to_day": sum(fact.case.is_to_day and fact.has_ended for fact in facts),
    }


def _hours_used(facts: Sequence[CaseFacts]) -> tuple[HoursUsed, ...]:
    used = Counter((fact.case.service, fact.case.hours) for fact in facts if fact.case.hours is not ROUND_THE_CLOCK)
    return tuple(
        HoursUsed(hours=hours, incidents=count, row=service)
        for (service, hours), count in sorted(used.items(), key=lambda item: (-item[1], item[0][0]))
    )


def _other_hours(facts: Sequence[CaseFacts]) -> float | None:
    """The mean by the hours that do not decide; None where it is the same."""
    if all(fact.took_by_clock == fact.took_by_calendar for fact in facts):
        return None
    other = [fact.took_by_clock if fact.case.hours.calendar_decides else fact.took_by_calendar for fact in facts]
    known = [took for took in other if took is not None]
    return sum(known) / (len(known) * MICROSECONDS_AN_HOUR)


# Periods ----------------------------------------------------------------------------------------------------------
def _step(facts: Sequence[CaseFacts], window: Window) -> PeriodLength:
    """Weeks where fewer than six months of history count, and at least eight weeks that count have an incident.

    Months are counted from the first incident, with or without data: gaps are no lack of history.
    """
    if not facts:
        return PeriodLength.MONTH
    months = sum(
        window.why_left_out(start, _end(start, PeriodLength.MONTH)) is None
        for start in _starts(facts[0].day, window.until, PeriodLength.MONTH)
    )
    if months >= FEWEST_MONTHS:
        return PeriodLength.MONTH
    weeks = {_monday(fact.day) for fact in facts}
    counted = sum(window.why_left_out(start, _end(start, PeriodLength.WEEK)) is None for start in weeks)
    return PeriodLength.WEEK if counted >= FEWEST_WEEKS else PeriodLength.MONTH


def _periods(
    facts: Sequence[CaseFacts],
    beside: _Beside,
    *,
    step: PeriodLength,
    window: Window,
    look_back: timedelta,
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
    for answer in beside.pulses:
        if answer.case in start_of:
            answers[start_of[answer.case]].append(answer)
    proofs: dict[date, list[ProofFacts]] = defaultdict(list)
    for proof in beside.proofs:
        if proof.case in start_of:
            proofs[start_of[proof.case]].append(proof)
    tells_from = _tells_from(inside, look_back)
    return [
        _Period(
            start=start,
            end=(end := _end(start, step)),
            why=window.why_left_out(start, end),
            sees_before=start >= tells_from and window.sees_before(start, look_back),
            facts=inside[start],
            answers=sorted(answers[start], key=lambda answer: answer.case),
            proofs=sorted(proofs[start], key=lambda proof: proof.case),
        )
        for start in _starts(facts[0].day, window.until, step)
    ]


def _tells_from(inside: Mapping[date, Sequence[CaseFacts]], look_back: timedelta) -> date:
    """The start of the first period that can tell what comes back, for all that is recorded of problems. Where nobody
    recorded any at first, that is a look-back later: else it would look as if nothing came back then."""
    told = [start for start, facts in inside.items() if any(fact.is_repeat is not None for fact in facts)]
    first = min(told, default=date.min)
    return first + look_back if any(facts and start < first for start, facts in inside.items()) else date.min


def _starts(first: date, until: date, step: PeriodLength) -> Iterator[date]:
    start = _start(first, step)
    while start <= until:
        yield start
        start = _end(start, step) + timedelta(days=1)


def _start(day: date, step: PeriodLength) -> date:
    if step == PeriodLength.QUARTER:
        return quarter_of(day)
    return day.replace(day=1) if step == PeriodLength.MONTH else _monday(day)


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _end(start: date, step: PeriodLength) -> date:
    """The last day of the period that starts then."""
    if step == PeriodLength.WEEK:
        return start + timedelta(days=6)
    if step == PeriodLength.QUARTER:
        return quarter_of(start + timedelta(days=100)) - timedelta(days=1)
    return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Spoken:
    """One month or week of what people said. Only one that is not over yet is left out."""

    start: date
    end: date
    why: WhyLeftOut | None
    said: Sequence[Said]


def _spoken(said: Iterable[Said], since: date, until: date, *, today: date, step: PeriodLength) -> list[_Spoken]:
    """From the period in which the first spoke to that of `until`, without a gap; empty where nobody did."""
    within = said_between(said, since, min(until, today))
    inside: dict[date, list[Said]] = defaultdict(list)
    for one in within:
        inside[_start(one.day, step)].append(one)
    return [
        _Spoken(
            start=start,
            end=(end := _end(start, step)),
            why=WhyLeftOut.YOUNG if end > until or end >= today else None,
            said=inside[start],
        )
        for start in (_starts(within[0].day, min(until, today), step) if within else ())
    ]


# Series -----------------------------------------------------------------------------------------------------------
def _all_series(periods: Sequence[_Period], spoken: Sequence[_Spoken]) -> list[Series]:
    all_facts = [fact for period in periods for fact in period.facts]
    tells_problems = any(fact.is_repeat is not None for fact in all_facts)
    made = []
    for measure in MEASURES:
        if measure.is_said:
            made.append(_said_series(measure, spoken))
            continue
        is_silent = measure.key in COMING_BACK and not tells_problems
        made.append(_series(measure, periods, is_silent=is_silent))
    return made


def _series(measure: Measure, periods: Sequence[_Period], *, is_silent: bool) -> Series:
    points = tuple(_point(measure.key, period, is_silent=is_silent) for period in periods)
    counted = [point for point in points if point.why is None]
    return Series(
        measure=measure,
        points=points,
        trend=trends.trend(_values(points)),
        overall=None if is_silent else _overall(measure.key, periods, points),
        known=sum(point.known or 0 for point in counted),
        total=sum(point.total or 0 for point in counted),
    )


def _said_series(measure: Measure, spoken: Sequence[_Spoken]) -> Series:
    points = tuple(_said_point(measure.key, period) for period in spoken)
    counted = [period for period in spoken if period.why is None]
    return Series(
        measure=measure,
        points=points,
        trend=trends.trend(_values(points)),
        overall=take_said(measure.key, [one for period in counted for one in period.said])[0],
        known=sum(point.known or 0 for point in points if point.why is None),
        total=sum(len(period.said) for period in counted),
    )


def _said_point(key: str, period: _Spoken) -> Point:
    value, rests_on = take_said(key, period.said)
    entries = tuple(rests_on)
    return Point(
        start=period.start,
        end=period.end,
        value=value,
        cases=entries,
        known=len(entries),
        total=len(period.said),
        why=period.why,
    )


def _overall(key: str, periods: Sequence[_Period], points: Sequence[Point]) -> float | None:
    used = [period for period, point in zip(periods, points, strict=True) if point.why is None]
    facts = [fact for period in used for fact in period.facts]
    answers = [answer for period in used for answer in period.answers]
    proofs = [proof for period in used for proof in period.proofs]
    return take(key, facts, answers, proofs)[0] if used else None


def _values(points: Iterable[Point]) -> list[float | None]:
    return [None if point.is_left_out else point.value for point in points]


def _with_smallest(series: Iterable[Series]) -> list[Series]:
    """Those that are flat, with the smallest change that they would have shown."""
    return [replace(one, trend=_told(one.trend, _values(one.points))) for one in series]


def _told(found: Trend, values: Sequence[float | None]) -> Trend:
    if found.direction != Direction.FLAT or found.slope is None:
        return found
    return replace(found, smallest=trends.smallest_change(values, found.slope))


def _corrected(series: Sequence[Series]) -> tuple[Series, ...]:
    """Those that decide, with their p corrected for being several."""
    deciding = {one.measure.key: one.trend.p for one in series if one.measure.key in DECIDING.values()}
    adjusted = trends.adjusted({key: p for key, p in deciding.items() if p is not None})
    return tuple(
        replace(one, trend=replace(one.trend, adjusted_p=adjusted[one.measure.key]))
        if one.measure.key in adjusted
        else one
        for one in series
    )


def _point(key: str, period: _Period, *, is_silent: bool) -> Point:
    value, rests_on = (None, ()) if is_silent else take(key, period.facts, period.answers, period.proofs)
    cases = tuple(rests_on)
    why = period.why
    if why is None and key in COMING_BACK and not period.sees_before:
        why = WhyLeftOut.LOOK_BACK
    return Point(
        start=period.start,
        end=period.end,
        value=value,
        cases=cases,
        known=known_of(key, period.facts, cases),
        total=len(period.facts),
        why=why,
    )
