"""How old what is open is, and whether the hard ones wait for the easy ones: plain Python, moments passed in."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

AGES: tuple[timedelta | None, ...] = (timedelta(days=1), timedelta(days=7), timedelta(days=30), None)
FEWEST = 10  # hard ones and easy ones, in months that have both: under it nothing is said
CERTAIN = 0.01  # below this p they wait, or do not: of chance it is then said of fewer than two in a hundred
LEAST_DIFFERENCE = 0.1  # of the longer of the two medians


# What is open -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An open incident. `known`: until when its source tells; what happened since is unknown."""

    id: int
    opened: datetime
    known: datetime

    @property
    def age(self) -> timedelta:
        return max(self.known - self.opened, timedelta(0))


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """`counts`: how many are at most as old as each of AGES, and older than the one before."""

    counts: tuple[int, ...]
    median: timedelta
    oldest: OpenCase
    known: datetime  # the earliest moment until which a source of one of them tells

    @property
    def total(self) -> int:
        return sum(self.counts)


def backlog_of(cases: Iterable[OpenCase]) -> Backlog | None:
    """None where nothing is open."""
    found = sorted(cases, key=lambda case: (-case.age, case.id))
    if not found:
        return None
    ages = [case.age.total_seconds() for case in found]
    places = Counter(_place(case.age) for case in found)
    return Backlog(
        counts=tuple(places[place] for place in range(len(AGES))),
        median=timedelta(seconds=median(ages)),
        oldest=found[0],
        known=min(case.known for case in found),
    )


def _place(age: timedelta) -> int:
    return next(place for place, limit in enumerate(AGES) if limit is None or age <= limit)


# Who waits --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Wait:
    """How long one incident waited for its first response, in hours, and how often it was handed over; `period`: in
    which it was opened."""

    period: Hashable
    hours: float
    handovers: int


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What hard ones (`hard` of them, with more than `above` hand-overs) waited against `easy` others, as medians in
    hours, within the periods that have both. `p`: two-sided, None where they are too few to say so."""

    hard: int
    easy: int
    above: float
    hard_hours: float
    easy_hours: float
    p: float | None

    @property
    def is_certain(self) -> bool:
        """It is no chance, and no trifle."""
        far = abs(self.hard_hours - self.easy_hours) >= LEAST_DIFFERENCE * max(self.hard_hours, self.easy_hours)
        return self.p is not None and self.p < CERTAIN and far

    @property
    def hard_wait(self) -> bool:
        return self.is_certain and self.hard_hours > self.easy_hours

    @property
    def easy_wait(self) -> bool:
        return self.is_certain and self.hard_hours < self.easy_hours


def waits_of(waits: Iterable[Wait]) -> Waits | None:
    """Hard is what was handed over more often than half of them; None where no period has a hard one and an easy one.

    The test of van Elteren: within each period by ranks, because in a bad month everything waits and everything is
    handed over. Its spread is that of all ways to call so many of a period hard, ties included.
    """
    known = list(waits)
    if not known:
        return None
    above = median(wait.handovers for wait in known)
    strata = _strata(known, above)
    hard = [hours for is_hard, hours in _all(strata) if is_hard]
    easy = [hours for is_hard, hours in _all(strata) if not is_hard]
    if not hard:
        return None
    is_enough = min(len(hard), len(easy)) >= FEWEST
    return Waits(
        hard=len(hard),
        easy=len(easy),
        above=above,
        hard_hours=median(hard),
        easy_hours=median(easy),
        p=van_elteren(strata.values()) if is_enough else None,
    )


Stratum = Sequence[tuple[bool, float]]  # is it a hard one, and how long it waited


def _strata(waits: Iterable[Wait], above: float) -> Mapping[Hashable, Stratum]:
    """Only periods that have both."""
    found: dict[Hashable, list[tuple[bool, float]]] = defaultdict(list)
    for wait in waits:
        found[wait.period].append((wait.handovers > above, wait.hours))
    return {period: waits for period, waits in found.items() if len({is_hard for is_hard, _hours in waits}) > 1}


def _all(strata: Mapping[Hashable, Stratum]) -> Iterable[tuple[bool, float]]:
    return (wait for waits in strata.values() for wait in waits)


def van_elteren(strata: Iterable[Stratum]) -> float:
    """The two-sided p that those marked and the others are alike within each stratum; 1 where all of them are tied."""
    away, variance = [], []
    for stratum in strata:
        count, marked = len(stratum), sum(is_marked for is_marked, _value in stratum)
        ranks = midranks([value for _marked, value in stratum])
        mean, weight = (count + 1) / 2, 1 / (count + 1)
        told = math.fsum(rank for rank, (is_marked, _value) in zip(ranks, stratum, strict=True) if is_marked)
        spread = math.fsum((rank - mean) ** 2 for rank in ranks)
        away.append(weight * (told - marked * mean))
        variance.append(weight**2 * spread * marked * (count - marked) / (count * max(count - 1, 1)))
    whole = math.fsum(variance)
    return math.erfc(abs(math.fsum(away)) / math.sqrt(2 * whole)) if whole > 0 else 1.0


def midranks(values: Sequence[float]) -> list[float]:
    """From 1; those that are equal share the middle of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    starts = [place for place in range(len(order)) if not place or values[order[place]] != values[order[place - 1]]]
    ranks = [0.0] * len(values)
    for first, end in pairwise([*starts, len(order)]):
        for place in order[first:end]:
            ranks[place] = (first + 1 + end) / 2
    return ranks
