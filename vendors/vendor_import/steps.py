"""What the rows of a file would do: one step a row, and all of them as a plan."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vendors.vendor_import.cells import CellProblem
from vendors.vendor_import.column_changes import ColumnChange
from vendors.vendor_import.headings import Heading


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class ImportStep:
    """What one row of the file would do. `vendor`: whom it changes, None for a new one."""

    line: int
    fate: Fate
    name: str
    vendor: int | None = None
    follows: int | None = None  # the earlier line about the same vendor, to which this one only adds a contract
    is_archived: bool = False
    fields: dict[str, Any] = field(default_factory=dict)  # of the vendor; a department by its id
    services: tuple[str, ...] = ()
    contact: dict[str, str] = field(default_factory=dict)
    contact_id: int | None = None
    contract: dict[str, Any] = field(default_factory=dict)  # its fields as they would stand
    contract_id: int | None = None
    differences: tuple[ColumnChange, ...] = ()
    problems: tuple[CellProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file would do to the register as it is now."""

    headings: tuple[Heading, ...]
    steps: tuple[ImportStep, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(step.fate for step in self.steps)
        return {fate.value: found[fate] for fate in Fate}

    @property
    def good(self) -> list[ImportStep]:
        return [step for step in self.steps if step.fate in {Fate.NEW, Fate.CHANGED}]

    @property
    def digest(self) -> str:
        """Two plans that would write the same over the same have the same one."""
        told = [
            ((s.line, s.follows, s.vendor), s.fields, s.services, (s.contact_id, s.contact), s.contract, s.differences)
            for s in self.good
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()
