"""In which order vendors stand in the list: what needs attention first, or by one of its columns.

No average ever decides: what is broken is not outweighed by what is met. What has nothing in a column stands last,
either way round; what is equal stands by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Lower

from accounts.models import Membership
from vendors.models import Contract, Tier, Vendor, VendorQuerySet
from vendors.standings import Columns, Standing, columns_of

ATTENTION = "attention"
TIER_RANK = Case(
    *(When(tier=tier, then=Value(place)) for place, tier in enumerate(Tier.values)), output_field=IntegerField()
)
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    vendor: Vendor
    standing: Standing
    decide_by: date | None = None  # the first of its contracts that nobody has decided about


# By what the database knows ------------------------------------------------------------------------------------------
def next_decision() -> Subquery:
    """The first day by which something must be decided about a contract; it may be over."""
    waiting = Contract.objects.to_decide().filter(vendor=OuterRef("pk")).order_by("decide_by")
    return Subquery(waiting.values("decide_by")[:1])


def _columns(member: Membership) -> Columns:
    """What whoever judges the vendors knows, and the vendor's own."""
    return {**columns_of(member), "name": [], "tier": [TIER_RANK], "decide": [next_decision()]}


def in_order(rows: VendorQuerySet, sort: str, member: Membership) -> VendorQuerySet:
    """By a column of the database."""
    values = _columns(member).get(sort.removeprefix("-"), [TIER_RANK])
    falls = sort.startswith("-")
    by_name = OrderBy(Lower("name"), descending=falls and not values)
    return rows.order_by(*(OrderBy(value, descending=falls, nulls_last=True) for value in values), by_name, F("pk"))


# By what is computed --------------------------------------------------------------------------------------------------
def _moved(row: Row) -> Key | None:
    """The more fell, the lower; of as many, the more rose, the higher."""
    moves = row.standing.result.moves if row.standing.result else None
    return None if moves is None else (-len(moves.worse), len(moves.better))


def _due(row: Row) -> date | None:
    return row.standing.due.day if row.standing.due else None


COMPUTED_OF = 500  # vendors at most: of more, the list is not sorted by what is computed of all
COMPUTED: Mapping[str, Callable[[Row], Any]] = {"moved": _moved, "due": _due}
SORTS = frozenset({"name", "tier", "met", "weakest", "contradicted", "decide", *COMPUTED})


def chosen_sort(asked: str) -> str:
    """A column, or its turn (“-met”); what needs attention where it is neither."""
    return asked if asked.removeprefix("-") in SORTS else ATTENTION


def is_computed(sort: str) -> bool:
    return sort.removeprefix("-") in COMPUTED


def computed_order(rows: Sequence[Row], sort: str) -> list[Row]:
    """`rows`: all of them, by name."""
    value = COMPUTED[sort.removeprefix("-")]
    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    return [*sorted(known, key=value, reverse=sort.startswith("-")), *unknown]
