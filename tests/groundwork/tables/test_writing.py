"""CSV for a spreadsheet: in columns, and never run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from groundwork.tables.writing import BOM, as_csv, csv_lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_written_cell_is_a_formula(text: str) -> None:
    assert as_csv([[text]], language="en").decode("utf-8-sig").lstrip('"').startswith("'")


@pytest.mark.parametrize(("language", "end"), [("en", ","), ("fr", ";"), ("nl", ";")])
def test_columns_end_as_a_spreadsheet_of_the_language_expects(language: str, end: str) -> None:
    assert as_csv([["a", "b"]], language=language).decode("utf-8-sig") == f"a{end}b\r\n"


def test_rows_are_asked_for_one_by_one_and_the_mark_stands_once() -> None:
    asked = []

    def rows() -> Iterator[list[str]]:
        for number in range(3):
            asked.append(number)
            yield [str(number), "é"]

    lines = csv_lines(rows(), language="en")
    assert next(lines).decode() == f"{BOM}0,é\r\n"
    assert asked == [0]
    assert b"".join(lines).decode() == "1,é\r\n2,é\r\n"
