"""Which moment is meant by a time of day alone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.timeline.clock import BACK, DAY, following, last

HERE = ZoneInfo("Europe/Brussels")


def here(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=HERE)


@pytest.mark.parametrize(
    ("typed", "now", "meant"),
    [
        (time(13, 50), here(2, 14, 5), here(2, 13, 50)),
        (time(14, 5), here(2, 14, 5), here(2, 14, 5)),
        (time(23, 50), here(3, 0, 10), here(2, 23, 50)),  # yesterday’s
        (time(14, 30), here(2, 14, 5), None),  # still to come
        (time(1, 0), here(2, 14, 5), None),  # too long ago without its day
    ],
)
def test_a_time_without_a_day_is_the_last_one(typed: time, now: datetime, meant: datetime | None) -> None:
    assert last(typed, before=now, zone=HERE) == meant


@pytest.mark.parametrize(
    ("typed", "at", "meant"),
    [
        (time(14, 30), here(2, 14, 5), here(2, 14, 30)),
        (time(14, 5), here(2, 14, 5) + timedelta(seconds=30), here(2, 14, 5)),
        (time(0, 20), here(2, 23, 50), here(3, 0, 20)),
        (time(9, 0), here(2, 14, 5), here(3, 9)),
    ],
)
def test_what_comes_next_comes_at_the_next_such_time(typed: time, at: datetime, meant: datetime) -> None:
    assert following(typed, after=at, zone=HERE) == meant


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC))
HOUR = timedelta(hours=1)  # by which the clocks change


@given(st.times(), moments)
def test_the_last_time_lies_behind_and_the_next_ahead(typed: time, now: datetime) -> None:
    typed = typed.replace(second=0, microsecond=0)
    before, after = last(typed, before=now, zone=HERE), following(typed, after=now, zone=HERE)
    assert before is None or now - BACK <= before <= now
    assert now.replace(second=0, microsecond=0) <= after <= now + DAY + HOUR
