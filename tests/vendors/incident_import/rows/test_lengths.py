"""Lengths of time as tools write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.incident_import.rows.lengths import LONGEST, length, unit_in
from vendors.incident_import.rows.problems import RowProblem

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def plainly(value: Any) -> Any:
    return value.code if isinstance(value, RowProblem) else value


@pytest.mark.parametrize(
    ("text", "unit", "told"),
    [
        ("2h 30m", None, 150 * MINUTE),
        ("2h30m", None, 150 * MINUTE),
        ("01:30:00", None, 90 * MINUTE),
        ("0:10:00", HOUR, 10 * MINUTE),
        ("1:05", None, 65 * MINUTE),
        ("1 day, 3:00:00", None, 27 * HOUR),
        ("2 days 3 hours 15 minutes", None, 51 * HOUR + 15 * MINUTE),
        ("2 jours 3 heures", None, 51 * HOUR),
        ("1 uur 5 min.", None, 65 * MINUTE),
        ("90", MINUTE, 90 * MINUTE),
        ("1,5", HOUR, 90 * MINUTE),
        ("1.5 h", None, 90 * MINUTE),
        ("5400", SECOND, 90 * MINUTE),
        ("90", None, "length_without_unit"),
        ("99999999", HOUR, "length_too_long"),
        ("99999 days", None, "length_too_long"),
        ("Paused", MINUTE, None),
        ("12 mars 2026", None, None),
        ("2026-09-01 08:10:00", None, None),
        ("-5", MINUTE, None),
        ("3 apples", None, None),
        ("1:75", None, None),
    ],
)
def test_a_length_is_read_in_the_ways_of_tools(text: str, unit: timedelta | None, told: Any) -> None:
    assert plainly(length(text, unit)) == told


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("First Response Time (in Hrs)", HOUR),
        ("agent_wait_time_in_minutes", MINUTE),
        ("FirstResponseInMin", MINUTE),
        ("Agent wait time - Calendar hours (min)", MINUTE),
        ("Minutes that the vendor waited for you", MINUTE),
        ("Wachttijd (seconden)", SECOND),
        ("Wachttijd", None),
        ("Hours or minutes", None),
        ("Time h", None),
        ("", None),
    ],
)
def test_a_heading_names_the_unit(heading: str, unit: timedelta | None) -> None:
    assert unit_in(heading) == unit


@given(st.integers(0, 3_000), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_parts_and_clock_say_the_same(days: int, hours: int, minutes: int, seconds: int) -> None:
    meant = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert length(f"{days}d {hours}h {minutes}m {seconds}s", None) == meant
    assert length(f"{days} days, {hours}:{minutes:02}:{seconds:02}", None) == meant
    assert length(f"{24 * days + hours}:{minutes:02}:{seconds:02}", None) == meant


@given(st.text(), st.sampled_from([None, SECOND, HOUR]))
def test_whatever_stands_there_is_a_length_a_problem_or_neither(text: str, unit: timedelta | None) -> None:
    told = length(text, unit)
    assert told is None or isinstance(told, RowProblem) or timedelta() <= told <= LONGEST
