"""When a due date is worth a word."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assessments.schedule.milestones import milestones_between

DUE = date(2026, 5, 20)
LONG_BEFORE, LONG_AFTER = date(2026, 1, 1), date(2026, 6, 15)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_it_is_a_week_before_the_day_before_the_day_a_day_late_and_every_week_late() -> None:
    told = milestones_between(DUE, after=LONG_BEFORE, until=LONG_AFTER)
    assert [(day - DUE).days for day in told] == [-7, -1, 0, 1, 7, 14, 21]


def test_either_half_can_be_left_out() -> None:
    assert milestones_between(DUE, after=LONG_BEFORE, until=LONG_AFTER, before=False)[0] == DUE + timedelta(days=1)
    assert milestones_between(DUE, after=LONG_BEFORE, until=LONG_AFTER, overdue=False)[-1] == DUE
    assert milestones_between(DUE, after=LONG_BEFORE, until=LONG_AFTER, before=False, overdue=False) == ()


def test_the_first_day_of_all_days_is_a_due_date_like_others() -> None:
    assert milestones_between(date.min, after=date.min, until=date(1, 1, 3)) == (date(1, 1, 2),)


@given(due=days, cuts=st.lists(days, min_size=2, max_size=12))
def test_windows_that_touch_tell_each_milestone_once_and_none_is_left_out(due: date, cuts: list[date]) -> None:
    cuts.sort()
    told = [day for after, until in pairwise(cuts) for day in milestones_between(due, after=after, until=until)]
    assert told == list(milestones_between(due, after=cuts[0], until=cuts[-1]))
    assert len(told) == len(set(told))
