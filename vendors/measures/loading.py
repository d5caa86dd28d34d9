"""Measures of a vendor, loaded and kept: the incidents and pulses that metrics.py measures, and the targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from vendors.measures import metrics
from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.catalogue import BY_KEY, Unit
from vendors.measures.metrics import Direction, LeftOut, Measures, PeriodLength, Point, Series, Trend
from vendors.models import Incident, MeasureTarget, Pulse, PulseChoice, Service, Sla, Vendor

MONTHS = 24
KEPT = timedelta(days=1)
SHAPE = 3  # of what is kept: raise it when the shapes or the arithmetic change
DIGITS = 2  # of a figure in plain data
FINE_DIGITS = 4  # of a slope and a p
SCORES: Mapping[str, float] = {PulseChoice.YES: 1.0, PulseChoice.PARTLY: 0.5, PulseChoice.NO: 0.0}
MET: Mapping[str, bool] = {Sla.MET: True, Sla.MISSED: False}


def measures_of(
    vendor: Vendor,
    *,
    service: Service | None = None,
    now: datetime,
    until: date | None = None,
    months: int = MONTHS,
) -> Measures:
    """The measures of a vendor, or of one of its services, over the `months` whole months before `until` (today), and
    what the month of `until` has so far.

    Kept for a day, by the vendor's counter of changes, which is read anew: one query where they are kept.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    until = today if until is None else until
    # Before the facts are read: a change in between makes them newer than their counter, never older.
    revision = Vendor.objects.values_list("facts_revision", flat=True).get(pk=vendor.pk)
    of = service.pk if service else "all"
    # A row number is used again after a restored backup; the moment of its making is not.
    row = f"{vendor.pk}:{vendor.created_at.timestamp()}"
    key = f"measures:{SHAPE}:{row}:{of}:{months}:{until}:{today}:{zone.key}:{revision}"
    if (kept := cache.get(key)) is not None:
        return kept
    measured = _measured(vendor, service, since=first_day(until, months), until=until, now=now, zone=zone)
    # What a transaction sees before it is committed may never come true.
    transaction.on_commit(partial(cache.set, key, measured, KEPT.total_seconds()))
    return measured


def first_day(until: date, months: int) -> date:
    """The first of a month, so that `months` whole months lie between it and `until`."""
    after = until + timedelta(days=1)
    index = after.year * 12 + after.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def targets_of(vendor: Vendor) -> dict[str, MeasureTarget]:
    """What was agreed, by the key of the measure."""
    return {target.measure: target for target in MeasureTarget.objects.filter(vendor=vendor)}


# Loading ---------------------------------------------------------------------------------------------------------
def _measured(
    vendor: Vendor, service: Service | None, *, since: date, until: date, now: datetime, zone: ZoneInfo
) -> Measures:
    end = _midnight(until + timedelta(days=1), zone)
    incidents = Incident.objects.filter(vendor=vendor)
    pulses = Pulse.objects.answered().filter(incident__vendor=vendor, incident__mission_critical=True)
    if service is not None:
        incidents, pulses = incidents.filter(service=service), pulses.filter(incident__service=service)
    loaded_from = _midnight(since, zone) - metrics.LOOK_BACK
    measured = metrics.measure(
        _cases(incidents.mission_critical().opened_between(loaded_from, end)),
        _answers(pulses.filter(incident__opened_at__gte=loaded_from, incident__opened_at__lt=end)),
        since=since,
        until=until,
        known_at=now,
        zone=zone,
    )
    # Counted in the window as measured: it may start with the Monday before.
    others = incidents.filter(mission_critical=False).opened_between(_midnight(measured.since, zone), end).count()
    return replace(measured, left_out=replace(measured.left_out, not_critical=others))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _cases(incidents: Any) -> list[Case]:
    rows = incidents.order_by().values_list(
        "pk",
        "opened_at",
        "resolved_at",
        "restored_at",
        "sla",
        "reopened",
        "handovers",
        "problem",
        "handled_by",
        "root_cause_proven",
    )
    return [
        Case(
            id=pk,
            opened=opened,
            resolved=resolved,
            restored=restored,
            sla_met=MET.get(sla),
            reopened=reopened,
            handovers=handovers,
            problem=problem,
            handled_by=handled_by,
            proven=proven,
        )
        for pk, opened, resolved, restored, sla, reopened, handovers, problem, handled_by, proven in rows.iterator()
    ]


def _answers(pulses: Any) -> list[PulseAnswer]:
    rows = pulses.order_by().values_list(
        "incident_id", "incident__opened_at", "told_why", "fixes_thrown", "was_fast", "cause_proven"
    )
    return [
        PulseAnswer(
            case=incident,
            opened=opened,
            told_why=SCORES.get(told_why),
            fixes_thrown=SCORES.get(fixes_thrown),
            was_fast=SCORES.get(was_fast),
            cause_proven=SCORES.get(cause_proven),
        )
        for incident, opened, told_why, fixes_thrown, was_fast, cause_proven in rows
    ]


# Plain data ------------------------------------------------------------------------------------------------------
def as_data(measures: Measures) -> dict[str, Any]:
    """Ready for JSON: figures as decimal strings of fixed digits, dates in ISO, incidents by their row numbers."""
    left_out = measures.left_out
    return {
        "step": measures.step.value,
        "since": measures.since.isoformat(),
        "until": measures.until.isoformat(),
        "known_at": measures.known_at.isoformat(),
        "cases": measures.cases,
        "series": [_series_data(series) for series in measures.series],
        "left_out": {
            "open_cases": list(left_out.open_cases),
            "open_count": len(left_out.open_cases),
            "young": [start.isoformat() for start in left_out.young],
            "wait": digits(left_out.wait),
            "not_critical": left_out.not_critical,
        },
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
        },
        "points": [
            {
                "start": point.start.isoformat(),
                "end": point.end.isoformat(),
                "value": digits(point.value),
                "cases": list(point.cases),
                "count": len(point.cases),
                "is_left_out": point.is_left_out,
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
    left_out = data["left_out"]
    return Measures(
        step=PeriodLength(data["step"]),
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
        known_at=datetime.fromisoformat(data["known_at"]),
        cases=data["cases"],
        series=tuple(_series_from(series) for series in data["series"]),
        left_out=LeftOut(
            open_cases=tuple(left_out["open_cases"]),
            young=tuple(date.fromisoformat(start) for start in left_out["young"]),
            wait=_number(left_out["wait"]),
            not_critical=left_out["not_critical"],
        ),
    )


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
                is_left_out=point["is_left_out"],
            )
            for point in data["points"]
        ),
        trend=Trend(
            direction=Direction(trend["direction"]),
            slope=_number(trend["slope"]),
            p=_number(trend["p"]),
            periods=trend["periods"],
        ),
        overall=_number(data["overall"]),
    )


def _number(said: str | None) -> float | None:
    return None if said is None else float(said)
