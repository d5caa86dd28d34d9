"""Tables to go on with in a spreadsheet, as CSV or XLSX: in columns, a row at a time, and no cell is run."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import RawIOBase
from itertools import islice
from xml.sax.saxutils import escape

from django.utils import translation
from django.utils.translation import gettext as _

from groundwork.languages import LANGUAGES
from groundwork.tables.cells import neutralise
from groundwork.words import number

BOM = "\ufeff"  # without it, spreadsheets take UTF-8 for something else
LONGEST_CELL = 32_767  # UTF-16 units: what a cell of a workbook holds
ROWS_AT_ONCE = 200

Rows = Iterable[Sequence[str]]


class TableFile(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, kw_only=True)
class Written:
    """How a kind of file is written: `pieces(rows, language)` gives its bytes, however many rows there are."""

    content_type: str
    pieces: Callable[[Rows, str], Iterator[bytes]]


class _Echo:
    """What the csv module writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Rows, *, language: str) -> Iterator[bytes]:
    """Each text in quotation marks: read with another separator than ours, one that holds it stays one cell."""
    writer = csv.writer(_Echo(), delimiter=LANGUAGES[language].column_end, quoting=csv.QUOTE_ALL)
    mark = BOM
    for row in rows:
        yield (mark + writer.writerow([neutralise(cell) for cell in row])).encode()
        mark = ""


def as_csv(rows: Rows, *, language: str) -> bytes:
    return b"".join(csv_lines(rows, language=language))


# XLSX ------------------------------------------------------------------------------------------------------------
# By hand: openpyxl writes nothing before it has all rows, in ten times the time, while somebody waits. The parts are
# those of ECMA-376, and the least of them; every cell is a text that stands in it (“inlineStr”).
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Table" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_SHEET = "xl/worksheets/sheet1.xml"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|\r")  # a workbook's way to write a sign that XML has not


class _Outlet(RawIOBase):
    """What an archive writes to: whoever sends it on takes it away, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def xlsx_pieces(rows: Rows, *, language: str) -> Iterator[bytes]:
    """A workbook of one sheet; what is longer than a cell holds ends with words that say so, in this language."""
    outlet = _Outlet()
    lines = iter(rows)
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _XML + content)
        with archive.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            while some := [_row(row, language) for row in islice(lines, ROWS_AT_ONCE)]:
                sheet.write("".join(some).encode())
                yield outlet.take()
            sheet.write(b"</sheetData></worksheet>")
    yield outlet.take()


def _row(row: Sequence[str], language: str) -> str:
    return f"<row>{''.join([_cell(text, language) for text in row])}</row>"


def _cell(text: str, language: str) -> str:
    if not text:
        return "<c/>"
    told = _ESCAPE.sub(lambda found: "_x005F_" if found[0] == "_" else "_x000D_", _NOT_XML.sub("", neutralise(text)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_fitting(told, language))}</t></is></c>'


def _fitting(text: str, language: str) -> str:
    if len(text) <= LONGEST_CELL // 2 or units(text) <= LONGEST_CELL:
        return text
    with translation.override(language):
        kept = text.encode("utf-16-le")[: 2 * (LONGEST_CELL - 200)].decode("utf-16-le", "ignore")
        words = _("… (the CSV file has the rest, which does not fit in a cell; characters: %(count)s)")
        return kept + words % {"count": number(len(text) - len(kept))}


def units(text: str) -> int:
    """As a workbook counts: signs beyond the first plane are two."""
    return len(text) + sum(sign > "\uffff" for sign in text)


KINDS: dict[TableFile, Written] = {
    TableFile.CSV: Written(
        content_type="text/csv; charset=utf-8", pieces=lambda rows, language: csv_lines(rows, language=language)
    ),
    TableFile.XLSX: Written(
        content_type=f"{_TYPE}.sheet", pieces=lambda rows, language: xlsx_pieces(rows, language=language)
    ),
}
