"""Medians of interleaved repetitions: what disturbs the machine disturbs both sides of a ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import TypeVar

Name = TypeVar("Name")


def medians(subjects: Mapping[Name, Callable[[], object]], repetitions: int) -> dict[Name, float]:
    """Seconds of each subject: the median of `repetitions` rounds, each round running every subject once."""
    times: dict[Name, list[float]] = {name: [] for name in subjects}
    for subject in subjects.values():
        subject()  # the first run pays for caches
    for _ in range(repetitions):
        for name, subject in subjects.items():
            start = perf_counter()
            subject()
            times[name].append(perf_counter() - start)
    return {name: median(values) for name, values in times.items()}
