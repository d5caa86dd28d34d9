"""How long to wait for what would take for ever if it were wrong: longer where the machine is slow, or busy.

No test measures speed (that is what benchmarks/ are for). But a limit is part of some promises, “a page answers while
the broker is frozen”, and there has to be a point at which a test gives up. It is told for a machine at rest and
multiplied by what a known piece of work takes here, now, beside everything else that runs."""

from __future__ import annotations

import time

STEPS = 1_000_000
AT_REST = 0.08  # seconds for them


def _work() -> None:
    total = 0
    for number in range(STEPS):
        total += number * number


def slowness() -> float:
    """How many times longer than on a machine at rest anything takes at the moment, by the clock; never below 1."""
    began = time.perf_counter()
    _work()
    return max(1.0, (time.perf_counter() - began) / AT_REST)


def patience(seconds: float) -> float:
    """Seconds to wait on this machine, at this moment."""
    return seconds * slowness()
