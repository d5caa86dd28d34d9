"""When a difference between two vendors in one rule is clear, and why it is not.

Plain Python: no framework, no clock, no database. Percents run from 0 to 100. There is no ranking of vendors here and
no average: one rule at a time, and each vendor against the best in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from assessments.score.arithmetic import Confidence


class Doubt(StrEnum):
    """Why a difference is not clear, in the order in which it is said."""

    NOT_RATED = "not_rated"
    OTHER_EDITION = "other_edition"
    LOW_CONFIDENCE = "low_confidence"
    OVERLAP = "overlap"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One vendor in one rule. `percent` is None where the rule is not rated; `low` and `high` are the bounds: what the
    percent may be, whatever the missing grades turn out to be. `edition` is one for all that ask the same; `confidence`
    is that of its whole scorecard."""

    percent: Fraction | None
    low: Fraction | None
    high: Fraction | None
    edition: str
    confidence: Confidence

    @property
    def is_rated(self) -> bool:
        return self.percent is not None

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """Where nothing is missing, both are the percent. Raises ValueError for what is not rated."""
        if self.percent is None:
            raise ValueError("What is not rated has no bounds to compare.")
        return (
            self.percent if self.low is None else self.low,
            self.percent if self.high is None else self.high,
        )


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of the vendor at `one` against the one at `other`: places in the order of the comparison, from 0.

    Clear where there is no doubt.
    """

    one: int
    other: int
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_clear(self) -> bool:
        return not self.doubts


@dataclass(frozen=True, kw_only=True)
class RuleDifferences:
    """One rule. `best`: the place of the highest percent (ties: the earlier), None where nobody is rated.
    `differences`: the best against every other vendor, in their order; empty where there is no best."""

    best: int | None
    differences: tuple[Difference, ...]

    @property
    def clear(self) -> tuple[int, ...]:
        """Above which vendors the best clearly is."""
        return tuple(one.other for one in self.differences if one.is_clear)

    @property
    def unclear(self) -> tuple[Difference, ...]:
        """Against those that are rated, too."""
        return tuple(one for one in self.differences if one.doubts and Doubt.NOT_RATED not in one.doubts)

    @property
    def not_rated(self) -> tuple[int, ...]:
        return tuple(one.other for one in self.differences if Doubt.NOT_RATED in one.doubts)


def doubts(one: Side, other: Side) -> tuple[Doubt, ...]:
    """Why nobody can say that the two differ; none where it is clear. Bounds that touch overlap."""
    if not (one.is_rated and other.is_rated):
        return (Doubt.NOT_RATED,)
    found = []
    if one.edition != other.edition:
        found.append(Doubt.OTHER_EDITION)
    if Confidence.LOW in (one.confidence, other.confidence):
        found.append(Doubt.LOW_CONFIDENCE)
    if _overlap(one, other):
        found.append(Doubt.OVERLAP)
    return tuple(found)


def in_rule(sides: Sequence[Side]) -> RuleDifferences:
    """The best against each other, one rule of vendors in the order in which they were chosen."""
    rated = [place for place, side in enumerate(sides) if side.is_rated]
    if not rated:
        return RuleDifferences(best=None, differences=())
    best = max(rated, key=lambda place: (sides[place].percent or 0, -place))
    others = [place for place in range(len(sides)) if place != best]
    return RuleDifferences(
        best=best,
        differences=tuple(
            Difference(one=best, other=place, doubts=doubts(sides[best], sides[place])) for place in others
        ),
    )


def _overlap(one: Side, other: Side) -> bool:
    (low, high), (other_low, other_high) = one.bounds, other.bounds
    return low <= other_high and other_low <= high
