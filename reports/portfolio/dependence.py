"""How much a customer depends on a vendor: a plain sum of points from 0 to 100, each part of which can be read. Plain
Python.

It is a way to place vendors on a map, and no judgement: nothing is decided by it. What is not known is a range, since
unknown is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TIER_POINTS: Mapping[str, int] = {"critical": 30, "important": 15, "standard": 0}
POINTS_A_SERVICE, MOST_SERVICES = 10, 3
POINTS_A_MONTH, MOST_MONTHS = 2, 12
POINTS_A_DEPARTMENT, MOST_DEPARTMENTS = 4, 4
FULL = 100
HALF = 50  # from here on, they hold us


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """The four parts, in points. `months` is None where nobody said how long it takes to replace the vendor."""

    tier: int
    services: int
    departments: int
    months: int | None

    @property
    def low(self) -> int:
        """What is known to be so."""
        return self.tier + self.services + self.departments + (self.months or 0)

    @property
    def high(self) -> int:
        """What it may be at most, with what is not known."""
        return self.low + (POINTS_A_MONTH * MOST_MONTHS if self.months is None else 0)

    @property
    def is_known(self) -> bool:
        return self.months is not None


def dependence(*, tier: str, services: int, departments: int, months: int | None) -> Dependence:
    """`services`: mission-critical ones; `departments`: that order, or depend on a service; `months`: to replace it.

    Raises KeyError for a tier without points, ValueError for less than nothing.
    """
    if min(services, departments, months or 0) < 0:
        raise ValueError("services, departments and months are counted from 0")
    return Dependence(
        tier=TIER_POINTS[tier],
        services=POINTS_A_SERVICE * min(services, MOST_SERVICES),
        departments=POINTS_A_DEPARTMENT * min(departments, MOST_DEPARTMENTS),
        months=None if months is None else POINTS_A_MONTH * min(months, MOST_MONTHS),
    )
