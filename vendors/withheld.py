"""Whose measures a member may not see yet: raters judge first and look at the figures afterwards, unled.

Who judges is known above this app, which registers its answer here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from accounts.models import Membership
from groundwork.asking_once import once
from groundwork.together import Lookup
from vendors.models import Vendor

Rated = Callable[[Membership], Iterable[int]]  # the vendors that this member still has to judge, by their keys
_rated: list[Rated] = []


def register(rated: Rated) -> None:
    """Called once from an app's `ready`."""
    if rated not in _rated:
        _rated.append(rated)


def withheld(member: Membership) -> set[int]:
    """The keys of the vendors whose measures this member does not see before their own answers are handed in."""
    return once(("withheld", member.pk), lambda: withheld_in(member).now())


def withheld_in(member: Membership) -> Lookup[set[int]]:
    """The same, to be read with what else a page shows."""
    found = [rated(member) for rated in _rated]
    reads = tuple(rows for rows in found if isinstance(rows, QuerySet))
    return Lookup(reads=reads, told=lambda: set().union(*found))


def is_withheld(member: Membership, vendor: Vendor) -> bool:
    return vendor.pk in withheld(member)
