"""How each vendor of a list stands: by what the list is sorted, and what its row says.

Vendors come first, so whoever judges them registers here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Membership
from vendors.models import Vendor

RULES = 7


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Since the scorecard before: the positions of the rules whose status moved. `asked_otherwise`: of these it cannot
    be said, because their questions or the thresholds are others now."""

    better: tuple[int, ...] = ()
    worse: tuple[int, ...] = ()
    otherwise: tuple[int, ...] = ()  # rated before or now only: neither better nor worse
    asked_otherwise: tuple[int, ...] = ()

    @property
    def compares_nothing(self) -> bool:
        return len(self.asked_otherwise) == RULES

    def __bool__(self) -> bool:
        return bool(self.better or self.worse or self.otherwise or self.asked_otherwise)


@dataclass(frozen=True, kw_only=True)
class Due:
    """What comes next, in words; `day` is None where it has no date, `url` empty where there is no page yet."""

    words: str
    day: date | None = None
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class Result:
    """The latest scorecard in numbers. `lowest`: percent of the weakest rule, None where no rule is rated."""

    met: int
    broken: int
    lowest: Decimal | None
    lowest_said: str  # “41.7%”
    weakest: str  # its name; empty where no rule is rated
    weakest_position: int
    scorecard: Any  # with its rules: the row draws their marks
    contradicted: tuple[int, ...] | None  # positions; None: not measured, or closed to this member
    moves: Moves | None  # None: the first scorecard, or closed to this member


@dataclass(frozen=True, kw_only=True)
class Standing:
    result: Result | None = None  # None: never assessed
    due: Due | None = None  # None: nothing is planned
    is_withheld: bool = False  # this member's own answers come before the figures


Columns = Mapping[str, Sequence[Any]]  # of each column of the list, by what the database sorts it, the lowest first
Maker = Callable[[Membership, Sequence[Vendor], date], Mapping[int, Standing]]
_makers: list[Maker] = []
_columns: list[Callable[[Membership], Columns]] = []
UNKNOWN = Standing()


def register(maker: Maker) -> None:
    """Called once from an app's `ready`. Its queries do not grow with the vendors."""
    if maker not in _makers:
        _makers.append(maker)


def register_columns(of: Callable[[Membership], Columns]) -> None:
    """By what whoever judges vendors sorts them, for this member: what is closed to them moves no row."""
    if of not in _columns:
        _columns.append(of)


def columns_of(member: Membership) -> Columns:
    return {name: values for of in _columns for name, values in of(member).items()}


def standing_of(member: Membership, vendor: Vendor, today: date) -> Standing:
    return standings_of(member, [vendor], today)[vendor.pk]


def standings_of(member: Membership, vendors: Sequence[Vendor], today: date) -> dict[int, Standing]:
    """By the vendors' keys."""
    found: dict[int, Standing] = {vendor.pk: UNKNOWN for vendor in vendors}
    for maker in _makers:
        found.update(maker(member, vendors, today))
    return found
