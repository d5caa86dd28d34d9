"""Workbooks as tests need them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

XLS = Path(__file__).with_name("incidents.xls")  # a hidden sheet, and one of two incidents with dates and numbers
MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
HIDDEN = (
    '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def ods(tables: str, before: str = "") -> bytes:
    """Of the XML of its tables."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {NAMES} office:version="1.2">'
        f"<office:automatic-styles>{HIDDEN}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": MIMETYPE, "META-INF/manifest.xml": manifest, "content.xml": content.encode()})


def ods_table(rows: str, name: str = "Incidents", style: str = "") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>'


def as_ods(rows: Sequence[Sequence[str]]) -> bytes:
    """As LibreOffice writes it: with a million empty rows after the last."""
    cells = (
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            if text
            else "<table:table-cell/>"
            for text in row
        )
        for row in rows
    )
    filled = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    rest = '<table:table-cell table:number-columns-repeated="16384"/>'
    return ods(ods_table(f'{filled}<table:table-row table:number-rows-repeated="1048000">{rest}</table:table-row>'))
