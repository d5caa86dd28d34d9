"""When a plan is to be gone through again: half a year after the last time.

Plain Python: no Django, no clock, no database.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from vendors.contracts.terms import months_later

MONTHS = 6
FIRST_WITHIN = timedelta(days=14)  # of a plan that was just written: nobody has called its numbers yet


class CheckState(StrEnum):
    NO_PLAN = "no_plan"
    NEVER = "never"  # written, and never gone through
    OVERDUE = "overdue"  # gone through more than half a year ago
    CHECKED = "checked"


def check_by(checked_on: date | None, written_on: date) -> date:
    """The last day on which the next check is in time. `written_on`: when the plan was last changed, which counts as
    long as nobody has gone through it."""
    return written_on + FIRST_WITHIN if checked_on is None else months_later(checked_on, MONTHS)


def state_of(checked_on: date | None, today: date) -> CheckState:
    """Of a plan that is there."""
    if checked_on is None:
        return CheckState.NEVER
    return CheckState.OVERDUE if months_later(checked_on, MONTHS) < today else CheckState.CHECKED


def checked_since(today: date) -> date:
    """The earliest day of a check that still counts today, so that a database can ask for it."""
    day = months_later(today, -MONTHS)
    while months_later(day, MONTHS) < today:  # a shorter month has cut days off: 31 August less six months
        day += timedelta(days=1)
    return day
