"""Working days: Monday to Friday without the public holidays of a place. Plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from vendors.service_hours.public_holidays import free_days

DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(day: date, country: str = "", region: str = "") -> bool:
    """`country` (ISO 3166) and `region` as the library `holidays` names it: whose holidays are free; empty for none."""
    return day.weekday() < SATURDAY and day not in free_days(country, region, day.year)


def working_day_after(day: date, count: int, country: str = "", region: str = "") -> date:
    """The last of the `count` working days that follow `day`; `day` itself for none."""
    return next(islice(_following(day, country, region), count - 1, None)) if count > 0 else day


def working_days_between(since: date, until: date, country: str = "", region: str = "") -> int:
    """How many working days follow `since`, up to `until` and with it; 0 where it is not later."""
    span = (since + DAY * offset for offset in range(1, (until - since).days + 1))
    return sum(is_working_day(day, country, region) for day in span)


def _following(day: date, country: str, region: str) -> Iterator[date]:
    while True:
        day += DAY
        if is_working_day(day, country, region):
            yield day
