"""Measures over periods: what counts, what is left out and why, and what they rest on; by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.vendors.measures.by_hand import midnight
from vendors.measures import trend as trends
from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.catalogue import BY_KEY, DECIDING, MEASURES
from vendors.measures.holdings import Held, Holding
from vendors.measures.metrics import (
    HoursUsed,
    LeftOut,
    Measures,
    PeriodLength,
    Point,
    Series,
    is_proven_worse,
    is_within,
    look_back,
    measure,
    recent,
)
from vendors.measures.said import SAID
from vendors.measures.trend import Direction, Trend, trend
from vendors.measures.window import WhyLeftOut
from vendors.service_hours.hours import ServiceHours

BRUSSELS = ZoneInfo("Europe/Brussels")
LATER = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE, UNTIL = date(2024, 12, 1), date(2025, 12, 31)
EVERY_MONTH = [date(2025, month, 10) for month in range(1, 13)]
DAY = timedelta(days=1)
OFFICE = ServiceHours(hours=((8 * 60, 18 * 60),) * 5 + (None, None), time_zone="Europe/Brussels")


def case(number: int, day: date, *, hour: int = 10, took: float | None = 4, **fields: Any) -> Case:
    opened = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    resolved = None if took is None else opened + timedelta(hours=took)
    return Case(id=number, opened=opened, **{"resolved": resolved, **fields})


def file(since: date = SINCE, to: date = UNTIL, *, held: Held = Held.OPENED, **given: Any) -> Holding:
    return Holding(held=held, since=since, to=to, **{"source": "", "known_until": LATER, **given})


def measured(
    cases: Sequence[Case], pulses: Sequence[PulseAnswer] = (), *, holdings: Sequence[Holding] = (file(),), **given: Any
) -> Measures:
    """Of a file that holds everything, unless said otherwise."""
    window = {"since": SINCE, "until": UNTIL, "known_at": LATER, "zone": BRUSSELS, **given}
    return measure(cases, pulses, holdings=holdings, **window)


def values_of(measures: Measures, key: str) -> list[float | None]:
    return [point.value for point in measures.of(key).points]


def reasons(measures: Measures, key: str = "volume") -> list[WhyLeftOut | None]:
    return [point.why for point in measures.of(key).points]


# Periods ---------------------------------------------------------------------------------------------------------
def test_without_cases_nothing_is_measured() -> None:
    found = measured([])
    assert found.cases == 0
    assert [series.measure for series in found.series] == list(MEASURES)
    for series in found.series:
        assert (series.points, series.overall, series.known, series.total) == ((), None, 0, 0)
        assert series.trend.direction == Direction.TOO_LITTLE_DATA
    assert found.left_out == LeftOut(open_cases=(), young=(), not_critical=0)
    assert found.basis is not None
    assert found.basis.holdings == ()  # no case is of that source


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


# What is known of how many ---------------------------------------------------------------------------------------
def test_beside_each_figure_stands_of_how_many_it_is_known() -> None:
    """Seven in May: of four the problem is known, one of them came back."""
    day = date(2025, 5, 10)
    cases = [
        case(1, day, problem="disk", sla_met=True),
        case(2, day + DAY, problem="disk"),
        case(3, day + DAY, problem="network"),
        case(4, day + DAY, problem="clock", took=None, is_closed=True),
        *(case(number, day) for number in (5, 6, 7)),
        case(8, date(2025, 6, 10), problem="disk"),
    ]
    found = measured(cases)
    known = {key: (found.of(key).points[0].known, found.of(key).points[0].total) for key in BY_KEY if key not in SAID}
    assert known["repeat_count"] == known["repeats"] == (4, 7)
    assert known["duration_mean"] == (6, 7)
    assert known["sla"] == (1, 7)
    assert known["volume"] == (7, 7)
    assert known["told_why"] == (0, 7)
    assert values_of(found, "repeat_count")[:2] == [1, 1]
    assert values_of(found, "repeats")[:2] == [25, 100]
    repeats = found.of("repeat_count")
    assert (repeats.overall, repeats.known, repeats.total) == (2, 5, 8)
    assert [point.cases for point in repeats.points[:2]] == [(2,), (8,)]


def test_known_and_total_are_those_of_the_periods_that_count() -> None:
    cases = [case(1, date(2025, 5, 10)), case(2, date(2025, 6, 10)), case(3, date(2025, 12, 10))]
    found = measured(cases, holdings=[file(date(2025, 6, 1), date(2025, 11, 30))]).of("duration_mean")
    assert [point.why for point in found.points] == [WhyLeftOut.BEFORE, *[None] * 6, WhyLeftOut.YOUNG]
    assert (found.known, found.total) == (1, 1)
    assert found.points[0].total == 1


# What is left out ------------------------------------------------------------------------------------------------
def test_what_is_left_out_is_shown_and_enters_neither_trend_nor_overall() -> None:
    cases = [case(month, day, took=2) for month, day in enumerate(EVERY_MONTH)]
    cases.append(case(99, date(2025, 12, 28), took=60))
    known = datetime(2025, 12, 31, 12, tzinfo=UTC)
    found = measured(cases, holdings=[file(known_until=known)])
    assert found.left_out.young == (date(2025, 12, 1),)
    duration = found.of("duration_mean")
    assert duration.points[-1].is_left_out
    assert (duration.points[-1].value, duration.points[-1].cases) == (3, (11, 99))  # 2 hours, and 4 of the 60
    assert (duration.overall, duration.trend.direction, duration.trend.periods) == (2, Direction.FLAT, 11)
    assert found.cases == 13


def test_why_periods_are_left_out_is_told_for_each() -> None:
    cases = [case(month, day) for month, day in enumerate(EVERY_MONTH)]
    holdings = [file(date(2025, 2, 10), date(2025, 5, 31)), file(date(2025, 7, 1), date(2025, 12, 10))]
    found = measured(cases, holdings=holdings)
    assert found.left_out.before == (date(2025, 1, 1), date(2025, 2, 1))
    assert found.left_out.gaps == (date(2025, 6, 1),)
    assert found.left_out.young == (date(2025, 12, 1),)
    assert found.of("volume").trend.periods == 8
    assert found.basis is not None
    assert found.basis.begins == date(2025, 2, 10)


def test_what_people_write_down_leaves_out_the_month_of_the_first() -> None:
    found = measured([case(month, day) for month, day in enumerate(EVERY_MONTH)], holdings=[])
    assert found.left_out.before == (date(2025, 1, 1),)
    assert reasons(found) == [WhyLeftOut.BEFORE, *[None] * 11]


def test_nothing_is_measured_after_the_export() -> None:
    """Data to 12 June, looked at in November: what comes after is not zero."""
    cases = [case(n, day, took=2) for n, day in enumerate(EVERY_MONTH[:6])]
    known = datetime(2025, 6, 12, 8, tzinfo=UTC)
    found = measured(cases, holdings=[file(to=date(2025, 6, 11), known_until=known)])
    assert found.until == date(2025, 6, 12)
    assert [point.start.month for point in found.of("volume").points] == [1, 2, 3, 4, 5, 6]
    assert found.of("volume").trend.direction == Direction.TOO_LITTLE_DATA  # five months
    assert found.left_out.young == (date(2025, 6, 1),)
    assert found.basis is not None
    assert found.basis.known_until == known


def test_what_is_still_open_is_named_and_what_is_closed_is_not() -> None:
    known = datetime(2025, 12, 31, 12, tzinfo=UTC)
    cases = [
        case(1, date(2025, 5, 10)),
        case(2, date(2025, 5, 10), took=None),
        case(3, date(2025, 5, 10), took=None, is_closed=True),
        case(4, date(2025, 5, 10), resolved=known + DAY),
        case(5, date(2024, 10, 10), took=None),  # before the window
    ]
    assert measured(cases, holdings=[file(known_until=known)]).left_out.open_cases == (2, 4)
    assert measured(cases, holdings=[file(known_until=known + DAY)]).left_out.open_cases == (2,)


def test_an_open_incident_makes_its_month_slower_and_not_quicker() -> None:
    cases = [case(month, day, took=10) for month, day in enumerate(EVERY_MONTH)]
    cases.append(case(99, date(2025, 6, 11), took=None))
    found = measured(cases)
    assert found.basis is not None
    assert found.basis.horizon == timedelta(hours=12)  # twelve of thirteen end within 10
    assert values_of(found, "duration_mean") == [*[10] * 5, 11, *[10] * 6]


# What comes back -------------------------------------------------------------------------------------------------
def monthly_fault(**given: Any) -> Measures:
    cases = [case(n, day, problem="bill run") for n, day in enumerate(EVERY_MONTH)]
    return measured(cases, **given)


def test_what_comes_back_counts_from_one_look_back_after_the_data_begin() -> None:
    """Ninety days after 1 January 2025 is 1 April."""
    found = monthly_fault(holdings=[file(date(2025, 1, 1))])
    look_back = [WhyLeftOut.LOOK_BACK] * 3
    assert reasons(found, "repeat_count") == reasons(found, "repeats") == [*look_back, *[None] * 9]
    assert reasons(found) == reasons(found, "duration_mean") == [None] * 12
    assert values_of(found, "repeat_count") == [0, *[1] * 11]  # shown all the same
    assert found.of("repeat_count").overall == 9
    assert found.left_out.before == found.left_out.young == ()
    assert reasons(monthly_fault(holdings=[file(date(2025, 1, 2))]), "repeats")[3] == WhyLeftOut.LOOK_BACK


@pytest.mark.parametrize(("days", "months"), [(30, 1), (60, 3), (90, 3), (180, 6)])
def test_the_look_back_is_as_long_as_the_setting(days: int, months: int) -> None:
    """Sixty days after 1 January is 2 March, a hundred and eighty 30 June."""
    found = monthly_fault(holdings=[file(date(2025, 1, 1))], comes_back_within=timedelta(days=days))
    assert reasons(found, "repeat_count").count(WhyLeftOut.LOOK_BACK) == months
    assert found.basis is not None
    assert found.basis.comes_back_within == timedelta(days=days)


def test_what_lies_before_the_window_is_looked_back_to() -> None:
    early = [case(100, date(2024, 10, 20), problem="x"), case(101, date(2024, 12, 20), problem="x")]
    found = measured(early, holdings=[file(date(2024, 9, 1))])
    assert found.cases == 1
    assert values_of(found, "repeat_count")[0] == 1
    assert reasons(found, "repeat_count")[0] is None


def test_after_a_gap_it_counts_again_only_one_look_back_later() -> None:
    """What came back to a fault of June, which nobody has, would be missing in July to September: repeats would seem to
    rise."""
    found = monthly_fault(holdings=[file(to=date(2025, 6, 29)), file(date(2025, 7, 1))])
    assert found.left_out.gaps == (date(2025, 6, 1),)
    look_back = [WhyLeftOut.LOOK_BACK] * 3
    # 1 March is ninety days after 1 December.
    assert reasons(found, "repeats")[:2] == look_back[:2]
    assert reasons(found, "repeats")[2:] == [None, None, None, WhyLeftOut.GAP, *look_back, None, None, None]


def test_where_no_problem_is_ever_known_nothing_comes_back_and_nothing_is_said() -> None:
    found = measured([case(month, day) for month, day in enumerate(EVERY_MONTH)])
    for key in ("repeat_count", "repeats"):
        series = found.of(key)
        assert set(values_of(found, key)) == {None}
        assert (series.overall, series.known, series.total) == (None, 0, 10)
        assert series.trend.direction == Direction.TOO_LITTLE_DATA


def test_where_no_problem_is_ever_known_months_without_incidents_have_no_repeats_either() -> None:
    """None of them counts as nothing: the look-back is over before the second month."""
    found = measured([case(1, date(2025, 5, 10)), case(2, date(2025, 5, 11))])
    assert (found.of("repeat_count").overall, set(values_of(found, "repeat_count"))) == (None, {None})
    later = measured([case(1, date(2025, 1, 10))], holdings=[file(date(2025, 1, 1))])
    assert later.of("repeat_count").overall is None  # of the months from April on, which have no incident


def test_a_month_without_incidents_has_no_repeats_where_problems_are_known() -> None:
    cases = [
        case(1, date(2025, 5, 10), problem="a"),
        case(2, date(2025, 7, 10), problem="a"),
        case(3, date(2025, 8, 1)),
    ]
    assert values_of(measured(cases), "repeat_count")[:4] == [0, 0, 1, None]
    assert values_of(measured(cases), "repeats")[:4] == [0, None, 100, None]


def test_what_is_loaded_before_the_window_is_the_look_back_and_a_week() -> None:
    assert look_back(timedelta(days=90)) == timedelta(days=97)


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


def test_seven_weeks_that_count_are_measured_by_the_month() -> None:
    assert measured(weekly(7), until=date(2025, 7, 27)).step == PeriodLength.MONTH
    assert measured(weekly(8), until=date(2025, 7, 26)).step == PeriodLength.MONTH  # the eighth is cut
    from_tuesday = [file(date(2025, 6, 3))]
    assert measured(weekly(8), until=date(2025, 7, 27), holdings=from_tuesday).step == PeriodLength.MONTH


def test_six_months_that_count_are_measured_by_the_month() -> None:
    cases = weekly(26, first=date(2025, 6, 2))
    assert measured(cases, until=date(2025, 11, 30)).step == PeriodLength.MONTH
    assert measured(cases, until=date(2025, 11, 29)).step == PeriodLength.WEEK  # November is cut
    begun_late = [file(date(2025, 6, 2))]
    assert measured(cases, until=date(2025, 11, 30), holdings=begun_late).step == PeriodLength.WEEK


def test_long_but_sparse_history_is_measured_by_the_month() -> None:
    """Nine incidents in nine weeks, the last of them a year ago: a gap is no lack of history."""
    assert measured(weekly(9)).step == PeriodLength.MONTH


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


# The trends ------------------------------------------------------------------------------------------------------
def test_those_that_decide_are_corrected_for_being_two() -> None:
    cases = [
        case(10 * n + k, date(2025, 1, 1) + timedelta(days=13 * n), took=3 + n + k, problem=f"p{(n * 7 + k) % 11}")
        for n in range(28)
        for k in range(2)
    ]
    found = measured(cases)
    p = {key: found.of(key).trend.p for key in DECIDING.values()}
    assert all(value is not None for value in p.values())
    adjusted = {key: found.of(key).trend.adjusted_p for key in BY_KEY if found.of(key).trend.adjusted_p is not None}
    assert adjusted == trends.adjusted(p)  # type: ignore[arg-type]
    assert adjusted["duration_mean"] == 2 * p["duration_mean"]  # type: ignore[operator]


def test_one_that_decides_alone_needs_no_correction() -> None:
    cases = [case(month, day, took=3 + month) for month, day in enumerate(EVERY_MONTH)]
    found = measured(cases)
    assert found.of("repeat_count").trend.p is None
    assert found.of("duration_mean").trend.adjusted_p == found.of("duration_mean").trend.p


def test_beside_what_is_flat_stands_the_smallest_change_that_would_have_shown() -> None:
    flat = measured([case(month, day, took=4 + (5 * month) % 7) for month, day in enumerate(EVERY_MONTH)])
    values = values_of(flat, "duration_mean")
    found = flat.of("duration_mean").trend
    assert found.direction == Direction.FLAT
    assert found.slope is not None
    assert found.smallest == trends.smallest_change(values, found.slope)
    rising = measured([case(month, day, took=3 + month) for month, day in enumerate(EVERY_MONTH)])
    assert rising.of("duration_mean").trend.direction == Direction.RISING
    assert rising.of("duration_mean").trend.smallest is None


# What they rest on -----------------------------------------------------------------------------------------------
def test_what_counts_differently_is_counted() -> None:
    day = date(2025, 5, 10)
    usual = [case(100 + n, date(2025, 6, 10), took=n % 5) for n in range(100)]
    cases = [
        case(1, day, took=5000),
        case(2, day, took=None),
        case(3, day, took=None, is_closed=True),
        case(4, day, took=4, is_closing=True),
        case(5, day, took=4, is_to_day=True),
        case(6, day, took=5000, is_closing=True, is_to_day=True),  # counts for the horizon, whatever its moment is
        case(7, date(2025, 12, 30), took=None),  # in a month that is left out
    ]
    known = datetime(2025, 12, 31, 12, tzinfo=UTC)
    found = measured([*usual, *cases], holdings=[file(known_until=known)]).basis
    assert found is not None
    assert found.horizon == timedelta(hours=8)
    assert (found.capped, found.undated, found.closing, found.to_day, found.beyond) == (3, 1, 1, 1, 0)


def test_where_only_what_ended_is_compared_the_others_are_counted() -> None:
    usual = [case(100 + n, date(2025, 6, 10), took=n % 5) for n in range(100)]
    cases = [case(1, date(2025, 5, 10), took=5000), case(2, date(2025, 5, 10), took=None), case(3, date(2024, 10, 1))]
    found = measured([*usual, *cases], holdings=[file(held=Held.RESOLVED)])
    assert found.cases == 100
    assert found.left_out.open_cases == (2,)
    assert found.basis is not None
    assert (found.basis.only_ended, found.basis.beyond, found.basis.capped) == (True, 2, 0)


def test_hours_that_do_not_decide_are_shown_beside_those_that_do() -> None:
    """Friday, ten o’clock, to Monday, ten: 72 hours of the clock, 10 of the office."""
    friday = date(2025, 5, 9)
    cases = [
        case(1, friday, hour=8, took=72, hours=OFFICE, service=7),
        case(2, friday, hour=8, took=2, hours=OFFICE, service=7),
        case(3, friday, hour=8, took=72),
    ]
    found = measured(cases)
    assert values_of(found, "duration_mean")[0] == (10 + 2 + 72) / 3
    assert found.basis is not None
    assert found.basis.other_hours == (72 + 2 + 72) / 3
    assert found.basis.hours == (HoursUsed(hours=OFFICE, incidents=2),)
    assert found.basis.hours[0].row == 7
    shown = replace(OFFICE, calendar_decides=False)
    other = measured([replace(one, hours=shown) for one in cases[:2]]).basis
    assert other is not None
    assert other.other_hours == 6
    round_the_clock = measured(cases[2:]).basis
    assert round_the_clock is not None
    assert (round_the_clock.other_hours, round_the_clock.hours) == (None, ())


def test_the_files_stand_by_source_with_what_they_hold() -> None:
    cases = [case(1, date(2025, 5, 10), source="b"), case(2, date(2025, 5, 10), source="a")]
    holdings = [file(source="b"), file(source="a"), file(source="a", to=date(2025, 6, 1)), file(source="c")]
    found = measured(cases, holdings=holdings).basis
    assert found is not None
    assert [(one.source, one.to) for one in found.holdings] == [
        ("a", UNTIL),
        ("a", date(2025, 6, 1)),
        ("b", UNTIL),
    ]


def test_a_vendor_whose_export_selects_by_resolution_does_not_seem_to_get_faster() -> None:
    """Each month the same: nine within a day, one after forty days. Selected by resolution since January, the first
    months lack those that were resolved before, the last those that are still open."""
    cases = []
    for month in range(-1, 12):
        for number in range(10):
            opened = date(2025 + month // 12, month % 12 + 1, 2 + 2 * number)
            cases.append(case(len(cases), opened, took=960 if number == 9 else 10 + number))
    begin, end = datetime(2025, 1, 1, tzinfo=UTC), midnight(date(2026, 1, 1), BRUSSELS)
    seen = [one for one in cases if one.resolved is not None and begin <= one.resolved < end]
    by_resolution = file(date(2025, 1, 1), held=Held.RESOLVED, known_until=end)
    found = measured(seen, holdings=[by_resolution])
    duration = found.of("duration_mean")
    assert duration.trend.direction == Direction.FLAT
    assert {point.value for point in duration.points if not point.is_left_out} == {14.0}
    assert found.basis is not None
    assert found.basis.only_ended
    assert found.basis.beyond > 0


# Recent, and within ----------------------------------------------------------------------------------------------
def series_of(values: Sequence[float | None], *, key: str = "duration_mean", left_out: int = 0) -> Series:
    start = date(2025, 1, 6)
    points = tuple(
        Point(
            start=start + timedelta(weeks=index),
            end=start + timedelta(weeks=index, days=6),
            value=value,
            cases=(),
            why=WhyLeftOut.YOUNG if index >= len(values) - left_out else None,
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


def test_worse_is_up_or_down_as_the_measure_has_it() -> None:
    rising = Trend(direction=Direction.RISING, slope=1.0, p=0.001, periods=12, change=0.5, adjusted_p=0.002)
    falling = replace(rising, direction=Direction.FALLING, slope=-1.0, change=-0.5)
    assert is_proven_worse(replace(series_of([1.0]), trend=rising))
    assert not is_proven_worse(replace(series_of([1.0]), trend=falling))
    assert is_proven_worse(replace(series_of([1.0], key="proven"), trend=falling))
    assert not is_proven_worse(replace(series_of([1.0], key="proven"), trend=rising))
    assert not is_proven_worse(replace(series_of([1.0]), trend=replace(rising, change=0.05)))
    assert not is_proven_worse(replace(series_of([1.0]), trend=replace(rising, adjusted_p=trends.PROVEN)))
