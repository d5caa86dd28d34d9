"""CSV and XLSX for a spreadsheet: in columns, a row at a time, never run; and read back as they were."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO

import pytest
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from groundwork.responses import table_response
from groundwork.tables import reading
from groundwork.tables.cells import neutralise, restore
from groundwork.tables.limits import MB, Limits
from groundwork.tables.writing import BOM, LONGEST_CELL, TableFile, as_csv, csv_lines, units, xlsx_pieces

LIMITS = Limits(text_bytes=MB, text_rows=100, workbook_bytes=MB, workbook_rows=100, columns=10)
RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HOSTILE = st.text(alphabet="=+-@'\";,|\t\n\r a＝＋－＠")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "'=1", "''=1"]
)
def test_no_written_cell_is_a_formula(text: str) -> None:
    assert as_csv([[text]], language="en").decode("utf-8-sig").startswith("\"'")


@pytest.mark.parametrize("read_as", [",", ";", "\t", "|"])
@pytest.mark.parametrize("language", ["en", "fr"])
@given(text=HOSTILE | st.sampled_from(["plain;=1+1", 'plain,"=1+1', "plain\t=1", "plain\n=1", "plain;＝1"]))
def test_no_cell_is_a_formula_whatever_sign_a_spreadsheet_takes_for_the_end_of_one(
    language: str, read_as: str, text: str
) -> None:
    written = as_csv([["Title", text], [text, "x"]], language=language).decode("utf-8-sig")
    for row in csv.reader(StringIO(written, newline=""), delimiter=read_as):
        assert not [cell for cell in row if cell.lstrip("\t\r\n").startswith(RUN)]


@given(HOSTILE)
def test_what_was_made_harmless_comes_back_as_it_was(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert restore(neutralise(neutralise(text))) == neutralise(text)


def test_a_text_in_which_nothing_could_begin_stays_as_it_is() -> None:
    for text in ("a - b", "1,5", "it's so", "a; b", "d'accord", "a=b", "“x”, - y"):
        assert neutralise(text) == restore(text) == text


@pytest.mark.parametrize(("language", "end"), [("en", ","), ("fr", ";"), ("nl", ";")])
def test_columns_end_as_a_spreadsheet_of_the_language_expects(language: str, end: str) -> None:
    assert as_csv([["a", "b"]], language=language).decode("utf-8-sig") == f'"a"{end}"b"\r\n'


def test_rows_are_asked_for_one_by_one_and_the_mark_stands_once() -> None:
    asked = []

    def rows() -> Iterator[list[str]]:
        for number in range(3):
            asked.append(number)
            yield [str(number), "é"]

    lines = csv_lines(rows(), language="en")
    assert next(lines).decode() == f'{BOM}"0","é"\r\n'
    assert asked == [0]
    assert b"".join(lines).decode() == '"1","é"\r\n"2","é"\r\n'


# XLSX ------------------------------------------------------------------------------------------------------------
def as_xlsx(rows: Sequence[Sequence[str]], language: str = "en") -> bytes:
    return b"".join(xlsx_pieces(rows, language=language))


def nothing_understood(_header: Sequence[str]) -> int:
    return 0


ROWS = [["Number", "Title"], ["007", "<Größe> & “fine”\nnext"], ["", "  kept  "], ["=1+1", "_x0041_ 😀"]]


def test_a_workbook_holds_the_texts_as_spreadsheets_and_we_ourselves_read_them() -> None:
    book = load_workbook(BytesIO(as_xlsx(ROWS)))
    # openpyxl undoes a workbook's escapes in shared texts alone.
    assert [[cell.value and unescape(str(cell.value)) for cell in row] for row in book["Table"].iter_rows()] == [
        ["Number", "Title"],
        ["007", "<Größe> & “fine”\nnext"],
        [None, "  kept  "],
        ["'=1+1", "_x0041_ 😀"],
    ]
    assert {cell.data_type for row in book["Table"].iter_rows() for cell in row if cell.value} == {"s"}
    with reading.open_table(as_xlsx(ROWS), LIMITS, nothing_understood) as table:
        assert [table.first, *(tuple(map(restore, line.cells)) for line in table.rows)] == list(map(tuple, ROWS))


def test_a_workbook_is_written_while_its_rows_come() -> None:
    asked = []

    def rows() -> Iterator[list[str]]:
        for number in range(1_000):
            asked.append(number)
            yield [str(number), "x" * 100]

    pieces = xlsx_pieces(rows(), language="en")
    first = next(pieces)
    assert len(asked) <= 200
    with zipfile.ZipFile(BytesIO(first + b"".join(pieces))) as archive:
        assert archive.testzip() is None


def test_a_text_longer_than_a_cell_ends_with_words_that_say_so() -> None:
    for text in ("x" * LONGEST_CELL, "😀" * (LONGEST_CELL // 2)):
        assert load_workbook(BytesIO(as_xlsx([[text]])))["Table"]["A1"].value == text
    for text in ("x" * (LONGEST_CELL + 1), "😀" * (LONGEST_CELL // 2 + 1)):
        value = str(load_workbook(BytesIO(as_xlsx([[text]])))["Table"]["A1"].value)
        assert units(value) <= LONGEST_CELL
        assert value.rstrip("0123456789,)").endswith("does not fit in a cell; characters: ")


# The answer ------------------------------------------------------------------------------------------------------
def test_the_address_chooses_the_kind_and_csv_is_the_usual_one() -> None:
    for query, kind in (("", "csv"), ("?file=csv", "csv"), ("?file=xlsx", "xlsx"), ("?file=exe", "csv")):
        for rows in (ROWS, iter(ROWS)):
            with translation.override("fr"):
                response = table_response(RequestFactory().get(f"/{query}"), rows, "incidents")
            assert response["Content-Disposition"] == f'attachment; filename="incidents.{kind}"'
            content = b"".join(response)
            assert content.startswith(b"PK" if kind == TableFile.XLSX else b'\xef\xbb\xbf"Number";"Title"')
