"""Files as people really send them: read, or refused with a reason; never a crash, never a wrong text."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from groundwork.tables.cells import ImportRefused, tidy
from groundwork.tables.writing import as_csv
from tests.groundwork.tables.files import XLS, as_ods
from vendors.vendor_import.table import LIMITS, read

COLUMNS = ("Name", "Reference", "Notes")
LINES = [list(COLUMNS), ["Société Générique", "V-1", "Größe – “fine”"], ["Tweede", "V-2", ""]]


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read(content).rows]


def joined(delimiter: str = ",", end: str = "\n") -> str:
    return end.join(delimiter.join(line) for line in LINES) + end


def workbook(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    book = Workbook()
    book.active.title = "First"
    for title, content in {"First": rows, **more}.items():
        page = book["First"] if title == "First" else book.create_sheet(title)
        for row in content:
            page.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# Text ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_usual_encodings_and_delimiters_give_the_same_rows(encoding: str, delimiter: str) -> None:
    table = read(joined(delimiter, "\r\n").encode(encoding))
    assert table.header == COLUMNS
    assert [row.cells for row in table.rows] == [("Société Générique", "V-1", "Größe – “fine”"), ("Tweede", "V-2", "")]


def test_utf_16_of_either_byte_order_is_read_by_its_mark() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert len(cells(mark + joined(";").encode(encoding))) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end: str) -> None:
    assert len(cells(joined(";", end).encode())) == 2


def test_quoted_delimiters_quotes_and_line_ends_belong_to_their_cell() -> None:
    table = read(b'Name;Notes;Reference\n"A; B";"one\r\ntwo ""three""";1\nC;;2\n')
    assert [row.cells for row in table.rows] == [("A; B", 'one\ntwo "three"', "1"), ("C", "", "2")]
    assert [row.line for row in table.rows] == [2, 4]


def test_commas_in_a_file_of_one_column_stay_in_the_names() -> None:
    assert cells(b"Name\nExample, Inc.\nSample; Works\n") == [("Example, Inc.",), ("Sample; Works",)]


def test_the_delimiter_is_the_one_that_makes_sense_of_the_headings() -> None:
    assert cells(b"Name;Notes, long and short, of all kinds\nExample;a, b\n") == [("Example", "a, b")]


def test_the_line_that_names_the_separator_is_followed() -> None:
    table = read(b"sep=|\r\nName|Notes\r\nExample|a;b\r\n")
    assert table.header == ("Name", "Notes")
    assert [(row.line, row.cells) for row in table.rows] == [(3, ("Example", "a;b"))]


def test_empty_lines_are_passed_over_but_counted() -> None:
    assert [row.line for row in read(b"\n\nName;Notes\n;\n\nExample;\n").rows] == [6]


def test_a_quotation_mark_left_open_is_refused_with_its_line() -> None:
    with pytest.raises(ImportRefused, match="Line 3"):
        read(b'Name;Notes\nA;b\n"C;d\nE;f\n')


def test_what_cannot_be_seen_is_left_out_and_spaces_around_go() -> None:
    assert cells("Name;Notes\n\u00a0 Example\x0c ;x\n".encode()) == [("Example", "x")]


# What is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \r\n\t\n",
        b"\xef\xbb\xbf",
        b"Name;Notes\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
        b"PK\x03\x04 not a real archive",
        b"Name\x81;Notes\nx;y\n",
        "Name;Notes\nA;B\n".encode("utf-16-le"),
        b"\xff\xfeN",
        b"Name;" + b";" * 80 + b"\nA\n",
        b"Name\n" + b"x" * (LIMITS.text_bytes + 1),
    ],
    ids=[
        "nothing", "spaces", "only a mark", "only headings", "picture", "old Excel", "broken archive", "no characters",
        "UTF-16 without its mark", "half a character", "too wide", "too large",
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(ImportRefused, match=r"\w{3}"):
        read(content)


def test_five_thousand_rows_are_read_and_one_more_is_refused() -> None:
    rows = "Name;Reference\n" + "".join(f"Vendor {number};{number}\n" for number in range(LIMITS.text_rows))
    assert len(read(rows.encode()).rows) == LIMITS.text_rows
    with pytest.raises(ImportRefused, match="5,000"):
        read((rows + "One more;x\n").encode())


def test_a_file_of_empty_lines_is_refused_and_not_walked_through() -> None:
    with pytest.raises(ImportRefused):
        read(b"Name;Notes\n" + b";\n" * 400_000)


# XLSX ------------------------------------------------------------------------------------------------------------
def test_a_workbook_is_read_with_its_numbers_dates_and_yes_or_no_as_text() -> None:
    content = workbook([["Name", "Reference", "Notes"], ["Example", 12.0, date(2026, 3, 2)], ["Sample", 7, 1.5]])
    assert cells(content) == [("Example", "12", "2026-03-02"), ("Sample", "7", "1.5")]


def test_of_several_sheets_the_first_is_read_and_named() -> None:
    table = read(workbook([["Name"], ["Example"]], Other=[["Name"], ["Not this one"]]))
    assert table.sheet == "First"
    assert [row.cells for row in table.rows] == [("Example",)]


def test_formulas_and_errors_are_marked_and_never_run() -> None:
    row = read(workbook([["Name", "Reference", "Notes"], ['=HYPERLINK("https://evil.example")', "V-1", "#N/A"]])).rows[
        0
    ]
    assert row.faulty == (0, 2)
    assert row.cells[0].startswith("=HYPERLINK")


def test_empty_rows_and_columns_of_a_sheet_do_no_harm() -> None:
    table = read(workbook([[], ["Name", None, "Notes", None], [], ["Example", None, None, None]]))
    assert table.header == ("Name", "", "Notes")
    assert [(row.line, row.cells) for row in table.rows] == [(4, ("Example",))]


def test_a_sheet_that_claims_a_million_rows_is_refused() -> None:
    book = Workbook()
    book.active.append(["Name"])
    book.active.cell(row=1_000_000, column=1, value="Far away")
    stream = BytesIO()
    book.save(stream)
    with pytest.raises(ImportRefused):
        read(stream.getvalue())


def test_a_workbook_with_too_many_rows_is_refused() -> None:
    with pytest.raises(ImportRefused, match="5,000"):
        read(workbook([["Name"], *([f"Vendor {number}"] for number in range(LIMITS.text_rows + 1))]))


def test_a_workbook_too_wide_is_refused() -> None:
    with pytest.raises(ImportRefused):
        read(workbook([["Name", *range(80)], ["Example"]]))


def test_an_old_excel_file_and_an_open_document_are_read() -> None:
    assert cells(as_ods([COLUMNS, ["Example", "007", "Größe"]])) == [("Example", "007", "Größe")]
    assert [row.line for row in read(XLS.read_bytes()).rows] == [2, 4]


def zipped(**members: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    bomb = zipped(**{"xl/workbook.xml": b"0" * 60_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(ImportRefused, match="too much"):
        read(bomb)


def test_one_long_text_in_every_cell_is_refused() -> None:
    with pytest.raises(ImportRefused, match="too much"):
        read(workbook([["Name", "Notes"], *(["Example", "x" * 30_000] for _ in range(300))]))


@pytest.mark.parametrize(
    "content",
    [
        zipped(**{"readme.txt": b"no workbook"}),
        zipped(**{f"{number}": b"" for number in range(500)}),
        zipped(**{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
        workbook([[]]),
        workbook([["Name"], ["Example"]])[:-40],
    ],
    ids=["no workbook", "many members", "entities", "an empty sheet", "cut off"],
)
def test_what_is_no_workbook_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(ImportRefused, match=r"\w{3}"):
        read(content)


# Properties ------------------------------------------------------------------------------------------------------
@given(
    st.one_of(st.binary(max_size=400), st.text(alphabet="Name;,\t|\"\n\r='\x00é\ufeff", max_size=80).map(str.encode))
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        table = read(content)
    except ImportRefused as refused:
        assert str(refused)
    else:
        assert table.header
        assert table.rows


@given(st.binary(max_size=200))
def test_any_archive_is_read_or_refused(noise: bytes) -> None:
    with pytest.raises(ImportRefused):
        read(b"PK\x03\x04" + noise)


WRITABLE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30).map(tidy)
ODD = st.sampled_from(
    ["=1+1", "@x", "+32 2 555", "-", "'=x", "'quoted'", 'say "x"', "a;b,c|d\te", "two\nlines", "''=x"]
)


@given(st.lists(st.tuples(WRITABLE | ODD, WRITABLE | ODD), min_size=1, max_size=6), st.sampled_from(["en", "fr", "nl"]))
def test_what_is_written_reads_back_the_same(values: list[tuple[str, str]], language: str) -> None:
    rows = [("x" + name, note) for name, note in values]
    written = as_csv([("Name", "Notes"), *rows], language=language)
    assert cells(written) == rows
