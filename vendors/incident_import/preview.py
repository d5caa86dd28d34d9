"""The first rows of a file as they will be read, for the page on which the columns are mapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from groundwork import words
from groundwork.tables.reading import Line
from vendors.incident_fields import FIELDS
from vendors.incident_import.columns.options import DATES, SLA_MEANINGS, Dates, Options
from vendors.incident_import.limits import SAMPLE
from vendors.incident_import.looks import look_at
from vendors.incident_import.rows import dates
from vendors.incident_import.rows.date_mix import DateMix, MixedDates
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import RowReader, field_readers
from vendors.incident_import.rows.values import clean_cell
from vendors.models import IncidentImport, Sla

MAX_VALUES = 40
MOMENTS = tuple(field.key for field in FIELDS if field.is_moment)


@dataclass(frozen=True, kw_only=True)
class ReadCell:
    """One mapped cell: `raw` as the file has it; `value` as it is read, in the active language (empty: nothing said);
    or `problem`, whose words `problems.reason(problem)` gives."""

    raw: str
    value: str = ""
    problem: RowProblem | None = None


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    line: int
    cells: tuple[str, ...]  # raw, one a heading
    read: Mapping[str, ReadCell]  # by field, the mapped ones only


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`dates`: the order that dates are read in; `dates_unsure`: nothing in the first rows decides between day first
    and month first, so that the person should be asked; `mixed_dates`: the cells that speak for a spreadsheet having
    exchanged them, which asks, too. `values`: heading → its first distinct values (at most 40),
    to choose the critical priorities from. `sheets`: of a workbook."""

    headings: tuple[str, ...]
    sample: tuple[SampleRow, ...]
    dates: Dates = "iso"
    dates_unsure: bool = False
    mixed_dates: MixedDates | None = None  # in a workbook
    looked_at: tuple[Sequence[str], ...] = ()  # raw cells of the rows that were looked at, those of `sample` among them
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    delimiter: str = ""  # empty for a workbook
    encoding: str = ""


def preview(upload: IncidentImport, options: Options, rows: int = 8) -> Preview:
    """The first rows under these options, whole or not: what makes no sense in them yet is passed over. ImportRefused
    where the file cannot be read."""
    look = look_at(upload, sheet=options.sheet)
    sample = look.rows[:SAMPLE]
    options = _usable(options, look.header)
    order = options.dates if options.dates != "auto" else dates.order_of(*_votes(sample, look.header, options))
    mixed = _mixed(sample, look.header, options) if look.sheets else None
    reader = _Reader(look.header, replace(options, dates=order or "day_first"), is_1904=look.is_1904)
    return Preview(
        headings=look.header,
        sample=tuple(reader.read(line) for line in sample[:rows]),
        dates=order or "day_first",
        dates_unsure=order is None or (options.dates == "auto" and mixed is not None and mixed.may_be_turned),
        mixed_dates=mixed,
        looked_at=tuple(line.cells for line in sample),
        values=_values(sample, look.header),
        sheets=look.sheets,
        delimiter=look.delimiter,
        encoding=look.encoding,
    )


def _usable(options: Options, header: Sequence[str]) -> Options:
    return replace(
        options,
        columns={name: heading for name, heading in options.columns.items() if heading in header},
        time_zone=options.time_zone if dates.is_zone(options.time_zone) else "UTC",
        dates=options.dates if options.dates in DATES else "auto",
        sla_yes=options.sla_yes if options.sla_yes in SLA_MEANINGS else "met",
    )


def _votes(sample: Sequence[Line], header: Sequence[str], options: Options) -> tuple[int, int, int]:
    places = [header.index(options.columns[name]) for name in MOMENTS if name in options.columns]
    return dates.votes(clean_cell(line.cells[place]) for line in sample for place in places if place < len(line.cells))


def _mixed(sample: Sequence[Line], header: Sequence[str], options: Options) -> MixedDates:
    mix = DateMix([header.index(options.columns[name]) for name in MOMENTS if name in options.columns])
    for line in sample:
        mix.look(line.cells)
    return mix.told()


def _values(sample: Sequence[Line], header: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for place, heading in enumerate(header):
        cells = (clean_cell(line.cells[place])[:80] for line in sample if place < len(line.cells) and line.cells[place])
        found[heading] = tuple(islice(dict.fromkeys(filter(None, cells)), MAX_VALUES))
    return found


class _Reader:
    def __init__(self, header: Sequence[str], options: Options, *, is_1904: bool) -> None:
        self.header = header
        self.options = options
        self.zone = ZoneInfo(options.time_zone)
        self.readers = field_readers(options, now=timezone.now(), is_1904=is_1904)
        self.places = {name: header.index(heading) for name, heading in options.columns.items()}
        self.whole = RowReader(header, options, now=timezone.now(), is_1904=is_1904)

    def read(self, line: Line) -> SampleRow:
        cells = tuple(clean_cell(text) for text in line.cells[: len(self.header)])
        cells += ("",) * (len(self.header) - len(cells))
        row = self.whole.read(line)
        told = {problem.field: problem for problem in (*row.left_out, *row.problems)}
        found = {name: self._cell(cells[place], name, told.get(name)) for name, place in self.places.items()}
        return SampleRow(line=line.number, cells=cells, read=found)

    def _cell(self, raw: str, name: str, problem: RowProblem | None) -> ReadCell:
        if problem is not None:
            return ReadCell(raw=raw, problem=problem)
        value = self.readers[name](raw) if raw else None
        return ReadCell(raw=raw, value=self._shown(name, value))

    def _shown(self, name: str, value: Any) -> str:
        if value is None or isinstance(value, RowProblem):
            return ""
        if isinstance(value, datetime):
            return words.moment(value, zone=self.zone)
        if name == "waited":
            value = timedelta(minutes=value)
        if isinstance(value, timedelta):
            return words.duration(value)
        if name == "state":
            return pgettext("state of an incident", "Closed") if value else pgettext("state of an incident", "Open")
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return str(Sla(value).label) if name == "sla" else str(value)
