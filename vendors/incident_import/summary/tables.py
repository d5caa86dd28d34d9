"""What the check found, a table a subject, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vendors.incident_import.rows.problems import RowProblem, reason
from vendors.models import IncidentImport

# Where the words for one line tell what stands in that line, these speak of many.
OF_MANY: dict[str, str | Promise] = {
    "resolved_before_opened": gettext_lazy("It was resolved before it was opened."),
    "restored_before_opened": gettext_lazy("The business was restored before the incident was opened."),
    "answered_before_opened": gettext_lazy("The first response came before the incident was opened."),
    "reference_twice": gettext_lazy("An earlier line has the same reference, and says something else."),
    "vendor_unknown": gettext_lazy("Nobody has said yet which vendor this is."),
}
RESOLUTIONS: tuple[tuple[str, str | Promise], ...] = (
    ("open", gettext_lazy("Still open")),
    ("closed_without", gettext_lazy("Closed, and nobody says when: not open, and in no duration")),
    ("closing_stands_in", gettext_lazy("Resolved is empty: the moment of closing stands in")),
    ("to_day", gettext_lazy("Known to the day only, not to the hour")),
)


@dataclass(frozen=True, kw_only=True)
class CriticalValue:
    """`value`: as the file writes it; empty: it says nothing. `is_rest`: all further values together."""

    value: str
    is_critical: bool
    incidents: int
    is_rest: bool = False


@dataclass(frozen=True, kw_only=True)
class Counted:
    label: str
    incidents: int


@dataclass(frozen=True, kw_only=True)
class VendorRow:
    """`moved`: of the changed ones, those that were another vendor’s; `first` and `last`: opened, in UTC."""

    name: str
    is_new: bool
    new: int
    changed: int
    unchanged: int
    moved: int
    first: datetime
    last: datetime


@dataclass(frozen=True, kw_only=True)
class Example:
    line: int
    value: str


@dataclass(frozen=True, kw_only=True)
class FaultGroup:
    """One reason in one column, with its first lines."""

    code: str
    reason: str
    column: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """`notes`: what is true of the whole file and easily overlooked, a sentence each."""

    critical: tuple[CriticalValue, ...]
    resolutions: tuple[Counted, ...]
    vendors: tuple[VendorRow, ...]
    errors: tuple[FaultGroup, ...]
    warnings: tuple[FaultGroup, ...]
    notes: tuple[str, ...]

    @property
    def critical_incidents(self) -> int:
        return sum(row.incidents for row in self.critical if row.is_critical)

    @property
    def has_moves(self) -> bool:
        return any(row.moved for row in self.vendors)

    @property
    def incidents(self) -> int:
        return sum(row.incidents for row in self.critical)


def found_in(upload: IncidentImport) -> Found | None:
    """None before the check, and for imports of earlier days."""
    kept = upload.summary
    if not kept:
        return None
    return Found(
        critical=tuple(_critical(row) for row in kept["critical"]),
        resolutions=tuple(
            Counted(label=str(label), incidents=kept["resolution"].get(name, 0))
            for name, label in RESOLUTIONS
            if kept["resolution"].get(name)
        ),
        vendors=tuple(_vendor(row) for row in kept["vendors"]),
        errors=tuple(_group(row) for row in kept["errors"]),
        warnings=tuple(_group(row) for row in kept["warnings"]),
        notes=(),
    )


def _critical(row: Mapping[str, Any]) -> CriticalValue:
    return CriticalValue(
        value=row["value"] or "",
        is_critical=row["critical"],
        incidents=row["incidents"],
        is_rest=row["value"] is None,
    )


def _vendor(row: Mapping[str, Any]) -> VendorRow:
    counted = {name: row[name] for name in ("name", "new", "changed", "unchanged", "moved")}
    first, last = (datetime.fromisoformat(row[name]) for name in ("first", "last"))
    return VendorRow(**counted, first=first, last=last, is_new=row["vendor"] < 0)


def _group(row: Mapping[str, Any]) -> FaultGroup:
    words = OF_MANY.get(row["code"]) or reason(RowProblem(code=row["code"], values=row["values"]))
    return FaultGroup(
        code=row["code"],
        reason=str(words),
        column=row["column"],
        count=row["count"],
        examples=tuple(Example(**line) for line in row["lines"]),
    )
