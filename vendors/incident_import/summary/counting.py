"""Counts what matters of a file, a batch at a time, within the pass of its check."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from vendors.incident_import.holding.evidence import Gathering
from vendors.incident_import.rows.places import (
    ANSWERED,
    BY_CLOSING,
    CRITICAL,
    IS_CLOSED,
    OPENED,
    RESOLVED,
    RESTORED,
    TO_DAY,
)
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import IncidentRow

LINES_SHOWN = 3  # of the lines that have the same fault
VALUES_SHOWN = 40  # of what tells whether an incident is mission-critical
GOES_IN = frozenset({"new", "changed", "unchanged"})


def _column(rows: Sequence[Sequence[Any]], place: int) -> list[Any]:
    return [row[place] for row in rows]


class Faults:
    """Faults by their reason and column: how many, and the first lines of each."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str], dict[str, Any]] = {}

    def add(self, problem: RowProblem, *, line: int, column: str, count: int = 1) -> None:
        key = problem.code, str(problem.values.get("because", "")), column
        group = self._groups.get(key)
        if group is None:
            group = {"code": problem.code, "column": column, "values": dict(problem.values), "count": 0, "lines": []}
            self._groups[key] = group
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
        self._critical: Counter[str] = Counter()  # by the text that decides it
        self._makes_critical: dict[str, bool | None] = {}
        self._resolution: Counter[str] = Counter()

    def add_spoken(self, rows: Sequence[IncidentRow]) -> None:
        """What the lines of the file say, whosever they are: by it the file was selected."""
        if not rows:
            return
        values = [row.values for row in rows]
        states = _resolutions(values)
        self.gathering.add(
            _column(values, OPENED),
            _column(values, RESOLVED),
            still_open=states["open"],
            updated=[row.updated for row in rows],
            others=filter(
                None, chain((row.closed for row in rows), _column(values, RESTORED), _column(values, ANSWERED))
            ),
        )

    def add_good(self, good: Sequence[tuple[IncidentRow, int]], fates: Sequence[str]) -> None:
        """`fates`: what becomes of each of the good rows, in their order."""
        going, became = list(good), list(fates)
        if not GOES_IN.issuperset(became):
            kept = [(pair, fate) for pair, fate in zip(good, became, strict=True) if fate in GOES_IN]
            going, became = [pair for pair, _fate in kept], [fate for _pair, fate in kept]
        vendors, values = [vendor for _row, vendor in going], [row.values for row, _vendor in going]
        self._fates.update(zip(vendors, became, strict=True))
        self._add_opened(vendors, _column(values, OPENED))
        words = [row.critical_as for row, _vendor in going]
        self._critical.update(words)
        self._makes_critical.update(zip(words, _column(values, CRITICAL), strict=True))
        self._resolution.update(_resolutions(values))

    def _add_opened(self, vendors: Sequence[int], opened: Sequence[datetime]) -> None:
        by_vendor: dict[int, list[datetime]] = defaultdict(list)
        for vendor, moment in zip(vendors, opened, strict=True):
            by_vendor[vendor].append(moment)
        for vendor, moments in by_vendor.items():
            known = self._opened.get(vendor, ())
            moments.extend(known)
            self._opened[vendor] = min(moments), max(moments)

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
        told = [(value, bool(self._makes_critical[value]), count) for value, count in self._critical.items()]
        told.sort(key=lambda row: (not row[1], -row[2], row[0]))
        shown: list[dict[str, Any]] = [
            {"value": value, "critical": yes, "incidents": count} for value, yes, count in told[:VALUES_SHOWN]
        ]
        for yes in (True, False):
            if more := sum(count for _value, is_so, count in told[VALUES_SHOWN:] if is_so is yes):
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
    without = [told for told in values if told[RESOLVED] is None]
    closed = _column(without, IS_CLOSED).count(True)
    return {
        "open": len(without) - closed,
        "closed_without": closed,
        "closing_stands_in": _column(values, BY_CLOSING).count(True),
        "to_day": _column(values, TO_DAY).count(True),
    }
