"""How much an edition is used: told to bank editors in numbers alone, as they belong to no organisation.

Who assesses is known above this app, which registers its answer here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from groundwork.words import apart, number


@dataclass(frozen=True, kw_only=True)
class EditionUse:
    """Numbers of rows."""

    running: int = 0
    approved: int = 0
    organisations: int = 0

    def __str__(self) -> str:
        """“Running assessments: 2; approved: 5; organisations: 1”; says so where there is none."""
        if not self.organisations:
            return _("no assessment uses it")
        return apart(
            (
                _("running assessments: %(count)s") % {"count": number(self.running)},
                _("approved: %(count)s") % {"count": number(self.approved)},
                _("organisations: %(count)s") % {"count": number(self.organisations)},
            )
        )


Counting = Callable[[Collection[int]], Mapping[int, EditionUse]]  # by the keys of editions; one unused may be left out
_countings: list[Counting] = []


def register(counting: Counting) -> None:
    """Called once from an app's `ready`."""
    if counting not in _countings:
        _countings.append(counting)


def uses(editions: Collection[int]) -> dict[int, EditionUse]:
    """Of each of these editions, by its key."""
    found: dict[int, EditionUse] = dict.fromkeys(editions, EditionUse())
    for counting in _countings:
        found |= counting(editions)
    return found
