"""How much of a file is taken; each caller says it for its own files."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.tables.cells import ImportRefused
from groundwork.words import number

MB = 10**6


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`rows` are those with something in them, below the headings; `lines` count the empty ones, too."""

    text_bytes: int
    text_rows: int
    workbook_bytes: int
    workbook_rows: int
    columns: int
    lines: int | None = None
    empty_rows: int = 20_000  # one after the other, after which a sheet is at its end: it may claim a million of those
    characters: int = 600 * MB  # in all cells of a workbook: one long text can stand in every cell of a small one

    # What a workbook unpacks to, in bytes.
    parts: int = 400
    part_bytes: int = 48 * MB  # what is held in memory: the texts and the styles
    sheet_bytes: int = 600 * MB
    unpacked_bytes: int = 1_200 * MB
    row_bytes: int = 8 * MB  # of XML from the beginning of one row to the next
    memory_bytes: int = 1_024 * MB  # of the process that reads it


def too_large(most: int) -> ImportRefused:
    return ImportRefused(_("The file is larger than %(size)s MB: split it.") % {"size": most // MB})


def too_many_rows(most: int) -> ImportRefused:
    message = ngettext(
        "The file has more than %(count)s row: split it.", "The file has more than %(count)s rows: split it.", most
    )
    return ImportRefused(message % {"count": number(most)})


def too_wide(line: int, most: int) -> ImportRefused:
    message = _("Line %(line)s has more than %(count)s cells.")
    return ImportRefused(message % {"line": line, "count": number(most)})
