"""In which order vendors stand in the list: what needs attention first, or by one of its columns. Plain Python.

No average ever decides: what is broken is not outweighed by what is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from vendors.models import Tier, Vendor
from vendors.standings import Standing

ATTENTION = "attention"
TIERS: Mapping[str, int] = {tier.value: place for place, tier in enumerate(Tier)}
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    vendor: Vendor
    standing: Standing
    decide_by: date | None = None  # the first of its contracts that nobody has decided about


def attention(row: Row) -> Key:
    """Most rules broken, or contradicted by a measure, first; then the lowest rule; what was never assessed comes
    last, since nothing is known of it, the critical before the others."""
    result = row.standing.result
    if result is None:
        return (1, TIERS[row.vendor.tier])
    wrong = result.broken + len(result.contradicted or ())
    lowest = result.lowest
    return (0, -wrong, lowest is None, lowest or Decimal(0), result.met, TIERS[row.vendor.tier])


def _name(row: Row) -> str:
    return row.vendor.name.casefold()


def _tier(row: Row) -> int:
    return TIERS[row.vendor.tier]


def _met(row: Row) -> Key | None:
    """Of two with as many met, the one with fewer broken stands better."""
    result = row.standing.result
    return None if result is None else (result.met, -result.broken)


def _weakest(row: Row) -> Decimal | None:
    return row.standing.result.lowest if row.standing.result else None


def _contradicted(row: Row) -> int | None:
    result = row.standing.result
    return None if result is None or result.contradicted is None else len(result.contradicted)


def _moved(row: Row) -> Key | None:
    """The more fell, the lower; of as many, the more rose, the higher."""
    moves = row.standing.result.moves if row.standing.result else None
    return None if moves is None else (-len(moves.worse), len(moves.better))


def _due(row: Row) -> date | None:
    return row.standing.due.day if row.standing.due else None


def _decide(row: Row) -> date | None:
    return row.decide_by


COLUMNS: Mapping[str, Callable[[Row], Any]] = {
    "name": _name,
    "tier": _tier,
    "met": _met,
    "weakest": _weakest,
    "contradicted": _contradicted,
    "moved": _moved,
    "due": _due,
    "decide": _decide,
}


def chosen_sort(asked: str) -> str:
    """A column, or its turn (“-met”); what needs attention where it is neither."""
    return asked if asked.removeprefix("-") in COLUMNS else ATTENTION


def in_order(
    vendors: Iterable[Vendor], standings: Mapping[int, Standing], sort: str, *, decide_by: Mapping[int, date]
) -> Sequence[Row]:
    """`standings` and `decide_by`: by the vendors' keys.

    What has nothing in the column stands last, either way round; what is equal stands by name."""
    rows = [Row(vendor=vendor, standing=standings[vendor.pk], decide_by=decide_by.get(vendor.pk)) for vendor in vendors]
    rows.sort(key=lambda row: (_name(row), row.vendor.pk))
    if sort == ATTENTION:
        return sorted(rows, key=attention)
    value = COLUMNS[sort.removeprefix("-")]
    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    return [*sorted(known, key=value, reverse=sort.startswith("-")), *unknown]
