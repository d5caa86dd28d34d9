"""What a workbook unpacks to is looked at before any of its XML is read."""

from __future__ import annotations

import zipfile
from dataclasses import asdict, replace
from io import BytesIO

import pytest

from groundwork.tables import guard
from groundwork.tables.guard import ENTITIES, TOO_MUCH, UNREADABLE, Refused
from groundwork.tables.limits import MB, Limits
from tests.groundwork.tables.files import zipped

LIMITS = Limits(text_bytes=MB, text_rows=10, workbook_bytes=MB, workbook_rows=10, columns=10)
TYPES = {"[Content_Types].xml": b"<Types/>"}
SHEET = "xl/worksheets/sheet1.xml"


def look(members: dict[str, bytes], limits: Limits = LIMITS) -> guard.Contents:
    return guard.look_inside(BytesIO(zipped(members)), guard.weights_of(asdict(limits)))


def refusal(members: dict[str, bytes], limits: Limits = LIMITS) -> str:
    with pytest.raises(Refused) as refused:
        look(members, limits)
    return refused.value.args[0]


@pytest.mark.parametrize(
    ("members", "limits"),
    [
        ({f"xl/{number}.xml": b"" for number in range(11)}, replace(LIMITS, parts=10)),
        ({"xl/sharedStrings.xml": b"0" * 1_001}, replace(LIMITS, part_bytes=1_000)),
        ({f"xl/{number}.xml": b"0" * 1_000 for number in range(3)}, replace(LIMITS, part_bytes=1_000)),
        ({SHEET: b"0" * 1_001}, replace(LIMITS, sheet_bytes=1_000)),
        ({f"{SHEET}{number}.xml": b"0" * 1_000 for number in range(3)}, replace(LIMITS, unpacked_bytes=2_000)),
        ({"content.xml": b"0" * 1_001}, replace(LIMITS, sheet_bytes=1_000)),
        ({SHEET: b"<row>" + b"<c/>" * MB}, replace(LIMITS, row_bytes=MB)),
        ({"xl/sharedStrings.xml": b"<si/>" * 1_001}, replace(LIMITS, part_tags=1_000)),
        ({f"xl/{number}.xml": b"<a/>" * 500 for number in range(3)}, replace(LIMITS, part_tags=1_000)),
        ({"xl/styles.xml": b"<xf/>" * 1_001}, replace(LIMITS, style_tags=1_000)),
        ({SHEET: b"<c/>" * 1_001}, replace(LIMITS, sheet_tags=1_000)),
        ({"content.xml": b"<c/>" * 1_001}, replace(LIMITS, sheet_tags=1_000)),
        ({"xl/workbook.xml": b"<sheet name='a'/>" * 1_001}, replace(LIMITS, sheets=1_000)),
    ],
    ids=[
        "parts",
        "a part",
        "parts together",
        "a sheet",
        "sheets together",
        "an ODS sheet",
        "a row",
        "elements of a part",
        "elements of parts together",
        "styles",
        "elements of a sheet",
        "elements of an ODS sheet",
        "names of sheets",
    ],
)
def test_what_unpacks_to_too_much_is_refused(members: dict[str, bytes], limits: Limits) -> None:
    assert refusal(members | TYPES, limits) == TOO_MUCH
    look({SHEET: b"<row></row>"} | TYPES, limits)


def test_entities_are_found_between_two_chunks_and_in_any_encoding() -> None:
    before = b" " * (guard.CHUNK - 4)
    for text in ("<!DOCTYPE x>", "<!ENTITY x>"):
        for encoding in ("ascii", "utf-16-le", "utf-16-be"):
            assert refusal({"any/part.xml": before + text.encode(encoding)}) == ENTITIES


@pytest.mark.parametrize("cell", [b"<c><f>1+1</f></c>", b'<c r="A1" t="e">', b'<x:c><x:f t="shared"/>', b"<c t='e'/>"])
def test_formulas_and_errors_of_a_sheet_are_noticed(cell: bytes) -> None:
    assert look({SHEET: b"<row>" + cell} | TYPES).has_faults
    assert not look({SHEET: b"<row><c t='s'><v>1</v></c>", "xl/other.xml": cell} | TYPES).has_faults


@pytest.mark.parametrize("members", [{"readme.txt": b"x"}, {**TYPES, "xl/workbook.bin": b"x"}], ids=["any", "XLSB"])
def test_other_archives_are_no_workbooks(members: dict[str, bytes]) -> None:
    assert refusal(members) == UNREADABLE


def test_a_size_that_is_a_lie_is_refused() -> None:
    content = bytearray(zipped({SHEET: b"<row>" * 10_000} | TYPES))
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        at = archive.start_dir
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")  # the unpacked size, as the directory has it
    with pytest.raises(Refused, match=UNREADABLE):
        guard.look_inside(BytesIO(bytes(content)), guard.weights_of(asdict(LIMITS)))
