"""How well a vendor supports, as a place in the order of the verdict: broken rules first, then what is met. Plain
Python.

Nothing is averaged: a rule that is met never makes up for one that is broken.
"""

from __future__ import annotations

from decimal import Decimal

RULES = 7
STEPS = 2 * RULES + 1  # seven to one broken; none broken, and none to seven met
MIDDLE = RULES / STEPS  # left of it a rule is broken, from it on none is


def step(*, met: int, broken: int) -> int:
    """−7 (all seven broken) to −1 (one broken), then 0 (none broken, none met) to 7 (all met)."""
    return -broken if broken else met


def support(*, met: int, broken: int, lowest: Decimal | None) -> float | None:
    """From 0 to below 1, in the order of the verdict; within a step the lowest rule decides (`lowest`, in percent).

    None where no rule is rated: nothing is known then.
    """
    if lowest is None:
        return None
    within = min(max(float(lowest), 0.0), 100.0) / 100
    return (step(met=met, broken=broken) + RULES + within * 0.96) / STEPS
