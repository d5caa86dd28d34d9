"""Time of service between two moments: worked by hand, against a slow count minute by minute, and by its laws."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patience import patience
from vendors.service_hours.hours import MINUTES_A_DAY, ROUND_THE_CLOCK, WHOLE_DAY, ServiceHours, worked
from vendors.service_hours.public_holidays import free_days

MINUTE = 60_000_000
HOUR = 60 * MINUTE
OFFICE = (8 * 60, 18 * 60)
WEEK = (OFFICE,) * 5 + (None, None)
BRUSSELS = ZoneInfo("Europe/Brussels")
ZONES = (
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "America/Sao_Paulo",  # changed its clocks at midnight, until 2019
    "Africa/Cairo",  # at midnight, and at the end of a day
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",  # 5:45 ahead
    "Pacific/Apia",  # left out 30 December 2011
    "Pacific/Kiritimati",  # 14 hours ahead
    "Africa/Casablanca",
)
# Years in which one of these zones did something odd, and a year to come.
STARTS = tuple(
    datetime(*day, tzinfo=UTC)
    for day in (
        (2011, 12, 26),
        (2018, 11, 1),
        (2018, 2, 14),
        (2024, 3, 28),
        (2024, 10, 24),
        (2024, 4, 4),
        (2026, 12, 28),
    )
)


def office(**said: object) -> ServiceHours:
    return ServiceHours(**{"hours": WEEK, "time_zone": "Europe/Brussels", **said})  # type: ignore[arg-type]


def brussels(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BRUSSELS)  # type: ignore[arg-type, misc]


# Worked by hand ----------------------------------------------------------------------------------------------------
def test_an_evening_and_a_night_do_not_count() -> None:
    # Tuesday 16:30 to Wednesday 09:15: an hour and a half, and an hour and a quarter.
    assert worked(office(), brussels(2026, 3, 3, 16, 30), brussels(2026, 3, 4, 9, 15)) == 165 * MINUTE


def test_a_weekend_does_not_count() -> None:
    assert worked(office(), brussels(2026, 3, 6, 17, 0), brussels(2026, 3, 9, 9, 0)) == 2 * HOUR
    assert worked(office(), brussels(2026, 3, 7, 3, 0), brussels(2026, 3, 8, 23, 0)) == 0


def test_a_public_holiday_does_not_count_where_a_country_is_named() -> None:
    # Tuesday 21 July 2026 is the National Day of Belgium.
    start, end = brussels(2026, 7, 20, 8, 0), brussels(2026, 7, 22, 18, 0)
    assert worked(office(), start, end) == 30 * HOUR
    assert worked(office(country="BE"), start, end) == 20 * HOUR
    assert worked(office(country="FR"), start, end) == 30 * HOUR


def test_a_holiday_of_a_region_does_not_count_there_alone() -> None:
    # Corpus Christi, Thursday 4 June 2026, is free in Bavaria and not in Berlin.
    start, end = brussels(2026, 6, 3, 8, 0), brussels(2026, 6, 5, 18, 0)
    assert worked(office(country="DE", region="BY"), start, end) == 20 * HOUR
    assert worked(office(country="DE", region="BE"), start, end) == 30 * HOUR


def test_a_day_from_eight_to_six_has_ten_hours_though_the_clocks_change() -> None:
    every_day = office(hours=(OFFICE,) * 7)
    for day in ((2026, 3, 29), (2026, 10, 25), (2026, 6, 7)):
        start = brussels(*day)
        assert worked(every_day, start, start + timedelta(days=1)) == 10 * HOUR


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 7), 24)])
def test_a_whole_day_has_as_many_hours_as_its_clock_shows(day: tuple[int, int, int], hours: int) -> None:
    # A country makes it run by its table rather than by plain difference; none of these days is a holiday.
    every_day = office(hours=(WHOLE_DAY,) * 7, country="BE")
    start = brussels(*day)
    assert worked(every_day, start, start + timedelta(days=1)) == hours * HOUR


def test_an_hour_that_the_clock_shows_twice_counts_twice() -> None:
    at_night = office(hours=((2 * 60, 3 * 60),) * 7)
    assert worked(at_night, brussels(2026, 10, 25), brussels(2026, 10, 26)) == 2 * HOUR
    assert worked(at_night, brussels(2026, 3, 29), brussels(2026, 3, 30)) == 0  # and one it leaves out never


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    every_day = ServiceHours(hours=(OFFICE,) * 7, time_zone="Pacific/Apia")
    zone = ZoneInfo("Pacific/Apia")
    start, end = datetime(2011, 12, 29, tzinfo=zone), datetime(2012, 1, 1, tzinfo=zone)
    assert worked(every_day, start, end) == 20 * HOUR  # the 29th and the 31st


def test_a_microsecond_is_not_lost() -> None:
    start = brussels(2026, 3, 3, 12, 0)
    assert worked(office(), start, start + timedelta(microseconds=1)) == 1
    assert worked(office(), brussels(2026, 3, 3, 18) - timedelta(microseconds=1), brussels(2026, 3, 3, 20)) == 1


def test_the_turn_of_a_year_changes_nothing() -> None:
    # From Wednesday 30 December 2026, 12:00, to Monday 4 January 2027, 12:00; New Year is free.
    start, end = brussels(2026, 12, 30, 12), brussels(2027, 1, 4, 12)
    assert worked(office(country="BE"), start, end) == (6 + 10 + 0 + 4) * HOUR
    assert worked(office(), start, end) == (6 + 10 + 10 + 4) * HOUR


def test_round_the_clock_is_the_plain_difference() -> None:
    start, end = brussels(2026, 3, 28), brussels(2026, 3, 30)
    assert ROUND_THE_CLOCK.is_round_the_clock
    assert worked(ROUND_THE_CLOCK, start, end) == 47 * HOUR
    assert not office().is_round_the_clock


def test_an_end_before_its_start_is_no_time() -> None:
    assert worked(office(), brussels(2026, 3, 4, 12), brussels(2026, 3, 3, 12)) == 0
    assert worked(ROUND_THE_CLOCK, brussels(2026, 3, 4, 12), brussels(2026, 3, 3, 12)) == 0


@pytest.mark.parametrize("hours", [WEEK[:6], ((600, 600), *WEEK[1:]), ((0, 1441), *WEEK[1:]), ((-1, 60), *WEEK[1:])])
def test_hours_that_are_no_week_are_refused(hours: tuple[tuple[int, int] | None, ...]) -> None:
    with pytest.raises(ValueError, match="Not the hours of a week"):
        ServiceHours(hours=hours)


def test_equal_hours_are_one_key() -> None:
    assert {office(country="BE"), office(country="BE"), office()} == {office(country="BE"), office()}


# Laws --------------------------------------------------------------------------------------------------------------
minutes_of_a_day = st.tuples(st.integers(0, MINUTES_A_DAY - 1), st.integers(1, MINUTES_A_DAY)).map(
    lambda two: (two[0], max(two[0] + 1, two[1]))
)
day_hours = st.none() | st.just(WHOLE_DAY) | st.just(OFFICE) | minutes_of_a_day
calendars = st.builds(
    lambda hours, zone, place: ServiceHours(hours=tuple(hours), time_zone=zone, country=place[0], region=place[1]),
    st.lists(day_hours, min_size=7, max_size=7),
    st.sampled_from(ZONES),
    st.sampled_from([("", ""), ("BE", ""), ("DE", "BY"), ("US", "NY"), ("EG", "")]),
)
seconds = st.integers(0, 12 * 24 * 3600)
moments = st.builds(lambda start, after: start + timedelta(seconds=after), st.sampled_from(STARTS), seconds)
# Three within days of each other, or years apart.
threes = st.tuples(moments, moments, moments).map(sorted) | st.builds(
    lambda start, one, other: sorted([start, start + timedelta(seconds=one), start + timedelta(seconds=other)]),
    st.sampled_from(STARTS),
    seconds,
    seconds,
)


def by_the_minute(calendar: ServiceHours, start: datetime, minutes: int) -> int:
    """The minutes of service from a whole minute on: each is asked what the clock on the wall shows."""
    zone, count = ZoneInfo(calendar.time_zone), 0
    for passed in range(minutes):
        shown = (start + timedelta(minutes=passed)).astimezone(zone)
        hours = calendar.hours[shown.weekday()]
        if hours and shown.date() not in free_days(calendar.country, calendar.region, shown.year):
            count += hours[0] <= shown.hour * 60 + shown.minute < hours[1]
    return count


@given(calendars, st.sampled_from(STARTS), st.integers(0, 6 * MINUTES_A_DAY), st.integers(0, 4 * MINUTES_A_DAY))
def test_it_is_what_the_clock_on_the_wall_shows_minute_by_minute(
    calendar: ServiceHours, start: datetime, after: int, minutes: int
) -> None:
    start += timedelta(minutes=after)
    assert (
        worked(calendar, start, start + timedelta(minutes=minutes)) == by_the_minute(calendar, start, minutes) * MINUTE
    )


@given(calendars, threes)
def test_two_stretches_are_as_long_as_both_together(calendar: ServiceHours, three: list[datetime]) -> None:
    first, middle, last = three
    assert worked(calendar, first, middle) + worked(calendar, middle, last) == worked(calendar, first, last)


@given(calendars, threes)
def test_it_never_exceeds_the_clock_nor_shrinks(calendar: ServiceHours, three: list[datetime]) -> None:
    first, middle, last = three
    assert 0 <= worked(calendar, first, middle) <= worked(calendar, first, last)
    assert worked(calendar, first, last) <= (last - first) // timedelta(microseconds=1)


@given(st.sampled_from(ZONES), threes)
def test_what_one_calendar_leaves_free_and_another_has_is_all_there_is(zone: str, three: list[datetime]) -> None:
    mornings = ServiceHours(hours=((0, 700),) * 7, time_zone=zone)
    evenings = ServiceHours(hours=((700, MINUTES_A_DAY),) * 7, time_zone=zone)
    first, _middle, last = three
    assert worked(mornings, first, last) + worked(evenings, first, last) == (last - first) // timedelta(microseconds=1)


def test_twenty_thousand_incidents_of_two_years_take_less_than_a_second() -> None:
    calendar = office(country="BE", region="")
    start = datetime(2024, 1, 1, tzinfo=UTC)
    spans = [
        (start + timedelta(minutes=50 * number), start + timedelta(minutes=50 * number + 37 * (number % 400)))
        for number in range(20_000)
    ]
    began = time.process_time()
    total = sum(worked(calendar, *span) for span in spans)
    assert total > 0
    assert time.process_time() - began < patience(1)


def test_a_year_counts_its_own_holidays() -> None:
    assert date(2026, 7, 21) in free_days("BE", "", 2026)
    assert {day.year for day in free_days("BE", "", 2026)} == {2026}
    assert free_days("", "", 2026) == frozenset()
