"""Until when a contract must be decided: its terms, one after the other, and the last day for notice of each.

Plain Python: no Django, no clock, no database.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_MONTHS = 120  # of notice, or of a renewal
MOST_DAYS = 3650  # of notice


class Unit(StrEnum):
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """How long before a term ends somebody has to say so."""

    length: int
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What a contract says. `ends_on`: the last day of one of its terms, None where it has no end. `notice`: None where
    it is not known. `renews_months`: by how many months it goes on by itself, None where it ends."""

    ends_on: date | None
    notice: Notice | None = None
    renews_months: int | None = None


@dataclass(frozen=True, kw_only=True)
class Term:
    """`ends_on`: its last day. `decide_by`: the last day on which notice for it can be given."""

    ends_on: date
    decide_by: date


def months_later(day: date, months: int) -> date:
    """The same day so many months later (earlier where negative), or the last of a month that is shorter: three months
    before 31 May is the last day of February. Raises ValueError outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{months} months from {day} lie outside the calendar.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def renewed(ends_on: date, months: int) -> date:
    """The last day of the term that follows. A term that ended with its month is followed by one that does, too:
    after 28 February 2027 comes 29 February 2028, as the term began on 1 March."""
    then = months_later(ends_on, months)
    if not _is_last_of_month(ends_on):
        return then
    return then.replace(day=monthrange(then.year, then.month)[1])


def _is_last_of_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def decide_by(ends_on: date, notice: Notice | None) -> date:
    """Notice counts when it is given *by* this day, so the day itself is still in time. Where no notice is agreed or
    known, the last day of the term: it is never later than that."""
    if notice is None:
        return ends_on
    if notice.unit is Unit.DAYS:
        return ends_on - timedelta(days=notice.length)
    return months_later(ends_on, -notice.length)


def term_on(agreed: Agreed, today: date) -> Term | None:
    """The term that runs on this day, or, of a contract that has not begun, the first; None where the contract has no
    end, or is over: it ended before this day and does not renew."""
    ends_on = agreed.ends_on
    if ends_on is None:
        return None
    while ends_on < today:
        if agreed.renews_months is None:
            return None
        ends_on = renewed(ends_on, agreed.renews_months)
    return Term(ends_on=ends_on, decide_by=decide_by(ends_on, agreed.notice))


def is_over(agreed: Agreed, today: date) -> bool:
    """Whether it came to its end by itself: its only term is past, and none follows."""
    return agreed.ends_on is not None and agreed.ends_on < today and agreed.renews_months is None


def next_end(agreed: Agreed) -> date | None:
    """Until when it goes on where nobody decides; None where it ends, or has no end to go on from."""
    if agreed.ends_on is None or agreed.renews_months is None:
        return None
    return renewed(agreed.ends_on, agreed.renews_months)
