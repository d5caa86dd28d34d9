"""The usual periods, on days that are easy to get wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assessments import periods
from assessments.periods import Period


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
