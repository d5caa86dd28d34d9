"""Measures as plain data and back: what is kept now, and what was kept before there was a horizon."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from tests.vendors.measures.test_metrics_properties import cases, holdings, pulses_of
from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.holdings import Held, Holding
from vendors.measures.metrics import HoursUsed, Measures, PeriodLength, measure
from vendors.measures.plain_data import as_data, digits, from_data
from vendors.measures.trend import Direction
from vendors.measures.window import WhyLeftOut
from vendors.service_hours.hours import ServiceHours

BRUSSELS = ZoneInfo("Europe/Brussels")
OFFICE = ServiceHours(
    hours=((8 * 60, 18 * 60),) * 5 + (None, None), time_zone="Europe/Brussels", country="BE", without_waiting=False
)
FEW = settings(max_examples=settings.default.max_examples // 2)
SCHEMA_3 = Path(__file__).parent / "schema_3.json"  # as the version before wrote it, four of its measures


def measured() -> Measures:
    """Twelve months, each an hour longer; one runs on; a problem that comes back; a service with hours of its own."""
    made = [
        Case(
            id=10 * month + number,
            opened=datetime(2025, month, 5 + number, 9, tzinfo=UTC),
            resolved=datetime(2025, month, 5 + number, 9, tzinfo=UTC) + timedelta(hours=3 + month),
            problem="disk" if number else f"p{month}",
            source="tool",
            service=4,
            hours=OFFICE,
        )
        for month in range(1, 13)
        for number in range(2)
    ]
    made.append(Case(id=999, opened=datetime(2025, 6, 2, tzinfo=UTC), source="tool"))
    said = [PulseAnswer(case=made[0].id, opened=made[0].opened, told_why=0.5)]
    file = Holding(
        source="tool",
        held=Held.OPENED,
        since=date(2025, 1, 1),
        to=date(2025, 12, 14),
        known_until=datetime(2025, 12, 15, 7, 30, tzinfo=UTC),
    )
    found = measure(
        made,
        said,
        since=date(2024, 12, 1),
        until=date(2025, 12, 31),
        known_at=datetime(2026, 1, 9, 8, tzinfo=UTC),
        zone=BRUSSELS,
        holdings=[file],
        not_critical=11,
    )
    assert found.basis is not None
    return replace(
        found, basis=replace(found.basis, hours=tuple(replace(used, service="Records") for used in found.basis.hours))
    )


def series(data: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in data["series"] if one["measure"] == key)


# Written down ----------------------------------------------------------------------------------------------------
def test_measures_survive_being_written_down_to_the_digit() -> None:
    data = json.loads(json.dumps(as_data(measured())))
    assert json.loads(json.dumps(as_data(from_data(data)))) == data


@given(cases, holdings())
@FEW
def test_any_measures_survive_being_written_down(found: list[Case], files: list[Holding]) -> None:
    measures = measure(
        found,
        pulses_of(found),
        since=date(2024, 1, 1),
        until=date(2025, 12, 31),
        known_at=datetime(2027, 1, 1, tzinfo=UTC),
        zone=BRUSSELS,
        holdings=files,
    )
    data = json.loads(json.dumps(as_data(measures)))
    read = from_data(data)
    assert json.loads(json.dumps(as_data(read))) == data
    assert (read.basis is None, read.left_out) == (measures.basis is None, measures.left_out)
    for before, after in zip(measures.series, read.series, strict=True):
        assert (after.measure, after.trend.direction) == (before.measure, before.trend.direction)
        assert [(p.start, p.end, p.cases, p.why, p.known, p.total) for p in after.points] == [
            (p.start, p.end, p.cases, p.why, p.known, p.total) for p in before.points
        ]


def test_what_the_measures_rest_on_is_read_back_as_it_was() -> None:
    measures = measured()
    read = from_data(json.loads(json.dumps(as_data(measures))))
    assert read.basis is not None
    assert measures.basis is not None
    assert replace(read.basis, other_hours=None) == replace(measures.basis, other_hours=None)
    assert read.basis.hours == (HoursUsed(hours=OFFICE, incidents=22, service="Records"),)
    assert read.basis.other_hours == pytest.approx(measures.basis.other_hours, abs=0.005)


def test_figures_are_written_with_fixed_digits() -> None:
    data = as_data(measured())
    assert data["step"] == "month"
    assert (data["since"], data["until"], data["known_at"]) == ("2024-12-01", "2025-12-15", "2026-01-09T08:00:00+00:00")
    duration = series(data, "duration_mean")
    assert duration["points"][0] == {
        "start": "2025-01-01",
        "end": "2025-01-31",
        "value": "2.00",  # Sunday the fifth is free; on Monday from ten to two
        "cases": [10, 11],
        "count": 2,
        "known": 2,
        "total": 2,
        "is_left_out": False,
        "why": None,
    }
    assert duration["points"][-1]["why"] == "young"
    assert duration["points"][-1]["is_left_out"] is True
    assert set(duration["trend"]) == {"direction", "slope", "p", "periods", "change", "smallest", "adjusted_p"}
    assert (duration["known"], duration["total"]) == (23, 23)
    assert series(data, "repeat_count")["points"][0]["why"] == "look_back"
    assert data["left_out"] == {
        "open_cases": [999],
        "open_count": 1,
        "young": ["2025-12-01"],
        "before": [],
        "gaps": [],
        "wait": None,
        "not_critical": 11,
    }


def test_the_basis_is_written_in_words_of_its_own() -> None:
    basis = as_data(measured())["basis"]
    assert (
        basis["holdings"][0].items()
        >= {
            "source": "tool",
            "held": "opened",
            "since": "2025-01-01",
            "to": "2025-12-14",
            "known_until": "2025-12-15T07:30:00+00:00",
            "is_told": True,
            "ended_on": None,
        }.items()
    )
    assert basis["hours"] == [
        {
            "service": "Records",
            "incidents": 22,
            "hours": {
                "hours": ((480, 1080),) * 5 + (None, None),
                "time_zone": "Europe/Brussels",
                "country": "BE",
                "region": "",
                "calendar_decides": True,
                "without_waiting": False,
                "is_round_the_clock": False,
            },
        }
    ]
    assert (basis["horizon_hours"], basis["comes_back_within_days"], basis["begins"]) == (24, 90, "2025-01-01")
    assert (basis["known_until"], basis["only_ended"]) == ("2025-12-15T07:30:00+00:00", False)
    counted = {name: basis[name] for name in ("capped", "closing", "undated", "to_day", "beyond")}
    assert counted == {"capped": 1, "closing": 0, "undated": 0, "to_day": 0, "beyond": 0}


def test_digits_are_rounded_half_up_and_never_minus_nought() -> None:
    assert digits(None) is None
    assert digits(1.005) == "1.01"  # as it is written, not as it is stored
    assert digits(-0.001) == "0.00"
    assert digits(-2.345) == "-2.35"
    assert digits(1e-7, 4) == "0.0000"
    assert digits(123456.0) == "123456.00"


# Kept before -----------------------------------------------------------------------------------------------------
@pytest.fixture
def schema_3() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(SCHEMA_3.read_text(encoding="utf-8"))
    return data


def test_what_was_kept_before_there_was_a_horizon_is_read(schema_3: dict[str, Any]) -> None:
    read = from_data(schema_3)
    assert read.basis is None
    assert (read.step, read.cases, read.until) == (PeriodLength.MONTH, 17, date(2025, 12, 31))
    assert read.left_out.wait == 18
    assert read.left_out.open_cases == (99,)
    assert read.left_out.young == (date(2025, 12, 1),)
    assert (read.left_out.before, read.left_out.gaps, read.left_out.not_critical) == ((), (), 3)


def test_what_was_left_out_then_was_too_young(schema_3: dict[str, Any]) -> None:
    duration = from_data(schema_3).of("duration_mean")
    assert [point.why for point in duration.points] == [*[None] * 7, WhyLeftOut.YOUNG]
    assert [point.value for point in duration.points] == [4, 6, 8, 10, 12, 14, 16, 18]
    assert {(point.known, point.total) for point in duration.points} == {(None, None)}
    assert (duration.known, duration.total, duration.overall) == (None, None, 10)


def test_a_trend_of_then_accuses_nobody_by_itself(schema_3: dict[str, Any]) -> None:
    """Its finding was frozen beside it; what is needed for one today was not kept."""
    found = from_data(schema_3).of("duration_mean").trend
    assert (found.direction, found.slope, found.p, found.periods) == (Direction.RISING, 2, 0.0027, 7)
    assert (found.change, found.smallest, found.adjusted_p) == (None, None, None)


def test_every_figure_that_was_kept_then_is_written_again_as_it_was(schema_3: dict[str, Any]) -> None:
    again = as_data(from_data(schema_3))
    assert {key: again[key] for key in schema_3 if key not in ("series", "left_out")} == {
        key: value for key, value in schema_3.items() if key not in ("series", "left_out")
    }
    assert again["left_out"].items() >= schema_3["left_out"].items()
    for before, after in zip(schema_3["series"], again["series"], strict=True):
        assert after["trend"].items() >= before["trend"].items()
        for point, written in zip(before["points"], after["points"], strict=True):
            assert written.items() >= point.items()
        others = {key for key in before if key not in ("trend", "points")}
        assert {key: after[key] for key in others} == {key: before[key] for key in others}
