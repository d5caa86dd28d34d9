"""The usual periods, on days that are easy to get wrong."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.lifecycle import periods
from assessments.lifecycle.periods import Period


@pytest.mark.parametrize(
    ("of", "today", "start", "end"),
    [
        (periods.last_quarter, date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
        (periods.last_quarter, date(2026, 3, 31), date(2025, 10, 1), date(2025, 12, 31)),
        (periods.last_quarter, date(2026, 4, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (periods.last_quarter, date(2026, 11, 22), date(2026, 7, 1), date(2026, 9, 30)),
        (periods.last_half_year, date(2026, 2, 14), date(2025, 7, 1), date(2025, 12, 31)),
        (periods.last_half_year, date(2026, 11, 22), date(2026, 4, 1), date(2026, 9, 30)),
        (periods.last_year, date(2026, 12, 31), date(2025, 1, 1), date(2025, 12, 31)),
        (periods.this_quarter, date(2024, 2, 29), date(2024, 1, 1), date(2024, 3, 31)),
        (periods.this_quarter, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_usual_period_has_whole_months(of: Callable[[date], Period], today: date, start: date, end: date) -> None:
    assert of(today) == Period(start=start, end=end)


def test_period_may_be_one_day() -> None:
    assert Period(start=date(2026, 3, 1), end=date(2026, 3, 1)).start == date(2026, 3, 1)


def test_period_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="on or after its first day"):
        Period(start=date(2026, 3, 2), end=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("start", "end", "months", "expected"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), 3, (date(2026, 4, 1), date(2026, 6, 30))),
        (date(2026, 10, 1), date(2026, 12, 31), 3, (date(2027, 1, 1), date(2027, 3, 31))),
        (date(2027, 3, 1), date(2028, 2, 29), 12, (date(2028, 3, 1), date(2029, 2, 28))),
        (date(2025, 1, 1), date(2025, 12, 31), 12, (date(2026, 1, 1), date(2026, 12, 31))),
        (date(2026, 1, 31), date(2026, 4, 29), 3, (date(2026, 4, 30), date(2026, 7, 29))),
        (date(2026, 1, 15), date(2026, 4, 14), 3, (date(2026, 4, 15), date(2026, 7, 14))),
        (date(2026, 1, 30), date(2026, 1, 30), 1, (date(2026, 2, 28), date(2026, 2, 28))),
    ],
)
def test_a_period_comes_again_some_months_later(
    start: date, end: date, months: int, expected: tuple[date, date]
) -> None:
    again = periods.later_period(Period(start=start, end=end), months)
    assert (again.start, again.end) == expected


whole_months = st.tuples(st.integers(0, 600), st.integers(1, 24))


@given(whole_months, st.sampled_from([3, 6, 12]))
def test_whole_months_stay_as_many_whole_months(made: tuple[int, int], months: int) -> None:
    begin, length = made
    period = Period(start=_first(begin), end=_first(begin + length) - timedelta(days=1))
    again = periods.later_period(period, months)
    assert again == Period(start=_first(begin + months), end=_first(begin + months + length) - timedelta(days=1))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 800), st.sampled_from([3, 6, 12]))
def test_a_period_that_comes_again_is_in_order_and_later_and_as_long_but_for_the_lengths_of_months(
    start: date, length: int, months: int
) -> None:
    period = Period(start=start, end=start + timedelta(days=length))
    again = periods.later_period(period, months)
    assert period.start < again.start <= again.end
    assert abs((again.end - again.start).days - length) <= 3


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from([3, 6, 12]))
def test_a_period_as_long_as_its_rhythm_touches_the_next_one(start: date, months: int) -> None:
    following = periods.later_period(Period(start=start, end=start), months).start
    period = Period(start=start, end=following - timedelta(days=1))
    assert periods.later_period(period, months).start == period.end + timedelta(days=1)


def _first(month: int) -> date:
    return date(2000 + month // 12, month % 12 + 1, 1)


def test_a_day_31_comes_back_after_a_month_without_it() -> None:
    first = Period(start=date(2026, 1, 31), end=date(2026, 2, 27))
    series = [periods.in_series(first, months=1, times=times) for times in range(4)]
    assert [(one.start.day, one.end.day) for one in series] == [(31, 27), (28, 30), (31, 29), (30, 30)]
    assert all(one.end + timedelta(days=1) == after.start for one, after in pairwise(series))


def test_days_that_do_not_touch_are_counted_from_the_first_too() -> None:
    first = Period(start=date(2026, 1, 31), end=date(2026, 1, 31))
    later = [periods.in_series(first, months=1, times=times) for times in (1, 2)]
    assert later == [
        Period(start=date(2026, 2, 28), end=date(2026, 2, 28)),
        Period(start=date(2026, 3, 31), end=date(2026, 3, 31)),
    ]


@given(
    start=st.dates(date(2000, 1, 1), date(2060, 1, 1)), months=st.sampled_from([1, 3, 6, 12]), times=st.integers(0, 60)
)
def test_a_series_that_touches_leaves_no_day_out_and_keeps_its_day(start: date, months: int, times: int) -> None:
    second = periods.later_period(Period(start=start, end=start), months).start
    first = Period(start=start, end=second - timedelta(days=1))
    here = periods.in_series(first, months=months, times=times)
    after = periods.in_series(first, months=months, times=times + 1)
    assert here.end + timedelta(days=1) == after.start
    assert here.start.day == min(start.day, monthrange(here.start.year, here.start.month)[1])
