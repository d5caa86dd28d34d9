"""XLSX as a stream of rows; what it would unpack to is looked at before any of its XML is read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from groundwork.tables.cells import ImportRefused, defines_entities
from groundwork.tables.limits import MAX_COLUMNS, MAX_PART_BYTES, MAX_PARTS, MAX_ROW_BYTES, MAX_SHEET_BYTES

CHUNK = 1024 * 1024
OVERLAP = 64
ROW = b"<row"
NOTHING: frozenset[int] = frozenset()
MAX_EMPTY = 20_000  # rows without anything, one after the other: a sheet may claim a million of those


@dataclass(frozen=True, kw_only=True)
class Book:
    sheets: tuple[str, ...]
    rows: Iterator[tuple[int, list[str], frozenset[int]]]


@contextmanager
def opened(path: Path, sheet: str = "") -> Iterator[Book]:
    """The visible sheet of that name, or the first one."""
    from openpyxl import load_workbook  # here, and not for every process: see manifesto/workbook.py

    look_inside(path)
    book = None
    file = path.open("rb")  # a path would have to end in .xlsx
    try:
        try:
            book = load_workbook(file, read_only=True, keep_links=False)
            pages = [page for page in book.worksheets if page.sheet_state == "visible"] or list(book.worksheets)
            page = next((page for page in pages if page.title == sheet), None if sheet else pages[0])
        except Exception:  # openpyxl raises whatever its XML trips over
            raise _unreadable() from None
        if page is None:
            raise ImportRefused(_("The workbook has no sheet “%(name)s”.") % {"name": sheet})
        yield Book(sheets=tuple(page.title for page in pages), rows=_rows(page))
    finally:
        if book is not None:
            book.close()
        file.close()


def _unreadable() -> ImportRefused:
    return ImportRefused(_("This is not an XLSX workbook."))


def look_inside(path: Path) -> None:
    """How large it becomes, that no row is endless, and that it defines no entities; ImportRefused else."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if len(members) > MAX_PARTS or any(member.file_size > _most(member) for member in members):
                raise _too_much()
            if sum(member.file_size for member in members if not _is_sheet(member)) > 2 * MAX_PART_BYTES:
                raise _too_much()
            if "[Content_Types].xml" not in names:
                raise _unreadable()
            for member in members:
                _look_at(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise _unreadable() from None


def _is_sheet(member: zipfile.ZipInfo) -> bool:
    return member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")


def _most(member: zipfile.ZipInfo) -> int:
    return MAX_SHEET_BYTES if _is_sheet(member) else MAX_PART_BYTES


def _too_much() -> ImportRefused:
    return ImportRefused(_("The workbook unpacks to too much. Save the sheet as “CSV UTF-8”, or split it."))


def _look_at(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """As a stream. The stated size binds: the archive gives no more than it, and fails where it was a lie."""
    since_row, tail = 0, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            window = tail + chunk
            if defines_entities(window):
                raise ImportRefused(_("The file defines XML entities: it is refused."))
            if _is_sheet(member):
                begins = window.rfind(ROW)
                since_row = since_row + len(chunk) if begins < 0 else len(window) - begins
                if since_row > MAX_ROW_BYTES:
                    raise _too_much()
            tail = window[-OVERLAP:]


def _rows(page: Any) -> Iterator[tuple[int, list[str], frozenset[int]]]:
    """(line, cells, positions of formulas and errors)"""
    page.reset_dimensions()  # the size that a file claims may be anything
    empty = 0
    number = 0
    rows = page.iter_rows()
    while True:
        try:
            cells = next(rows, None)
        except Exception:
            raise _unreadable() from None
        if cells is None:
            return
        number += 1
        values = [_text(cell.value) for cell in cells]
        if not any(values):
            empty += 1
            if empty > MAX_EMPTY:
                return
            continue
        empty = 0
        if len(values) > MAX_COLUMNS and any(values[MAX_COLUMNS:]):
            message = _("Line %(line)s has more than %(count)s cells.")
            raise ImportRefused(message % {"line": number, "count": MAX_COLUMNS})
        faulty = frozenset(place for place, cell in enumerate(cells) if cell.data_type in {"f", "e"})
        yield number, values, faulty or NOTHING


def _text(value: Any) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
