"""What a workbook would unpack to, looked at before any of its XML is read.

It runs in the process that reads workbooks: nothing but the standard library is imported, and what is refused is said
in a word. What unpacks to a gigabyte takes seconds to look at, and expressions meet texts made to hold them up: both
are that process's time, and no request's."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import IO, Any

from groundwork.archives import TooManyEntries, refuse_long_list

CHUNK = 1024 * 1024
OVERLAP = 512  # more than the tag of a row
ROW = b"<row"
ODS_SHEETS = "content.xml"
BOOK, BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STYLES = "styles.xml"
LONGEST_BOOK = 4 * CHUNK  # of the part that only names the sheets
_ROW_TAG = re.compile(rb"<row\s[^<>]*>(?!</row>)")  # each step of it is taken once, whatever the text
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_SINCE_1904 = re.compile(r"""<workbookPr\s[^<>]*\bdate1904=["'](?:1|true)["']""")
_SHEET, _LINK = re.compile(r"<(?:\w+:)?sheet\s[^<>]*>"), re.compile(r"<Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(r"""(?:\w+:)?(\w+)\s*=\s*["']([^"']*)["']""")
ENTITY_MARKS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
# Of a cell with a formula or an error, as all writers of note write it.
FAULT_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"', b"t='e'")
UNREADABLE, TOO_MUCH, ENTITIES = "unreadable", "too_much", "entities"  # why a workbook is refused


class Refused(Exception):  # noqa: N818 - said as what happened
    """`args`: the word for why, and the line where there is one."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much of a workbook is looked at; as `limits.Limits` has it."""

    parts: int
    part_bytes: int
    part_tags: int
    style_tags: int
    sheets: int
    sheet_bytes: int
    sheet_tags: int
    unpacked_bytes: int
    row_bytes: int


@dataclass(frozen=True, kw_only=True)
class Contents:
    """`has_faults`: formulas or errors, in a sheet of an XLSX workbook; `sheet_bytes`: of all sheets, unpacked. Of XLSX
    alone: `hidden_rows`, by the name of the sheet, those with something in them; `is_1904`: days are counted from
    1 January 1904."""

    has_faults: bool = False
    sheet_bytes: int = 0
    hidden_rows: Mapping[str, int] = field(default_factory=dict)
    is_1904: bool = False


@dataclass(frozen=True, kw_only=True)
class _Part:
    has_faults: bool
    hidden_rows: int
    tags: int


def look_inside(file: IO[bytes], weights: Weights) -> Contents:
    """How large it becomes and of how many elements, that no row is endless, and that it defines no entities; Refused
    else."""
    try:
        refuse_long_list(file, weights.parts)
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _weigh(members, weights)
            parts = _parts(archive, members, weights)
            book, links = (_text_of(archive, name) for name in (BOOK, BOOK_LINKS))
    except TooManyEntries:
        raise Refused(TOO_MUCH) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise Refused(UNREADABLE) from None
    names = {member.filename for member in members}
    if not names & {"[Content_Types].xml", ODS_SHEETS} or "xl/workbook.bin" in names:
        raise Refused(UNREADABLE)
    return Contents(
        has_faults=any(part.has_faults for part in parts.values()),
        sheet_bytes=sum(member.file_size for member in members if is_sheet(member.filename)),
        hidden_rows={
            name: parts[path].hidden_rows for name, path in _paths_of_sheets(book, links, weights) if path in parts
        },
        is_1904=bool(_SINCE_1904.search(book)),
    )


def is_sheet(name: str) -> bool:
    return name == ODS_SHEETS or (name.startswith("xl/worksheets/") and name.endswith(".xml"))


def _weigh(members: list[zipfile.ZipInfo], weights: Weights) -> None:
    sheets = [member.file_size for member in members if is_sheet(member.filename)]
    others = [member.file_size for member in members if not is_sheet(member.filename)]
    if (
        len(members) > weights.parts
        or max(sheets, default=0) > weights.sheet_bytes
        or max(others, default=0) > weights.part_bytes
        or sum(others) > 2 * weights.part_bytes
        or sum(sheets) + sum(others) > weights.unpacked_bytes
    ):
        raise Refused(TOO_MUCH)


def _parts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], weights: Weights) -> dict[str, _Part]:
    """Each part as it was found. A few thousandths of a byte stand for an element: bytes alone bind nothing."""
    parts: dict[str, _Part] = {}
    of_sheets = of_others = 0
    for member in members:
        name = member.filename
        most = weights.sheet_tags - of_sheets if is_sheet(name) else weights.part_tags - of_others
        part = _look_at(archive, member, weights, min(most, weights.style_tags) if name.endswith(STYLES) else most)
        of_sheets += part.tags if is_sheet(name) else 0
        of_others += 0 if is_sheet(name) else part.tags
        parts[name] = part
    return parts


def _text_of(archive: zipfile.ZipFile, name: str) -> str:
    """Of a part that was looked at; empty where there is none of that name, or a monstrous one."""
    if name not in archive.namelist() or archive.getinfo(name).file_size > LONGEST_BOOK:
        return ""
    return archive.read(name).decode("utf-8", "replace")


def _paths_of_sheets(book: str, links: str, weights: Weights) -> list[tuple[str, str]]:
    """(name of the sheet, its part)."""
    told = [dict(_ATTRIBUTE.findall(link)) for link in _LINK.findall(links)]
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in told}
    sheets = [dict(_ATTRIBUTE.findall(sheet)) for sheet in _SHEET.findall(book)]
    if len(sheets) > weights.sheets:
        raise Refused(TOO_MUCH)
    return [(unescape(one.get("name", "")), targets[one["id"]]) for one in sheets if one.get("id") in targets]


def _look_at(archive: zipfile.ZipFile, member: zipfile.ZipInfo, weights: Weights, most_tags: int) -> _Part:
    """What a part holds. Read as a stream; the stated size binds: the archive gives no more than it, and fails where
    it was a lie."""
    has_rows = is_sheet(member.filename) and member.filename != ODS_SHEETS
    has_faults, since_row, hidden, tags, tail = False, 0, 0, 0, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            window = tail + chunk
            tags += chunk.count(b"<")
            if tags > most_tags:
                raise Refused(TOO_MUCH)
            if any(mark in window for mark in ENTITY_MARKS):
                raise Refused(ENTITIES)
            if has_rows:
                has_faults = has_faults or any(mark in window for mark in FAULT_MARKS)
                hidden += _hidden_rows(window, len(tail)) if b"hidden=" in window else 0
                begins = window.rfind(ROW)
                since_row = since_row + len(chunk) if begins < 0 else len(window) - begins
                if since_row > weights.row_bytes:
                    raise Refused(TOO_MUCH)
            tail = window[-OVERLAP:]
    return _Part(has_faults=has_faults, hidden_rows=hidden, tags=tags)


def _hidden_rows(window: bytes, seen: int) -> int:
    """Rows with cells in them whose tags end behind what was seen before."""
    tags = (found for found in _ROW_TAG.finditer(window) if found.end() > seen)
    return sum(not found[0].endswith(b"/>") and bool(_HIDDEN.search(found[0])) for found in tags)


def weights_of(limits: Mapping[str, Any]) -> Weights:
    return Weights(**{name: limits[name] for name in Weights.__dataclass_fields__})
