"""How long before a change its notice came, when readers are reminded, and what notices say: plain numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median

from vendors.service_hours.working_days import is_working_day

REMINDED_WORKING_DAYS = 2  # before a change begins
AFTERWARDS = timedelta(hours=24)  # an incident opened so long after a change is shown beside it
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one notice says. `days`: of warning, whole ones, from the notice to the start; 0 where it came later."""

    says_risks: bool
    says_prevention: bool
    days: int


@dataclass(frozen=True, kw_only=True)
class Sum:
    """Over the notices of a vendor. `both`: how many say which problems may come and what is done against them;
    `share`: of all of them, None where there are none; `days`: the middle number of days of warning."""

    count: int
    both: int
    share: Fraction | None
    days: Fraction | None

    @property
    def days_shown(self) -> Fraction:
        """Whole or half; nought where there are none."""
        return self.days or Fraction(0)


def days_of_warning(announced: date, starts: date) -> int:
    return max((starts - announced).days, 0)


def sum_of(notices: Iterable[Told]) -> Sum:
    told = list(notices)
    both = sum(one.says_risks and one.says_prevention for one in told)
    return Sum(
        count=len(told),
        both=both,
        share=Fraction(both, len(told)) if told else None,
        days=Fraction(median(Fraction(one.days) for one in told)) if told else None,
    )


def remind_on(starts: date, country: str = "", region: str = "") -> date:
    """Two working days before a change begins; `country` and `region` say whose holidays are free."""
    found, day = 0, starts
    while found < REMINDED_WORKING_DAYS:
        day -= DAY
        found += is_working_day(day, country, region)
    return day


def is_beside(opened: datetime, starts: datetime, until: datetime) -> bool:
    """An incident that was opened while a change was made, or within a day after it."""
    return starts <= opened <= until + AFTERWARDS
