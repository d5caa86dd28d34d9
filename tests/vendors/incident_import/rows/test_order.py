"""The moments of a row against one another, and what stands in for the resolution."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.tables.reading import Line
from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows.places import ANSWERED, BY_CLOSING, COLUMNS, IS_CLOSED, RESOLVED, RESTORED, TO_DAY
from vendors.incident_import.rows.reading import IncidentRow, RowReader

FIELDS = ("reference", "opened", "resolved", "closed", "state", "restored", "first_response", "waited", "updated")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


def read(opened: str = "2026-03-01 09:15", *, zone: str = "UTC", preset: str = "", **cells: str) -> IncidentRow:
    options = Options(columns={name: name for name in FIELDS}, source="other", time_zone=zone, preset=preset)
    given = {"reference": "INC-1", "opened": opened, **cells}
    line = Line(2, [given.get(name, "") for name in FIELDS])
    return RowReader(FIELDS, options, now=NOW).read(line)


def moment(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def basis(row: IncidentRow) -> tuple[Any, ...]:
    return row.values[RESOLVED], row.values[BY_CLOSING], row.values[TO_DAY], row.values[IS_CLOSED]


def codes(row: IncidentRow) -> tuple[list[str], list[str]]:
    """(against the row, of cells that it is taken without)."""
    return [one.code for one in row.problems], [one.code for one in row.left_out]


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01 00:00", "1/3/2026", "1 March 2026"])
def test_the_day_of_opening_is_not_before_it(text: str) -> None:
    row = read(resolved=text)
    assert codes(row) == ([], [])
    assert basis(row) == (moment(9, 15), False, True, None)


def test_the_day_after_is_that_day_and_is_said_to_be_one() -> None:
    assert basis(read(resolved="2026-03-02")) == (moment(0, day=2), False, True, None)


def test_an_hour_is_kept_exactly() -> None:
    assert basis(read(resolved="2026-03-01 11:00")) == (moment(11), False, False, None)


@pytest.mark.parametrize("text", ["2026-02-28", "2026-02-28 23:00", "2026-03-01 09:14"])
def test_what_was_resolved_before_it_was_opened_is_refused(text: str) -> None:
    assert codes(read(resolved=text)) == (["resolved_before_opened"], [])


def test_days_are_those_of_the_file() -> None:
    row = read("2026-03-01T23:30:00Z", resolved="2026-03-02", zone="Europe/Brussels")
    assert codes(row) == ([], [])
    assert row.values[RESOLVED] == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def test_a_closing_stands_in_for_no_resolution_alone() -> None:
    assert basis(read(closed="2026-03-05 10:00")) == (moment(10, day=5), True, False, True)
    both = read(resolved="2026-03-04 10:00", closed="2026-03-05 10:00")
    assert basis(both) == (moment(10, day=4), False, False, True)
    assert basis(read(closed="2026-03-01")) == (moment(9, 15), True, True, True)


def test_a_closing_stands_in_for_a_resolution_that_cannot_be_read() -> None:
    row = read(resolved="Paused", closed="2026-03-05 10:00")
    assert codes(row) == ([], ["cell_left_out"])
    assert basis(row) == (moment(10, day=5), True, False, True)


def test_an_odd_resolution_says_that_the_incident_counts_as_open() -> None:
    row = read(resolved="Paused")
    assert codes(row) == ([], ["resolved_left_out"])
    assert (row.left_out[0].field, row.left_out[0].value) == ("resolved", "Paused")
    assert codes(read(resolved="Paused", state="Closed")) == ([], ["cell_left_out"])


def test_a_closing_before_the_opening_is_refused_only_where_it_would_stand_in() -> None:
    assert codes(read(closed="2026-02-01")) == (["closed_in_place_before_opened"], [])
    assert codes(read(resolved="2026-03-02", closed="2026-02-01")) == ([], ["cell_left_out"])


@pytest.mark.parametrize("name", ["restored", "first_response"])
def test_another_moment_before_the_opening_is_left_out(name: str) -> None:
    row = read(**{name: "2026-02-01 10:00"})
    assert codes(row) == ([], ["cell_left_out"])
    assert row.values[RESTORED] is row.values[ANSWERED] is None


def test_a_first_response_is_a_moment_or_a_length() -> None:
    assert read(first_response="2026-03-01 09:30").values[ANSWERED] == moment(9, 30)
    assert read(first_response="1h 15m").values[ANSWERED] == moment(10, 30)
    assert codes(read(first_response="90")) == ([], ["cell_left_out"])


@pytest.mark.parametrize("opened", ["", "sometime", "?"])
@pytest.mark.parametrize("name", ["resolved", "closed", "restored", "first_response", "waited", "updated"])
def test_no_odd_cell_hides_that_the_opening_is_missing(opened: str, name: str) -> None:
    row = read(opened, **{name: "Paused"})
    assert [one.field for one in row.problems] == ["opened"]


def test_the_last_change_is_told_beside_the_values() -> None:
    row = read(updated="2026-05-01 10:00")
    assert (row.updated, len(row.values)) == (datetime(2026, 5, 1, 10, tzinfo=UTC), len(COLUMNS))


def test_our_own_download_does_not_say_on_what_a_resolution_rests() -> None:
    assert basis(read(resolved="2026-03-02", preset="own"))[1:] == (None, None, None)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    st.integers(-3, 3),
    st.sampled_from(["UTC", "Europe/Brussels", "America/New_York"]),
)
def test_a_day_is_refused_only_where_it_is_an_earlier_one(opened: datetime, days: int, zone: str) -> None:
    local = opened.replace(microsecond=0).astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=days)
    row = read(local.isoformat(), resolved=day.isoformat(), zone=zone)
    assert bool(row.problems) == (days < 0)
    if days >= 0:
        assert row.values[TO_DAY] is True
        assert row.values[RESOLVED] >= local
        assert row.values[RESOLVED].astimezone(ZoneInfo(zone)).date() == day
