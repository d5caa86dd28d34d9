"""Terms and the day to decide by, worked by hand and as properties."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.contracts.terms import (
    Agreed,
    Notice,
    Term,
    Unit,
    decide_by,
    is_over,
    months_later,
    next_end,
    renewed,
    term_on,
)

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
NOTICES = st.none() | st.builds(Notice, length=st.integers(0, 36), unit=st.sampled_from(list(Unit)))
RENEWALS = st.integers(min_value=1, max_value=60)


def months(length: int) -> Notice:
    return Notice(length=length, unit=Unit.MONTHS)


def days(length: int) -> Notice:
    return Notice(length=length, unit=Unit.DAYS)


# By hand ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ends_on", "notice", "expected"),
    [
        (date(2027, 5, 31), months(3), date(2027, 2, 28)),  # February has no 31st
        (date(2028, 5, 31), months(3), date(2028, 2, 29)),  # nor a 30th in a leap year
        (date(2027, 6, 30), months(3), date(2027, 3, 30)),  # the same day, not the last of March: never too late
        (date(2026, 12, 31), months(6), date(2026, 6, 30)),
        (date(2027, 1, 15), months(1), date(2026, 12, 15)),  # over the turn of the year
        (date(2027, 2, 28), months(12), date(2026, 2, 28)),
        (date(2028, 2, 29), months(12), date(2027, 2, 28)),
        (date(2026, 12, 31), days(90), date(2026, 10, 2)),  # 31 + 30 of December and November, 29 of October
        (date(2028, 3, 1), days(1), date(2028, 2, 29)),
        (date(2026, 12, 31), months(0), date(2026, 12, 31)),
        (date(2026, 12, 31), None, date(2026, 12, 31)),
    ],
)
def test_notice_is_given_by_the_day_that_lies_its_length_before_the_end(
    ends_on: date, notice: Notice | None, expected: date
) -> None:
    assert decide_by(ends_on, notice) == expected


@pytest.mark.parametrize(
    ("ends_on", "length", "expected"),
    [
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2027, 6, 30), 6, date(2027, 12, 31)),  # from 1 July to the end of the year
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 28), 12, date(2029, 2, 28)),  # 28 February 2028 is not the last of its month; the day stays
        (date(2027, 3, 14), 1, date(2027, 4, 14)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
    ],
)
def test_a_term_that_ends_with_its_month_is_followed_by_one_that_does(
    ends_on: date, length: int, expected: date
) -> None:
    assert renewed(ends_on, length) == expected


def test_a_contract_renews_on_the_day_after_its_term_and_not_before() -> None:
    agreed = Agreed(ends_on=date(2026, 12, 31), notice=months(3), renews_months=12)
    first = Term(ends_on=date(2026, 12, 31), decide_by=date(2026, 9, 30))
    assert term_on(agreed, date(2026, 9, 30)) == first
    assert term_on(agreed, date(2026, 10, 1)) == first  # too late for notice: the term itself still runs
    assert term_on(agreed, date(2026, 12, 31)) == first
    second = Term(ends_on=date(2027, 12, 31), decide_by=date(2027, 9, 30))
    assert term_on(agreed, date(2027, 1, 1)) == second
    assert term_on(agreed, date(2031, 5, 5)) == Term(ends_on=date(2031, 12, 31), decide_by=date(2031, 9, 30))


def test_a_contract_that_does_not_renew_is_over_on_the_day_after_its_end() -> None:
    agreed = Agreed(ends_on=date(2026, 12, 31), notice=months(3))
    assert term_on(agreed, date(2026, 12, 31)) == Term(ends_on=date(2026, 12, 31), decide_by=date(2026, 9, 30))
    assert not is_over(agreed, date(2026, 12, 31))
    assert term_on(agreed, date(2027, 1, 1)) is None
    assert is_over(agreed, date(2027, 1, 1))


def test_a_contract_without_an_end_has_nothing_to_decide_and_is_never_over() -> None:
    agreed = Agreed(ends_on=None, notice=months(3), renews_months=12)
    assert term_on(agreed, date(2026, 1, 1)) is None
    assert not is_over(agreed, date(2026, 1, 1))
    assert next_end(agreed) is None


def test_what_happens_by_itself_is_the_next_term_or_the_end() -> None:
    assert next_end(Agreed(ends_on=date(2026, 12, 31), renews_months=12)) == date(2027, 12, 31)
    assert next_end(Agreed(ends_on=date(2026, 12, 31))) is None


def test_a_day_outside_the_calendar_is_an_error_and_no_other_day() -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        months_later(date(9999, 12, 1), 1)
    with pytest.raises(ValueError, match="outside the calendar"):
        months_later(date(1, 1, 31), -1)


# Properties ------------------------------------------------------------------------------------------------------
@given(day=DAYS, length=st.integers(-600, 600))
def test_so_many_months_later_is_in_that_month_on_that_day_or_on_its_last(day: date, length: int) -> None:
    then = months_later(day, length)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == length
    assert then.day == day.day or (then.day < day.day and then.day == monthrange(then.year, then.month)[1])


@given(ends_on=DAYS, notice=NOTICES, longer=st.integers(0, 24))
def test_longer_notice_never_leaves_more_time_and_no_notice_falls_after_the_end(
    ends_on: date, notice: Notice | None, longer: int
) -> None:
    by = decide_by(ends_on, notice)
    assert by <= ends_on
    if notice is not None:
        more = Notice(length=notice.length + longer, unit=notice.unit)
        assert decide_by(ends_on, more) <= by


@given(ends_on=DAYS, notice=NOTICES, renews=RENEWALS, later=st.integers(-400, 4000))
def test_the_term_of_a_day_holds_it_and_the_one_before_does_not(
    ends_on: date, notice: Notice | None, renews: int, later: int
) -> None:
    agreed = Agreed(ends_on=ends_on, notice=notice, renews_months=renews)
    today = ends_on + timedelta(days=later)
    term = term_on(agreed, today)
    assert term is not None
    assert term.ends_on >= max(today, ends_on)
    if term.ends_on > ends_on:  # it began after the term before had ended, so that one does not reach today
        assert months_later(term.ends_on, -renews) <= today
    assert term.decide_by == decide_by(term.ends_on, notice)


@given(ends_on=DAYS, notice=NOTICES, renews=RENEWALS, steps=st.lists(st.integers(0, 500), max_size=8))
def test_looking_each_day_or_after_years_gives_the_same_term(
    ends_on: date, notice: Notice | None, renews: int, steps: list[int]
) -> None:
    """The job that moves contracts on may have stood still for any time."""
    seen = today = ends_on
    for step in steps:
        today += timedelta(days=step)
        term = term_on(Agreed(ends_on=seen, notice=notice, renews_months=renews), today)
        assert term is not None
        seen = term.ends_on
    at_once = term_on(Agreed(ends_on=ends_on, notice=notice, renews_months=renews), today)
    assert at_once is not None
    assert at_once.ends_on == seen


@given(ends_on=DAYS, notice=NOTICES, later=st.integers(-400, 4000))
def test_without_renewal_there_is_a_term_until_its_end_and_then_it_is_over(
    ends_on: date, notice: Notice | None, later: int
) -> None:
    agreed = Agreed(ends_on=ends_on, notice=notice)
    today = ends_on + timedelta(days=later)
    assert (term_on(agreed, today) is None) is (today > ends_on) is is_over(agreed, today)
