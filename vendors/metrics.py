"""What the incidents of a vendor measure: plain Python over plain values, dates passed in, no clock and no database.

Each measure is taken per month of opening (or ISO week, where there is too little history), over mission-critical
incidents, and has a trend: the Theil–Sen slope with the two-sided Mann–Kendall test, ties corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Step(StrEnum):
    MONTH = "month"
    WEEK = "week"


class Unit(StrEnum):
    HOURS = "hours"
    PERCENT = "percent"  # 0 to 100
    TIMES = "times"  # a mean number, such as hand-overs
    INCIDENTS = "incidents"  # a count


class Direction(StrEnum):
    FALLING = "falling"
    RISING = "rising"
    FLAT = "flat"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is measured. `rule` is the key of the rule that it speaks to, empty for none; `lower_is_better` is None
    where neither direction is better by itself."""

    key: str
    rule: str
    unit: Unit
    lower_is_better: bool | None


MEASURES: tuple[Measure, ...] = (
    Measure(key="restored_late", rule="support", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="handovers", rule="consistency", unit=Unit.TIMES, lower_is_better=True),
    Measure(key="spread", rule="consistency", unit=Unit.HOURS, lower_is_better=True),
    Measure(key="told_why", rule="guidance", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="fixes_thrown", rule="troubleshooting", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="reopened", rule="troubleshooting", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="duration_mean", rule="speed", unit=Unit.HOURS, lower_is_better=True),
    Measure(key="duration_median", rule="speed", unit=Unit.HOURS, lower_is_better=True),
    Measure(key="was_fast", rule="speed", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="repeats", rule="proof", unit=Unit.PERCENT, lower_is_better=True),
    Measure(key="proven", rule="proof", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="cause_proven", rule="proof", unit=Unit.PERCENT, lower_is_better=False),
    Measure(key="volume", rule="prevention", unit=Unit.INCIDENTS, lower_is_better=True),
    Measure(key="sla", rule="", unit=Unit.PERCENT, lower_is_better=False),
)
BY_KEY: Mapping[str, Measure] = {measure.key: measure for measure in MEASURES}
# The manifesto's own test: which measure holds against a rule that is rated met.
DECIDING: Mapping[str, str] = {"speed": "duration_mean", "proof": "repeats"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mission-critical incident, as the measures need it. None: its source does not say."""

    id: int
    opened: datetime
    resolved: datetime | None = None
    restored: datetime | None = None
    sla_met: bool | None = None
    reopened: int | None = None
    handovers: int | None = None
    problem: str = ""
    handled_by: str = ""
    proven: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PulseAnswer:
    """What one person answered after an incident; each 1 (yes), 0.5 (partly), 0 (no) or None (unknown)."""

    case: int
    opened: datetime  # the incident
    told_why: float | None = None
    fixes_thrown: float | None = None
    was_fast: float | None = None
    cause_proven: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """`slope` per step, in the measure's unit; both numbers are None where there is too little data."""

    direction: Direction
    slope: float | None
    p: float | None
    periods: int  # with data, those left out not counted


@dataclass(frozen=True, kw_only=True)
class Point:
    """One period. `value` is None where nothing in it says anything; `cases`: the incidents that it rests on."""

    start: date
    end: date  # its last day
    value: float | None
    cases: tuple[int, ...]
    is_left_out: bool  # too young to be judged: it is shown, and no trend uses it


@dataclass(frozen=True, kw_only=True)
class Series:
    """One measure over time."""

    measure: Measure
    points: tuple[Point, ...]
    trend: Trend
    overall: float | None  # over all cases of the periods that count


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What the measures do not use, and why. `wait`: the 90th percentile of the hours to resolve; periods that ended
    less than that before `known_at` are too young."""

    open_cases: tuple[int, ...]
    young: tuple[date, ...]  # the starts of the periods that are left out
    wait: float | None
    not_critical: int  # incidents in the window that are not mission-critical


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Everything that is measured of a vendor, or of one of its services, from `since` to `until`, as known on
    `known_at`."""

    step: Step
    since: date
    until: date
    known_at: datetime
    cases: int
    series: tuple[Series, ...]  # in the order of MEASURES
    left_out: LeftOut

    def of(self, key: str) -> Series:
        return next(series for series in self.series if series.measure.key == key)
