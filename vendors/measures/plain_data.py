"""Measures as plain data, for snapshots and JSON, and back: what an earlier version wrote is read, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from vendors.measures.catalogue import BY_KEY, Unit
from vendors.measures.holdings import Held, Holding
from vendors.measures.horizon import HOUR
from vendors.measures.metrics import Basis, HoursUsed, LeftOut, Measures, PeriodLength, Point, Series
from vendors.measures.trend import Direction, Trend
from vendors.measures.window import WhyLeftOut
from vendors.service_hours.hours import ServiceHours

DIGITS = 2  # of a figure in plain data
FINE_DIGITS = 4  # of a slope, a p, and a part of a level
COUNTED = ("capped", "closing", "undated", "to_day", "beyond")


def as_data(measures: Measures) -> dict[str, Any]:
    """Ready for JSON: figures as decimal strings of fixed digits, dates in ISO, incidents by their row numbers."""
    return {
        "step": measures.step.value,
        "since": measures.since.isoformat(),
        "until": measures.until.isoformat(),
        "known_at": measures.known_at.isoformat(),
        "cases": measures.cases,
        "series": [_series_data(series) for series in measures.series],
        "left_out": _left_out_data(measures.left_out),
        "basis": None if measures.basis is None else _basis_data(measures.basis),
    }


def _left_out_data(left_out: LeftOut) -> dict[str, Any]:
    return {
        "open_cases": list(left_out.open_cases),
        "open_count": len(left_out.open_cases),
        "young": [start.isoformat() for start in left_out.young],
        "before": [start.isoformat() for start in left_out.before],
        "gaps": [start.isoformat() for start in left_out.gaps],
        "wait": digits(left_out.wait),
        "not_critical": left_out.not_critical,
    }


def _basis_data(basis: Basis) -> dict[str, Any]:
    return {
        "known_until": basis.known_until.isoformat(),
        "horizon_hours": basis.horizon // HOUR,
        "only_ended": basis.only_ended,
        "holdings": [_holding_data(holding) for holding in basis.holdings],
        "comes_back_within_days": basis.comes_back_within.days,
        "begins": basis.begins.isoformat() if basis.begins else None,
        "other_hours": digits(basis.other_hours),
        "hours": [_hours_data(used) for used in basis.hours],
        **{name: getattr(basis, name) for name in COUNTED},
    }


def _hours_data(used: HoursUsed) -> dict[str, Any]:
    return {"service": used.service, "incidents": used.incidents, "hours": asdict(used.hours)}


def _holding_data(holding: Holding) -> dict[str, Any]:
    return {
        "source": holding.source,
        "name": holding.name,
        "held": holding.held.value,
        "since": holding.since.isoformat(),
        "to": holding.to.isoformat(),
        "known_until": holding.known_until.isoformat(),
        "is_told": holding.is_told,
        "ended_on": holding.ended_on.isoformat() if holding.ended_on else None,
    }


def _series_data(series: Series) -> dict[str, Any]:
    measure, trend = series.measure, series.trend
    return {
        "measure": measure.key,
        "rule": measure.rule,
        "unit": measure.unit.value,
        "lower_is_better": measure.lower_is_better,
        "overall": digits(series.overall),
        "trend": {
            "direction": trend.direction.value,
            "slope": digits(trend.slope, FINE_DIGITS),
            "p": digits(trend.p, FINE_DIGITS),
            "periods": trend.periods,
            "change": digits(trend.change, FINE_DIGITS),
            "smallest": digits(trend.smallest, FINE_DIGITS),
            "adjusted_p": digits(trend.adjusted_p, FINE_DIGITS),
        },
        "known": series.known,
        "total": series.total,
        "points": [
            {
                "start": point.start.isoformat(),
                "end": point.end.isoformat(),
                "value": digits(point.value),
                "cases": list(point.cases),
                "count": len(point.cases),
                "known": point.known,
                "total": point.total,
                "is_left_out": point.is_left_out,
                "why": point.why.value if point.why else None,
            }
            for point in series.points
        ],
    }


def digits(value: float | None, places: int = DIGITS) -> str | None:
    """With so many decimals, half up: "4.20"; never "-0.00"."""
    if value is None:
        return None
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return str(abs(rounded) if rounded.is_zero() else rounded)


def from_data(data: Mapping[str, Any]) -> Measures:
    """The measures that `as_data` wrote, to its digits."""
    return Measures(
        step=PeriodLength(data["step"]),
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
        known_at=datetime.fromisoformat(data["known_at"]),
        cases=data["cases"],
        series=tuple(_series_from(series) for series in data["series"]),
        left_out=_left_out_from(data["left_out"]),
        basis=_basis_from(data["basis"]) if data.get("basis") else None,
    )


def _left_out_from(data: Mapping[str, Any]) -> LeftOut:
    return LeftOut(
        open_cases=tuple(data["open_cases"]),
        young=_dates(data["young"]),
        before=_dates(data.get("before", ())),
        gaps=_dates(data.get("gaps", ())),
        wait=_number(data["wait"]),
        not_critical=data["not_critical"],
    )


def _dates(said: Iterable[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in said)


def _basis_from(data: Mapping[str, Any]) -> Basis:
    return Basis(
        known_until=datetime.fromisoformat(data["known_until"]),
        horizon=data["horizon_hours"] * HOUR,
        only_ended=data["only_ended"],
        holdings=tuple(_holding_from(holding) for holding in data["holdings"]),
        comes_back_within=timedelta(days=data["comes_back_within_days"]),
        begins=_date(data["begins"]),
        other_hours=_number(data["other_hours"]),
        hours=tuple(_hours_from(hours) for hours in data["hours"]),
        **{name: data[name] for name in COUNTED},
    )


def _holding_from(data: Mapping[str, Any]) -> Holding:
    return Holding(
        source=data["source"],
        name=data["name"],
        held=Held(data["held"]),
        since=date.fromisoformat(data["since"]),
        to=date.fromisoformat(data["to"]),
        known_until=datetime.fromisoformat(data["known_until"]),
        is_told=data["is_told"],
        ended_on=_date(data["ended_on"]),
    )


def _hours_from(data: Mapping[str, Any]) -> HoursUsed:
    days = tuple(None if day is None else (day[0], day[1]) for day in data["hours"]["hours"])
    kept = {name: value for name, value in data["hours"].items() if name != "is_round_the_clock"}
    return HoursUsed(
        service=data["service"], incidents=data["incidents"], hours=ServiceHours(**{**kept, "hours": days})
    )


def _date(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)


def _series_from(data: Mapping[str, Any]) -> Series:
    trend = data["trend"]
    return Series(
        measure=replace(
            BY_KEY[data["measure"]],
            rule=data["rule"],
            unit=Unit(data["unit"]),
            lower_is_better=data["lower_is_better"],
        ),
        points=tuple(
            Point(
                start=date.fromisoformat(point["start"]),
                end=date.fromisoformat(point["end"]),
                value=_number(point["value"]),
                cases=tuple(point["cases"]),
                known=point.get("known"),
                total=point.get("total"),
                why=_why(point),
            )
            for point in data["points"]
        ),
        trend=Trend(
            direction=Direction(trend["direction"]),
            slope=_number(trend["slope"]),
            p=_number(trend["p"]),
            periods=trend["periods"],
            change=_number(trend.get("change")),
            smallest=_number(trend.get("smallest")),
            adjusted_p=_number(trend.get("adjusted_p")),
        ),
        overall=_number(data["overall"]),
        known=data.get("known"),
        total=data.get("total"),
    )


def _why(point: Mapping[str, Any]) -> WhyLeftOut | None:
    """What was kept before there were reasons left out what was too young, and nothing else."""
    if "why" in point:
        return WhyLeftOut(point["why"]) if point["why"] else None
    return WhyLeftOut.YOUNG if point["is_left_out"] else None


def _number(said: str | None) -> float | None:
    return None if said is None else float(said)
