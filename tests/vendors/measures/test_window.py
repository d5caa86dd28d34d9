"""Which time the measures may speak of, and why a period is left out: by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.vendors.measures.by_hand import midnight
from vendors.measures.cases import Case, in_order
from vendors.measures.holdings import LAST_DAY, Days, Held, Holding
from vendors.measures.horizon import HOUR
from vendors.measures.window import WhyLeftOut, Window, window_of

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SINCE, UNTIL = date(2025, 7, 1), date(2026, 6, 30)
DAY = timedelta(days=1)
WEEK = timedelta(hours=168)


def case(number: int, day: date, *, took: float | None = 100, source: str = "tool", **given: Any) -> Case:
    opened = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    resolved = None if took is None else opened + timedelta(hours=took)
    return Case(id=number, opened=opened, source=source, **{"resolved": resolved, **given})


def monthly(*, source: str = "tool", first: int = 7, months: int = 12) -> list[Case]:
    """One on the fifth of each month from July 2025, resolved after 100 hours: the horizon is five days."""
    days = [date(2025 + (first + n - 1) // 12, (first + n - 1) % 12 + 1, 5) for n in range(months)]
    return [case(number, day, source=source) for number, day in enumerate(days)]


def file(since: date, to: date, *, held: Held = Held.OPENED, source: str = "tool", **given: Any) -> Holding:
    known = midnight(to + DAY, BRUSSELS)
    return Holding(source=source, held=held, since=since, to=to, **{"known_until": known, **given})


def window(cases: Iterable[Case], *holdings: Holding, **given: Any) -> Window:
    asked = {"since": SINCE, "until": UNTIL, "known_at": NOW, "zone": BRUSSELS, **given}
    return window_of(in_order(cases), holdings, **asked)


def why(found: Window, year: int, month: int) -> WhyLeftOut | None:
    first = date(year, month, 1)
    return found.why_left_out(first, (first + 31 * DAY).replace(day=1) - DAY)


# Written down here -----------------------------------------------------------------------------------------------
def test_what_people_write_down_is_all_there_from_the_first_on() -> None:
    found = window(monthly())
    assert found.known_until == NOW
    assert found.horizon == 120 * HOUR
    assert found.whole == ((date(2025, 7, 5), date(2026, 6, 25)),)  # the 26th ended less than five days before
    assert found.begins == date(2025, 7, 5)
    assert not found.only_ended


def test_the_month_of_the_first_is_left_out_unless_it_was_the_first_day() -> None:
    assert why(window(monthly()), 2025, 7) == WhyLeftOut.BEFORE
    assert why(window(monthly()), 2025, 8) is None
    assert why(window([case(99, date(2025, 7, 1)), *monthly()]), 2025, 7) is None


def test_the_day_of_the_first_is_that_of_the_zone() -> None:
    late = Case(id=99, opened=datetime(2025, 6, 30, 22, 30, tzinfo=UTC), source="tool")  # July in Brussels
    assert window([late, *monthly()]).begins == date(2025, 7, 1)


def test_what_lies_before_the_window_tells_that_people_wrote_things_down() -> None:
    assert window([case(99, date(2025, 6, 20)), *monthly()]).begins == date(2025, 6, 20)


def test_without_cases_no_day_is_whole() -> None:
    found = window([])
    assert (found.whole, found.begins, found.known_until) == ((), None, NOW)
    assert why(found, 2025, 8) == WhyLeftOut.YOUNG


def test_a_file_of_another_source_says_nothing() -> None:
    other = file(SINCE, date(2026, 1, 31), source="other")
    assert window(monthly(), other) == window(monthly())


# Young, before, gap ----------------------------------------------------------------------------------------------
def test_a_period_that_the_window_cuts_is_young() -> None:
    found = window(monthly(), until=date(2026, 5, 30))
    assert found.until == date(2026, 5, 30)
    assert why(found, 2026, 5) == WhyLeftOut.YOUNG
    assert why(found, 2026, 4) is None


def test_a_period_whose_incidents_were_not_followed_for_the_horizon_is_young() -> None:
    just = midnight(date(2026, 6, 1), BRUSSELS) + 120 * HOUR
    assert why(window(monthly(months=11), known_at=just), 2026, 5) is None
    assert why(window(monthly(months=11), known_at=just - timedelta(seconds=1)), 2026, 5) == WhyLeftOut.YOUNG


def test_a_file_ends_the_window_at_its_export() -> None:
    """Exported on 12 June, read in July: what lies after is not zero."""
    export = datetime(2026, 6, 12, 8, tzinfo=UTC)
    found = window(monthly(), file(SINCE, date(2026, 6, 11), known_until=export))
    assert (found.known_until, found.until) == (export, date(2026, 6, 12))
    assert why(found, 2026, 6) == WhyLeftOut.YOUNG
    assert why(found, 2026, 5) is None
    assert why(found, 2025, 7) is None  # the file says that it holds the whole of it


def test_no_file_is_known_later_than_now() -> None:
    tomorrow = file(SINCE, UNTIL, known_until=NOW + DAY)
    assert window(monthly(), tomorrow).known_until == NOW


def test_what_the_file_does_not_hold_at_its_beginning_lies_before() -> None:
    found = window(monthly(), file(date(2025, 9, 10), UNTIL, known_until=NOW))
    assert [why(found, 2025, month) for month in (8, 9, 10)] == [WhyLeftOut.BEFORE, WhyLeftOut.BEFORE, None]


def test_what_no_file_holds_in_between_is_a_gap() -> None:
    first, second = file(SINCE, date(2025, 11, 5)), file(date(2025, 12, 1), UNTIL, known_until=NOW)
    found = window(monthly(), first, second)
    assert [why(found, 2025, month) for month in (10, 11, 12)] == [None, WhyLeftOut.GAP, None]


def test_months_that_two_files_hold_between_them_are_whole() -> None:
    first, second = file(SINCE, date(2025, 11, 20)), file(date(2025, 11, 16), UNTIL, known_until=NOW)
    assert why(window(monthly(), first, second), 2025, 11) is None
    late = file(date(2025, 11, 17), UNTIL, known_until=NOW)  # the first followed to the 15th
    assert why(window(monthly(), first, late), 2025, 11) == WhyLeftOut.GAP


def test_a_file_by_resolution_holds_what_was_opened_after_it_begins() -> None:
    """470 incidents selected by resolution from 1 August: nothing before August is compared."""
    found = window(
        monthly(first=5, months=14), file(date(2025, 8, 1), UNTIL, held=Held.RESOLVED), since=date(2025, 5, 1)
    )
    assert [why(found, 2025, month) for month in (5, 6, 7, 8)] == [WhyLeftOut.BEFORE] * 3 + [None]
    assert why(found, 2026, 6) == WhyLeftOut.YOUNG
    assert found.only_ended


@pytest.mark.parametrize(
    ("held", "is_ended_only"),
    [
        (Held.OPENED, False),
        (Held.OPENED_ENDED, True),
        (Held.RESOLVED, True),
        (Held.CHANGED, True),
        (Held.OPEN, False),
    ],
)
def test_only_what_ended_is_compared_where_a_file_may_not_have_the_rest(held: Held, is_ended_only: bool) -> None:
    assert window(monthly(), file(SINCE, UNTIL), file(SINCE, UNTIL, held=held)).only_ended is is_ended_only


def test_where_only_what_is_open_was_brought_no_period_counts() -> None:
    found = window(monthly(), file(SINCE, UNTIL, held=Held.OPEN))
    assert (found.whole, why(found, 2026, 1)) == ((), WhyLeftOut.YOUNG)


# Several sources -------------------------------------------------------------------------------------------------
def test_of_two_sources_only_what_both_hold_counts() -> None:
    cases = [*monthly(), *monthly(source="desk")]
    tool = file(SINCE, date(2026, 5, 31))
    desk = file(date(2025, 10, 1), UNTIL, source="desk", known_until=NOW)
    found = window(cases, tool, desk)
    assert found.known_until == midnight(date(2026, 6, 1), BRUSSELS)
    assert found.whole == ((date(2025, 10, 1), date(2026, 5, 26)),)
    assert [why(found, 2025, 9), why(found, 2025, 10)] == [WhyLeftOut.BEFORE, None]
    assert [why(found, 2026, 4), why(found, 2026, 5)] == [None, WhyLeftOut.YOUNG]


def test_a_source_beside_what_people_write_down_ends_the_window_for_both() -> None:
    cases = [*monthly(), *monthly(source="manual")]
    found = window(cases, file(SINCE, date(2026, 5, 31)))
    assert found.known_until == midnight(date(2026, 6, 1), BRUSSELS)
    assert found.whole == ((date(2025, 7, 5), date(2026, 5, 26)),)


def test_a_source_that_ended_does_not_end_the_window() -> None:
    """The old tool to the end of October, the new one since: all months between them."""
    old, new = monthly(months=4), monthly(source="new", first=11, months=8)
    export = datetime(2025, 11, 10, tzinfo=BRUSSELS)
    ended = file(SINCE, date(2025, 10, 31), known_until=export, ended_on=date(2025, 10, 31))
    begun = file(SINCE, UNTIL, source="new", known_until=NOW)
    found = window([*old, *new], ended, begun)
    assert found.known_until == NOW
    assert found.whole == ((SINCE, date(2026, 6, 25)),)
    not_ended = file(SINCE, date(2025, 10, 31), known_until=export)
    assert window([*old, *new], not_ended, begun).known_until == export


def changed_tools(begins: date) -> tuple[Days, ...]:
    """What is whole where the old tool was used to the end of October and the file of the new one begins on a day."""
    old, new = monthly(months=4), monthly(source="new", first=11, months=8)
    ended = file(SINCE, date(2025, 10, 31), known_until=datetime(2025, 11, 10, tzinfo=UTC), ended_on=date(2025, 10, 31))
    begun = file(begins, UNTIL, source="new", known_until=NOW)
    return window([*old, *new], ended, begun).whole


def test_nothing_is_expected_of_a_tool_before_it_took_the_place_of_another() -> None:
    assert changed_tools(date(2025, 11, 1)) == ((SINCE, date(2026, 6, 25)),)


def test_where_both_were_used_for_some_days_the_old_one_holds_what_came_before() -> None:
    assert changed_tools(date(2025, 10, 15)) == ((SINCE, date(2026, 6, 25)),)


def test_days_between_the_old_tool_and_the_new_one_are_held_by_neither() -> None:
    assert changed_tools(date(2025, 11, 20)) == ((SINCE, date(2025, 10, 31)), (date(2025, 11, 20), date(2026, 6, 25)))


def test_a_tool_that_began_long_after_another_ended_took_no_place() -> None:
    """Nobody says that it had nothing in summer."""
    assert changed_tools(date(2025, 12, 3)) == ((date(2025, 12, 3), date(2026, 6, 25)),)


def test_a_tool_that_was_used_for_days_alone_follows_nobody() -> None:
    ended = file(SINCE, date(2025, 7, 20), known_until=NOW, ended_on=date(2025, 7, 20))
    assert window([*monthly(months=1), *monthly(source="manual")], ended).whole == (
        (date(2025, 7, 5), date(2026, 6, 25)),
    )


def test_where_every_source_ended_the_last_export_ends_the_window() -> None:
    export = datetime(2026, 2, 10, tzinfo=UTC)
    found = window(monthly(months=7), file(SINCE, date(2026, 1, 31), known_until=export, ended_on=date(2026, 1, 31)))
    assert (found.known_until, found.until) == (export, date(2026, 2, 10))
    written = case(99, date(2026, 3, 1), source="manual")
    ended = file(SINCE, date(2026, 1, 31), known_until=export, ended_on=date(2026, 1, 31))
    assert window([*monthly(months=7), written], ended).known_until == NOW  # people write on


# The horizon of a window -----------------------------------------------------------------------------------------
def test_the_horizon_looks_at_the_window_alone() -> None:
    slow = [case(100 + n, date(2025, 6, 10), took=600) for n in range(20)]
    assert window([*slow, *monthly()]).horizon == 120 * HOUR
    assert window([*slow, *monthly()], since=date(2025, 6, 1)).horizon == 720 * HOUR


def test_what_was_resolved_after_its_export_runs_on() -> None:
    """Half of them ended by then: the longest that a third of 365 days has room for."""
    export = midnight(date(2026, 7, 1), BRUSSELS)
    ran_on = [case(100 + n, date(2025, 7, 1), resolved=export + DAY) for n in range(12)]
    assert window([*ran_on, *monthly()], file(SINCE, UNTIL, known_until=export)).horizon == 2880 * HOUR


def test_what_ended_nobody_knows_when_says_nothing_of_the_horizon() -> None:
    undated = [case(100 + n, date(2025, 8, 1), took=None, is_closed=True) for n in range(12)]
    assert window([*undated, *monthly()]).horizon == 120 * HOUR
    still_open = [case(100 + n, date(2025, 8, 1), took=None) for n in range(12)]
    assert window([*still_open, *monthly()]).horizon > 120 * HOUR


def test_the_horizon_is_a_third_of_the_time_since_the_first_incident() -> None:
    """In a window of a year with 61 days of history at most 480 hours: two weeks are the longest below."""
    found = window([case(n, date(2026, 5, 1) + n * DAY, took=700) for n in range(20)])
    assert found.horizon == 336 * HOUR


# Looking back ----------------------------------------------------------------------------------------------------
def test_it_sees_before_a_day_what_the_same_run_of_days_holds() -> None:
    found = window(monthly(), file(SINCE, date(2025, 11, 5)), file(date(2025, 12, 1), UNTIL, known_until=NOW))
    month = timedelta(days=30)
    assert found.whole == ((SINCE, date(2025, 10, 31)), (date(2025, 12, 1), date(2026, 6, 25)))
    assert [found.sees_before(day, month) for day in (date(2025, 7, 30), date(2025, 7, 31))] == [False, True]
    assert not found.sees_before(date(2025, 11, 3), month)
    assert not found.sees_before(date(2025, 12, 30), month)  # nobody knows what came in November
    assert found.sees_before(date(2025, 12, 31), month)


def test_a_run_without_an_end_can_be_counted_with() -> None:
    assert LAST_DAY + timedelta(days=180) < date.max
