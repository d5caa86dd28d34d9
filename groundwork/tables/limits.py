"""How much of a file is taken; each caller says it for its own files."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.tables.cells import ImportRefused
from groundwork.words import number, size

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
    row_characters: int = 4 * MB  # in all cells of one row

    # What a workbook unpacks to: bytes; and tags, for a parser makes an object of each element.
    parts: int = 400
    part_bytes: int = 48 * MB  # what is held in memory: the texts and the styles
    part_tags: int = 6 * MB  # of all those parts together
    style_tags: int = 600_000  # the most bloated of real ones have some 300,000
    sheets: int = 255
    sheet_bytes: int = 600 * MB
    sheet_tags: int = 80 * MB  # of all sheets together: 200,000 rows of 60 texts have 72 million
    unpacked_bytes: int = 1_200 * MB
    row_bytes: int = 8 * MB  # of XML from the beginning of one row to the next

    # The process that reads it; seconds of processor time, for each of its two ways to read.
    memory_bytes: int = 1_024 * MB
    quick_seconds: int = 60
    slow_seconds: int = 900


@dataclass(frozen=True, kw_only=True)
class Haste:
    """Of somebody who waits for the answer. `seconds`: by the clock, then the reading is given up; `is_sample`: only
    the first rows are wanted; `cell_characters`: so many of each cell, None: all."""

    seconds: float
    is_sample: bool = False
    cell_characters: int | None = None


class TookTooLong(ImportRefused):
    """Reading the file was stopped: it may be fine for somebody with more time."""

    def __init__(self) -> None:
        super().__init__(_("Reading the file takes too long: split it, or save the sheet as “CSV UTF-8”."))


def too_large(most: int) -> ImportRefused:
    return ImportRefused(_("The file is larger than %(size)s: split it.") % {"size": size(most)})


def too_many_rows(most: int) -> ImportRefused:
    message = ngettext(
        "The file has more than %(count)s row: split it.", "The file has more than %(count)s rows: split it.", most
    )
    return ImportRefused(message % {"count": number(most)})


def too_wide(line: int, most: int) -> ImportRefused:
    message = _("Line %(line)s has more than %(count)s cells: leave columns out.")
    return ImportRefused(message % {"line": line, "count": number(most)})


def too_much_text(line: int) -> ImportRefused:
    return ImportRefused(_("Line %(line)s holds too much text for one row: shorten it.") % {"line": number(line)})
