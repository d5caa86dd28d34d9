"""Working days: Monday to Friday without public holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.service_hours.working_days import is_working_day, working_day_after, working_days_between

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("since", "count", "place", "until"),
    [
        (MONDAY, 0, "", MONDAY),
        (MONDAY, 1, "", date(2026, 3, 3)),
        (MONDAY, 5, "", date(2026, 3, 9)),
        (MONDAY, 10, "", date(2026, 3, 16)),
        (date(2026, 3, 7), 1, "", date(2026, 3, 9)),  # from a Saturday, Monday is the first
        (date(2026, 4, 2), 1, "", date(2026, 4, 3)),  # Good Friday is a day like others,
        (date(2026, 4, 2), 1, "DE", date(2026, 4, 7)),  # but not in Germany, nor Easter Monday
        (date(2026, 4, 2), 1, "FR", date(2026, 4, 3)),  # in most of France it is
        (date(2026, 12, 31), 1, "BE", date(2027, 1, 4)),  # over the end of a year
    ],
)
def test_the_day_after_so_many_working_days(since: date, count: int, place: str, until: date) -> None:
    assert working_day_after(since, count, place) == until
    assert working_days_between(since, until, place) == count


def test_nothing_lies_between_a_day_and_one_before_it() -> None:
    assert working_days_between(MONDAY, MONDAY - timedelta(days=30)) == 0


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60), st.sampled_from(["", "BE", "NL", "FR"]))
def test_counting_forth_and_back_agree(since: date, count: int, place: str) -> None:
    until = working_day_after(since, count, place)
    assert is_working_day(until, place)
    assert working_days_between(since, until, place) == count
    assert working_days_between(since, until - timedelta(days=1), place) == count - 1
