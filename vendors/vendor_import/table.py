"""The table in a file of vendors, whole: it is small, and kept in the database until somebody decides."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from groundwork.tables import csv_files, reading
from groundwork.tables.cells import ImportRefused, tidy
from groundwork.tables.limits import MB, Haste, Limits
from vendors.vendor_import import headings

LIMITS = Limits(
    text_bytes=2 * 1024 * 1024,
    text_rows=5_000,
    workbook_bytes=2 * 1024 * 1024,
    workbook_rows=5_000,
    columns=60,
    lines=20_000,
    characters=4 * MB,
    parts=200,
    part_bytes=8 * MB,
    part_tags=500_000,
    style_tags=300_000,
    sheet_tags=1_200_000,  # 5,000 rows of all columns
    sheet_bytes=16 * MB,
    unpacked_bytes=16 * MB,
    memory_bytes=512 * MB,
    quick_seconds=2,
    slow_seconds=2,
)
HASTE = Haste(seconds=10)  # by the clock: while the server is busy, a small file needs more than its two seconds


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """One line of the file. `faulty`: the positions of cells that hold a formula or an error, not a value."""

    line: int
    cells: tuple[str, ...]
    faulty: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RegisterTable:
    """The header and the rows below it; `sheet` names the one that was read where a workbook has several."""

    header: tuple[str, ...]
    rows: tuple[RegisterRow, ...]
    sheet: str = ""


def read(content: bytes) -> RegisterTable:
    """ImportRefused where there is none; whether its columns can be told is another question (`headings.check`)."""
    with reading.open_table(content, LIMITS, headings.understood, haste=HASTE) as table:
        if table.encoding in csv_files.GUESSED:
            raise csv_files.no_table()  # a name that was read wrongly would stand in the register
        rows = tuple(
            RegisterRow(line=line.number, cells=tuple(map(tidy, line.cells)), faulty=tuple(sorted(line.faulty)))
            for line in table.rows
        )
    filled = tuple(row for row in rows if any(row.cells))
    if not filled:
        raise ImportRefused(_("The file has a line of headings but no vendor below it."))
    return RegisterTable(header=table.first, rows=filled, sheet=table.sheets[0] if len(table.sheets) > 1 else "")
