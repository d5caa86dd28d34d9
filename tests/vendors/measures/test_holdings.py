"""Which days a source holds whole: each way in which a file is selected, by hand and day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.measures import by_hand
from vendors.measures.holdings import LAST_DAY, Days, Held, Holding, SourceCoverage, coverage

BRUSSELS = ZoneInfo("Europe/Brussels")
TEN_DAYS = timedelta(days=10)


def file(held: Held, since: date, to: date, known_until: datetime | None = None, **given: Any) -> Holding:
    """Exported when its last day was over, unless said otherwise."""
    known = known_until or by_hand.midnight(to + timedelta(days=1), BRUSSELS)
    return Holding(source="tool", held=held, since=since, to=to, known_until=known, **given)


def covered(*files: Holding, horizon: timedelta = TEN_DAYS) -> SourceCoverage:
    return coverage(files, horizon=horizon, zone=BRUSSELS)


def good(*files: Holding, horizon: timedelta = TEN_DAYS) -> tuple[Days, ...]:
    return covered(*files, horizon=horizon).good


def days(*named: tuple[tuple[int, int], tuple[int, int]]) -> tuple[Days, ...]:
    """Of 2026."""
    return tuple((date(2026, *first), date(2026, *last)) for first, last in named)


JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
END_OF_JANUARY, END_OF_FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


# By opening ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("held", [Held.OPENED, Held.OPENED_ENDED])
def test_of_a_file_by_opening_those_days_are_good_that_were_followed_for_the_horizon(held: Held) -> None:
    """The 18th of February ended ten days before the 1st of March."""
    assert good(file(held, JANUARY, END_OF_FEBRUARY)) == days(((1, 1), (2, 18)))


def test_a_file_by_opening_that_was_exported_later_is_good_to_its_end() -> None:
    later = datetime(2026, 3, 11, tzinfo=BRUSSELS)
    assert good(file(Held.OPENED, JANUARY, END_OF_FEBRUARY, later)) == days(((1, 1), (2, 28)))
    a_second_less = later - timedelta(seconds=1)
    assert good(file(Held.OPENED, JANUARY, END_OF_FEBRUARY, a_second_less)) == days(((1, 1), (2, 27)))


def test_a_file_exported_in_the_middle_of_a_day_has_only_days_that_were_over() -> None:
    noon = datetime(2026, 2, 28, 12, tzinfo=BRUSSELS)
    assert good(file(Held.OPENED, JANUARY, END_OF_FEBRUARY, noon)) == days(((1, 1), (2, 17)))


def test_monthly_files_by_opening_leave_out_what_neither_followed() -> None:
    """The file of January does not know how those ended that were opened in its last days, that of February has them
    not."""
    january, february = file(Held.OPENED, JANUARY, END_OF_JANUARY), file(Held.OPENED, FEBRUARY, END_OF_FEBRUARY)
    assert good(january, february) == days(((1, 1), (1, 21)), ((2, 1), (2, 18)))


def test_monthly_files_by_opening_that_overlap_are_as_one() -> None:
    january = file(Held.OPENED, JANUARY, END_OF_JANUARY)
    february = file(Held.OPENED, date(2026, 1, 22), END_OF_FEBRUARY)
    assert good(january, february) == good(february, january) == days(((1, 1), (2, 18)))


def test_a_file_too_short_for_the_horizon_is_good_for_nothing() -> None:
    assert good(file(Held.OPENED, date(2026, 1, 22), END_OF_JANUARY)) == ()
    assert covered(file(Held.OPENED, date(2026, 1, 22), END_OF_JANUARY)).begins is None
    assert good(file(Held.OPENED, date(2026, 1, 21), END_OF_JANUARY)) == days(((1, 21), (1, 21)))


# By ending -------------------------------------------------------------------------------------------------------
def test_of_a_file_by_resolution_those_days_are_good_whose_incidents_could_end_in_it() -> None:
    found = covered(file(Held.RESOLVED, JANUARY, END_OF_FEBRUARY))
    assert found.good == days(((1, 1), (2, 18)))
    assert found.begins == JANUARY


def test_a_file_by_resolution_that_was_exported_later_has_no_more_than_to_its_last_day() -> None:
    later = datetime(2026, 5, 1, tzinfo=BRUSSELS)
    assert good(file(Held.RESOLVED, JANUARY, END_OF_FEBRUARY, later)) == days(((1, 1), (2, 18)))


def test_a_file_by_resolution_exported_on_its_last_day_has_that_day_in_part() -> None:
    noon = datetime(2026, 2, 28, 12, tzinfo=BRUSSELS)
    assert good(file(Held.RESOLVED, JANUARY, END_OF_FEBRUARY, noon)) == days(((1, 1), (2, 17)))


def test_monthly_files_by_resolution_that_follow_on_each_other_are_as_one() -> None:
    january, february = file(Held.RESOLVED, JANUARY, END_OF_JANUARY), file(Held.RESOLVED, FEBRUARY, END_OF_FEBRUARY)
    assert good(february, january) == days(((1, 1), (2, 18)))


def test_between_files_by_resolution_a_missing_day_is_a_gap_as_long_as_the_horizon() -> None:
    """What was opened on 22 January may have ended on the 1st of February, which neither has."""
    january = file(Held.RESOLVED, JANUARY, END_OF_JANUARY)
    february = file(Held.RESOLVED, date(2026, 2, 2), END_OF_FEBRUARY)
    assert good(january, february) == days(((1, 1), (1, 21)), ((2, 2), (2, 18)))


def test_of_a_file_by_last_change_the_last_fortnight_is_not_there_for_good() -> None:
    """What was resolved in it is touched once more, to close it: to 14 February, and ten days less."""
    assert good(file(Held.CHANGED, JANUARY, END_OF_FEBRUARY)) == days(((1, 1), (2, 4)))


def test_a_file_by_last_change_and_the_next_one_follow_on_each_other_where_they_overlap() -> None:
    first = file(Held.CHANGED, JANUARY, END_OF_JANUARY)  # good for endings up to 17 January
    assert good(first, file(Held.CHANGED, date(2026, 1, 18), END_OF_FEBRUARY)) == days(((1, 1), (2, 4)))
    assert good(first, file(Held.CHANGED, FEBRUARY, END_OF_FEBRUARY)) == days(((1, 1), (1, 7)), ((2, 1), (2, 4)))


def test_a_file_of_what_is_open_holds_no_day_whole() -> None:
    assert good(file(Held.OPEN, JANUARY, END_OF_FEBRUARY)) == ()


def test_files_by_opening_and_by_resolution_complete_each_other() -> None:
    by_opening = file(Held.OPENED, JANUARY, END_OF_JANUARY, datetime(2026, 2, 10, tzinfo=BRUSSELS))
    by_resolution = file(Held.RESOLVED, FEBRUARY, END_OF_FEBRUARY)
    assert good(by_opening, by_resolution) == days(((1, 1), (1, 30)), ((2, 1), (2, 18)))
    later = file(Held.OPENED, JANUARY, END_OF_JANUARY, datetime(2026, 2, 11, tzinfo=BRUSSELS))
    assert good(later, by_resolution) == days(((1, 1), (2, 18)))


# Sources that ended ----------------------------------------------------------------------------------------------
def test_of_a_tool_that_is_used_no_more_nothing_is_expected_from_the_day_after() -> None:
    last = file(Held.OPENED, JANUARY, END_OF_FEBRUARY, datetime(2026, 3, 11, tzinfo=BRUSSELS), ended_on=END_OF_FEBRUARY)
    assert good(last) == ((JANUARY, LAST_DAY),)
    assert covered(last).ended_on == END_OF_FEBRUARY


def test_the_last_days_of_a_tool_are_good_only_where_they_were_followed() -> None:
    last = file(Held.OPENED, JANUARY, END_OF_FEBRUARY, ended_on=END_OF_FEBRUARY)
    assert good(last) == ((JANUARY, date(2026, 2, 18)), (MARCH, LAST_DAY))


def test_a_last_export_long_after_the_end_leaves_no_gap_behind_it() -> None:
    """Exported for good on 1 April, when all had been resolved."""
    last = file(
        Held.OPENED, JANUARY, date(2026, 3, 31), datetime(2026, 4, 1, tzinfo=BRUSSELS), ended_on=END_OF_FEBRUARY
    )
    assert good(last) == ((JANUARY, LAST_DAY),)


# The clocks ------------------------------------------------------------------------------------------------------
def test_the_night_that_is_an_hour_short_counts_as_it_was() -> None:
    """From the end of 21 March to the first of April are ten days but for an hour."""
    march = file(Held.OPENED, MARCH, date(2026, 3, 31))
    assert good(march) == days(((3, 1), (3, 20)))
    an_hour_later = file(Held.OPENED, MARCH, date(2026, 3, 31), datetime(2026, 4, 1, 1, tzinfo=BRUSSELS))
    assert good(an_hour_later) == days(((3, 1), (3, 21)))


def test_the_night_that_is_an_hour_long_counts_as_it_was() -> None:
    october = file(Held.RESOLVED, date(2026, 10, 1), date(2026, 10, 31))
    assert good(october) == days(((10, 1), (10, 21)))  # ten days and an hour
    assert good(october, horizon=TEN_DAYS + timedelta(hours=1)) == days(((10, 1), (10, 21)))
    assert good(october, horizon=TEN_DAYS + timedelta(hours=2)) == days(((10, 1), (10, 20)))


def test_of_several_files_the_latest_export_tells_until_when_the_source_is_known() -> None:
    first = file(Held.OPENED, JANUARY, END_OF_JANUARY)
    second = file(Held.OPENED, FEBRUARY, END_OF_FEBRUARY)
    assert covered(second, first).known_until == by_hand.midnight(MARCH, BRUSSELS)


# Day by day ------------------------------------------------------------------------------------------------------
FIRST = date(2026, 2, 20)  # the clocks change on 29 March
ZONES = (UTC, BRUSSELS, ZoneInfo("America/New_York"), timezone(timedelta(hours=13)))


@st.composite
def files(draw: st.DrawFn) -> list[Holding]:
    made = []
    ended_on = draw(st.none() | st.integers(0, 80).map(lambda number: FIRST + timedelta(days=number)))
    for _ in range(draw(st.integers(1, 4))):
        since = FIRST + timedelta(days=draw(st.integers(0, 60)))
        to = since + timedelta(days=draw(st.integers(0, 45)))
        known = datetime(to.year, to.month, to.day, tzinfo=UTC) + timedelta(hours=draw(st.integers(-48, 600)))
        held = draw(st.sampled_from(Held))
        made.append(Holding(source="a", held=held, since=since, to=to, known_until=known, ended_on=ended_on))
    return made


@given(files(), st.sampled_from([1, 4, 24, 47, 72, 240, 500]), st.sampled_from(ZONES))
def test_good_days_are_those_of_a_look_at_each_day(found: list[Holding], hours: int, zone: Any) -> None:
    horizon, last = timedelta(hours=hours), FIRST + timedelta(days=130)
    runs = coverage(found, horizon=horizon, zone=zone).good
    counted = [day for day in (FIRST + timedelta(days=n) for n in range(131)) if any(a <= day <= b for a, b in runs)]
    assert counted == list(by_hand.good_days(found, horizon=horizon, zone=zone, first=FIRST, last=last))
    assert list(runs) == sorted(runs)
    assert all(before[1] + timedelta(days=1) < after[0] for before, after in pairwise(runs))
