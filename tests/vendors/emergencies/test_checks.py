"""When a plan is to be gone through again: plain arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.emergencies.checks import CheckState, check_by, checked_since, state_of

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("checked_on", "today", "state"),
    [
        (None, date(2026, 3, 2), CheckState.NEVER),
        (date(2025, 9, 2), date(2026, 3, 2), CheckState.CHECKED),  # half a year to the day is not over it
        (date(2025, 9, 1), date(2026, 3, 2), CheckState.OVERDUE),
        (date(2025, 8, 31), date(2026, 2, 28), CheckState.CHECKED),  # February has no 31st
        (date(2025, 8, 31), date(2026, 3, 1), CheckState.OVERDUE),
    ],
)
def test_a_check_counts_for_half_a_year(checked_on: date | None, today: date, state: CheckState) -> None:
    assert state_of(checked_on, today) == state


def test_a_new_plan_is_to_be_called_through_within_a_fortnight_and_then_each_half_year() -> None:
    assert check_by(None, date(2026, 3, 2)) == date(2026, 3, 16)
    assert check_by(date(2026, 3, 2), date(2026, 5, 1)) == date(2026, 9, 2)


@given(checked_on=DAYS, today=DAYS)
def test_what_the_database_asks_for_is_what_a_page_says(checked_on: date, today: date) -> None:
    assert (checked_on >= checked_since(today)) == (state_of(checked_on, today) == CheckState.CHECKED)


@given(checked_on=DAYS, days=st.integers(0, 400))
def test_a_plan_is_overdue_from_the_day_after_it_was_to_be_checked(checked_on: date, days: int) -> None:
    today = checked_on + timedelta(days=days)
    overdue = state_of(checked_on, today) == CheckState.OVERDUE
    assert overdue == (today > check_by(checked_on, checked_on))
