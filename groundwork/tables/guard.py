"""What a workbook would unpack to, looked at before any of its XML is read."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import IO

from django.utils.translation import gettext as _

from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import Limits

CHUNK = 1024 * 1024
OVERLAP = 512  # more than the tag of a row
ROW = b"<row"
ODS_SHEETS = "content.xml"
BOOK, BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
LONGEST_BOOK = 4 * CHUNK  # of the part that only names the sheets
_HIDDEN_ROW = re.compile(rb"""<row\s[^>/]*\bhidden=["'](?:1|true)["'][^>/]*>(?!</row>)""")  # with cells in it
_SINCE_1904 = re.compile(r"""<workbookPr\s[^>]*\bdate1904=["'](?:1|true)["']""")
_SHEET, _LINK = re.compile(r"<(?:\w+:)?sheet\s[^>]*>"), re.compile(r"<Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r"""(?:\w+:)?(\w+)\s*=\s*["']([^"']*)["']""")
ENTITY_MARKS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
# Of a cell with a formula or an error, as all writers of note write it.
FAULT_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"', b"t='e'")


@dataclass(frozen=True, kw_only=True)
class Contents:
    """`has_faults`: formulas or errors, in a sheet of an XLSX workbook; `sheet_bytes`: of all sheets, unpacked. Of XLSX
    alone: `hidden_rows`, by the name of the sheet, those with something in them; `is_1904`: days are counted from
    1 January 1904."""

    has_faults: bool
    sheet_bytes: int
    hidden_rows: Mapping[str, int] = field(default_factory=dict)
    is_1904: bool = False


@dataclass(frozen=True, kw_only=True)
class _Part:
    has_faults: bool
    hidden_rows: int


def look_inside(file: IO[bytes], limits: Limits) -> Contents:
    """How large it becomes, that no row is endless, and that it defines no entities; ImportRefused else."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _weigh(members, limits)
            parts = {member.filename: _look_at(archive, member, limits) for member in members}
            book, links = (_text_of(archive, name) for name in (BOOK, BOOK_LINKS))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise unreadable() from None
    names = {member.filename for member in members}
    if not names & {"[Content_Types].xml", ODS_SHEETS} or "xl/workbook.bin" in names:
        raise unreadable()
    sheet_bytes = sum(member.file_size for member in members if is_sheet(member))
    return Contents(
        has_faults=any(part.has_faults for part in parts.values()),
        sheet_bytes=sheet_bytes,
        hidden_rows={
            name: parts[path].hidden_rows for name, path in _paths_of_sheets(book, links).items() if path in parts
        },
        is_1904=bool(_SINCE_1904.search(book)),
    )


def unreadable() -> ImportRefused:
    return ImportRefused(_("This is not an XLSX workbook."))


def too_much() -> ImportRefused:
    return ImportRefused(_("The workbook unpacks to too much. Save the sheet as “CSV UTF-8”, or split it."))


def is_sheet(member: zipfile.ZipInfo) -> bool:
    is_of_xlsx = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
    return is_of_xlsx or member.filename == ODS_SHEETS


def _weigh(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    sheets = [member.file_size for member in members if is_sheet(member)]
    others = [member.file_size for member in members if not is_sheet(member)]
    if (
        len(members) > limits.parts
        or max(sheets, default=0) > limits.sheet_bytes
        or max(others, default=0) > limits.part_bytes
        or sum(others) > 2 * limits.part_bytes
        or sum(sheets) + sum(others) > limits.unpacked_bytes
    ):
        raise too_much()


def _text_of(archive: zipfile.ZipFile, name: str) -> str:
    """Of a part that was looked at; empty where there is none of that name, or a monstrous one."""
    if name not in archive.namelist() or archive.getinfo(name).file_size > LONGEST_BOOK:
        return ""
    return archive.read(name).decode("utf-8", "replace")


def _paths_of_sheets(book: str, links: str) -> dict[str, str]:
    """Name of the sheet → its part."""
    told = [dict(_ATTRIBUTE.findall(link)) for link in _LINK.findall(links)]
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in told}
    sheets = [dict(_ATTRIBUTE.findall(sheet)) for sheet in _SHEET.findall(book)]
    return {unescape(one.get("name", "")): targets[one["id"]] for one in sheets if one.get("id") in targets}


def _look_at(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> _Part:
    """What a sheet holds. Read as a stream; the stated size binds: the archive gives no more than it, and fails where
    it was a lie."""
    has_rows = is_sheet(member) and member.filename != ODS_SHEETS
    has_faults, since_row, hidden, tail = False, 0, 0, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            window = tail + chunk
            if any(mark in window for mark in ENTITY_MARKS):
                raise ImportRefused(_("The file defines XML entities: it is refused."))
            if has_rows:
                has_faults = has_faults or any(mark in window for mark in FAULT_MARKS)
                hidden += sum(found.end() > len(tail) for found in _HIDDEN_ROW.finditer(window))
                begins = window.rfind(ROW)
                since_row = since_row + len(chunk) if begins < 0 else len(window) - begins
                if since_row > limits.row_bytes:
                    raise too_much()
            tail = window[-OVERLAP:]
    return _Part(has_faults=has_faults, hidden_rows=hidden)
