"""Which items of the customer's inventory break most: plain Python over plain values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from groundwork.folding import folded

MOST_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class BrokenItem:
    """`cases`: the incidents that hit it; `repeats`: how many of them had a problem that had come back."""

    name: str
    cases: tuple[int, ...]
    repeats: int


@dataclass(frozen=True, kw_only=True)
class BrokenItems:
    """Those that broke most first; `others`: how many more items there are; `known` of `total` incidents name one."""

    rows: tuple[BrokenItem, ...]
    others: int
    known: int
    total: int


def broken_items(incidents: Iterable[tuple[int, str]], came_back: Collection[int]) -> BrokenItems:
    """Of incidents, each with what it hit (empty: nobody said), and of those whose problem came back. Spellings that
    differ in case or spaces alone are one item, called as most often."""
    hit: dict[str, list[int]] = defaultdict(list)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    total = 0
    for incident, name in incidents:
        total += 1
        if key := folded(name):
            hit[key].append(incident)
            spellings[key][" ".join(name.split())] += 1
    back = frozenset(came_back)
    rows = [
        BrokenItem(name=_usual(spellings[key]), cases=tuple(sorted(cases)), repeats=len(back.intersection(cases)))
        for key, cases in hit.items()
    ]
    rows.sort(key=lambda row: (-len(row.cases), -row.repeats, row.name))
    return BrokenItems(
        rows=tuple(rows[:MOST_SHOWN]),
        others=max(0, len(rows) - MOST_SHOWN),
        known=sum(map(len, hit.values())),
        total=total,
    )


def _usual(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda name: (-spellings[name], name))
