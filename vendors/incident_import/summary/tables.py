"""What the check found, a table a subject, in the active language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundwork.words import number
from vendors.incident_import.rows.problems import WORDS, RowProblem, reason
from vendors.models import IncidentImport

# Where the words for one line tell what stands in that line, these speak of many.
OF_MANY: dict[str, str | Promise] = {
    "resolved_before_opened": gettext_lazy("It was resolved before it was opened."),
    "restored_before_opened": gettext_lazy("The business was restored before the incident was opened."),
    "closed_before_opened": gettext_lazy("It was closed before it was opened."),
    "closed_in_place_before_opened": gettext_lazy("It was closed before it was opened."),
    "first_response_before_opened": gettext_lazy("It was answered before it was opened."),
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
        notes=tuple(_notes(upload.counts)),
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


def _notes(counts: Mapping[str, int]) -> Iterator[str]:
    if hidden := counts.get("hidden_rows", 0):
        words = ngettext(
            "The sheet has %(count)s hidden row, which a filter may have left out: it is read, too.",
            "The sheet has %(count)s hidden rows, which a filter may have left out: they are read, too.",
            hidden,
        )
        yield words % {"count": number(hidden)}
    if texts := counts.get("date_texts", 0):
        words = _(
            "In the columns of moments, some cells are dates (%(cells)s), others are texts (%(texts)s). A spreadsheet "
            "that opens a file may exchange day and month of the one kind: compare some of them with your tool."
        )
        yield words % {"cells": number(counts.get("date_cells", 0)), "texts": number(texts)}
    if repeated := counts.get("repeated", 0):
        words = ngettext(
            "%(count)s line is passed over, because another one speaks of the same incident.",
            "%(count)s lines are passed over, because another one speaks of the same incident.",
            repeated,
        )
        yield words % {"count": number(repeated)}


def _reason_of_many(code: str, values: Mapping[str, Any]) -> str:
    """As one line would say it, without what only that line tells."""
    if because := values.get("because"):
        return str(
            WORDS[code]
            % {"why": _reason_of_many(because, {name: value for name, value in values.items() if name != "because"})}
        )
    return str(OF_MANY.get(code) or reason(RowProblem(code=code, values=values)))


def _group(row: Mapping[str, Any]) -> FaultGroup:
    return FaultGroup(
        code=row["values"].get("because") or row["code"],
        reason=_reason_of_many(row["code"], row["values"]),
        column=row["column"],
        count=row["count"],
        examples=tuple(Example(**line) for line in row["lines"]),
    )
