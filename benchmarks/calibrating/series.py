"""Series themselves, without incidents: first-order processes, the harshest reading of serial correlation.

Where a series rests on incidents, their own chance lies over what the periods share; here nothing does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy

from benchmarks.calibrating.runs import CORRELATIONS, SEED
from vendors.measures import trend as trends

LENGTHS = (6, 8, 12, 18, 24, 52)
ROWS = 20_000
BY_LIBRARY = 300
GROWN = 1.0  # of the level, over the series, with a standard deviation of WIDE beside it
WIDE = 0.3

Cell = tuple[int, float]  # how many periods, and their correlation


def rows(count: int, length: int, rho: float, seed: int) -> Any:
    """Stationary from the first value on, standard deviation 1."""
    random = numpy.random.default_rng([SEED, length, round(100 * rho), seed])
    steps = random.normal(size=(count, length))
    steps[:, 1:] *= numpy.sqrt(1 - rho * rho)
    for place in range(1, length):
        steps[:, place] += rho * steps[:, place - 1]
    return steps


def ours(cell: Cell) -> tuple[float, float, float]:
    """Of series without a trend: the shares that fall, that rise, and in which one of two tests accuses."""
    length, rho = cell
    s, p = trends.tested_rows(rows(ROWS, length, rho, 1))
    other_s, other_p = trends.tested_rows(rows(ROWS, length, rho, 2))
    moved = p < trends.SIGNIFICANT
    # Of one that the other test says nothing of, p is doubled at most: Holm. That a change is large counts for nothing.
    p, other_p = _holm(p, other_p), _holm(other_p, p)
    accused = ((s > 0) & (p < trends.PROVEN)) | ((other_s > 0) & (other_p < trends.PROVEN))
    return float((moved & (s < 0)).mean()), float((moved & (s > 0)).mean()), float(accused.mean())


def _holm(p: Any, other: Any) -> Any:
    return numpy.where(p <= other, numpy.minimum(1, 2 * p), numpy.maximum(p, numpy.minimum(1, 2 * other)))


def _library() -> Mapping[str, Callable[[Sequence[float]], Any]]:
    import pymannkendall

    return {
        "original": pymannkendall.original_test,
        "Hamed and Rao": pymannkendall.hamed_rao_modification_test,
        "Yue and Wang": pymannkendall.yue_wang_modification_test,
        "Yue and Wang, lag 1": partial(pymannkendall.yue_wang_modification_test, lag=1),
        "Yue and Wang, lag 3": partial(pymannkendall.yue_wang_modification_test, lag=3),
        "pre-whitening": pymannkendall.pre_whitening_modification_test,
        "trend-free pre-whitening": pymannkendall.trend_free_pre_whitening_modification_test,
    }


NAMES = (*_library(), "here")


def compared(cell: Cell) -> Mapping[str, tuple[float, float]]:
    """By test: the share that says anything of series without a trend, both ways, and the share that says “rising” of
    series whose level doubles."""
    length, rho = cell
    still = rows(BY_LIBRARY, length, rho, 3)
    grown = 1 + WIDE * still + GROWN * numpy.linspace(0, 1, length)
    found = {name: (_says(test, still)[0], _says(test, grown)[1]) for name, test in _library().items()}
    (_s, p), (s, grown_p) = trends.tested_rows(still), trends.tested_rows(grown)
    shown = (grown_p < trends.SIGNIFICANT) & (s > 0)
    return {**found, "here": (float((p < trends.SIGNIFICANT).mean()), float(shown.mean()))}


def _says(test: Callable[[Sequence[float]], Any], series: Any) -> tuple[float, float]:
    with numpy.errstate(all="ignore"):
        found = [test(values) for values in series]
    moved = [(one.p < trends.SIGNIFICANT, one.z > 0) for one in found]
    return sum(is_moved for is_moved, _ in moved) / len(moved), sum(all(both) for both in moved) / len(moved)


def cells() -> list[Cell]:
    return list(product(LENGTHS, CORRELATIONS))


def compared_all(*, processes: int) -> Iterator[tuple[Cell, Mapping[str, tuple[float, float]]]]:
    with get_context("spawn").Pool(processes) as pool:
        yield from zip(cells(), pool.imap(compared, cells()), strict=True)
