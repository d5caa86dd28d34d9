"""A table out of a CSV or XLSX file as people really send it, or ImportRefused with the reason; and CSV out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.tables.cells import ImportRefused, neutralise, tidy
from manifesto.sources import BankError
from manifesto.workbook import look_inside

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
MAX_LINES = 20_000  # with the empty ones: a sheet may claim a million of those
MAX_COLUMNS = 60
MAX_TEXT = 4_000_000  # characters: one long text can stand in every cell of a small workbook
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"))
ENCODINGS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
GUESSES = ("utf-8", "cp1252")  # cp1252 has every character of Latin-1 that can be seen
DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
SEPARATOR_LINE = "sep="
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
WRITTEN_WITH = {"en": ",", "fr": ";", "nl": ";"}  # what a spreadsheet of that language takes for a column's end

Score = Callable[[Sequence[str]], int]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the file. `faulty`: the positions of cells that hold a formula or an error, not a value."""

    line: int
    cells: tuple[str, ...]
    faulty: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """The header and the rows below it; `sheet` names the one that was read where a workbook has several."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""


def read(content: bytes, *, score: Score) -> Table:
    """The table in a file. `score` tells how many cells of a header are understood: it decides on the delimiter."""
    if len(content) > MAX_BYTES:
        raise ImportRefused(_("The file is larger than 2 MB: split it."))
    if not content.strip():
        raise ImportRefused(_("The file is empty."))
    if content.startswith(OLD_EXCEL):
        raise ImportRefused(_("This is an old or a protected Excel file: save it as XLSX, without a password."))
    lines, sheet = _workbook(content) if content.startswith(b"PK") else (_text_lines(content, score), "")
    return _table(lines, sheet)


def _table(lines: Iterable[Row], sheet: str) -> Table:
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    number = text = 0
    for number, row in enumerate(lines, start=1):
        text += sum(map(len, row.cells))
        if number > MAX_LINES or len(rows) > MAX_ROWS or text > MAX_TEXT:
            break
        if not any(row.cells):
            continue
        if header:
            rows.append(row)
        else:
            header = row.cells
    if text > MAX_TEXT:
        raise ImportRefused(_("The file holds too much text: split it."))
    if number > MAX_LINES or len(rows) > MAX_ROWS:
        raise ImportRefused(_("The file has more than %(count)s rows: split it.") % {"count": MAX_ROWS})
    if not header:
        raise ImportRefused(_("The file is empty."))
    if not rows:
        raise ImportRefused(_("The file has a line of headings but no vendor below it."))
    return Table(header=header, rows=tuple(rows), sheet=sheet)


# Text ------------------------------------------------------------------------------------------------------------
def _text_lines(content: bytes, score: Score) -> Iterator[Row]:
    text = _decoded(content)
    delimiter = _delimiter(text, score)
    if text[:4].lower() == SEPARATOR_LINE and text[4:5] == delimiter:
        text = text[5:]  # the rest of that line stays, empty: lines keep their numbers
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            message = _("Line %(line)s cannot be read: look at the quotation marks around its cells.")
            raise ImportRefused(message % {"line": line}) from None
        if cells is None:
            return
        yield Row(line=line, cells=_cells(cells))
        line = reader.line_num + 1


def _cells(cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) > MAX_COLUMNS:
        raise _too_wide()
    return tuple(tidy(cell) for cell in cells)


def _decoded(content: bytes) -> str:
    marked = [name for mark, name in (*ENCODINGS, *ENCODINGS_16) if content.startswith(mark)][:1]
    for encoding in marked or GUESSES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(sign) < 32 and sign not in "\t\n\r\f\x1a" for sign in set(text)):
            break  # a picture, a PDF, UTF-16 without its mark
        return text.replace("\x1a", "")
    raise ImportRefused(_("This is neither a CSV nor an XLSX file. Save the sheet as “CSV UTF-8” or as XLSX."))


def _delimiter(text: str, score: Score) -> str:
    """What the file's own first line “sep=;” says; else the one under which most headings are understood."""

    if text[:4].lower() == SEPARATOR_LINE and text[4:5] in DELIMITERS:
        return text[4]

    def fitness(delimiter: str) -> tuple[int, int]:
        header = _first_record(text, delimiter)
        return score(header), len(header)

    best = max(DELIMITERS, key=fitness)
    return best if fitness(best)[1] > 1 else NO_DELIMITER


def _first_record(text: str, delimiter: str) -> list[str]:
    try:
        for cells in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                return [tidy(cell) for cell in cells]
    except csv.Error:
        return []
    return []


# XLSX ------------------------------------------------------------------------------------------------------------
def _workbook(content: bytes) -> tuple[list[Row], str]:
    from openpyxl import load_workbook  # here, and not for every process: see manifesto/workbook.py

    try:
        look_inside(content, "")
    except BankError as error:
        raise ImportRefused(str(error.faults[0].message)) from None
    book = None
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        pages = [page for page in book.worksheets if page.sheet_state == "visible"] or book.worksheets
        lines = _sheet_lines(pages[0])
        return lines, pages[0].title if len(pages) > 1 else ""
    except ImportRefused:
        raise
    except Exception:  # openpyxl raises whatever its XML trips over
        raise ImportRefused(_("This is not an XLSX workbook.")) from None
    finally:
        if book is not None:
            book.close()


def _sheet_lines(page: Any) -> list[Row]:
    page.reset_dimensions()  # the size that a file claims may be anything
    found: list[Row] = []
    text = 0
    for number, cells in enumerate(page.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if number > MAX_LINES + 1 or len(found) > MAX_ROWS + 1 or text > MAX_TEXT:
            break
        values = [_cell_text(cell.value) for cell in cells]
        if not any(values):
            continue
        if len(values) > MAX_COLUMNS and values[MAX_COLUMNS]:
            raise _too_wide()
        while values and not values[-1]:
            values.pop()
        text += sum(map(len, values))
        faulty = tuple(place for place, cell in enumerate(cells) if cell.data_type in {"f", "e"})
        found.append(Row(line=number, cells=tuple(values), faulty=faulty))
    return found


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()  # a workbook keeps a day as its midnight
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return tidy(str(value))


def _too_wide() -> ImportRefused:
    message = ngettext(
        "The file has more than %(count)s column: leave out what is not needed.",
        "The file has more than %(count)s columns: leave out what is not needed.",
        MAX_COLUMNS,
    )
    return ImportRefused(message % {"count": MAX_COLUMNS})


# Writing ---------------------------------------------------------------------------------------------------------
def as_csv(rows: Iterable[Sequence[str]], *, language: str) -> bytes:
    """CSV that a spreadsheet of that language opens in columns, and in which no cell is run as a formula."""
    stream = StringIO(newline="")
    writer = csv.writer(stream, delimiter=WRITTEN_WITH.get(language, ","), quoting=csv.QUOTE_MINIMAL)
    for row in rows:
        writer.writerow([neutralise(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")
