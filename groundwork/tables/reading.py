"""A table out of a file as people really send it, row by row; or ImportRefused with the reason and what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from time import monotonic
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from groundwork.tables import csv_files, sources, workbooks
from groundwork.tables.cells import ImportRefused, tidy
from groundwork.tables.csv_files import Score
from groundwork.tables.limits import MB, Haste, Limits, TookTooLong, too_large, too_many_rows, too_wide
from groundwork.tables.sources import Source, TableKind, kind_of

ABOVE = 50  # lines in which the headings begin
ABOVE_CHARACTERS = 2 * MB  # in those together


class Line(NamedTuple):
    """One row of the file. `faulty`: the positions of cells that hold a formula or an error, not a value."""

    number: int
    cells: Sequence[str]
    faulty: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Table:
    """`header`: the headings, told apart; `first`: the line in which they stand, tidied; `rows`: those below that are
    not empty, each once, to be read while the file is open. Of a workbook: `sheets`, those that can be seen;
    `hidden_rows`, which are read, too; `is_1904`: its days are counted from 1 January 1904."""

    header: tuple[str, ...]
    first: tuple[str, ...]
    rows: Iterator[Line]
    sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    is_1904: bool = False
    delimiter: str = ""
    encoding: str = ""


@contextmanager
def open_table(
    source: Source, limits: Limits, score: Score, *, sheet: str = "", haste: Haste | None = None
) -> Iterator[Table]:
    """The table in a file. `score` tells how many cells of a line are understood as headings: by it the delimiter is
    found, and the line of the headings. `sheet`: of a workbook; without it, the first that can be seen. `haste`:
    somebody waits for it; of a sample, the rows end where it has seen enough empty ones.

    ImportRefused here, or while the rows are read: they are bounded, too. TookTooLong, which is one, in haste."""
    with sources.opened(source) as file:
        kind = _kind(file, limits)
        if kind is TableKind.CSV:
            shape = csv_files.shape_of(file, score)
            lines = (Line(number, cells) for number, cells in csv_files.records(file, shape, limits))
            yield _table(
                _soon(lines, haste, limits) if haste else lines,
                limits,
                score,
                delimiter=shape.delimiter,
                encoding=shape.encoding,
            )
            return
        with workbooks.opened(source, kind, limits, [sheet] if sheet else [], haste=haste) as book:
            if sheet not in {"", *book.found}:
                raise ImportRefused(_("The workbook has no sheet “%(name)s”.") % {"name": sheet})
            lines = (Line(row.number, row.cells, row.faulty) for row in book.rows)
            table = _table(lines, limits, score, sheets=book.sheets)
            yield replace(table, hidden_rows=book.hidden_rows, is_1904=book.is_1904)


def sheets_of(
    source: bytes, limits: Limits, wanted: Sequence[str], *, haste: Haste | None = None
) -> dict[str, list[Line]]:
    """The lines, not empty, of those of the wanted sheets that the workbook has."""
    with sources.opened(source) as file:
        kind = _kind(file, limits)
        if kind is TableKind.CSV:
            raise workbooks.unreadable()
        with workbooks.opened(source, kind, limits, wanted, haste=haste) as book:
            found: dict[str, list[Line]] = {name: [] for name in book.found}
            for row in book.rows:
                found[row.sheet].append(Line(row.number, row.cells, row.faulty))
    return found


@dataclass(frozen=True, kw_only=True)
class FilledSheet:
    """A sheet of a form that somebody filled. `joined`: of each stretch of joined cells its first and its last, as
    (row, column) counted from 0."""

    name: str
    lines: tuple[Line, ...]
    joined: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def every_sheet_of(source: Source, limits: Limits, *, haste: Haste | None = None) -> list[FilledSheet]:
    """All sheets of a small workbook, hidden ones too, in their order; with what formulas came to when it was saved.
    Faulty are then errors, and formulas that never came to anything. ImportRefused, also for a text file."""
    with sources.opened(source) as file:
        kind = _kind(file, limits)
    if kind is TableKind.CSV:
        raise workbooks.unreadable()
    with workbooks.opened(source, kind, limits, haste=haste, every=True) as book:
        lines: dict[str, list[Line]] = {name: [] for name in book.found}
        for row in book.rows:
            lines[row.sheet].append(Line(row.number, row.cells, row.faulty))
    return [
        FilledSheet(
            name=name,
            lines=tuple(found),
            joined=tuple((tuple(first), tuple(last)) for first, last in book.joined.get(name, ())),
        )
        for name, found in lines.items()
    ]


def distinct_headings(header: Sequence[str]) -> tuple[str, ...]:
    """Headings that occur more than once get their number: “Number (1)”, “Number (2)”; so nobody maps one of them
    without saying which. A column without a heading is called by its place."""
    names = [text[:190] or _("Column %(number)s") % {"number": place} for place, text in enumerate(header, start=1)]
    often = Counter(names)
    taken = {name for name in names if often[name] == 1}
    unique_names: list[str] = []
    seen: Counter[str] = Counter()
    for name in names:
        unique = name
        while often[name] > 1 and (unique == name or unique in taken):
            seen[name] += 1
            unique = f"{name} ({seen[name]})"
        taken.add(unique)
        unique_names.append(unique)
    return tuple(unique_names)


def _kind(file: IO[bytes], limits: Limits) -> TableKind:
    """ImportRefused where the file is empty, or larger than its kind may be."""
    size = file.seek(0, 2)
    if size == 0:
        raise ImportRefused(_("The file is empty."))
    kind = kind_of(file)
    most = limits.text_bytes if kind is TableKind.CSV else limits.workbook_bytes
    if size > most:
        raise too_large(most)
    return kind


def _table(
    lines: Iterator[Line],
    limits: Limits,
    score: Score,
    *,
    sheets: tuple[str, ...] = (),
    delimiter: str = "",
    encoding: str = "",
) -> Table:
    above = _above(lines)
    place = csv_files.header_place([[tidy(cell) for cell in line.cells] for line in above], score)
    if place is None:
        raise ImportRefused(_("The file is empty."))
    first = tuple(tidy(cell).replace("\n", " ") for cell in above[place].cells)
    if len(first) > limits.columns:
        raise too_wide(above[place].number, limits.columns)
    header = list(first)
    while not header[-1]:
        header.pop()
    rows = _bounded(chain(above[place + 1 :], lines), limits, limits.workbook_rows if sheets else limits.text_rows)
    return Table(
        header=distinct_headings(header), first=first, rows=rows, sheets=sheets, delimiter=delimiter, encoding=encoding
    )


def _above(lines: Iterator[Line]) -> list[Line]:
    """The lines among which the headings are looked for: the first one whatever it holds."""
    found: list[Line] = []
    characters = 0
    for line in islice(lines, ABOVE):
        found.append(line)
        characters += sum(map(len, line.cells))
        if characters > ABOVE_CHARACTERS:
            break
    return found


def _soon(lines: Iterator[Line], haste: Haste, limits: Limits) -> Iterator[Line]:
    """For somebody who waits: TookTooLong once it has lasted; of a sample, no more lines than may be empty."""
    ends_at = monotonic() + haste.seconds
    for line in islice(lines, limits.empty_rows if haste.is_sample else None):
        if monotonic() > ends_at:
            raise TookTooLong
        cut = haste.cell_characters
        yield Line(line.number, [cell[:cut] for cell in line.cells]) if cut else line


def _bounded(lines: Iterator[Line], limits: Limits, most: int) -> Iterator[Line]:
    count = 0
    for passed, line in enumerate(lines):
        if limits.lines is not None and passed > limits.lines:
            raise too_many_rows(most)
        if not any(line.cells):
            continue
        count += 1
        if count > most:
            raise too_many_rows(most)
        yield line
