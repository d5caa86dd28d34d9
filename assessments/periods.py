"""The period that an assessment looks at, and the usual ones to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first to the last day, both included. Raises ValueError when they are out of order."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period ends on or after its first day: {self.start} to {self.end}")


def last_quarter(today: date) -> Period:
    return _months_before(_first_of_quarter(today), 3)


def last_half_year(today: date) -> Period:
    """The two calendar quarters that ended last."""
    return _months_before(_first_of_quarter(today), 6)


def last_year(today: date) -> Period:
    """The calendar year that ended last."""
    return _months_before(date(today.year, 1, 1), 12)


def this_quarter(today: date) -> Period:
    """The running quarter, to its last day."""
    first = _first_of_quarter(today)
    return Period(start=first, end=_add_months(first, 3) - timedelta(days=1))


def _first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _months_before(first: date, months: int) -> Period:
    return Period(start=_add_months(first, -months), end=first - timedelta(days=1))


def _add_months(first: date, months: int) -> date:
    """`first` is the first of a month, so that every month has that day."""
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, month + 1, 1)
