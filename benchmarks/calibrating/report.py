"""What a calibration found, as Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from benchmarks.calibrating import series
from benchmarks.calibrating.runs import CORRELATIONS, KEYS, Run
from benchmarks.calibrating.shares import (
    AXES,
    FEWEST_RUNS,
    FEWEST_VENDORS,
    MOST_CONTRADICTED,
    MOST_EACH_WAY,
    Cell,
    cells,
    worst,
)
from vendors.measures import trend as trends

SHOWN = ("duration_mean", "duration_median", "repeat_count", "repeats")


Compared = Sequence[tuple[series.Cell, Mapping[str, tuple[float, float]]]]


def report(
    runs: Sequence[Run],
    found: Mapping[str, float],
    grown: Sequence[Run],
    smallest: Sequence[Run],
    compared: Compared,
) -> str:
    """Markdown. `grown`: histories that get worse; `smallest`: some with the smallest change that would have shown;
    what is empty is left out."""
    parts = [
        _head(runs, found),
        _by_measure(runs),
        _by_cell(runs),
        _power(grown) if grown else [],
        _smallest(smallest) if smallest else [],
        _pure_series(),
        _tests(compared) if compared else [],
    ]
    return "\n".join(line for part in parts if part for line in [*part, ""])


def _head(runs: Sequence[Run], found: Mapping[str, float]) -> list[str]:
    return [
        "# Calibration",
        "",
        f"{len(runs):,} vendors whose incidents have no trend, each measured as a page would. Worst share of "
        f"“falling” {found['falling']:.1%}, of “rising” {found['rising']:.1%} (promised: {MOST_EACH_WAY:.0%} each, at "
        f"p < {trends.SIGNIFICANT:.2f}), of vendors contradicted {found['contradicted']:.1%} (promised: "
        f"{MOST_CONTRADICTED:.0%}), over all measures and all cells of at least {FEWEST_RUNS} runs by way of "
        f"selecting, by correlation and by length (contradicted: of at least {FEWEST_VENDORS:,}).",
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---", *("--:" for _ in head[1:])]), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _thousand(share: float | None) -> str:
    return "–" if share is None else f"{1000 * share:.0f}"


def _by_measure(runs: Sequence[Run]) -> list[str]:
    by_way = {cell.name: cell for cell in cells(runs, ["way"])}
    return [
        "## False “falling” and “rising”, by measure and way of selecting",
        "",
        "Of 1,000 histories without a trend in which the measure has one: falling / rising.",
        "",
        *_table(["measure", *by_way], ([key, *(_both(cell, key) for cell in by_way.values())] for key in KEYS)),
    ]


def _both(cell: Cell, key: str) -> str:
    falling, rising = cell.share(key, -1), cell.share(key, 1)
    return "–" if falling is None else f"{_thousand(falling)} / {_thousand(rising)}"


def _by_cell(runs: Sequence[Run]) -> list[str]:
    return [
        "## The worst of each cell",
        "",
        "Per 1,000; contradicted: vendors whose rules 5 and 6 are both rated met.",
        "",
        *_table(
            ["", "cell", "runs", "falling", "of", "rising", "of", "contradicted"],
            (_worst_row(cell) for axis in AXES for cell in sorted(cells(runs, [axis]), key=lambda cell: cell.name)),
        ),
    ]


def _worst_row(cell: Cell) -> list[str]:
    falling, rising = worst([cell], -1), worst([cell], 1)
    return [
        cell.axis,
        cell.name,
        f"{len(cell.runs):,}",
        _thousand(falling.share),
        falling.measure,
        _thousand(rising.share),
        rising.measure,
        f"{1000 * cell.contradicted():.1f}",
    ]


def _power(grown: Sequence[Run]) -> list[str]:
    """What gets worse is seen so often."""
    groups: dict[tuple[str, float], list[Run]] = defaultdict(list)
    for run in grown:
        groups[AXES["history"](run.setting), run.setting.growth].append(run)
    return [
        "## What shows",
        "",
        "Of 100 vendors whose durations and repeated problems grow steadily by so much over the file: those of which "
        "the measure says “rising”, and those that are contradicted.",
        "",
        *_table(
            ["history", "change", "runs", *SHOWN, "contradicted"],
            (
                [history, f"{growth:.0%}", f"{len(group):,}", *(_hundred(group, key) for key in SHOWN), _accused(group)]
                for (history, growth), group in sorted(groups.items())
            ),
        ),
    ]


def _hundred(runs: Sequence[Run], key: str) -> str:
    said = [run.said[KEYS.index(key)] for run in runs if run.said[KEYS.index(key)] is not None]
    return f"{100 * said.count(1) / len(said):.0f}" if said else "–"


def _accused(runs: Sequence[Run]) -> str:
    return f"{100 * sum(run.contradicted for run in runs) / len(runs):.0f}"


def _smallest(runs: Sequence[Run]) -> list[str]:
    return [
        "## The smallest change that would have shown in four of five cases",
        "",
        "The median over histories without a trend that are flat, as printed beside each; “none”: not even five times "
        "the level.",
        "",
        *_table(["measure", "flat", "median", "none"], (_smallest_row(runs, key) for key in KEYS)),
    ]


def _smallest_row(runs: Sequence[Run], key: str) -> list[str]:
    place = KEYS.index(key)
    found = [run.smallest[place] for run in runs if run.said[place] == 0]
    if not found:
        return [key, "0", "–", "–"]
    middle = median(float("inf") if value is None else value for value in found)
    shown = "none" if middle == float("inf") else f"{middle:.0%}"
    return [key, str(len(found)), shown, f"{found.count(None) / len(found):.0%}"]


def _pure_series() -> list[str]:
    return [
        "## Series alone",
        "",
        f"{series.ROWS:,} first-order series without incidents a cell: the harshest reading of serial correlation, for "
        "here no chance of single incidents lies over it. Per 1,000: falling / rising / accused by either of two such "
        "tests.",
        "",
        *_table(
            ["periods", *(f"correlation {rho:g}" for rho in CORRELATIONS)],
            (
                [str(length), *(" / ".join(map(_thousand, series.ours((length, rho)))) for rho in CORRELATIONS)]
                for length in series.LENGTHS
            ),
        ),
    ]


def _tests(compared: Compared) -> list[str]:
    return [
        "## The tests of the library on the same series",
        "",
        f"{series.BY_LIBRARY:,} series a cell. Of 1,000 without a trend: those of which the test says anything, where "
        "it promises 100; in brackets, of 100 whose level doubles (beside a standard deviation of "
        f"{series.WIDE:g} of the level): those in which it sees that.",
        "",
        *_table(
            ["periods, correlation", *series.NAMES],
            ([f"{length}, {rho:g}", *_of_tests(found)] for (length, rho), found in compared),
        ),
    ]


def _of_tests(found: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    return (f"{_thousand(found[name][0])} ({100 * found[name][1]:.0f})" for name in series.NAMES)
