"""When a due date is worth a word: a week before, the day before, on the day, a day late, and every week late; what
takes long to prepare, two months and one month before as well.

Plain days in and out: no clock and no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

DAYS_BEFORE = (7, 1, 0)
LONG_BEFORE = (60, 30, *DAYS_BEFORE)  # of contracts, and of papers that expire
FIRST_DAY_LATE = 1
EVERY_DAYS_LATE = 7


def milestones_between(
    due_on: date,
    *,
    after: date,
    until: date,
    before: bool = True,
    overdue: bool = True,
    days_before: Sequence[int] = DAYS_BEFORE,
    first_day_late: bool = True,
) -> tuple[date, ...]:
    """The milestones of a due date that lie later than `after` and not later than `until`, in order.

    Windows that touch tell each milestone once: (a, b] and (b, c] together are (a, c]. `first_day_late`: False leaves
    out the day after, for whoever is reminded once a week at most.
    """
    low, high = after.toordinal(), until.toordinal()
    days = _days(due_on.toordinal(), high, before=days_before if before else (), overdue=overdue)
    left_out = None if first_day_late else due_on.toordinal() + FIRST_DAY_LATE
    return tuple(date.fromordinal(day) for day in days if low < day <= high and day != left_out)


def _days(due: int, until: int, *, before: Sequence[int], overdue: bool) -> Iterator[int]:
    """As ordinals, since a day before the first of all days is a number and no date."""
    yield from (due - days for days in before)
    if overdue:
        yield due + FIRST_DAY_LATE
        yield from range(due + EVERY_DAYS_LATE, until + 1, EVERY_DAYS_LATE)
