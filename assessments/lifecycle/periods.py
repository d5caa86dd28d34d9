"""The period that an assessment looks at, and the usual ones to choose from."""

from __future__ import annotations

from calendar import monthrange
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


def later_period(period: Period, months: int) -> Period:
    """The same period so many months later.

    The first day moves, and the day after the last: whole months stay whole months (1 January to 31 March gives 1 April
    to 30 June), and periods that touch still touch. A day that the month does not have becomes its last one.
    """
    start = _later(period.start, months)
    stop = _later(period.end + timedelta(days=1), months)
    return Period(start=start, end=max(start, stop - timedelta(days=1)))


def in_series(first: Period, *, months: int, times: int) -> Period:
    """The `times`-th after the first of a series that comes again every so many months, counted from the first itself.

    Counted from the one before, a day 31 would be 28 for good after a February. Where the second begins on the day
    after the first ends, so do all others.
    """
    if _later(first.start, months) == first.end + timedelta(days=1):
        after = _later(first.start, months * (times + 1))
        return Period(start=_later(first.start, months * times), end=after - timedelta(days=1))
    return later_period(first, months * times)


def _later(day: date, months: int) -> date:
    first = _add_months(day.replace(day=1), months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _months_before(first: date, months: int) -> Period:
    return Period(start=_add_months(first, -months), end=first - timedelta(days=1))


def _add_months(first: date, months: int) -> date:
    """`first` is the first of a month, so that every month has that day."""
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, month + 1, 1)
