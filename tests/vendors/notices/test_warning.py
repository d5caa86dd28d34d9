"""Days of warning, reminders and shares, in plain numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.notices.warning import Told, days_of_warning, is_beside, remind_on, sum_of
from vendors.service_hours.working_days import working_days_between

STARTS = datetime(2026, 3, 7, 22, tzinfo=UTC)
UNTIL = STARTS + timedelta(hours=2)
TOLD = st.builds(Told, says_risks=st.booleans(), says_prevention=st.booleans(), days=st.integers(0, 400))


def test_what_is_told_afterwards_warned_of_nothing() -> None:
    assert days_of_warning(date(2026, 3, 1), date(2026, 3, 8)) == 7
    assert days_of_warning(date(2026, 3, 8), date(2026, 3, 8)) == 0
    assert days_of_warning(date(2026, 3, 9), date(2026, 3, 8)) == 0


def test_only_a_notice_that_says_both_counts() -> None:
    told = [
        Told(says_risks=True, says_prevention=True, days=10),
        Told(says_risks=True, says_prevention=False, days=3),
        Told(says_risks=False, says_prevention=True, days=0),
        Told(says_risks=True, says_prevention=True, days=6),
    ]
    total = sum_of(told)
    assert (total.count, total.both, total.share, total.days) == (4, 2, Fraction(1, 2), Fraction(9, 2))
    assert total.days_shown == 4.5


def test_without_notices_there_is_no_share_and_no_nought() -> None:
    total = sum_of([])
    assert (total.count, total.share, total.days) == (0, None, None)


@given(st.lists(TOLD, min_size=1))
def test_the_share_lies_between_none_and_all_and_no_order_changes_it(told: list[Told]) -> None:
    total = sum_of(told)
    assert total.share is not None
    assert 0 <= total.share <= 1
    assert total.share * total.count == total.both
    assert sum_of(told[::-1]) == total
    assert min(one.days for one in told) <= (total.days or 0) <= max(one.days for one in told)


@pytest.mark.parametrize(
    ("starts", "reminded"),
    [
        (date(2026, 3, 5), date(2026, 3, 3)),  # Thursday: Tuesday
        (date(2026, 3, 7), date(2026, 3, 5)),  # Saturday: Thursday
        (date(2026, 3, 9), date(2026, 3, 5)),  # Monday: Thursday
    ],
)
def test_the_reminder_comes_two_working_days_before(starts: date, reminded: date) -> None:
    assert remind_on(starts) == reminded


def test_a_public_holiday_is_no_working_day() -> None:
    assert remind_on(date(2026, 5, 5), "DE") == date(2026, 4, 30)  # Tuesday; the first of May was free
    assert remind_on(date(2026, 5, 5)) == date(2026, 5, 1)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_two_working_days_always_lie_between(starts: date) -> None:
    reminded = remind_on(starts)
    assert working_days_between(reminded - timedelta(days=1), starts - timedelta(days=1)) == 2


def test_an_incident_is_beside_a_change_from_its_beginning_until_a_day_after_its_end() -> None:
    day = timedelta(hours=24)
    assert is_beside(STARTS, STARTS, UNTIL)
    assert is_beside(UNTIL + day, STARTS, UNTIL)
    assert not is_beside(STARTS - timedelta(seconds=1), STARTS, UNTIL)
    assert not is_beside(UNTIL + day + timedelta(seconds=1), STARTS, UNTIL)
