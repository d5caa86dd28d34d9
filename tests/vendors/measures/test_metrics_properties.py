"""Laws of the measures that hold for any incidents, and the trend against two independent computations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.vendors.measures import by_hand
from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.catalogue import Unit
from vendors.measures.metrics import Direction, Measures, PeriodLength, Series, measure, trend

BRUSSELS = ZoneInfo("Europe/Brussels")
SINCE, UNTIL = date(2024, 1, 1), date(2025, 12, 31)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MINUTES = 2 * 365 * 24 * 60
TWELVE_WEEKS = 12 * 7 * 24 * 60
LATER = datetime(2027, 6, 1, tzinfo=UTC)  # long after: nothing is too young
FEW = settings(max_examples=settings.default.max_examples // 2)
NAMES = ("", "a", "B", " b ", "c")
SCORES = (None, 0.0, 0.5, 1.0)

small_values = st.lists(st.none() | st.integers(0, 6), min_size=6, max_size=14)  # many ties
twelfths = st.integers(-600, 600).map(lambda number: Fraction(number, 12))
fine_values = st.lists(st.none() | twelfths, min_size=6, max_size=14)
# A case is one drawn number, taken apart: drawing ten fields each would take ten times as long.
codes = st.lists(st.integers(min_value=0, max_value=2**62), max_size=40)


class Code:
    def __init__(self, number: int) -> None:
        self.number = number

    def take(self, most: int) -> int:
        self.number, taken = divmod(self.number, most)
        return taken

    def one_of(self, *choices: Any) -> Any:
        return choices[self.take(len(choices))]

    def moment(self, opened: datetime) -> datetime | None:
        """Up to four days later; none for one in five."""
        return self.one_of(None, *[opened + timedelta(minutes=self.take(6000))] * 4)


def case_of(number: int, drawn: int, *, minutes: int) -> Case:
    code = Code(drawn)
    opened = FIRST + timedelta(minutes=code.take(minutes))
    return Case(
        id=number,
        opened=opened,
        resolved=code.moment(opened),
        restored=code.moment(opened),
        sla_met=code.one_of(None, True, False),
        reopened=code.one_of(None, 0, 1, 2),
        handovers=code.one_of(None, 0, 1, 4),
        problem=code.one_of(*NAMES),
        handled_by=code.one_of(*NAMES),
        proven=code.one_of(None, True, False),
    )


def pulses_of(found: Sequence[Case]) -> list[PulseAnswer]:
    """One for every third case, and a second for every sixth."""
    return [
        PulseAnswer(case=one.id, opened=one.opened, told_why=SCORES[one.id % 4], was_fast=SCORES[one.id // 3 % 4])
        for one in [*found[::3], *found[::6]]
    ]


cases = codes.map(lambda drawn: [case_of(number, code, minutes=MINUTES) for number, code in enumerate(drawn)])
# Twelve weeks of history with something in every week.
weekly_cases = codes.map(
    lambda drawn: [
        *(case_of(number, code, minutes=TWELVE_WEEKS) for number, code in enumerate(drawn)),
        *(Case(id=100 + week, opened=FIRST + timedelta(weeks=week)) for week in range(12)),
    ]
)


def measured(
    found: Sequence[Case],
    pulses: Sequence[PulseAnswer] | None = None,
    *,
    since: date = SINCE,
    until: date = UNTIL,
    known_at: datetime = LATER,
) -> Measures:
    pulses = pulses_of(found) if pulses is None else pulses
    return measure(found, pulses, since=since, until=until, known_at=known_at, zone=UTC)


def figures(measures: Measures) -> list[object]:
    """Everything but the dates."""
    return [
        (series.measure, series.trend, series.overall, [(p.value, p.cases, p.is_left_out) for p in series.points])
        for series in measures.series
    ]


# The trend -------------------------------------------------------------------------------------------------------
@given(small_values | fine_values)
def test_trend_is_that_of_the_definitions(data: list[Fraction | None]) -> None:
    assume(sum(value is not None for value in data) >= 6)
    found = trend([None if value is None else float(value) for value in data])
    assert found.p == pytest.approx(by_hand.p(data), abs=1e-12)
    assert found.slope == pytest.approx(float(by_hand.slope(data)), abs=1e-12)
    score = by_hand.score(data)
    if found.p is not None and found.p < 0.10:
        assert found.direction == (Direction.RISING if score > 0 else Direction.FALLING)
        assert by_hand.slope(data) * score >= 0  # a slope never contradicts the direction
    else:
        assert found.direction == Direction.FLAT


@given(small_values)
@FEW
def test_trend_is_that_of_scipy(values: list[int | None]) -> None:
    from scipy import stats

    known = [(place, value) for place, value in enumerate(values) if value is not None]
    assume(len(known) >= 6)
    assume(len({value for _place, value in known}) > 1)
    places, data = zip(*known, strict=True)
    found = trend([None if value is None else float(value) for value in values])
    assert found.slope == pytest.approx(stats.theilslopes(data, places).slope)
    # Kendall’s tau-b is S over the pairs that are not tied; its test has no correction for continuity.
    untied = math.sqrt(_pairs(len(data)) * (_pairs(len(data)) - sum(_pairs(data.count(one)) for one in set(data))))
    tau = stats.kendalltau(places, data, method="asymptotic")
    assert round(tau.statistic * untied) == by_hand.score(values)
    uncorrected = abs(by_hand.score(values)) / math.sqrt(by_hand.variance(values))
    assert tau.pvalue == pytest.approx(math.erfc(uncorrected / math.sqrt(2)), abs=1e-9)


def _pairs(size: int) -> int:
    return size * (size - 1) // 2


@given(fine_values, st.integers(-20, 20), st.integers(1, 9))
@FEW
def test_line_through_the_values_moves_the_slope_and_nothing_else(
    values: list[Fraction | None], shift: int, factor: int
) -> None:
    data = [None if value is None else float(value) for value in values]
    assume(sum(value is not None for value in data) >= 6)
    plain = trend(data)
    moved = trend([None if value is None else float(value * factor + shift) for value in values])
    assert (moved.p, moved.direction) == (plain.p, plain.direction)
    assert plain.slope is not None
    assert moved.slope == pytest.approx(plain.slope * factor, abs=1e-9)


@given(small_values)
@FEW
def test_time_turned_round_turns_the_trend_round(values: list[int | None]) -> None:
    assume(sum(value is not None for value in values) >= 6)
    there, back = trend(values), trend(values[::-1])
    assert there.p == back.p
    assert there.slope is not None
    assert back.slope == pytest.approx(-there.slope)


# Shifting --------------------------------------------------------------------------------------------------------
@given(weekly_cases, st.integers(1, 200), st.integers(0, 30))
@FEW
def test_shifting_everything_by_weeks_changes_nothing_by_the_week(found: list[Case], weeks: int, wait: int) -> None:
    until, known_at = date(2024, 3, 24), datetime(2024, 3, 25, tzinfo=UTC) + timedelta(days=wait)  # a Sunday
    plain = measured(found, until=until, known_at=known_at)
    assume(plain.step == PeriodLength.WEEK)  # not where a long wait leaves too few weeks
    by = timedelta(weeks=weeks)
    later = shifted(found, by, until=until, known_at=known_at)
    assert later.step == PeriodLength.WEEK
    assert figures(later) == figures(plain)
    assert later.left_out.wait == plain.left_out.wait
    assert later.left_out.young == tuple(start + by for start in plain.left_out.young)


@given(cases, st.sampled_from([4, 28, 400]), st.integers(0, 60))
@FEW
def test_shifting_everything_by_years_of_the_same_shape_changes_nothing_by_the_month(
    found: list[Case], years: int, wait: int
) -> None:
    """By four years, with none of them a century; or by the 400 after which the calendar begins again."""
    known_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=wait)
    plain = measured(found, known_at=known_at)
    assume(plain.step == PeriodLength.MONTH)
    by = date(2024 + years, 1, 1) - date(2024, 1, 1)
    later = shifted(found, by, until=UNTIL, known_at=known_at)
    assert figures(later) == figures(plain)
    assert later.left_out.open_cases == plain.left_out.open_cases


def shifted(found: Sequence[Case], by: timedelta, *, until: date, known_at: datetime) -> Measures:
    moved = [_shifted(one, by) for one in found]
    return measured(moved, since=SINCE + by, until=until + by, known_at=known_at + by)


def _shifted(one: Case, by: timedelta) -> Case:
    return replace(
        one,
        opened=one.opened + by,
        resolved=one.resolved and one.resolved + by,
        restored=one.restored and one.restored + by,
    )


# Durations -------------------------------------------------------------------------------------------------------
@given(cases, st.integers(1, 5000))
@FEW
def test_longer_by_a_constant_raises_durations_by_it_and_keeps_their_trends(found: list[Case], minutes: int) -> None:
    plain = measured(found)
    longer = measured([replace(one, resolved=_later(one, minutes)) for one in found])
    for key in ("duration_mean", "duration_median"):
        before, after = plain.of(key), longer.of(key)
        assert after.trend.p == before.trend.p
        assert after.trend.direction == before.trend.direction
        assert after.trend.slope == pytest.approx(before.trend.slope, abs=1e-9)
        assert _values(after) == pytest.approx([value + minutes / 60 for value in _values(before)])
    assert _values(longer.of("spread")) == pytest.approx(_values(plain.of("spread")))


def _later(one: Case, minutes: int) -> datetime | None:
    return None if one.resolved is None else one.resolved + timedelta(minutes=minutes)


def _values(series: Series) -> list[float]:
    return [point.value for point in series.points if point.value is not None]


@given(cases, st.integers(2, 9))
@FEW
def test_longer_by_a_factor_scales_durations_and_their_slopes(found: list[Case], factor: int) -> None:
    plain = measured(found)
    scaled = measured(
        [
            replace(one, resolved=None if one.resolved is None else one.opened + factor * (one.resolved - one.opened))
            for one in found
        ]
    )
    for key in ("duration_mean", "duration_median", "spread"):
        before, after = plain.of(key), scaled.of(key)
        assert (after.trend.p, after.trend.direction) == (before.trend.p, before.trend.direction)
        assert _values(after) == pytest.approx([value * factor for value in _values(before)])
        if before.trend.slope is not None:
            assert after.trend.slope == pytest.approx(before.trend.slope * factor, abs=1e-9)


# Counting --------------------------------------------------------------------------------------------------------
@given(cases, st.randoms(use_true_random=False))
@FEW
def test_order_does_not_matter(found: list[Case], random: object) -> None:
    cases, answers = list(found), pulses_of(found)
    random.shuffle(cases)  # type: ignore[attr-defined]
    random.shuffle(answers)  # type: ignore[attr-defined]
    assert measured(cases, answers) == measured(found)


@given(cases, st.integers(0, 100))
@FEW
def test_every_case_is_counted_once_and_no_figure_leaves_its_range(found: list[Case], days: int) -> None:
    known_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    measures = measured(found, known_at=known_at)
    assert measures.cases == len(found)
    ids = [number for point in measures.of("volume").points for number in point.cases]
    assert sorted(ids) == sorted(one.id for one in found)
    assert sum(point.value or 0 for point in measures.of("volume").points) == len(found)
    still_open = {one.id for one in found if one.resolved is None or one.resolved > known_at}
    assert set(measures.left_out.open_cases) == still_open
    for series in measures.series:
        used = [number for point in series.points for number in point.cases]
        assert len(used) == len(set(used))
        if series.measure.key in {"duration_mean", "duration_median", "spread", "restored_late"}:
            assert not still_open & set(used)
        for value in [*_values(series), *([] if series.overall is None else [series.overall])]:
            assert value >= 0
            assert series.measure.unit != Unit.PERCENT or value <= 100


@given(cases)
@FEW
def test_periods_follow_one_another_and_hold_their_cases(found: list[Case]) -> None:
    measures = measure(found, (), since=SINCE, until=UNTIL, known_at=LATER, zone=BRUSSELS)
    opened = {one.id: one.opened.astimezone(BRUSSELS).date() for one in found}
    for series in measures.series:
        for before, after in zip(series.points, series.points[1:], strict=False):
            assert before.end + timedelta(days=1) == after.start
        for point in series.points:
            assert all(point.start <= opened[number] <= point.end for number in point.cases)


@given(cases)
@FEW
def test_repeats_are_those_that_a_search_of_all_pairs_finds(found: list[Case]) -> None:
    folded = {one.id: one.problem.strip().casefold() for one in found}
    known = [one for one in found if folded[one.id]]
    repeated = [
        one
        for one in known
        if any(
            folded[other.id] == folded[one.id] and timedelta(0) < one.opened - other.opened <= timedelta(days=30)
            for other in known
        )
    ]
    overall = measured(found).of("repeats").overall
    assert overall == pytest.approx(100 * len(repeated) / len(known) if known else None)
