"""What may be said of many organisations without telling of one. Plain Python: no database, no clock.

A cell is one rule in one tier. There is no total over the tiers: what is missing in one could be had by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256

STEP = 5  # percent: no published figure is anybody's own to the digit
SMALLEST_GROUP = 5  # organisations
SMALLEST_DIFFERENCE = 3  # organisations: whoever knows one of them, and is one of them, still faces two

Vendors = Sequence[tuple[Decimal, bool]]  # of one organisation: each vendor's percent, and whether the rule is met
Known = Mapping[str, str]  # by organisation what an answer knew of it, as a hash; empty where it took its data out


class Silence(StrEnum):
    """Why nothing is said of a cell."""

    TOO_FEW = "too_few"
    ONE_WEIGHS_TOO_MUCH = "one_weighs_too_much"
    ONE_FOR_ALL = "one_for_all"  # most have the same percent, so that the figures would be each one's own
    TOO_ALIKE = "too_alike"  # to what was said before


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Percents in steps of five. `met`: the share of the vendors that meet the rule. That all do, or none, would tell
    of each: then it is the share of all but one, or of one."""

    organisations: int
    vendors: int
    lower: int
    median: int
    upper: int
    met: int


def figures_of(cell: Mapping[str, Vendors]) -> Figures | Silence:
    """Of a cell, by organisation; an organisation without a vendor in it does not count."""
    sizes = [len(vendors) for vendors in cell.values() if vendors]
    if len(sizes) < SMALLEST_GROUP:
        return Silence.TOO_FEW
    total = sum(sizes)
    if max(sizes) * 2 > total:
        return Silence.ONE_WEIGHS_TOO_MUCH
    percents = sorted(Fraction(percent) for vendors in cell.values() for percent, _met in vendors)
    count = sum(is_met for vendors in cell.values() for _percent, is_met in vendors)
    met = Fraction(100 * min(max(count, 1), total - 1), total)
    lower, median, upper = (_stepped(_quantile(percents, Fraction(quarter, 4))) for quarter in (1, 2, 3))
    if lower == upper:
        return Silence.ONE_FOR_ALL
    return Figures(
        organisations=len(sizes),
        vendors=total,
        lower=lower,
        median=median,
        upper=upper,
        met=min(max(_stepped(met), STEP), 100 - STEP),
    )


def known_of(cell: Mapping[str, Vendors]) -> dict[str, str]:
    """What an answer about this cell knows of each organisation: the same data, the same hash."""
    return {key: _hash(vendors) for key, vendors in sorted(cell.items()) if vendors}


def differing(one: Known, other: Known) -> int:
    """In how many organisations two answers differ. One that took its data out may be the same as ever: it counts only
    where the other answer does not know of it at all."""
    return sum(_differs(one.get(key), other.get(key)) for key in one.keys() | other.keys())


def may_be_said(new: Known, before: Iterable[Known]) -> bool:
    """Whether an answer can stand beside all that were ever given of its cell: each is the same, or differs in three
    organisations or more."""
    return all(not (count := differing(new, old)) or count >= SMALLEST_DIFFERENCE for old in before)


def _differs(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is not other
    return bool(one and other and one != other)


def _hash(vendors: Vendors) -> str:
    return sha256(repr(sorted((str(percent), is_met) for percent, is_met in vendors)).encode()).hexdigest()


def _quantile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    """Between the two nearest in proportion, the ends included."""
    at = share * (len(ordered) - 1)
    below = at.numerator // at.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def _stepped(percent: Fraction) -> int:
    """The nearest step, halves up."""
    return int((percent / STEP + Fraction(1, 2)) // 1) * STEP
