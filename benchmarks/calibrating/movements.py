"""Commitments over histories in which nothing changes: how often a measure is said to have moved, or to have fallen
back, although nothing did. Nobody would be asked for a target there, which only holds it back: so none is agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial
from multiprocessing import get_context

import numpy

from benchmarks.calibrating.histories import Setting, Way, drawn, file_of
from benchmarks.calibrating.runs import CORRELATIONS, KEYS, SEED, Wish
from vendors.measures import metrics, movement
from vendors.measures.catalogue import BY_KEY
from vendors.measures.movement import Outcome, Period, Promise, Standing

MOST_MOVED = 0.06  # of commitments, at one look
MOST_EVER_MOVED = 0.12  # at any of the looks in some months: a person looks, too, before it is kept
MOST_FELL_BACK = 0.06  # of kept commitments, at any look in the twelve months
FEWEST = 150  # commitments: a share of fewer is chance itself
WATCHED = timedelta(days=365)
Told = tuple[bool | None, ...]  # by measure, in the order of KEYS; None: it could not tell


@dataclass(frozen=True, kw_only=True)
class Commitments:
    """Of one history, one commitment a measure. `moved`: at the last look; `ever_moved`, `fell_back`: at any."""

    setting: Setting
    moved: Told
    ever_moved: Told
    fell_back: Told


def run(wish: Wish, *, step: float = 0.0) -> Commitments:
    """The same numbers give the same history. `step`: the part by which durations are shorter from the middle on."""
    number, way, rho, _growth = wish
    random = numpy.random.default_rng([SEED, 7, number, list(Way).index(way), round(100 * rho)])
    setting = drawn(random, way, rho)
    low, high = (20, 27) if setting.is_weekly else (18, 25)
    return committed(replace(setting, periods=int(random.integers(low, high))), random, step=step)


def committed(setting: Setting, random: numpy.random.Generator, *, step: float = 0.0) -> Commitments:
    file = file_of(setting, random)
    cases = file.cases
    if step:
        middle = file.since + (file.until - file.since) / 2
        cases = [
            replace(case, resolved=case.opened + (case.resolved - case.opened) * (1 - step))
            if case.resolved is not None and case.opened.date() > middle
            else case
            for case in cases
        ]
    found = metrics.measure(
        cases,
        file.pulses,
        proofs=file.proofs,
        said=file.said,
        since=file.since,
        until=file.until,
        known_at=file.known_at,
        zone=UTC,
        holdings=file.holdings,
        with_smallest=False,
    )
    moved, ever_moved, fell_back = [], [], []
    for series in found.series:
        periods = movement.periods_of(series)
        looks = _looks(periods, series.measure.key)
        moved.append(looks[-1] if looks else None)
        ever_moved.append(any(looks) if looks else None)
        fell_back.append(_ever_fell_back(periods, series.measure.key))
    return Commitments(setting=setting, moved=tuple(moved), ever_moved=tuple(ever_moved), fell_back=tuple(fell_back))


def _promise(periods: Sequence[Period], key: str, agreed: float, due: float) -> Promise:
    return Promise(
        agreed_on=periods[round(agreed * len(periods))].start,
        due_on=periods[round(due * len(periods))].end,
        lower_is_better=BY_KEY[key].lower_is_better is not False,
        target=None,
    )


def _looks(periods: Sequence[Period], key: str) -> list[bool]:
    """What is said each time that a period more is known, since it was due; of those looks that could tell."""
    if len(periods) < movement.FEWEST_BEFORE + movement.FEWEST_AFTER:
        return []
    promise, said = _promise(periods, key, 0.5, 0.65), []
    for count in range(1, len(periods) + 1):
        known = periods[-1].end + timedelta(days=1)
        found = movement.movement(periods[:count], promise, known_until=known, today=known)
        if found.p is not None:
            said.append(found.outcome == Outcome.MOVED)
    return said


def _ever_fell_back(periods: Sequence[Period], key: str) -> bool | None:
    if len(periods) < movement.FEWEST_BEFORE + movement.FEWEST_AFTER:
        return None
    promise = _promise(periods, key, 0.2, 0.35)
    watched = [one for one in periods if one.end <= promise.due_on + WATCHED]
    said = [
        found.standing == Standing.FELL_BACK
        for count in range(1, len(watched) + 1)
        if (found := movement.watch(watched[:count], promise, kept_on=promise.due_on)).p is not None
    ]
    return any(said) if said else None


def run_all(wished: Sequence[Wish], *, processes: int, step: float = 0.0) -> Iterator[Commitments]:
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(partial(run, step=step), wished, chunksize=20)


# What came of it --------------------------------------------------------------------------------------------------
def share(found: Sequence[Commitments], of: Callable[[Commitments], Told], key: str = "") -> tuple[float, int]:
    """Of those that could tell, the share of which it is said, and their number; of one measure, or of all."""
    places = [KEYS.index(key)] if key else range(len(KEYS))
    told = [said for one in found for place in places if (said := of(one)[place]) is not None]
    return (sum(told) / len(told) if told else 0.0), len(told)


SAID: Mapping[str, Callable[[Commitments], Told]] = {
    "moved": lambda one: one.moved,
    "moved, at any look": lambda one: one.ever_moved,
    "fell back, at any look": lambda one: one.fell_back,
}
PROMISED = {"moved": MOST_MOVED, "moved, at any look": MOST_EVER_MOVED, "fell back, at any look": MOST_FELL_BACK}


def worst(found: Sequence[Commitments]) -> dict[str, float]:
    """By what is said, the largest share of a measure, a correlation or a way of selecting, each of enough
    commitments."""
    groups = [[one for one in found if one.setting.rho == rho] for rho in CORRELATIONS]
    groups += [[one for one in found if one.setting.way == way] for way in Way]
    worst_of = {}
    for name, of in SAID.items():
        shares = [share(found, of, key) for key in KEYS] + [share(group, of) for group in groups]
        worst_of[name] = max((part for part, count in shares if count >= FEWEST), default=0.0)
    return worst_of


def is_kept(found: Mapping[str, float]) -> bool:
    return all(found[name] <= PROMISED[name] for name in SAID)


def report(still: Sequence[Commitments], better: Sequence[Commitments]) -> str:
    """As Markdown. `better`: of histories whose incidents take half as long from their middle on."""
    most = worst(still)
    lines = [
        "# Calibration of what measures say of commitments",
        "",
        f"{len(still):,} vendors whose incidents have no trend, with one commitment on each measure: agreed in the "
        "middle of the history (kept: early in it), without a target. The worst share over measures, correlations and "
        "ways of selecting:",
        "",
        "| it is said that a measure | of 1,000, worst | promised |",
        "| --- | --: | --: |",
        *(f"| {name} | {1000 * most[name]:.0f} | {1000 * PROMISED[name]:.0f} |" for name in SAID),
        "",
        "Of 1,000, by measure:",
        "",
        f"| measure | {' | '.join(SAID)} |",
        "| --- | --: | --: | --: |",
    ]
    for key in KEYS:
        lines.append(f"| {key} | {' | '.join(f'{1000 * share(still, of, key)[0]:.0f}' for of in SAID.values())} |")
    seen, count = share(better, SAID["moved, at any look"], "duration_mean")
    lines += ["", f"Where incidents take half as long from the middle on, that is seen in {seen:.0%} of {count} cases."]
    return "\n".join(lines)
