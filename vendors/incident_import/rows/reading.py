"""One line of a file to the values of an incident, and to what is wrong with those that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from groundwork.tables.reading import Line
from vendors.incident_fields import FIELDS, IncidentField, ValueKind
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows import dates, lengths, order, values
from vendors.incident_import.rows.places import (
    CLOSED,
    COLUMNS,
    CRITICAL,
    IS_CLOSED,
    NOT_KEPT,
    OPENED,
    PLACES,
    PRIORITY,
    RESOLVED,
    UPDATED,
)
from vendors.incident_import.rows.problems import RowProblem, left_out

# Seldom the same twice, or read faster than looked up: not worth remembering.
_NOT_REMEMBERED = frozenset({"reference", "title", *(field.key for field in FIELDS if field.is_moment)})
_NEVER_LEFT_OUT = frozenset({"reference", "opened", "vendor", "origin"})  # without it, the row is another's or nobody's
_NO_CLOCK_AGREES = timedelta(days=1)
_OF_TEXT = ("origin", "reference", "vendor", "service")  # fields by which a line says of which incident it speaks


class Spoken(NamedTuple):
    """Of which incident of the organisation a line speaks."""

    source: str
    reference: str


@dataclass(slots=True)
class IncidentRow:
    """`vendor` and `service`: the texts of the cells. `problems`: empty where the row is good so far; `left_out`:
    warnings about cells that it is taken without. `updated` and `closed`: where the file tells them; `critical_as`: the
    text by which it is mission-critical or not."""

    line: int
    source: str
    reference: str
    vendor: str
    service: str
    values: list[Any]
    problems: list[RowProblem]
    updated: datetime | None = None
    closed: datetime | None = None
    left_out: Sequence[RowProblem] = ()
    critical_as: str = ""

    @property
    def identity(self) -> Spoken:
        return Spoken(self.source, self.reference)


def field_readers(options: Options, *, now: datetime, is_1904: bool = False) -> dict[str, Callable[[str], Any]]:
    """A reader for each field: text → value, None or Problem."""
    moment = dates.moment_reader(options, now + _NO_CLOCK_AGREES, is_1904=is_1904)
    read: dict[ValueKind, Callable[[str], Any]] = {
        ValueKind.MOMENT: moment,
        ValueKind.ANSWER: values.moment_or_length_reader(moment, _unit(options, "first_response")),
        ValueKind.MINUTES: values.minutes_reader(_unit(options, "waited")),
        ValueKind.STATE: values.state,
        ValueKind.COUNT: values.number,
        ValueKind.YES_NO: values.yes_or_no,
        ValueKind.CRITICAL: values.critical_reader(options),
        ValueKind.SLA: values.sla_reader(options),
        ValueKind.SOURCE: values.source,
    }
    of_length = {
        ValueKind.REFERENCE: values.reference_reader,
        ValueKind.LINE: values.text_reader,
        ValueKind.NAME: values.text_reader,
    }
    readers = {field.key: read.get(field.kind) or of_length[field.kind](_longest(field)) for field in FIELDS}
    if presets.counts_the_first(options.columns.get("handovers", "")):
        readers["handovers"] = values.stations
    return readers


def _unit(options: Options, name: str) -> timedelta | None:
    """Of bare numbers in the column of this field: as its heading says, else as the tool writes them."""
    return lengths.unit_in(options.columns.get(name, "")) or presets.bare_unit(options.preset)


def _longest(field: IncidentField) -> int:
    """Characters that the database keeps of it, or of the name that it refers to."""
    of_model: Any = field.of_model
    longest: int = (of_model.related_model._meta.get_field("name") if of_model.is_relation else of_model).max_length
    return longest


def _remembering(name: str, reader: Callable[[str], Any]) -> Callable[[str], Any]:
    return reader if name in _NOT_REMEMBERED else values.Remembering(reader).__getitem__


def _refuses(problem: RowProblem) -> bool:
    """Whether the row cannot be taken because of it."""
    return problem.field in _NEVER_LEFT_OUT or not problem.field or problem.code in order.CONTRADICTIONS


def _by_priority(options: Options) -> bool:
    """Whether the priority decides what is mission-critical: some are, and no column says it."""
    return bool(options.critical) and "priority" in options.columns and "mission_critical" not in options.columns


def _read_column(cells: Iterable[Sequence[str]], place: int, read: Callable[[str], Any]) -> list[Any]:
    return [read(text) if text else None for text in map(itemgetter(place), cells)]


def _with_a_problem(columns: Iterable[Sequence[Any]]) -> set[int]:
    """The places at which some column has one."""
    odd = [column for column in columns if RowProblem in set(map(type, column))]
    return {at for column in odd for at, value in enumerate(column) if type(value) is RowProblem}


class RowReader:
    """Reads the lines of one file. Not shared between files: it remembers what cells mean."""

    def __init__(self, header: Sequence[str], options: Options, *, now: datetime, is_1904: bool = False) -> None:
        self._places = places = {heading: place for place, heading in enumerate(header)}
        self._moment = dates.moment_reader(options, now + _NO_CLOCK_AGREES, is_1904=is_1904)
        self.options = options
        self.width = len(header)
        self.used = {name: places[heading] for name, heading in options.columns.items()}
        readers = field_readers(options, now=now, is_1904=is_1904)
        self._read = {name: _remembering(name, readers[name]) for name in options.columns if name in readers}
        of_text = (name for name in _OF_TEXT if name in options.columns)
        self._texts = [(name, self.used[name], self._read[name]) for name in of_text]
        in_columns = [name for name in options.columns if name in PLACES]
        self._plan = [(self.used[name], PLACES[name], self._read[name], name) for name in in_columns]
        self._critical_at = self.used.get("mission_critical")
        self._critical = values.Remembering(values.critical_reader(options)) if _by_priority(options) else None
        self._order = order.Order(options, self.used)

    def identity(self, line: Line) -> tuple[Spoken, str]:
        """As that of the row, and the text of its vendor, from as few cells as need be."""
        told = self._told(line.cells, [])
        return Spoken(told.get("origin") or self.options.source, told.get("reference", "")), told.get("vendor", "")

    def moment(self, heading: str, line: Line) -> datetime | None:
        """What stands in this column, in UTC; None where it is no moment, or there is no such column."""
        place = self._places.get(heading, len(line.cells))
        text = line.cells[place].strip() if place < len(line.cells) else ""
        value = self._moment(text) if text else None
        return value if isinstance(value, datetime) else None

    def read_all(self, lines: Sequence[Line]) -> list[IncidentRow]:
        """As `read` does one by one, but column by column: that halves the time. Lines in which a cell is odd, or which
        are shorter or longer than the headings, are read by themselves."""
        whole = [line for line in lines if len(line.cells) == self.width and not line.faulty]
        cells = [line.cells for line in whole]
        nothing: list[Any] = [None] * len(whole)
        of_columns, of_texts = [nothing] * (len(COLUMNS) + len(NOT_KEPT)), dict.fromkeys(_OF_TEXT, nothing)
        for place, index, read, _name in self._plan:
            of_columns[index] = _read_column(cells, place, read)
        for name, place, read in self._texts:
            of_texts[name] = _read_column(cells, place, read)
        odd = _with_a_problem((*of_columns, *of_texts.values()))
        rows: dict[int, IncidentRow] = {}
        told = zip(whole, map(list, zip(*of_columns, strict=True)), *of_texts.values(), strict=True)
        for at, (line, cell_values, *texts) in enumerate(told):
            if at not in odd:
                rows[line.number] = self._row(line, cell_values, texts, [])
        return [rows.get(line.number) or self.read(line) for line in lines]

    def read(self, line: Line) -> IncidentRow:
        cells = line.cells
        count = len(cells)
        cell_values: list[Any] = [None] * (len(COLUMNS) + len(NOT_KEPT))
        problems: list[RowProblem] = []
        for place, index, read, name in self._plan:
            if place < count and (text := cells[place]):
                value = read(text)
                if type(value) is RowProblem:
                    problems.append(RowProblem(code=value.code, field=name, value=text, values=value.values))
                else:
                    cell_values[index] = value
        texts = self._told(cells, problems)
        return self._row(line, cell_values, [texts.get(name) for name in _OF_TEXT], problems)

    def _row(
        self, line: Line, cell_values: list[Any], texts: Sequence[str | None], problems: list[RowProblem]
    ) -> IncidentRow:
        """`texts`: of `_OF_TEXT`. What all cells say together is looked at here."""
        origin, reference, vendor, service = texts
        source = origin or self.options.source
        row = IncidentRow(line.number, source, reference or "", vendor or "", service or "", cell_values, problems)
        self._tell_critical(row, line.cells)
        self._look_at_whole(line, row)
        row.updated, row.closed = cell_values[UPDATED], cell_values[CLOSED]
        del cell_values[len(COLUMNS) :]
        if row.problems:
            self._pardon(row)
        return row

    def _tell_critical(self, row: IncidentRow, cells: Sequence[str]) -> None:
        """By the priority, where that decides; and what stands in the cell that decides."""
        if self._critical is not None and row.values[PRIORITY] is not None:
            row.critical_as = row.values[PRIORITY]
            row.values[CRITICAL] = self._critical[row.values[PRIORITY]]
        elif self._critical_at is not None and self._critical_at < len(cells):
            row.critical_as = cells[self._critical_at].strip()[:60]

    def _told(self, cells: Sequence[str], problems: list[RowProblem]) -> dict[str, str]:
        """Field → what the row says of which incident it is, where it says it."""
        texts = {}
        for name, place, read in self._texts:
            if place < len(cells) and (text := cells[place]):
                value = read(text)
                if type(value) is RowProblem:
                    problems.append(RowProblem(code=value.code, field=name, value=text, values=value.values))
                elif value:
                    texts[name] = value
        return texts

    def _look_at_whole(self, line: Line, row: IncidentRow) -> None:
        """What no cell can tell alone."""
        if line.faulty:
            self._refuse_formulas(line, row)
        if len(line.cells) > self.width and any(line.cells[self.width :]):
            extra = next(filter(None, line.cells[self.width :]))
            row.problems.append(RowProblem(code="too_many_cells", value=extra))
        if not row.reference or row.values[OPENED] is None:
            self._require(row, line.cells)
        opened = row.values[OPENED]
        if opened is not None and (late := self._order.settle(row.values, line.cells, opened)):
            row.problems.extend(late)

    def _pardon(self, row: IncidentRow) -> None:
        """An odd cell costs the cell, not the incident, unless it says which one it is, or when it began or ended."""
        against = [problem for problem in row.problems if _refuses(problem)]
        counts_as_open = row.values[RESOLVED] is None and not row.values[IS_CLOSED]
        row.left_out = [
            left_out(problem, counts_as_open=counts_as_open) for problem in row.problems if problem not in against
        ]
        row.problems = against

    def _refuse_formulas(self, line: Line, row: IncidentRow) -> None:
        for name, place in self.used.items():
            if place in line.faulty:
                text = line.cells[place]
                row.problems = [problem for problem in row.problems if problem.field != name]
                code = "formula" if text.startswith("=") else "cell_error"
                row.problems.append(RowProblem(code=code, field=name, value=text))
                self._forget(row, name)

    def _forget(self, row: IncidentRow, name: str) -> None:
        if name in PLACES:
            row.values[PLACES[name]] = None
        elif name == "service":
            row.service = ""

    def _require(self, row: IncidentRow, cells: Sequence[str]) -> None:
        """A “?” is told with its reason: who looks for an empty cell would not find it."""
        told = {problem.field for problem in row.problems}
        for name, is_missing in (("reference", not row.reference), ("opened", row.values[OPENED] is None)):
            if is_missing and name not in told:
                place = self.used.get(name, self.width)
                text = cells[place].strip() if place < len(cells) else ""
                row.problems.append(RowProblem(code="required", field=name, value=text))
