"""Medians of interleaved repetitions: what disturbs the machine disturbs both sides of a ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

Name = TypeVar("Name")


def medians(
    subjects: Mapping[Name, Callable[[], object]], repetitions: int, *, clock: Callable[[], float] = perf_counter
) -> dict[Name, float]:
    """Seconds of each subject: the median of `repetitions` rounds, each round running every subject once. `clock`: what
    counts them, such as `process_time` for those of the processor alone."""
    times: dict[Name, list[float]] = {name: [] for name in subjects}
    for subject in subjects.values():
        subject()  # the first run pays for caches
    for _ in range(repetitions):
        for name, subject in subjects.items():
            start = clock()
            subject()
            times[name].append(clock() - start)
    return {name: median(values) for name, values in times.items()}


def cpu_medians(subjects: Mapping[Name, Callable[[], object]], repetitions: int) -> dict[Name, float]:
    """Seconds of CPU of this process: what else the machine does is not in them."""
    return medians(subjects, repetitions, clock=process_time)
