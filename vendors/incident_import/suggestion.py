"""How a file is probably to be read: what its headings say, as far as the values below them agree.

A heading alone is a poor witness: a column “Vendor” that is filled in one row of a hundred, a “Reopened” that holds
moments, an “SLA” that holds the name of an agreement. Such a one loses to the next that is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import timezone

from groundwork.folding import folded, plain
from vendors.incident_fields import BY_KEY, ValueKind
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.columns.presets import Preset
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import field_readers
from vendors.incident_import.rows.values import POWER_OF_TEN, clean_cell

MAX_CRITICAL = 40
LOOKED_AT = 60  # different values of a column
ENOUGH = 0.5  # of these are read as what the field wants; or of the rows are filled
NO_MOMENT = frozenset({"date_unreadable", "length_without_unit", "length_too_long"})
_FILLED_IN_MOST_ROWS = frozenset({"vendor", "reference"})  # an incident without it cannot be taken


class Verdict(IntEnum):
    """On a column for a field, the worst first."""

    WRONG = 0
    EMPTY = 1  # or nearly so, where most rows must tell it
    GOOD = 2


def suggest(header: Sequence[str], sample: Sequence[Sequence[str]] = (), *, preset: Preset | None = None) -> Options:
    """Options to begin with: of `preset`, else of the tool recognised, else guessed from the words of the headings.
    `header`: told apart; `sample`: cells of the first rows, without which the headings alone decide."""
    chosen = preset or presets.recognise(header) or presets.other()
    table = _Table(header, sample)
    columns = table.columns_for(chosen, set())
    own = set(columns)
    if chosen.key != presets.OTHER:
        guessed = table.columns_for(presets.other(), set(columns.values()))
        columns |= {name: text for name, text in guessed.items() if name not in columns and name != "vendor"}
    return Options(
        columns=columns,
        preset=chosen.key,
        source=chosen.source,
        time_zone=settings.TIME_ZONE,
        critical=_critical(chosen, columns, table),
        sla_yes=chosen.sla_yes if "sla" in own else "met",
    )


class _Table:
    """The first rows of a file, by column."""

    def __init__(self, header: Sequence[str], sample: Sequence[Sequence[str]]) -> None:
        self.header, self.sample = header, sample
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(presets.bare_headings(header)):
            self._places[plain(text)].append(place)
        self._columns: dict[int, _Column] = {}

    def column(self, place: int) -> _Column:
        if place not in self._columns:
            self._columns[place] = _Column(self.sample, place)
        return self._columns[place]

    def values_of(self, heading: str) -> list[str]:
        return self.column(list(self.header).index(heading)).values

    def columns_for(self, tool: Preset, taken: set[str]) -> dict[str, str]:
        """Field → heading; a heading serves one field."""
        found: dict[str, str] = {}
        for name, texts in tool.columns.items():
            free = (place for place in self._known_as(texts) if self.header[place] not in {*taken, *found.values()})
            place = self._best(name, tool, list(free))
            if place is not None:
                found[name] = self.header[place]
        return found

    def _known_as(self, texts: Sequence[str]) -> Iterator[int]:
        """Places of columns, the better known first; of several of one heading, in their order."""
        seen: set[int] = set()
        for text in texts:
            fresh = [place for place in self._places.get(plain(text), ()) if place not in seen]
            seen.update(fresh)
            yield from fresh

    def _best(self, name: str, tool: Preset, places: Sequence[int]) -> int | None:
        """The first good one; else an empty one, for it may be filled further down; where a file must have it, any."""
        if not self.sample or not places:
            return places[0] if places else None
        verdicts = [self._verdict(name, tool, place) for place in places]
        best = max(verdicts)
        if best is Verdict.WRONG and not BY_KEY[name].is_required:
            return None
        if best is Verdict.EMPTY and name == "mission_critical":
            return None  # the priority tells more
        if best is Verdict.EMPTY and name in _FILLED_IN_MOST_ROWS:
            return max(places, key=lambda place: self.column(place).filled)
        return places[verdicts.index(best)]

    def _verdict(self, name: str, tool: Preset, place: int) -> Verdict:
        column = self.column(place)
        if not column.values or (name in _FILLED_IN_MOST_ROWS and column.filled < ENOUGH):
            return Verdict.EMPTY
        return Verdict.GOOD if _agrees(name, tool, self.header[place], column.values) else Verdict.WRONG


class _Column:
    def __init__(self, sample: Sequence[Sequence[str]], place: int) -> None:
        self._rows = len(sample)
        self._cells = [text for row in sample if place < len(row) and row[place] and (text := clean_cell(row[place]))]

    @property
    def filled(self) -> float:
        return len(self._cells) / self._rows if self._rows else 0.0

    @cached_property
    def values(self) -> list[str]:
        return list(dict.fromkeys(self._cells))


def _agrees(name: str, tool: Preset, heading: str, values: Sequence[str]) -> bool:
    """Whether enough of the values are read as what the field wants."""
    kind = BY_KEY[name].kind
    some = list(islice(values, LOOKED_AT))
    if kind is ValueKind.REFERENCE:
        return not any(POWER_OF_TEN.match(text) for text in some)
    if kind in {ValueKind.LINE, ValueKind.NAME}:
        return True
    if kind is ValueKind.CRITICAL and any(presets.is_highest(text) for text in values):
        return True
    options = Options(columns={name: heading}, preset=tool.key, dates="day_first", sla_yes=tool.sla_yes)
    read = field_readers(options, now=timezone.now())[name]
    return sum(_is_read(read(text)) for text in some) >= ENOUGH * len(some)


def _is_read(value: Any) -> bool:
    """Of moments, any: in which order they are is seen later."""
    if isinstance(value, RowProblem):
        return value.code.startswith("date_") and value.code not in NO_MOMENT
    return value is not None


def _critical(chosen: Preset, columns: Mapping[str, str], table: _Table) -> tuple[str, ...]:
    """The values of this file that mean mission-critical; where the sample has none, those of the tool. None where a
    column says it by yes and no."""
    if "mission_critical" in columns:
        values = table.values_of(columns["mission_critical"])
        says_so = {folded(text) for text in values} & (presets.words("yes") | presets.words("no"))
        return () if says_so else _highest(values)
    values = table.values_of(columns["priority"]) if "priority" in columns else []
    meant = {folded(text) for text in chosen.critical}
    there = tuple(text for text in values if folded(text) in meant)[:MAX_CRITICAL]
    if chosen.key == presets.OTHER or not there:
        there = tuple(dict.fromkeys((*there, *_highest(values))))[:MAX_CRITICAL]
    return there or chosen.critical


def _highest(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in values if presets.is_highest(text))[:MAX_CRITICAL]
