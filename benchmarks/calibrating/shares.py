"""How often a measure speaks where nothing is to be told: shares by cell, the worst of them, and the promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.calibrating.histories import Setting
from benchmarks.calibrating.runs import KEYS, Run

MOST_EACH_WAY = 0.06  # of runs in which a measure says anything, at p < 0.10
MOST_CONTRADICTED = 0.01  # of vendors
FEWEST_RUNS = 400  # of a cell: under it a share is too much chance itself
FEWEST_VENDORS = 2_000  # of a cell that is judged by its share of contradicted: one in a hundred is seen less often


def _spans(setting: Setting) -> str:
    if setting.is_weekly:
        return "10 to 26 weeks"
    return ("6 to 11 months", "12 to 17 months", "18 to 24 months")[min(setting.periods, 23) // 6 - 1]


AXES: Mapping[str, Callable[[Setting], str]] = {
    "way": lambda setting: str(setting.way),
    "correlation": lambda setting: f"{setting.rho:g}",
    "history": _spans,
    "incidents a period": lambda setting: f"{setting.rate:g}",
    "durations": lambda setting: f"σ {setting.tail:g}" if setting.tail > 0 else f"Pareto, α {-setting.tail:g}",
    "recorded": lambda setting: {1: "to the second", 3_600_000_000: "to the hour"}.get(setting.grain, "to the day"),
    "problems": lambda setting: setting.problems,
    "way and correlation": lambda setting: f"{setting.way}, {setting.rho:g}",
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Runs that share one thing: `name` of `axis`."""

    axis: str
    name: str
    runs: Sequence[Run]

    def share(self, key: str, direction: int) -> float | None:
        """Of the runs in which this measure has a trend; None where fewer than FEWEST_RUNS have."""
        place = KEYS.index(key)
        said = [run.said[place] for run in self.runs if run.said[place] is not None]
        return said.count(direction) / len(said) if len(said) >= FEWEST_RUNS else None

    def contradicted(self) -> float:
        return sum(run.contradicted for run in self.runs) / len(self.runs)


@dataclass(frozen=True, kw_only=True)
class Worst:
    share: float
    measure: str
    cell: Cell


def cells(runs: Sequence[Run], axes: Sequence[str]) -> list[Cell]:
    found = []
    for axis in axes:
        groups: dict[str, list[Run]] = defaultdict(list)
        for run in runs:
            groups[AXES[axis](run.setting)].append(run)
        found += [Cell(axis=axis, name=name, runs=group) for name, group in groups.items()]
    return [cell for cell in found if len(cell.runs) >= FEWEST_RUNS]


def worst(found: Sequence[Cell], direction: int) -> Worst:
    """The cell and the measure with the largest share. Raises ValueError where no cell has enough runs."""
    return max(
        (
            Worst(share=share, measure=key, cell=cell)
            for cell in found
            for key in KEYS
            if (share := cell.share(key, direction)) is not None
        ),
        key=lambda one: one.share,
    )


def most_contradicted(found: Sequence[Cell]) -> float:
    """Of the cells with enough vendors. Raises ValueError where none has."""
    return max(cell.contradicted() for cell in found if len(cell.runs) >= FEWEST_VENDORS)


def is_kept(falling: float, rising: float, contradicted: float) -> bool:
    """Whether the promise holds."""
    return max(falling, rising) <= MOST_EACH_WAY and contradicted <= MOST_CONTRADICTED


def summary(runs: Sequence[Run], axes: Sequence[str]) -> dict[str, float]:
    """The worst shares over measures and cells, and how many runs they rest on."""
    found = cells(runs, axes)
    return {
        "falling": round(worst(found, -1).share, 4),
        "rising": round(worst(found, 1).share, 4),
        "contradicted": round(most_contradicted([*found, Cell(axis="", name="all", runs=runs)]), 4),
        "runs": len(runs),
    }
