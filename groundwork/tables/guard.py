"""What a workbook would unpack to, looked at before any of its XML is read."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import Limits

CHUNK = 1024 * 1024
OVERLAP = 64
ROW = b"<row"
ODS_SHEETS = "content.xml"
ENTITY_MARKS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
# Of a cell with a formula or an error, as all writers of note write it.
FAULT_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"', b"t='e'")


@dataclass(frozen=True, kw_only=True)
class Contents:
    """`has_faults`: formulas or errors, in a sheet of an XLSX workbook; `sheet_bytes`: of all sheets, unpacked."""

    has_faults: bool
    sheet_bytes: int


def look_inside(file: IO[bytes], limits: Limits) -> Contents:
    """How large it becomes, that no row is endless, and that it defines no entities; ImportRefused else."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _weigh(members, limits)
            has_faults = [_look_at(archive, member, limits) for member in members]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise unreadable() from None
    names = {member.filename for member in members}
    if not names & {"[Content_Types].xml", ODS_SHEETS} or "xl/workbook.bin" in names:
        raise unreadable()
    sheet_bytes = sum(member.file_size for member in members if is_sheet(member))
    return Contents(has_faults=any(has_faults), sheet_bytes=sheet_bytes)


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


def _look_at(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bool:
    """Whether a sheet holds formulas or errors. Read as a stream; the stated size binds: the archive gives no more than
    it, and fails where it was a lie."""
    has_rows = is_sheet(member) and member.filename != ODS_SHEETS
    has_faults, since_row, tail = False, 0, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            window = tail + chunk
            if any(mark in window for mark in ENTITY_MARKS):
                raise ImportRefused(_("The file defines XML entities: it is refused."))
            if has_rows:
                has_faults = has_faults or any(mark in window for mark in FAULT_MARKS)
                begins = window.rfind(ROW)
                since_row = since_row + len(chunk) if begins < 0 else len(window) - begins
                if since_row > limits.row_bytes:
                    raise too_much()
            tail = window[-OVERLAP:]
    return has_faults
