"""What a request costs the process that serves it: time and memory, as the system counts them.

The highest mark of memory (VmHWM) is set back before, so that what was held and let go again counts, too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.patience import patience

MB = 10**6
SECONDS, GROWTH = 2.0, 100 * MB  # on a machine at rest
STATUS, MARK = Path("/proc/self/status"), Path("/proc/self/clear_refs")

only_where_it_is_told = pytest.mark.skipif(
    not os.access(MARK, os.W_OK), reason="Only Linux tells the highest mark of memory."
)


class Cost(NamedTuple):
    seconds: float
    processor: float
    growth: int  # bytes


def _kilobytes(name: str) -> int:
    return int(next(line.split()[1] for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:")))


def cost_of(act: Callable[[], object]) -> Cost:
    MARK.write_text("5")  # the highest mark begins again at what is held now
    held, began, used = _kilobytes("VmRSS"), time.perf_counter(), time.process_time()
    act()
    took = Cost(time.perf_counter() - began, time.process_time() - used, 1024 * (_kilobytes("VmHWM") - held))
    return took


def assert_brief(cost: Cost) -> None:
    longest = patience(SECONDS)
    assert cost.processor <= longest, (cost, longest)
    assert cost.seconds <= 2 * longest, (cost, longest)  # it waits for a process beside it as well
    assert cost.growth <= GROWTH, cost
