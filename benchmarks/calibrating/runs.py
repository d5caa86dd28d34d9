"""Many histories, measured: what each measure says of them, and whether a vendor would be contradicted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from multiprocessing import get_context

import numpy

from benchmarks.calibrating.histories import Setting, Way, drawn, file_of
from vendors.measures import metrics
from vendors.measures.catalogue import DECIDING, MEASURES
from vendors.measures.trend import Direction

KEYS = tuple(measure.key for measure in MEASURES)
CODES = {Direction.FALLING: -1, Direction.FLAT: 0, Direction.RISING: 1, Direction.TOO_LITTLE_DATA: None}
CORRELATIONS = (0.0, 0.2, 0.4)
SEED = 20_260_101


@dataclass(frozen=True, kw_only=True)
class Run:
    """One history. `said`: by measure, in the order of KEYS: -1 falling, 0 flat, 1 rising, None too little data.
    `contradicted`: a vendor with both deciding rules rated met would be, by either. `smallest`: by measure, the change
    that would have shown; empty where it was not asked for."""

    setting: Setting
    said: tuple[int | None, ...]
    contradicted: bool
    smallest: tuple[float | None, ...] = ()


GROWTHS = (0.25, 0.5, 1.0)  # of what gets worse, over the span of a file

Wish = tuple[int, Way, float, float]  # a number, the way of selecting, the correlation, the growth


def wishes(each: int, *, ways: Iterable[Way] = Way, correlations: Iterable[float] = CORRELATIONS) -> list[Wish]:
    """`each` histories without growth for every way and correlation."""
    cells = [(way, rho) for way in ways for rho in correlations]
    return [(number, way, rho, 0.0) for number in range(each) for way, rho in cells]


def run(wish: Wish, *, with_smallest: bool = False) -> Run:
    """The same numbers give the same history, on every machine and in every process."""
    number, way, rho, growth = wish
    random = numpy.random.default_rng([SEED, number, list(Way).index(way), round(100 * rho), round(100 * growth)])
    setting = drawn(random, way, rho)
    if growth:
        setting = replace(setting, growth=growth, late=0.0)
    return measured(setting, random, with_smallest=with_smallest)


def measured(setting: Setting, random: numpy.random.Generator, *, with_smallest: bool = False) -> Run:
    file = file_of(setting, random)
    found = metrics.measure(
        file.cases,
        file.pulses,
        proofs=file.proofs,
        said=file.said,
        since=file.since,
        until=file.until,
        known_at=file.known_at,
        zone=UTC,
        holdings=file.holdings,
        with_smallest=with_smallest,
    )
    return Run(
        setting=setting,
        said=tuple(CODES[series.trend.direction] for series in found.series),
        contradicted=any(metrics.is_proven_worse(found.of(key)) for key in DECIDING.values()),
        smallest=tuple(series.trend.smallest for series in found.series) if with_smallest else (),
    )


def run_all(wished: Sequence[Wish], *, processes: int, with_smallest: bool = False) -> Iterator[Run]:
    """In the order of what was wished."""
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(partial(run, with_smallest=with_smallest), wished, chunksize=20)
