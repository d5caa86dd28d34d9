"""Whether the hard ones wait: how often it is said where hand-overs are shuffled within each month, and say nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from multiprocessing import get_context

import numpy

from benchmarks.calibrating.histories import Way, drawn, file_of
from benchmarks.calibrating.runs import SEED, Wish
from vendors.measures import metrics
from vendors.measures.cases import Case

MOST_SAID = 0.02  # of vendors, either way
SLOWER = 3.0  # times that what is handed over often waits, where it does


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Of one history. `hard`, `easy`: which are said to wait; None: too few to say."""

    way: Way
    hard: bool | None
    easy: bool | None


def run(wish: Wish, *, slower: float = 1.0) -> Waiting:
    """The same numbers give the same history. `slower`: by how much those wait that were handed over at all."""
    number, way, rho, _growth = wish
    random = numpy.random.default_rng([SEED, 11, number, list(Way).index(way), round(100 * rho)])
    file = file_of(drawn(random, way, rho), random)
    cases = _shuffled(file.cases, random)
    found = metrics.measure(
        [_waiting(case, slower) for case in cases] if slower != 1.0 else cases,
        (),
        since=file.since,
        until=file.until,
        known_at=file.known_at,
        zone=UTC,
        holdings=file.holdings,
        with_smallest=False,
    ).waits
    if found is None or found.p is None:
        return Waiting(way=way, hard=None, easy=None)
    return Waiting(way=way, hard=found.hard_wait, easy=found.easy_wait)


def _shuffled(cases: Sequence[Case], random: numpy.random.Generator) -> list[Case]:
    months: dict[tuple[int, int], list[Case]] = defaultdict(list)
    for case in cases:
        months[case.opened.year, case.opened.month].append(case)
    return [
        replace(case, handovers=handovers)
        for of_month in months.values()
        for case, handovers in zip(
            of_month,
            [of_month[place].handovers for place in random.permutation(len(of_month))],
            strict=True,
        )
    ]


def _waiting(case: Case, slower: float) -> Case:
    if case.answered is None or not case.handovers:
        return case
    return replace(case, answered=case.opened + (case.answered - case.opened) * slower)


def _slower(wish: Wish) -> Waiting:
    return run(wish, slower=SLOWER)


def run_all(wished: Sequence[Wish], *, processes: int, slower: bool = False) -> Iterator[Waiting]:
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_slower if slower else run, wished, chunksize=20)


def is_kept(runs: Sequence[Waiting]) -> bool:
    told = [one for one in runs if one.hard is not None]
    return sum(bool(one.hard or one.easy) for one in told) <= MOST_SAID * len(told)


def report(still: Sequence[Waiting], slow: Sequence[Waiting]) -> str:
    lines = [
        "# Whether the hard ones wait",
        "",
        f"Vendors whose hand-overs are shuffled within each month, so that they say nothing of waiting (promised: it "
        f"is said of {MOST_SAID:.0%} at most, either way); and vendors of whom those that are handed over wait "
        f"{SLOWER:g} times as long.",
        "",
        "| way of selecting | enough to say | “the hard ones waited” | “answered first” | seen where they do wait |",
        "| --- | --: | --: | --: | --: |",
    ]
    groups: list[tuple[str, Sequence[Waiting], Sequence[Waiting]]] = [
        (str(way), [one for one in still if one.way == way], [one for one in slow if one.way == way]) for way in Way
    ]
    lines += [_row(name, some, others) for name, some, others in [*groups, ("**all**", still, slow)]]
    return "\n".join(lines)


def _row(name: str, still: Sequence[Waiting], slow: Sequence[Waiting]) -> str:
    told, seen = ([one for one in runs if one.hard is not None] for runs in (still, slow))
    shares = [
        sum(bool(one.hard) for one in told) / max(len(told), 1),
        sum(bool(one.easy) for one in told) / max(len(told), 1),
        sum(bool(one.hard) for one in seen) / max(len(seen), 1),
    ]
    return f"| {name} | {len(told)} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"
