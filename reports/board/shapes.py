"""The shapes of a board report in one language: every field is ready to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vendors.voice.quadrant import Cell


@dataclass(frozen=True, kw_only=True)
class RuleMark:
    """One rule of one vendor. `percent` is empty where it is not rated."""

    position: int
    name: str
    status: str
    status_label: str
    percent: str
    is_contradicted: bool

    @property
    def label(self) -> str:
        return f"{self.position} {self.name} – {self.status_label}"


@dataclass(frozen=True, kw_only=True)
class VendorRow:
    name: str
    tier: str
    met: str
    weakest: str
    number: str
    approved_on: str
    is_old: bool
    verdict: str
    verdict_label: str
    confidence: str
    marks: tuple[RuleMark, ...]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Rows of a table, cells of text; `more`: that there are more than are shown."""

    rows: tuple[tuple[str, ...], ...]
    more: str


@dataclass(frozen=True, kw_only=True)
class CriticalVendor:
    row: VendorRow
    worse: str
    better: str
    has_before: bool
    decide_by: str
    asked: Listed


@dataclass(frozen=True, kw_only=True)
class RuleCount:
    """One rule over all vendors. `vendors`: the first that break it."""

    position: int
    name: str
    counts: tuple[tuple[str, str, str], ...]  # status, its word, how many
    is_most: bool
    vendors: str


@dataclass(frozen=True, kw_only=True)
class BoardView:
    organisation: str
    as_of: str
    filter: str
    headline: str
    big: str  # “3 of 23”; empty where nothing is assessed
    below_big: str
    opinion: str
    author: str
    author_text: str
    coverage: Sequence[str]
    heat: tuple[VendorRow, ...]
    heat_more: str
    rules: tuple[RuleCount, ...]
    most_broken: str
    cells: tuple[Cell, ...]
    fields: tuple[tuple[str, str, str], ...]  # name, how many, what it means
    feeling_since: str
    green_outside: Listed
    movers: Listed
    compared: str
    contradictions: Listed
    decisions: Listed
    requests: Listed
    overdue: Listed
    critical: tuple[CriticalVendor, ...]
    critical_others: str
    never: Listed
    old: str
    left_out: str
