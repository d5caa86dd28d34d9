"""Files as people really send them: read as a stream, or refused with a reason."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import Limits
from groundwork.tables.reading import distinct_headings, open_table
from tests.vendors.incident_import.files import HEADER, as_csv, as_xlsx
from vendors.incident_import.columns.presets import understood
from vendors.incident_import.limits import FILE

ROWS = [
    ["INC-1", "29/2/2016 01:16", "", "Größe – “fine”, d’été", "1", "Société Générale"],
    ["INC-2", "", "", "x", "", ""],
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def read(path: Path, content: bytes, limits: Limits = FILE, **named: Any) -> tuple[tuple[str, ...], list[list[str]]]:
    path.write_bytes(content)
    with open_table(path, limits, understood, **named) as table:
        return table.header, [list(line.cells) for line in table.rows]


def refused(path: Path, content: bytes, limits: Limits = FILE) -> str:
    with pytest.raises(ImportRefused) as error:
        read(path, content, limits)
    return str(error.value)


# Text ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_usual_encodings_and_delimiters_give_the_same_rows(path: Path, encoding: str, delimiter: str) -> None:
    assert read(path, as_csv(ROWS, encoding=encoding, delimiter=delimiter)) == (HEADER, ROWS)


def test_letters_that_windows_does_not_know_are_latin_1(path: Path) -> None:
    content = as_csv([["INC-1", "", "", "caf\u00e9 \u0081", "", ""]], encoding="latin-1")
    assert read(path, content)[1][0][3].startswith("café")


def test_utf_8_with_a_few_damaged_letters_is_refused_and_not_read_as_something_else(path: Path) -> None:
    content = as_csv([["INC-1", "", "", "é" * 30, "", ""]]).replace("é".encode(), b"\xe9", 1)
    assert "damaged" in refused(path, content)
    assert "damaged" in refused(path, b"\xef\xbb\xbf" + as_csv(ROWS, encoding="cp1252"))


def test_a_letter_of_two_bytes_between_two_chunks_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundwork.tables.csv_files.CHUNK", 7)
    assert read(path, as_csv(ROWS)) == (HEADER, ROWS)


def test_the_line_that_names_the_separator_is_followed(path: Path) -> None:
    assert read(path, b"sep=;\r\n" + as_csv(ROWS, delimiter=";")) == (HEADER, ROWS)


def test_quoted_line_ends_belong_to_their_cell_and_lines_keep_their_numbers(path: Path) -> None:
    path.write_bytes(b'Number;Title\r\n1;"two\r\nlines; and ""more"""\r\n\r\n2;x\r\n')
    with open_table(path, FILE, understood) as table:
        rows = list(table.rows)
    assert [(row.number, list(row.cells)) for row in rows] == [(2, ["1", 'two\r\nlines; and "more"']), (5, ["2", "x"])]


def test_a_title_above_the_table_is_no_heading(path: Path) -> None:
    assert read(path, b"Incidents of March\n\nNumber;Opened\n1;2026-01-01\n")[0] == ("Number", "Opened")


def test_nought_bytes_do_no_harm(path: Path) -> None:
    assert read(path, as_csv(ROWS).replace(b"INC-1", b"INC\0-1"))[1][0][0] == "INC\0-1"


def test_headings_that_occur_twice_are_told_apart() -> None:
    header = ["Number", "Comment", "Comment", "", "Comment (1)"]
    assert distinct_headings(header) == ("Number", "Comment (2)", "Comment (3)", "Column 4", "Comment (1)")


def test_a_quotation_mark_that_never_ends_is_told_with_its_line(path: Path) -> None:
    assert "Line 3 cannot be read" in refused(path, b'Number,Opened\n1,2\n3,"4\n5,6\n')


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"%PDF-1.7 \x00\x01\x02", "neither a CSV nor an XLSX"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither a CSV nor an XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as XLSX"),
        (b"PK\x03\x04 not a zip", "not an XLSX workbook"),
    ],
)
def test_what_is_no_table_is_refused(path: Path, content: bytes, words: str) -> None:
    assert words in refused(path, content)


def test_too_many_columns_rows_and_bytes_are_refused(path: Path) -> None:
    wide = [f"H{number}" for number in range(2_001)]
    assert "Line 1 has more than 2,000 cells" in refused(path, as_csv([["1"]], header=wide))
    assert "Line 1 has more than 2,000 cells" in refused(path, as_xlsx([["1"]], header=wide))
    assert "Line 2 has more than 2,000 cells" in refused(path, as_csv([["x"] * 2_001]))
    assert "more than 1 row" in refused(path, as_csv(ROWS), replace(FILE, text_rows=1))
    assert "larger than" in refused(path, as_csv(ROWS), replace(FILE, text_bytes=10))


def test_a_million_rows_end_at_the_limit_and_are_read_one_by_one(path: Path) -> None:
    with path.open("w") as file:
        file.write("Number,Opened\n")
        file.writelines("INC,2026-01-01\n" for _ in range(1_000_000))
    count = 0
    with pytest.raises(ImportRefused, match="more than 500"), open_table(path, FILE, understood) as table:
        for _line in table.rows:
            count += 1
    assert count == 500_000


# Not a lone carriage return: the writer forgets the quotation marks around it.
cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=10)


@given(
    rows=st.lists(st.lists(cells, min_size=6, max_size=6).filter(any), min_size=1, max_size=5),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_what_any_dialect_writes_is_read_the_same(  # noqa: PLR0917
    tmp_path_factory: pytest.TempPathFactory, rows: Any, delimiter: str, encoding: str, end: str, quoting: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "file"
    filling = [["INC-0", "", "", "plain words to tell the kind of file by", "", ""]] * 12
    content = as_csv([*filling, *rows], delimiter=delimiter, encoding=encoding, end=end, quoting=quoting)
    assert read(path, content) == (HEADER, [*filling, *rows])


# Workbooks -------------------------------------------------------------------------------------------------------
def test_a_workbook_gives_the_same_rows(path: Path) -> None:
    header, rows = read(path, as_xlsx(ROWS))
    assert (header, [[*row, "", "", ""][:6] for row in rows]) == (HEADER, ROWS)


def test_dates_and_numbers_of_a_workbook_are_texts_that_are_read_again(path: Path) -> None:
    from datetime import datetime

    row = read(path, as_xlsx([[7, datetime(2016, 2, 29, 1, 16), 42429.5, True, 1.0, None]]))[1][0]
    assert row[:5] == ["7", "2016-02-29T01:16:00", "42429.5", "True", "1"]


def test_formulas_and_errors_are_marked(path: Path) -> None:
    path.write_bytes(as_xlsx([["INC-1", "=NOW()", "#N/A", "x", "", ""]]))
    with open_table(path, FILE, understood) as table:
        assert next(table.rows).faulty == {1, 2}


def test_the_sheet_that_was_named_is_read_and_a_missing_one_told(path: Path) -> None:
    book = Workbook()
    book.active.append(["Nothing", "here"])
    other = book.create_sheet("Incidents")
    other.append(HEADER)
    other.append(ROWS[1])
    book.save(path)
    assert read(path, path.read_bytes(), sheet="Incidents")[0] == HEADER
    with pytest.raises(ImportRefused, match="no sheet “Other”"):
        read(path, path.read_bytes(), sheet="Other")


def zipped(members: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_zip_bombs_and_entities_are_refused_before_any_xml_is_read(path: Path) -> None:
    limits = replace(FILE, part_bytes=1_000_000, row_bytes=2_000_000)
    strings = zipped({"[Content_Types].xml": b"<Types/>", "xl/sharedStrings.xml": b"<t>a</t>" * 200_000})
    endless = zipped({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b"<row>" + b"<c/>" * 800_000})
    for content in (strings, endless):
        assert "unpacks to too much" in refused(path, content, limits)
    many = zipped({"[Content_Types].xml": b"<Types/>", **{f"xl/{number}.xml": b"" for number in range(401)}})
    assert "unpacks to too much" in refused(path, many)
    entities = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'})
    assert "entities" in refused(path, entities)


def test_rows_that_are_claimed_but_empty_end_the_sheet(path: Path) -> None:
    content = as_xlsx([ROWS[0], *[[None]] * 10, ROWS[1]])
    assert read(path, content, replace(FILE, empty_rows=3))[1] == [ROWS[0]]
