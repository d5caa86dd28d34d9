"""Which line holds the headings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from groundwork.tables.csv_files import header_place

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
