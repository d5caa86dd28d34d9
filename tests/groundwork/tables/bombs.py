"""Small files that ask for a lot: a bomb of each kind, made when a test asks for it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO

from tests.groundwork.tables.files import MIMETYPE, XLS, ods, ods_table

MB = 10**6
HEAD = "<row r='1'>" + "".join(f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in ("Number", "Opened", "Title"))
HEAD += "</row>"
MAIN = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
LINKS = "xmlns='http://schemas.openxmlformats.org/package/2006/relationships'"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ROW = "<row><c t='inlineStr'><is><t>INC1</t></is></c><c t='inlineStr'><is><t>13/01/2026 09:00</t></is></c></row>"
Part = Iterable[bytes]


def repeated(before: str, one: str, times: int, after: str) -> Part:
    """In pieces, so that no bomb stands whole in the memory of who makes it."""
    yield before.encode()
    piece, whole = max(1, 2 * MB // len(one)), one.encode()
    for _ in range(times // piece):
        yield whole * piece
    yield whole * (times % piece)
    yield after.encode()


def packed(parts: Mapping[str, Part]) -> bytes:
    """An archive of these parts: one of a repeated text becomes a thousandth."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, pieces in parts.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as part:
                for piece in pieces:
                    part.write(piece)
    return stream.getvalue()


def xlsx(sheet: Part = (), *, sheets: str = "", names: str = "", parts: Mapping[str, Part] | None = None) -> bytes:
    """A workbook of one sheet, some of whose parts are otherwise."""
    sheets = sheets or "<sheet name='Incidents' sheetId='1' r:id='rId1'/>"
    standard: dict[str, Part] = {
        "[Content_Types].xml": [
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
            "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
            f"<Override PartName='/xl/workbook.xml' ContentType='{KINDS}.sheet.main+xml'/>"
            f"<Override PartName='/xl/worksheets/sheet1.xml' ContentType='{KINDS}.worksheet+xml'/>"
            f"<Override PartName='/xl/styles.xml' ContentType='{KINDS}.styles+xml'/>"
            f"<Override PartName='/xl/sharedStrings.xml' ContentType='{KINDS}.sharedStrings+xml'/></Types>".encode()
        ],
        "_rels/.rels": [
            f"<Relationships {LINKS}><Relationship Id='rId1' Type='{OFFICE}/officeDocument' "
            "Target='xl/workbook.xml'/></Relationships>".encode()
        ],
        "xl/workbook.xml": [
            f"<workbook {MAIN} xmlns:r='{OFFICE}'><sheets>{sheets}</sheets>{names}</workbook>".encode()
        ],
        "xl/_rels/workbook.xml.rels": [
            f"<Relationships {LINKS}>"
            f"<Relationship Id='rId1' Type='{OFFICE}/worksheet' Target='worksheets/sheet1.xml'/>"
            f"<Relationship Id='rId2' Type='{OFFICE}/styles' Target='styles.xml'/>"
            f"<Relationship Id='rId3' Type='{OFFICE}/sharedStrings' Target='sharedStrings.xml'/>"
            "</Relationships>".encode()
        ],
        "xl/worksheets/sheet1.xml": sheet or sheet_of(ROW, 1),
        "xl/styles.xml": [f"<styleSheet {MAIN}/>".encode()],
        "xl/sharedStrings.xml": [f"<sst {MAIN}/>".encode()],
    }
    return packed({**standard, **(parts or {})})


def sheet_of(row: str, times: int) -> Part:
    return repeated(f"<worksheet {MAIN}><sheetData>{HEAD}", row, times, "</sheetData></worksheet>")


def styles(times: int) -> bytes:
    fonts = repeated(f"<styleSheet {MAIN}><cellXfs count='{times}'>", "<xf/>", times, "</cellXfs></styleSheet>")
    return xlsx(parts={"xl/styles.xml": fonts})


def shared_strings(times: int) -> bytes:
    return xlsx(parts={"xl/sharedStrings.xml": repeated(f"<sst {MAIN}>", "<si><t/></si>", times, "</sst>")})


def endless_ods(row: str) -> bytes:
    head = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        for name in ("Number", "Opened", "Title")
    )
    return ods(ods_table(f"<table:table-row>{head}</table:table-row>{row}"))


def ods_styles(times: int) -> bytes:
    content = repeated("<office:document-content>", "<style:style/>", times, "</office:document-content>")
    return packed({"mimetype": [MIMETYPE], "content.xml": content})


def _links(times: int) -> Part:
    one = f"<Relationship Id='r' Type='{OFFICE}/worksheet' Target='worksheets/sheet1.xml'/>"
    return repeated(f"<Relationships {LINKS}>", one, times, "</Relationships>")


def _types(times: int) -> Part:
    return repeated(
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>",
        "<Override PartName='/x' ContentType='x'/>",
        times,
        "</Types>",
    )


_TEXT = "<c t='inlineStr'><is><t>{}</t></is></c>"
_REPEATED_CELL = '<table:table-cell table:number-columns-repeated="{}" office:value-type="float" office:value="1"/>'
_REPEATED_ROW = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'

WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "styles": lambda: styles(1_000_000),
    "styles, as many as are allowed": lambda: styles(390_000),
    "shared strings": lambda: shared_strings(3_000_000),
    "shared strings, as many as are allowed": lambda: shared_strings(1_200_000),
    "many cells": lambda: xlsx(sheet_of("<row>" + _TEXT.format("x") * 30 + "</row>", 60_000)),
    "cells without a place": lambda: xlsx(sheet_of("<row>" + "<c/>" * 1_900 + "</row>", 10_000)),
    "a row at the end of the sheet": lambda: xlsx(sheet_of(ROW.replace("<row>", "<row r='1048576'>"), 1)),
    "rows that say the same number": lambda: xlsx(sheet_of(ROW.replace("<row>", "<row r='1'>"), 900_000)),
    "empty rows": lambda: xlsx(sheet_of("<row/>", 8_000_000)),
    "a wide row": lambda: xlsx(sheet_of("<row>" + _TEXT.format("x") * 16_384 + "</row>", 10)),
    "deep XML": lambda: xlsx(sheet_of("<row><c><is>" + "<r>" * 1_500_000, 1)),
    "many sheets": lambda: xlsx(
        sheets="".join(f"<sheet name='Sheet {number}' sheetId='{number}' r:id='rId1'/>" for number in range(1, 60_000))
    ),
    "links": lambda: xlsx(parts={"xl/_rels/workbook.xml.rels": _links(400_000)}),
    "kinds of parts": lambda: xlsx(parts={"[Content_Types].xml": _types(900_000)}),
    "defined names": lambda: xlsx(
        names="<definedNames>" + "<definedName name='n'>Incidents!$A$1</definedName>" * 80_000 + "</definedNames>"
    ),
    "a huge text": lambda: xlsx(sheet_of("<row>" + _TEXT.format("x" * 3 * MB) + "</row>", 25)),
    "a ratio of a thousand": lambda: xlsx(sheet_of("<row>" + _TEXT.format(" " * 3 * MB) + "</row>", 60)),
    "many parts": lambda: xlsx(parts={f"xl/media/{number}.png": [b""] for number in range(20_000)}),
    "drawings": lambda: xlsx(parts={"xl/drawings/drawing1.xml": repeated("<d>", "<a/>", 8_000_000, "</d>")}),
    "tags that never end": lambda: xlsx(sheet_of("<row ", 8_000_000)),
    "hidden rows that never end": lambda: xlsx(sheet_of("<row " + "hidden='1' " * 90_000, 1)),
    "cells of an open document that are repeated": lambda: endless_ods(
        _REPEATED_ROW.format(1_048_576, _REPEATED_CELL.format(16_384))
    ),
    "rows of an open document that are repeated": lambda: endless_ods(
        _REPEATED_ROW.format(1_000_000, _REPEATED_CELL.format(30))
    ),
    "styles of an open document": lambda: ods_styles(8_000_000),
    "an old workbook that is broken": lambda: XLS.read_bytes()[:1_500] + b"\xff" * 2 * MB,
    "an old workbook with a far cell": lambda: XLS.read_bytes().replace(
        b"\x7e\x02\x0a\x00\x03\x00\x04\x00", b"\x7e\x02\x0a\x00\xff\xff\xff\x00"
    ),
    "an archive that ends in the middle": lambda: styles(1_000)[:-30],
}

_CSV = b"Number,Opened,Title\r\nINC1,13/01/2026 09:00,x\r\n"
TEXTS: dict[str, Callable[[], bytes]] = {
    "quoted line ends without end": lambda: _CSV + b'"' + b"x\r\n" * 5_000_000,
    "a text of many lines in each cell": lambda: _CSV + (b'INC,"' + b"x\n" * 900_000 + b'",x\r\n') * 30,
    "one line": lambda: b"x" * 50 * MB,
    "a heading of a million columns": lambda: b"Number," * 1_000_000 + b"\r\nINC1,2\r\n",
    "a row of fifty million columns": lambda: _CSV + b"," * 50 * MB,
    "a million columns again and again": lambda: _CSV + (b"," * 1_000_000 + b"\r\n") * 80,
    "empty lines": lambda: _CSV + b"\n" * 60 * MB,
    "empty lines before all": lambda: b"\n" * 40 * MB + _CSV,
    "letters that are none": lambda: _CSV + b"\xc3\x28" * 25 * MB,
    "letters of Windows": lambda: _CSV + b"\xe9\xe8 \xe0\r\n" * 15 * MB,
    "signs of two bytes": lambda: b"\xff\xfe" + (_CSV.decode() + "é" * 30 * MB).encode("utf-16-le"),
    "quotation marks": lambda: _CSV + b'"",' * 20 * MB,
    "as many columns as are allowed": lambda: (
        b",".join(b"Column %d" % number for number in range(1_999))
        + b"\n"
        + (b",".join([b"x"] * 1_999) + b"\n") * 10_000
    ),
    "many rows": lambda: _CSV + b"INC,13/01/2026 09:00,x\r\n" * 4 * MB,
}

# Within two megabytes, as files of vendors and of the bank may have.
SMALL = {name: make for name, make in WORKBOOKS.items() if name not in {"many parts", "an old workbook that is broken"}}
SMALL_TEXTS: dict[str, Callable[[], bytes]] = {
    "one line": lambda: b"x" * 2 * MB,
    "columns": lambda: b"Name" + b"," * 1_900_000,
    "empty lines": lambda: b"Name\n" + b"\n" * 1_900_000,
    "rows": lambda: b"Name;Tier\n" + b"V;1\n" * 450_000,
    "as many rows as are allowed": lambda: (
        b"Name;Tier;Notes\n" + b"".join(b"V%d;critical;x\n" % n for n in range(5_000))
    ),
    "letters that are none": lambda: b"Name\n" + b"\xc3\x28" * 900_000,
    "a quotation mark that never ends": lambda: b'Name\n"' + b"x\n" * 900_000,
}
