"""The arithmetic of the measures a second time: by definition, in exact fractions, day by day, without a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from itertools import combinations, pairwise
from math import sqrt
from statistics import NormalDist, median

from vendors.measures.cases import Case
from vendors.measures.holdings import Held, Holding

DAY = timedelta(days=1)


# The trend -------------------------------------------------------------------------------------------------------
Values = Sequence[float | Fraction | None]


def known(values: Values) -> list[tuple[int, Fraction]]:
    """Positions and values; a gap keeps its position."""
    return [(place, Fraction(value)) for place, value in enumerate(values) if value is not None]


def score(values: Values) -> int:
    """S: how many pairs rise, less how many fall."""
    pairs = combinations([value for _place, value in known(values)], 2)
    return sum((later > earlier) - (later < earlier) for earlier, later in pairs)


def variance(values: Values) -> Fraction:
    """Of S, less what tied groups take from it (Kendall 1975)."""
    tied = Counter(value for _place, value in known(values)).values()
    return Fraction(_spread(sum(tied)) - sum(_spread(size) for size in tied), 18)


def _spread(size: int) -> int:
    return size * (size - 1) * (2 * size + 5)


def widening(values: Values) -> Fraction:
    """Of the variance of S, by the serial correlation beside the slope, as of a first-order process (Yue and Wang
    2004), corrected for what a short series hides of it (van Giersbergen 2005)."""
    steep = slope(values)
    rest = [value - steep * place for place, value in known(values)]
    count = len(rest)
    around = [value - sum(rest) / count for value in rest]
    spread = sum(value * value for value in around)
    if not spread:
        return Fraction(1)
    seen = sum(a * b for a, b in pairwise(around)) / spread
    correlation = min(max((count * seen + 2) / (count - 4), Fraction(0)), Fraction(4, 5))
    return 1 + 2 * sum((1 - Fraction(lag, count)) * correlation**lag for lag in range(1, count))


def z(values: Values) -> float:
    """With the correction for continuity, as the published examples have it."""
    found = score(values)
    return 0.0 if found == 0 else (found - (1 if found > 0 else -1)) / sqrt(variance(values))


def p(values: Values) -> float:
    """Two-sided, with the widened variance."""
    return 2 * NormalDist().cdf(-abs(z(values)) / sqrt(widening(values)))


def slope(values: Values) -> Fraction:
    """The median of the slopes between all pairs."""
    return median(
        (later - earlier) / (second - first) for (first, earlier), (second, later) in combinations(known(values), 2)
    )


def exact_p(found: int, size: int) -> Fraction:
    """The two-sided p of S = `found` without ties: among all orders of `size` different values."""
    orders = Counter({0: 1})
    for placed in range(1, size):
        orders = _one_more(orders, placed)
    return min(Fraction(1), Fraction(2 * sum(n for s, n in orders.items() if s >= abs(found)), sum(orders.values())))


def _one_more(orders: Counter[int], placed: int) -> Counter[int]:
    """One more value after `placed` others: it is larger than all of them, or than all but one, and so on."""
    more: Counter[int] = Counter()
    for found, number in orders.items():
        for smaller in range(placed + 1):
            more[found + 2 * smaller - placed] += number
    return more


def holm(p_values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Each p times the number of those that are not smaller; no more than 1, and no less than one before it."""
    return {
        key: max(
            min(Fraction(1), smaller * sum(other >= smaller for other in p_values.values()))
            for smaller in p_values.values()
            if smaller <= p
        )
        for key, p in p_values.items()
    }


# How long every incident is followed -----------------------------------------------------------------------------
def staying(ended: Sequence[int], running: Sequence[int]) -> Iterator[tuple[int, Fraction]]:
    """Kaplan and Meier: at each time at which some end, the part of all that goes on. Of those who were seen for so
    long, the part that did not end stays."""
    part = Fraction(1)
    for moment in sorted(set(ended)):
        seen = sum(one >= moment for one in [*ended, *running])
        part *= 1 - Fraction(sum(one == moment for one in ended), seen)
        yield moment, part


def nine_of_ten(ended: Sequence[int], running: Sequence[int]) -> int | None:
    return next((moment for moment, part in staying(ended, running) if part <= Fraction(1, 10)), None)


# Which days the sources hold whole -------------------------------------------------------------------------------
def good_days(
    holdings: Iterable[Holding], *, horizon: timedelta, zone: tzinfo, first: date, last: date
) -> Iterator[date]:
    """Of the days from `first` to `last`: looked at one by one."""
    files = list(holdings)
    day = first
    while day <= last:
        if any(_is_good(day, file, files, horizon, zone) for file in files):
            yield day
        day += DAY


def _is_good(day: date, file: Holding, files: Sequence[Holding], horizon: timedelta, zone: tzinfo) -> bool:
    followed_until = midnight(day + DAY, zone) + horizon
    if file.ended_on is not None and day > file.ended_on:
        return True
    if file.held in (Held.OPENED, Held.OPENED_ENDED):
        return file.since <= day <= file.to and followed_until <= file.known_until
    if file.held == Held.OPEN:
        return False
    needed = day
    while midnight(needed, zone) < followed_until:
        if not any(_has_endings(needed, one, zone) for one in files):
            return False
        needed += DAY
    return True


def _has_endings(day: date, file: Holding, zone: tzinfo) -> bool:
    """Whether a file by ending has everything that was resolved on this day."""
    if file.held not in (Held.RESOLVED, Held.CHANGED) or day < file.since:
        return False
    room = timedelta(days=14) if file.held == Held.CHANGED else timedelta(0)
    return midnight(day + DAY, zone) + room <= min(file.known_until, midnight(file.to + DAY, zone))


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


# What cases say, round the clock ---------------------------------------------------------------------------------
def hours(case: Case, *, horizon: timedelta, known: datetime) -> Fraction | None:
    """From opened to resolved, at most the horizon; None where that cannot be known yet, or ever."""
    most = case.opened + horizon
    if case.resolved is not None and case.resolved <= known:
        return Fraction((min(case.resolved, most) - case.opened) // timedelta(microseconds=1), 3_600_000_000)
    if (case.is_closed and case.resolved is None) or known < most:
        return None
    return Fraction(horizon // timedelta(microseconds=1), 3_600_000_000)


def repeats(cases: Sequence[Case], within: timedelta) -> set[int]:
    """By a search of all pairs."""
    return {
        one.id
        for one in cases
        if any(
            _problem(other) == _problem(one) != "" and timedelta(0) < one.opened - other.opened <= within
            for other in cases
        )
    }


def _problem(case: Case) -> str:
    return case.problem.strip().casefold()
