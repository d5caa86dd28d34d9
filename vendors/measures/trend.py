"""Whether a measure moves over time, and how small a change would have shown. Plain Python, no clock, no database.

The test is that of Mann and Kendall. By itself it takes a slow swing for a trend: where each period resembles the one
before, it speaks three times as often as it promises. So the variance of its S is widened by the serial correlation
that the values have beside their slope (Yue and Wang 2004, as of a first-order process), corrected for what a short
series hides of it. The library’s own variants were tried and do not hold: docs/decisions tells,
`benchmarks/calibration` shows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from statistics import median
from typing import Any

SIGNIFICANT = 0.10  # below this p a trend is more than chance
FEWEST_PERIODS = 6  # with data: under it there is no trend
# Below this p, corrected for the number of tests, a finding may accuse. At 0.05 it would accuse two innocent vendors in
# a hundred, where one at most is promised.
PROVEN = 0.02
LEAST_CHANGE = 0.1  # of the level, over the window: less than that accuses nobody
SHOWN_IN = 0.8  # of the cases: “would have shown in four of five”
MOST_CORRELATED = 0.8  # more than that cannot be told from a trend
NOTHING = 1e-18  # beside squares of values: what rounding leaves
SHUFFLES = 200  # of what is left beside the slope, to see which change shows
# Changes over the window that are tried, as parts of the level.
CHANGES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)


class Direction(StrEnum):
    FALLING = "falling"
    RISING = "rising"
    FLAT = "flat"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, kw_only=True)
class Trend:
    """`slope` per step, in the measure’s unit; it and `p` are None where there is too little data. `change`: from the
    first period with data to the last along the slope, as a part of the level (0.25: a quarter more); None where the
    level is 0. `smallest`: the smallest change that would have shown in four of five cases, as a part of the level;
    None where none of CHANGES would, and where the trend is not flat. `adjusted_p`: of a measure that decides, after
    Holm’s correction over all that do."""

    direction: Direction
    slope: float | None
    p: float | None
    periods: int  # with data, those left out not counted
    change: float | None = None
    smallest: float | None = None
    adjusted_p: float | None = None


def trend(values: Sequence[float | None]) -> Trend:
    """The Theil–Sen slope per position and the two-sided rank test, corrected for ties and serial correlation.

    A None has no data and keeps its place, so that a gap does not make a slope steeper. The sign is that of the test’s
    S: the slope can be 0 beside a clear trend, where most pairs are tied, but never of the opposite sign.
    """
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < FEWEST_PERIODS:
        return Trend(direction=Direction.TOO_LITTLE_DATA, slope=None, p=None, periods=len(known))
    numbers = [(place, float(value)) for place, value in known]
    slope = _slope(numbers)
    s, variance = _score([value for _place, value in numbers])
    widened = _widening([value - slope * place for place, value in known])
    p = _p(s, variance * widened)
    direction = Direction.FLAT
    if p < SIGNIFICANT:
        direction = Direction.RISING if s > 0 else Direction.FALLING
    return Trend(direction=direction, slope=slope, p=p, periods=len(known), change=_change(values, slope))


def _slope(known: Sequence[tuple[int, float]]) -> float:
    """The median of the slopes between any two, per position (Theil 1950, Sen 1968)."""
    steps = ((b - a) / (there - here) for (here, a), (there, b) in combinations(known, 2))
    return median(steps) + 0.0


def _score(values: Sequence[float]) -> tuple[int, float]:
    """The S of Mann and Kendall, and its variance less what tied groups take from it (Kendall 1975)."""
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    return s, (_spread(len(values)) - sum(map(_spread, Counter(values).values()))) / 18


def _spread(size: int) -> int:
    return size * (size - 1) * (2 * size + 5)


def _p(s: float, variance: float) -> float:
    """Two-sided, by the normal distribution, corrected for continuity."""
    return math.erfc((abs(s) - 1) / math.sqrt(2 * variance)) if s and variance else 1.0


def _widening(rest: Sequence[float]) -> float:
    """By how much the serial correlation of what is left beside the slope widens the variance of S: at least 1."""
    count, mean = len(rest), math.fsum(rest) / len(rest)
    around = [value - mean for value in rest]
    spread = math.fsum(value * value for value in around)
    if spread <= NOTHING * math.fsum(value * value for value in rest):
        return 1.0  # on a straight line to the last digit nothing is left that could be correlated
    seen = math.fsum(a * b for a, b in pairwise(around)) / spread
    # A series from which a slope was taken shows less of its correlation than it has: van Giersbergen (2005).
    correlation = min(max((count * seen + 2) / (count - 4), 0.0), MOST_CORRELATED)
    return 1 + 2 * math.fsum((1 - lag / count) * correlation**lag for lag in range(1, count))


def _change(values: Sequence[float | None], slope: float) -> float | None:
    places = [place for place, value in enumerate(values) if value is not None]
    level = _level(values)
    return slope * (places[-1] - places[0]) / level if level else None


def _level(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known)


# What would have shown --------------------------------------------------------------------------------------------
def smallest_change(values: Sequence[float | None], slope: float) -> float | None:
    """The smallest of CHANGES that these data would have shown as a trend in four of five cases; None for none.

    What the values have beside their slope is shuffled, SHUFFLES times with one seed, and a steady change is put on
    top.
    """
    import numpy

    level = _level(values)
    if level <= 0:
        return None
    places = numpy.array([place for place, value in enumerate(values) if value is not None], dtype=float)
    rest = numpy.array([value for value in values if value is not None]) - slope * places
    rest -= numpy.median(rest)
    random = numpy.random.default_rng(20_260_101)
    noise = level + numpy.array([random.permutation(rest) for _ in range(SHUFFLES)])
    noise += _untied(values) * (random.random(noise.shape) - 0.5)
    steady = level * (places - places[0]) / (places[-1] - places[0])
    low, high = 0, len(CHANGES)  # the first that shows lies from `low` on, and before `high` or nowhere
    while low < high:
        middle = (low + high) // 2
        if _share_shown(noise + CHANGES[middle] * steady) >= SHOWN_IN:
            high = middle
        else:
            low = middle + 1
    return CHANGES[low] if low < len(CHANGES) else None


def _untied(values: Sequence[float | None]) -> float:
    """How far apart values that repeat each other are in truth, at most: counts and shares of few incidents hide all
    that lies between two of them, and the least steady change would put what is equal into its order."""
    known = [value for value in values if value is not None]
    distinct = sorted(set(known))
    return median(b - a for a, b in pairwise(distinct)) if 1 < len(distinct) < len(known) else 0.0


def _share_shown(rows: Any) -> float:
    """Of the rows, the share in which `trend` would say “rising”."""
    s, p = tested_rows(rows)
    return float(((s > 0) & (p < SIGNIFICANT)).mean())


def tested_rows(rows: Any) -> tuple[Any, Any]:
    """The S and the p of many rows at once, an array each, as `trend` has them one by one."""
    import numpy

    count = rows.shape[1]
    before, after = numpy.triu_indices(count, 1)
    steps = rows[:, after] - rows[:, before]
    s = numpy.sign(steps).sum(axis=1)
    alike = (rows[:, None, :] == rows[:, :, None]).sum(axis=2)  # with itself
    variance = (count * (count - 1) * (2 * count + 5) - ((alike - 1) * (2 * alike + 5)).sum(axis=1)) / 18
    rest = rows - numpy.median(steps / (after - before), axis=1)[:, None] * numpy.arange(count)
    around = rest - rest.mean(axis=1, keepdims=True)
    spread = (around * around).sum(axis=1)
    shared = (around[:, 1:] * around[:, :-1]).sum(axis=1)
    seen = numpy.divide(shared, spread, out=numpy.zeros_like(shared), where=spread > 0)
    correlation = numpy.clip((count * seen + 2) / (count - 4), 0, MOST_CORRELATED)
    correlation = numpy.where(spread <= NOTHING * (rest * rest).sum(axis=1), 0.0, correlation)
    lags = numpy.arange(1, count)
    variance = variance * (1 + 2 * ((1 - lags / count) * correlation[:, None] ** lags).sum(axis=1))
    z = numpy.where((s == 0) | (variance == 0), 0.0, (abs(s) - 1) / numpy.sqrt(numpy.maximum(variance, 1e-12)))
    return s, numpy.where(s == 0, 1.0, numpy.fromiter(map(math.erfc, z / math.sqrt(2)), float, len(z)))


# Several tests of one vendor --------------------------------------------------------------------------------------
def adjusted(p_values: Mapping[str, float]) -> dict[str, float]:
    """After Holm’s correction: the chance that any of so many tests shows what is not there stays below each."""
    found: dict[str, float] = {}
    highest = 0.0
    for place, key in enumerate(sorted(p_values, key=lambda key: p_values[key])):
        highest = max(highest, min(1.0, p_values[key] * (len(p_values) - place)))
        found[key] = highest
    return found


def is_proven(found: Trend, direction: Direction) -> bool:
    """Whether it goes there so clearly, and so far, that one may be accused of it."""
    return (
        found.direction == direction
        and found.adjusted_p is not None
        and found.adjusted_p < PROVEN
        and found.change is not None
        and abs(found.change) >= LEAST_CHANGE
    )
