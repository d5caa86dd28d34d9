"""Measures and trends, against published worked examples and against sums that can be done by hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.vendors.measures import by_hand
from vendors.measures.cases import TAKERS, Case, PulseAnswer, percentile_90
from vendors.measures.catalogue import BY_KEY, DECIDING, MEASURES
from vendors.measures.metrics import (
    Direction,
    Measures,
    PeriodLength,
    Point,
    Series,
    Trend,
    is_within,
    measure,
    recent,
    trend,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
LATER = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERY_MONTH = [date(2025, month, 10) for month in range(1, 13)]


# Published examples ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Published:
    source: str
    values: tuple[float, ...]
    s: int
    variance: Fraction
    z: float  # as printed, with its digits
    digits: int
    slope: float | None = None  # None: not printed


TESTED = (
    Published(
        # Two groups of ties: four tens and two fifteens.
        source="US EPA, Data Quality Assessment: Statistical Methods for Practitioners, QA/G-9S (2006), page 109",
        values=(10, 10, 10, 5, 10, 20, 18, 17, 15, 24, 15),
        s=22,
        variance=Fraction(11 * 10 * 27 - 4 * 3 * 13 - 2 * 1 * 9, 18),  # 155.33
        z=1.685,
        digits=3,
    ),
    Published(
        # One pair of ties.
        source="J. Little, A Mann-Kendall example by hand, College of the Holy Cross, MannKendallByHand.txt",
        values=(12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7),
        s=54,
        variance=Fraction(14 * 13 * 33 - 2 * 1 * 9, 18),
        z=2.9058,
        digits=4,
    ),
    Published(
        # No ties; printed with p = 0.074.
        source="Helsel and Hirsch, Statistical Methods in Water Resources, USGS, example of Kendall’s tau (chapter 8)",
        values=(1.22, 2.20, 4.80, 1.28, 1.97, 1.46, 2.64, 2.34, 4.84, 2.96),
        s=21,
        variance=Fraction(125),
        z=1.79,
        digits=2,
    ),
    Published(
        source="MannKendall.jl, test/runtests.jl: the numbers from 1 to 100",
        values=tuple(range(1, 101)),
        s=4950,
        variance=Fraction(112750),
        z=14.73869998208331,
        digits=10,
        slope=1,
    ),
)
SLOPES = (
    Published(
        # The sixth value is an outlier: least squares gives 1.71, the median of the slopes stays.
        source="Helsel and Hirsch, Statistical Methods in Water Resources, USGS, the Kendall–Theil line (chapter 10)",
        values=(1, 2, 3, 4, 5, 16, 7),
        s=19,
        variance=Fraction(7 * 6 * 19, 18),
        z=2.703,
        digits=3,
        slope=1,
    ),
    Published(
        source="Sprent and Smeeton, Applied Nonparametric Statistical Methods, example 11.4",
        values=(2.5, 3.1, 3.4, 4.0, 4.6, 5.1, 11.1),
        s=21,
        variance=Fraction(7 * 6 * 19, 18),
        z=3.004,
        digits=3,
        slope=0.56666667,
    ),
)


@pytest.mark.parametrize("example", [*TESTED, *SLOPES], ids=lambda example: example.source[:24])
def test_published_examples_come_out_as_printed(example: Published) -> None:
    import pymannkendall

    tested = pymannkendall.original_test(example.values)
    assert tested.s == by_hand.score(example.values) == example.s
    assert tested.var_s == pytest.approx(float(example.variance))
    assert by_hand.variance(example.values) == example.variance
    assert round(tested.z, example.digits) == pytest.approx(example.z)
    found = trend(example.values)
    assert found.p == pytest.approx(2 * NormalDist().cdf(-abs(by_hand.z(example.values))), abs=1e-12)
    assert found.slope == pytest.approx(float(by_hand.slope(example.values)))
    if example.slope is not None:
        assert found.slope == pytest.approx(example.slope, abs=1e-8)
    assert found.direction == Direction.RISING
    assert found.periods == len(example.values)


def test_printed_p_of_the_example_without_ties_is_ours() -> None:
    example = TESTED[2]
    found = trend(example.values)
    assert found.p is not None
    assert round(found.p, 3) == 0.074
    assert round(float(by_hand.exact_p(example.s, len(example.values))), 3) == 0.073  # the book’s table: 0.072


@pytest.mark.parametrize("size", range(6, 16))
def test_without_ties_the_approximation_decides_as_the_exact_test_would(size: int) -> None:
    variance = size * (size - 1) * (2 * size + 5) / 18
    for found in range(size * (size - 1) // 2, 0, -2):
        approximate = 2 * NormalDist().cdf(-(found - 1) / variance**0.5)
        assert (approximate < 0.10) == (by_hand.exact_p(found, size) < Fraction(1, 10)), found


# The trend -------------------------------------------------------------------------------------------------------
def test_five_periods_with_data_are_too_few_and_six_are_enough() -> None:
    assert trend([1, 2, None, 3, 4, 5]) == Trend(direction=Direction.TOO_LITTLE_DATA, slope=None, p=None, periods=5)
    assert trend([1, 2, None, 3, 4, 5, 6]).direction == Direction.RISING
    assert trend([]).periods == 0


def test_equal_values_are_flat_with_slope_0_and_p_1() -> None:
    assert trend([4.2] * 8) == Trend(direction=Direction.FLAT, slope=0.0, p=1.0, periods=8)


def test_gaps_keep_their_place() -> None:
    """Six values in ten months that rise by one a month: closing the gaps would make it steeper."""
    found = trend([0, None, 2, None, 4, 5, None, 7, None, 9])
    assert found.slope == pytest.approx(1.0)
    assert found.p == pytest.approx(by_hand.p([0, 2, 4, 5, 7, 9]))
    assert found.periods == 6


def test_gaps_before_and_after_change_nothing() -> None:
    values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    assert trend([None, None, *values, None]) == trend(values)


def test_direction_is_that_of_s_where_most_pairs_are_tied() -> None:
    """Nothing repeated for a year, then a little more each month: the median of the slopes is 0, the trend is not."""
    found = trend([0] * 12 + [5, 10, 20, 30])
    assert found.slope == 0
    assert found.p is not None
    assert found.p < 0.01
    assert found.direction == Direction.RISING
    assert trend([30, 20, 10, 5] + [0] * 12).direction == Direction.FALLING


def test_direction_needs_a_p_below_a_tenth() -> None:
    """Six values, S = 9: p = 0.13; S = 11: p = 0.06."""
    assert trend([2, 1, 4, 3, 6, 5]).direction == Direction.FLAT
    assert trend([2, 1, 3, 5, 4, 6]).direction == Direction.RISING
    assert trend([6, 4, 5, 3, 1, 2]).direction == Direction.FALLING


def test_scipy_is_imported_only_for_a_trend() -> None:
    """It costs a second and 60 MB: a process that shows no measures never pays for it."""
    code = "import sys; from vendors.measures import metrics; metrics.trend([1, 2]); sys.exit('scipy' in sys.modules)"
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


# Measuring -------------------------------------------------------------------------------------------------------
def case(number: int, day: date, *, hour: int = 10, took: float | None = 4, **fields: Any) -> Case:
    opened = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    resolved = None if took is None else opened + timedelta(hours=took)
    return Case(id=number, opened=opened, **{"resolved": resolved, **fields})


def measured(cases: Sequence[Case], pulses: Sequence[PulseAnswer] = (), **given: Any) -> Measures:
    window = {"since": date(2024, 12, 1), "until": date(2025, 12, 31), "known_at": LATER, "zone": BRUSSELS, **given}
    return measure(cases, pulses, **window)


def values_of(measures: Measures, key: str) -> list[float | None]:
    return [point.value for point in measures.of(key).points]


def test_every_measure_has_one_way_to_take_it() -> None:
    asked = {"told_why", "fixes_thrown", "was_fast", "cause_proven"}
    assert set(TAKERS) | asked == set(BY_KEY)
    assert not set(TAKERS) & asked
    assert set(DECIDING.values()) <= set(BY_KEY)


def test_without_cases_nothing_is_measured() -> None:
    found = measured([])
    assert found.cases == 0
    assert [series.measure for series in found.series] == list(MEASURES)
    for series in found.series:
        assert series.points == ()
        assert series.overall is None
        assert series.trend.direction == Direction.TOO_LITTLE_DATA
    assert found.left_out.wait is None


def test_periods_go_from_the_first_case_to_the_month_of_until_without_a_gap() -> None:
    found = measured([case(1, date(2025, 3, 10)), case(2, date(2025, 6, 1)), case(3, date(2025, 6, 2))])
    starts = [point.start for point in found.of("volume").points]
    assert starts == [date(2025, month, 1) for month in range(3, 13)]
    assert found.of("volume").points[0].end == date(2025, 3, 31)
    assert values_of(found, "volume") == [1, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert values_of(found, "duration_mean") == [4, None, None, 4, *[None] * 6]


def test_only_cases_of_the_window_count() -> None:
    cases = [
        case(1, date(2025, 1, 31)),
        case(2, date(2025, 2, 1)),
        case(3, date(2025, 3, 31)),
        case(4, date(2025, 4, 1)),
    ]
    found = measured(cases, since=date(2025, 2, 1), until=date(2025, 3, 31))
    assert found.cases == 2
    assert [point.cases for point in found.of("volume").points] == [(2,), (3,)]


def test_month_of_opening_is_that_of_the_zone() -> None:
    """Half past eleven at night in London on the last of May is June in Brussels."""
    late = Case(id=1, opened=datetime(2025, 5, 31, 22, 30, tzinfo=UTC))
    assert measured([late]).of("volume").points[0].start == date(2025, 6, 1)
    assert measured([late], zone=UTC).of("volume").points[0].start == date(2025, 5, 1)


def test_durations_ignore_the_clock_change() -> None:
    """In the night of 30 March 2025 the clocks of Brussels skip an hour: from 1 to 5 o’clock is three hours."""
    opened = datetime(2025, 3, 30, 1, tzinfo=BRUSSELS)
    resolved = datetime(2025, 3, 30, 5, tzinfo=BRUSSELS)
    assert values_of(measured([Case(id=1, opened=opened, resolved=resolved)]), "duration_mean")[0] == 3


def test_mean_and_median_of_durations_leave_out_open_cases() -> None:
    day = date(2025, 5, 10)
    cases = [case(1, day, took=1), case(2, day, took=2), case(3, day, took=9), case(4, day, took=None)]
    found = measured(cases)
    assert values_of(found, "duration_mean")[0] == 4
    assert values_of(found, "duration_median")[0] == 2
    assert found.of("duration_mean").points[0].cases == (1, 2, 3)
    assert found.left_out.open_cases == (4,)
    assert values_of(measured(cases[:2]), "duration_median")[0] == 1.5


def test_case_resolved_after_known_at_is_still_open() -> None:
    known = datetime(2025, 12, 31, 12, tzinfo=UTC)
    late = case(1, date(2025, 5, 10), resolved=datetime(2026, 1, 1, tzinfo=UTC))
    assert measured([late], known_at=known).left_out.open_cases == (1,)
    assert measured([late]).left_out.open_cases == ()
    assert measured([late], known_at=datetime(2026, 1, 1, tzinfo=UTC)).left_out.open_cases == ()


def test_shares_count_only_what_is_known() -> None:
    day = date(2025, 5, 10)
    cases = [
        case(1, day, reopened=0, sla_met=True, proven=True, handovers=0),
        case(2, day, reopened=2, sla_met=False, proven=None, handovers=3),
        case(3, day, reopened=1, sla_met=True, proven=False),
        case(4, day, sla_met=None),
    ]
    found = measured(cases)
    assert values_of(found, "reopened")[0] == pytest.approx(200 / 3)
    assert values_of(found, "sla")[0] == pytest.approx(200 / 3)
    assert values_of(found, "proven")[0] == 50
    assert values_of(found, "handovers")[0] == 1.5
    assert found.of("proven").points[0].cases == (1, 3)


def test_restored_late_needs_both_moments() -> None:
    day = date(2025, 5, 10)
    resolved = datetime(2025, 5, 10, 14, tzinfo=UTC)
    cases = [
        case(1, day, restored=resolved + timedelta(minutes=1)),
        case(2, day, restored=resolved),
        case(3, day),
        case(4, day, took=None, restored=resolved),
    ]
    found = measured(cases)
    assert values_of(found, "restored_late")[0] == 50
    assert found.of("restored_late").points[0].cases == (1, 2)


def test_repeats_look_back_thirty_days_over_the_edge_of_month_and_window() -> None:
    cases = [
        case(1, date(2024, 11, 15), problem="Disk full"),  # before the window: only remembered
        case(2, date(2024, 12, 14), problem="  disk  FULL "),  # 29 days later, written differently
        case(3, date(2025, 1, 13), problem="disk full"),  # 30 days to the hour
        case(4, date(2025, 2, 12), hour=11, problem="disk full"),  # 30 days and an hour
        case(5, date(2025, 2, 13), problem=""),
        case(6, date(2025, 2, 14), problem=""),
        case(7, date(2025, 2, 15), problem="network"),
    ]
    found = measured(cases)
    assert found.cases == 6
    assert values_of(found, "repeats")[:3] == [100, 100, 0]
    assert found.of("repeats").points[2].cases == (4, 7)


def test_cases_of_one_moment_are_not_each_others_repeats() -> None:
    day = date(2025, 5, 10)
    assert values_of(measured([case(1, day, problem="a"), case(2, day, problem="a")]), "repeats")[0] == 0
    earlier = case(3, day, hour=9, problem="a")
    both = [case(1, day, problem="a"), case(2, day, problem="a"), earlier]
    assert values_of(measured(both), "repeats")[0] == pytest.approx(200 / 3)


def test_spread_lies_between_the_medians_of_those_who_resolved_two() -> None:
    day = date(2025, 5, 10)
    took = [("Ann", 1), ("ann ", 3), ("Bob", 10), ("Bob", 12), ("Bob", 50), ("Cid", 99), ("", 1), ("", 2)]
    cases = [case(number, day, took=hours, handled_by=who) for number, (who, hours) in enumerate(took)]
    found = measured(cases)
    assert values_of(found, "spread")[0] == 10  # 12 − 2
    assert found.of("spread").points[0].cases == (0, 1, 2, 3, 4)
    assert values_of(measured(cases[:3]), "spread")[0] is None


def test_pulse_answers_count_in_the_month_of_their_incident() -> None:
    cases = [case(1, date(2025, 5, 10)), case(2, date(2025, 6, 10))]
    pulses = [
        PulseAnswer(case=1, opened=cases[0].opened, told_why=1, fixes_thrown=0.5),
        PulseAnswer(case=1, opened=cases[0].opened, told_why=0.5),
        PulseAnswer(case=2, opened=cases[1].opened, told_why=0),
        PulseAnswer(case=9, opened=cases[1].opened, told_why=1),  # of no incident that counts
    ]
    found = measured(cases, pulses)
    assert values_of(found, "told_why")[:2] == [75, 0]
    assert found.of("told_why").points[0].cases == (1,)
    assert values_of(found, "fixes_thrown")[:2] == [50, None]
    assert found.of("told_why").overall == 50


def test_overall_is_taken_over_all_cases_and_not_over_the_periods() -> None:
    cases = [
        case(1, date(2025, 5, 10), took=1),
        case(2, date(2025, 5, 11), took=1),
        case(3, date(2025, 6, 10), took=10),
    ]
    assert measured(cases).of("duration_mean").overall == 4
    assert measured(cases).of("volume").overall == 3


# What is left out ------------------------------------------------------------------------------------------------
def test_ninth_of_ten_is_the_wait() -> None:
    assert percentile_90([]) is None
    assert percentile_90([5]) == 5
    assert percentile_90(range(1, 11)) == 9
    assert percentile_90(range(1, 12)) == 10
    assert percentile_90(range(100, 0, -1)) == 90


def test_period_that_ended_less_than_the_wait_ago_is_left_out() -> None:
    cases = [case(month, day, took=48) for month, day in enumerate(EVERY_MONTH)]
    midnight = datetime(2026, 1, 1, tzinfo=BRUSSELS)
    just = measured(cases, known_at=midnight + timedelta(hours=48))
    assert just.left_out.wait == 48
    assert just.left_out.young == ()
    early = measured(cases, known_at=midnight + timedelta(hours=48) - timedelta(seconds=1))
    assert early.left_out.young == (date(2025, 12, 1),)
    assert early.of("duration_mean").points[-1].is_left_out
    assert early.of("duration_mean").points[-1].value == 48  # shown all the same
    assert early.of("duration_mean").trend.periods == 11


def test_period_that_has_not_ended_is_left_out_whatever_the_wait() -> None:
    cases = [case(month, day, took=0) for month, day in enumerate(EVERY_MONTH)]
    running = measured(cases, known_at=datetime(2025, 12, 20, tzinfo=UTC), until=date(2025, 12, 20))
    assert running.left_out.young == (date(2025, 12, 1),)
    cut = measured(cases, until=date(2025, 12, 20))  # known long after, but the window cuts the month
    assert cut.left_out.young == (date(2025, 12, 1),)


def test_left_out_periods_are_neither_in_the_trend_nor_in_the_overall_figure() -> None:
    cases = [case(month, day, took=2) for month, day in enumerate(EVERY_MONTH)]
    cases.append(case(99, date(2025, 12, 28), took=60))
    found = measured(cases, known_at=datetime(2025, 12, 31, tzinfo=UTC))
    assert found.of("duration_mean").overall == 2
    assert found.of("duration_mean").trend.direction == Direction.FLAT
    assert found.cases == 13
    assert found.of("duration_mean").points[-1].cases == (11, 99)


# Months or weeks -------------------------------------------------------------------------------------------------
def weekly(weeks: int, *, first: date = date(2025, 6, 2)) -> list[Case]:
    return [case(week, first + timedelta(weeks=week), took=2) for week in range(weeks)]


def test_short_history_of_eight_weeks_is_measured_by_the_week() -> None:
    found = measured(weekly(8), until=date(2025, 7, 27))
    assert found.step == PeriodLength.WEEK
    starts = [point.start for point in found.of("volume").points]
    assert starts[0] == date(2025, 6, 2)
    assert all(start.weekday() == 0 for start in starts)
    assert len(starts) == 8
    assert found.of("volume").points[0].end == date(2025, 6, 8)


def test_seven_weeks_are_measured_by_the_month() -> None:
    assert measured(weekly(7), until=date(2025, 7, 27)).step == PeriodLength.MONTH


def test_six_months_that_count_are_measured_by_the_month() -> None:
    cases = weekly(26, first=date(2025, 6, 2))
    assert measured(cases, until=date(2025, 11, 30)).step == PeriodLength.MONTH
    assert measured(cases, until=date(2025, 11, 29)).step == PeriodLength.WEEK  # November is cut


def test_long_but_sparse_history_is_measured_by_the_month() -> None:
    """Nine incidents in nine weeks, the last of them a year ago: a gap is no lack of history."""
    assert measured(weekly(9), until=date(2025, 12, 31)).step == PeriodLength.MONTH


def test_incidents_of_few_weeks_are_measured_by_the_month() -> None:
    """Twelve weeks of history, incidents in three of them: weeks would show gaps."""
    cases = [case(number, date(2025, 6, 2) + timedelta(weeks=5 * (number % 3))) for number in range(12)]
    assert measured(cases, until=date(2025, 8, 24)).step == PeriodLength.MONTH


def test_window_by_the_week_starts_with_the_monday() -> None:
    """No week is cut: cases of the days between that Monday and `since` count too."""
    cases = weekly(10, first=date(2025, 6, 30))
    found = measured(cases, since=date(2025, 7, 1), until=date(2025, 9, 7))
    assert found.step == PeriodLength.WEEK
    assert found.since == date(2025, 6, 30)
    assert found.cases == 10


# Recent, and within ----------------------------------------------------------------------------------------------
def series_of(values: Sequence[float | None], *, key: str = "duration_mean", left_out: int = 0) -> Series:
    start = date(2025, 1, 6)
    points = tuple(
        Point(
            start=start + timedelta(weeks=index),
            end=start + timedelta(weeks=index, days=6),
            value=value,
            cases=(),
            is_left_out=index >= len(values) - left_out,
        )
        for index, value in enumerate(values)
    )
    return Series(measure=BY_KEY[key], points=points, trend=trend(values), overall=None)


def test_recent_is_the_mean_of_the_last_six_periods_with_data() -> None:
    assert recent(series_of([100, 100, 1, 2, None, 3, 4, 5, 6])) == 3.5
    assert recent(series_of([100, 1, 2, 3, 4, 5, 6, 900], left_out=1)) == 3.5
    assert recent(series_of([7, None])) == 7
    assert recent(series_of([None])) is None


def test_within_is_the_good_side_of_the_target_or_on_it() -> None:
    assert is_within(series_of([4.0]), 4)
    assert is_within(series_of([3.9]), 4)
    assert not is_within(series_of([4.1]), 4)
    assert is_within(series_of([95.0], key="sla"), 95)
    assert not is_within(series_of([94.9], key="sla"), 95)
    assert not is_within(series_of([None]), 4)
    assert is_within(series_of([0.1, 0.2, 0.3, 0.1, 0.2, 0.3]), 0.2)  # rounding of the mean is no miss
