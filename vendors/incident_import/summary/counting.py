"""Counts what matters of a file, a batch at a time, within the pass of its check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vendors.incident_import.holding.evidence import Gathering
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import COLUMNS, CRITICAL, OPENED, IncidentRow

LINES_SHOWN = 3  # of the lines that have the same fault
VALUES_SHOWN = 40  # of what tells whether an incident is mission-critical
GOES_IN = frozenset({"new", "changed", "unchanged"})
_AT = {name: place for place, name in enumerate(COLUMNS)}
OTHER_MOMENTS = ("restored_at", "first_response_at")


def _column(rows: Sequence[Sequence[Any]], name: str) -> list[Any]:
    """Of the values of rows; nothing in each where files do not tell it."""
    place = _AT.get(name)
    return [row[place] for row in rows] if place is not None else [None] * len(rows)


class Faults:
    """Faults by their reason and column: how many, and the first lines of each."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], dict[str, Any]] = {}

    def add(self, problem: RowProblem, *, line: int, column: str, count: int = 1) -> None:
        group = self._groups.get((problem.code, column))
        if group is None:
            group = {"code": problem.code, "column": column, "values": dict(problem.values), "count": 0, "lines": []}
            self._groups[problem.code, column] = group
        group["count"] += count
        if len(group["lines"]) < LINES_SHOWN:
            group["lines"].append({"line": line, "value": problem.value[:60]})

    def as_data(self) -> list[dict[str, Any]]:
        return sorted(self._groups.values(), key=lambda group: -group["count"])


class Counting:
    """Takes each batch once it is weighed; `as_data` is what the import keeps."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.errors, self.warnings = Faults(), Faults()
        self._fates: Counter[tuple[int, str]] = Counter()  # by vendor
        self._opened: dict[int, tuple[datetime, datetime]] = {}
        self._critical: Counter[tuple[str, bool]] = Counter()
        self._resolution: Counter[str] = Counter()

    def add_spoken(self, rows: Sequence[IncidentRow]) -> None:
        """What the lines of the file say, whosever they are: by it the file was selected."""
        if not rows:
            return
        values = [row.values for row in rows]
        resolved, closed = _column(values, "resolved_at"), _column(values, "is_closed")
        self.gathering.add(
            [told[OPENED] for told in values],
            resolved,
            still_open=sum(end is None and not is_so for end, is_so in zip(resolved, closed, strict=True)),
            updated=[row.updated for row in rows],
            others=[moment for name in OTHER_MOMENTS for moment in _column(values, name) if moment is not None],
        )

    def add_good(self, good: Sequence[tuple[IncidentRow, int]], fates: Sequence[str]) -> None:
        """`fates`: what becomes of each of the good rows, in their order."""
        self._fates.update(zip([vendor for _row, vendor in good], fates, strict=True))
        going = [pair for pair, fate in zip(good, fates, strict=True) if fate in GOES_IN]
        by_vendor: dict[int, list[datetime]] = {}
        for row, vendor in going:
            by_vendor.setdefault(vendor, []).append(row.values[OPENED])
        for vendor, moments in by_vendor.items():
            first, last = self._opened.get(vendor, (moments[0], moments[0]))
            self._opened[vendor] = min(first, *moments), max(last, *moments)
        self._critical.update([(row.critical_as, bool(row.values[CRITICAL])) for row, _vendor in going])
        values = [row.values for row, _vendor in going]
        for name, count in _resolutions(values).items():
            self._resolution[name] += count

    def as_data(self, names: Mapping[int, str], moved: Mapping[int, int]) -> dict[str, Any]:
        """As JSON keeps it. `names`: of the vendors, also of those still to be made, whose numbers lie below zero;
        `moved`: vendor → how many of its changed incidents came from another one."""
        return {
            "holding": self.gathering.evidence().as_data(),
            "critical": self._critical_values(),
            "resolution": dict(self._resolution),
            "vendors": self._vendors(names, moved),
            "errors": self.errors.as_data(),
            "warnings": self.warnings.as_data(),
        }

    def _critical_values(self) -> list[dict[str, Any]]:
        """Those that make an incident mission-critical first, then those with the most incidents."""
        found = sorted(self._critical.items(), key=lambda item: (not item[0][1], -item[1], item[0][0]))
        shown = [{"value": value, "critical": yes, "incidents": count} for (value, yes), count in found[:VALUES_SHOWN]]
        rest = found[VALUES_SHOWN:]
        for yes in (True, False):
            if more := sum(count for (_value, is_so), count in rest if is_so is yes):
                shown.append({"value": None, "critical": yes, "incidents": more})
        return shown

    def _vendors(self, names: Mapping[int, str], moved: Mapping[int, int]) -> list[dict[str, Any]]:
        found = []
        for vendor, (first, last) in self._opened.items():
            fates = {fate: self._fates[vendor, fate] for fate in ("new", "changed", "unchanged")}
            row = {"vendor": vendor, "name": names.get(vendor, "?"), "moved": moved.get(vendor, 0)}
            found.append({**row, **fates, "first": first.isoformat(), "last": last.isoformat()})
        return sorted(found, key=lambda row: row["name"].casefold())


def _resolutions(values: Sequence[Sequence[Any]]) -> dict[str, int]:
    """How many of these are open, are closed without a moment, have the closing for it, and tell only the day."""
    resolved, closed = _column(values, "resolved_at"), _column(values, "is_closed")
    none = [bool(is_closed) for moment, is_closed in zip(resolved, closed, strict=True) if moment is None]
    return {
        "open": none.count(False),
        "closed_without": none.count(True),
        "closing_stands_in": _column(values, "resolved_is_closing").count(True),
        "to_day": _column(values, "resolved_to_day").count(True),
    }
