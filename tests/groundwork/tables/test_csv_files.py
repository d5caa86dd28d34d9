"""Which line holds the headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest

from groundwork.tables import csv_files
from groundwork.tables.cells import ImportRefused
from groundwork.tables.csv_files import header_place
from groundwork.tables.limits import MB, Limits

LIMITS = Limits(text_bytes=MB, text_rows=10, workbook_bytes=MB, workbook_rows=10, columns=10)
KNOWN = {"Name", "Opened", "Incident"}


def score(line: Sequence[str]) -> int:
    return sum(cell in KNOWN for cell in line)


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ([], None),
        ([["", ""], []], None),
        ([["Name", "Opened"], ["a", "b"]], 0),
        ([["Incidents of March"], [""], ["Foo", "Bar"], ["a", "b"]], 2),
        ([["Incident"], ["Name", "Opened"], ["a", "b"]], 1),
        ([["Name"], ["Example", "Inc."]], 0),
        ([["Foo"], ["a"]], 0),
    ],
    ids=["no line", "empty", "first", "below a title", "below a known word", "alone", "alone and unknown"],
)
def test_the_headings_are_found_below_a_title_and_alone(lines: list[list[str]], place: int | None) -> None:
    assert header_place(lines, score) == place


def test_a_long_cell_is_no_damage_and_one_without_end_is() -> None:
    shape = csv_files.Shape(encoding="utf-8", delimiter=",")
    content = b'a,b\n1,"' + b"x" * 200_000 + b'"\n'
    assert [len(cells[1]) for _line, cells in csv_files.records(BytesIO(content), shape, LIMITS)] == [1, 200_000]
    few = replace(LIMITS, row_characters=100_000)
    with pytest.raises(ImportRefused, match="Line 2 holds too much text"):
        list(csv_files.records(BytesIO(content), shape, few))
    with pytest.raises(ImportRefused, match="Line 2 cannot be read: look at the quotation marks"):
        list(csv_files.records(BytesIO(content.replace(b"xx", b"x\n")), shape, few))
