"""Mann–Kendall and Theil–Sen a second time: by their definitions, in exact fractions, without a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import sqrt
from statistics import NormalDist, median

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


def z(values: Values) -> float:
    """With the correction for continuity."""
    found = score(values)
    return 0.0 if found == 0 else (found - (1 if found > 0 else -1)) / sqrt(variance(values))


def p(values: Values) -> float:
    return 2 * NormalDist().cdf(-abs(z(values)))


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
