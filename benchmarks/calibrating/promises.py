"""Kept commitments with a target that was reached: how often one is opened again although nothing changed, and where it
did fall back. Looked at with each new month of a year, as the product does.

A month has three to ten incidents and something that all of them share, in a row of months that may hang together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from itertools import product

import numpy

from vendors.measures import movement
from vendors.measures.movement import Period, Promise, Standing

SEED = 20_261_129
RUNS = 1000
MOST_OPENED = 0.06  # of those in which nothing changed, at any look of the year
LEAST_SEEN = 0.8  # of those that did fall back
KEPT = 3  # months in which it was reached, as the fewest that the product takes
WATCHED = 12
OF_MONTH = 0.3  # spread of what the incidents of a month share
OF_INCIDENT = 0.8  # spread of single incidents beside that, as of a logarithm
CORRELATIONS = (0.0, 0.3)
FIRST = date(2026, 1, 1)


class Kind(StrEnum):
    """What is measured, and the value that was agreed."""

    HOURS = "hours"
    SHARE = "share"
    COUNT = "count"


OTHERS = (Kind.SHARE, Kind.COUNT)
TARGETS: Mapping[Kind, float] = {Kind.HOURS: 6.0, Kind.SHARE: 30.0, Kind.COUNT: 4.0}


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a measure does, in parts of what was agreed: `kept` while it was reached, then for `good` months more,
    `since` in the rest of the year."""

    name: str
    kept: float
    since: float
    good: int = 0

    @property
    def levels(self) -> list[float]:
        as_kept = KEPT + self.good
        return [self.kept] * as_kept + [self.since] * (KEPT + WATCHED - as_kept)


STILL = (
    Course(name="just as agreed", kept=1.0, since=1.0),
    Course(name="a tenth better than agreed", kept=0.9, since=0.9),
)
FALLEN = (
    Course(name="twice what was agreed, from month 4 on", kept=0.9, since=2.0, good=3),
    Course(name="a sixth better, then 13 where 6 were agreed", kept=5 / 6, since=13 / 6),
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Of one course: the shares that were opened again, and that were ever said to be slipping; `month`: the middle one
    in which they were opened, None where none was."""

    opened: float
    slipping: float
    month: int | None


def told(course: Course, kind: Kind, rho: float, *, runs: int = RUNS) -> Told:
    """The same numbers give the same histories."""
    random = numpy.random.default_rng([SEED, list(Kind).index(kind), round(100 * rho), round(100 * course.since)])
    looked = [_looked(periods, TARGETS[kind]) for periods in _reached(course, kind, rho, random, runs)]
    months = sorted(
        looks.index(Standing.FELL_BACK) + movement.FEWEST_AFTER for looks in looked if Standing.FELL_BACK in looks
    )
    return Told(
        opened=len(months) / runs,
        slipping=sum(Standing.SLIPPING in looks for looks in looked) / runs,
        month=months[len(months) // 2] if months else None,
    )


def _looked(periods: Sequence[Period], target: float) -> list[Standing]:
    """What is said with each new month."""
    promise, kept_on = _promise(target), periods[KEPT - 1].end
    counts = range(KEPT + movement.FEWEST_AFTER, KEPT + WATCHED + 1)
    return [movement.watch(periods[:count], promise, kept_on=kept_on).standing for count in counts]


def _promise(target: float) -> Promise:
    due_on = FIRST - timedelta(days=1)
    return Promise(agreed_on=due_on - timedelta(days=90), due_on=due_on, lower_is_better=True, target=target)


# Histories --------------------------------------------------------------------------------------------------------
def _reached(
    course: Course, kind: Kind, rho: float, random: numpy.random.Generator, runs: int
) -> Iterator[list[Period]]:
    """Those in which the mean was as agreed when it was kept: no other is kept by its measure."""
    found = 0
    while found < runs:
        periods = _history(course, kind, rho, random)
        if sum(one.value for one in periods[:KEPT]) <= KEPT * TARGETS[kind]:
            found += 1
            yield periods


def _history(course: Course, kind: Kind, rho: float, random: numpy.random.Generator) -> list[Period]:
    shared = _shared(len(course.levels), rho, random)
    return [
        _period(place, kind, TARGETS[kind] * level * by, random)
        for place, (level, by) in enumerate(zip(course.levels, shared, strict=True))
    ]


def _shared(months: int, rho: float, random: numpy.random.Generator) -> list[float]:
    """What the incidents of each month share, as factors with a mean of one: a first-order process."""
    news = random.normal(size=months)
    row = [float(news[0])]
    for one in news[1:]:
        row.append(rho * row[-1] + float(one) * (1 - rho * rho) ** 0.5)
    return [float(numpy.exp(OF_MONTH * one - OF_MONTH * OF_MONTH / 2)) for one in row]


def _period(place: int, kind: Kind, level: float, random: numpy.random.Generator) -> Period:
    incidents = int(random.integers(3, 11))
    start, after = (date(FIRST.year + of // 12, of % 12 + 1, 1) for of in (place, place + 1))
    of_month = partial(Period, place=place, start=start, end=after - timedelta(days=1))
    if kind == Kind.COUNT:
        return of_month(value=float(random.poisson(level)), incidents=None, grain=1.0)
    if kind == Kind.SHARE:
        bad = int(random.binomial(incidents, min(level / 100, 1.0)))
        return of_month(value=100 * bad / incidents, incidents=incidents, grain=100 / incidents)
    took = random.lognormal(-OF_INCIDENT * OF_INCIDENT / 2, OF_INCIDENT, incidents)
    return of_month(value=level * float(took.mean()), incidents=incidents)


# What came of it --------------------------------------------------------------------------------------------------
def report(*, runs: int = RUNS) -> tuple[str, bool]:
    """As Markdown, and whether it is as promised."""
    still = {case: told(*case, runs=runs) for case in product(STILL, Kind, CORRELATIONS)}
    fallen = {(one, Kind.HOURS, rho): told(one, Kind.HOURS, rho, runs=runs) for one in FALLEN for rho in CORRELATIONS}
    is_kept = all(one.opened <= MOST_OPENED for one in still.values()) and all(
        one.opened >= LEAST_SEEN for one in fallen.values()
    )
    # Of shares and counts a single incident more is no news, so less is seen: told, and not promised.
    others = {(FALLEN[0], kind, rho): told(FALLEN[0], kind, rho, runs=runs) for kind in OTHERS for rho in CORRELATIONS}
    lines = [
        "## Against what was agreed",
        "",
        f"{runs:,} commitments a row, kept in {KEPT} months whose mean was as agreed, then looked at in each of "
        f"{WATCHED} months. Opened again at any of these looks, where nothing changed (promised: at most "
        f"{1000 * MOST_OPENED:.0f} of 1,000) and where it fell back (promised for hours: at least "
        f"{1000 * LEAST_SEEN:.0f}):",
        "",
        "| the measure is | of what | correlation | opened, of 1,000 | in month | ever slipping, of 1,000 |",
        "| --- | --- | --: | --: | --: | --: |",
    ]
    for (course, kind, rho), found in {**still, **fallen, **others}.items():
        shares = f"{1000 * found.opened:.0f} | {found.month or '–'} | {1000 * found.slipping:.0f}"
        lines.append(f"| {course.name} | {kind} | {rho:g} | {shares} |")
    return "\n".join(lines), is_kept
