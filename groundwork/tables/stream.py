"""A table from a file on disk, row by row in bounded memory; or ImportRefused with the reason and what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.tables import csv_files, xlsx_files
from groundwork.tables.cells import ImportRefused, tidy
from groundwork.tables.limits import MAX_COLUMNS, MAX_CSV_BYTES, MAX_CSV_ROWS, MAX_XLSX_BYTES, MAX_XLSX_ROWS
from groundwork.tables.small import OLD_EXCEL

SAMPLE = 300  # rows from which the order of dates and the delimiter are told


class Line(NamedTuple):
    """One row of the file. `faulty`: the positions of cells that hold a formula or an error, not a value."""

    number: int
    cells: Sequence[str]
    faulty: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Table:
    """`header`: the headings, told apart; `rows`: those below it that are not empty, each once, to be read while the
    file is open."""

    header: tuple[str, ...]
    rows: Iterator[Line]
    sheets: tuple[str, ...] = ()  # of a workbook
    delimiter: str = ""
    encoding: str = ""


@contextmanager
def open_table(path: Path, *, sheet: str = "") -> Iterator[Table]:
    """The table in the file at `path`. ImportRefused here or while the rows are read: rows are bounded, too."""
    _refuse_by_size(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(OLD_EXCEL):
        raise ImportRefused(_("This is an old or a protected Excel file: save it as XLSX, without a password."))
    if start.startswith(b"PK"):
        with xlsx_files.opened(path, sheet) as book:
            yield _table(_lines_of(book.rows), MAX_XLSX_ROWS, sheets=book.sheets)
        return
    shape = csv_files.shape_of(path)
    with csv_files.records(path, shape) as records:
        rows = (Line(number, cells) for number, cells in records)
        yield _table(rows, MAX_CSV_ROWS, delimiter=shape.delimiter, encoding=shape.encoding)


def _lines_of(rows: Iterator[tuple[int, list[str], frozenset[int]]]) -> Iterator[Line]:
    for number, cells, faulty in rows:
        yield Line(number, cells, faulty)


def _refuse_by_size(path: Path) -> None:
    size = path.stat().st_size
    if size == 0:
        raise ImportRefused(_("The file is empty."))
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    most = MAX_XLSX_BYTES if is_zip else MAX_CSV_BYTES
    if size > most:
        raise ImportRefused(
            _("The file is larger than %(size)s MB: export a shorter period, or split it.") % {"size": most // 10**6}
        )


def _table(
    lines: Iterator[Line], most: int, *, sheets: tuple[str, ...] = (), delimiter: str = "", encoding: str = ""
) -> Table:
    header = _header(lines)
    if not any(header):
        raise ImportRefused(_("The file is empty."))
    if len(header) > MAX_COLUMNS:
        raise too_wide()
    rows = _bounded(lines, most)
    return Table(header=told_apart(header), rows=rows, sheets=sheets, delimiter=delimiter, encoding=encoding)


def _header(lines: Iterator[Line]) -> list[str]:
    """The first line with two headings or more: a title above the table is none."""
    first: list[str] = []
    for line in lines:
        cells = [tidy(cell).replace("\n", " ") for cell in line.cells]
        while cells and not cells[-1]:
            cells.pop()
        if sum(map(bool, cells)) > 1:
            return cells
        first = first or cells
        if line.number > 50:
            break
    return first


def _bounded(lines: Iterator[Line], most: int) -> Iterator[Line]:
    count = 0
    for line in lines:
        if not any(line.cells):
            continue
        count += 1
        if count > most:
            message = ngettext(
                "The file has more than %(count)s row: export a shorter period, or split it.",
                "The file has more than %(count)s rows: export a shorter period, or split it.",
                most,
            )
            raise ImportRefused(message % {"count": f"{most:,}".replace(",", "\u202f")})
        yield line


def told_apart(header: Sequence[str]) -> tuple[str, ...]:
    """Headings that occur more than once get their number: “Number (1)”, “Number (2)”; so nobody maps one of them
    without saying which. A column without a heading is called by its place."""
    names = [text[:190] or _("Column %(number)s") % {"number": place} for place, text in enumerate(header, start=1)]
    often = Counter(names)
    taken = {name for name in names if often[name] == 1}
    found: list[str] = []
    seen: Counter[str] = Counter()
    for name in names:
        unique = name
        while often[name] > 1 and (unique == name or unique in taken):
            seen[name] += 1
            unique = f"{name} ({seen[name]})"
        taken.add(unique)
        found.append(unique)
    return tuple(found)


def too_wide() -> ImportRefused:
    message = ngettext(
        "The file has more than %(count)s column: leave out what is not needed.",
        "The file has more than %(count)s columns: leave out what is not needed.",
        MAX_COLUMNS,
    )
    return ImportRefused(message % {"count": MAX_COLUMNS})


__all__ = ["SAMPLE", "ImportRefused", "Line", "Table", "open_table", "told_apart"]
