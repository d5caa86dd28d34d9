"""XLSX, XLS and ODS: read by a process of its own, which a bomb may end and nothing else."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from groundwork.tables import guard, reading, workbooks
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import MB, Haste, Limits, TookTooLong
from groundwork.tables.sources import TableKind
from tests.groundwork.tables.files import XLS, as_ods, ods, ods_table

LIMITS = Limits(text_bytes=MB, text_rows=100, workbook_bytes=MB, workbook_rows=100, columns=100, memory_bytes=300 * MB)


def nothing_understood(_header: Sequence[str]) -> int:
    return 0


def rows_of(
    source: bytes | Path, limits: Limits = LIMITS, sheet: str = "", haste: Haste | None = None
) -> list[list[str]]:
    """With the headings."""
    with reading.open_table(source, limits, nothing_understood, sheet=sheet, haste=haste) as table:
        return [list(table.first), *(list(line.cells) for line in table.rows)]


def refusal(source: bytes | Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(ImportRefused) as refused:
        rows_of(source, limits)
    return str(refused.value)


def xlsx(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(*rows: Sequence[Any]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    return book


# What cells say --------------------------------------------------------------------------------------------------
ROWS = [
    ["Number", "Opened", "Closed", "Took", "Title"],
    ["007", datetime(2026, 2, 28, 13, 5, 59), date(2026, 3, 1), time(3, 4), " two\nlines "],
    [12.0, 0.1, True, timedelta(hours=30), "Größe – d’été"],
    [None, -5, False, 10**12, "\u2028"],
]
SAID = [
    ["Number", "Opened", "Closed", "Took", "Title"],
    ["007", "2026-02-28T13:05:59", "2026-03-01", "03:04:00", " two\nlines "],
    ["12", "0.1", "True", "1 day, 6:00:00", "Größe – d’été"],
    ["", "-5", "False", "1000000000000", "\u2028"],
]


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("counts_from_1904", [False, True])
def test_both_readers_say_the_same_of_texts_numbers_and_dates(
    monkeypatch: pytest.MonkeyPatch, is_slow: bool, counts_from_1904: bool
) -> None:
    book = book_of(*ROWS)
    if counts_from_1904:
        book.epoch = CALENDAR_MAC_1904
    monkeypatch.setattr(workbooks, "_readers", lambda _kind: [is_slow])
    assert rows_of(xlsx(book)) == SAID


@pytest.mark.parametrize("is_slow", [False, True])
def test_columns_and_rows_before_the_table_keep_their_places(monkeypatch: pytest.MonkeyPatch, is_slow: bool) -> None:
    book = Workbook()
    for place, text in (("C3", "A"), ("D3", "B"), ("C5", "1"), ("D5", "2")):
        book.active[place] = text
    monkeypatch.setattr(workbooks, "_readers", lambda _kind: [is_slow])
    with reading.open_table(xlsx(book), LIMITS, nothing_understood) as table:
        assert table.first == ("", "", "A", "B")
        assert [(line.number, list(line.cells)) for line in table.rows] == [(5, ["", "", "1", "2"])]


def test_a_formula_and_an_error_are_marked_where_they_stand() -> None:
    with reading.open_table(xlsx(book_of(["A", "B"], ["x", "=1+1"], ["#N/A", 2])), LIMITS, nothing_understood) as table:
        assert [(list(line.cells), line.faulty) for line in table.rows] == [(["x", "=1+1"], {1}), (["#N/A", "2"], {0})]


def test_what_the_quick_reader_does_not_understand_is_read_by_the_slow_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "program.py"
    broken.write_text(workbooks.PROGRAM.read_text().replace("CalamineWorkbook.from_filelike(file)", "1 / 0"))
    monkeypatch.setattr(workbooks, "PROGRAM", broken)
    assert rows_of(xlsx(book_of(["A", "B"], ["1", "2"]))) == [["A", "B"], ["1", "2"]]
    assert "ODS file is damaged" in refusal(as_ods([["A", "B"], ["1", "2"]]))


def test_the_first_rows_of_a_large_workbook_are_told_before_all_of_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    lines = workbooks._lines

    def watched(*given: Any) -> Any:
        for told in lines(*given):
            if isinstance(told, dict):
                started.append(told["is_slow"])
            yield told

    monkeypatch.setattr(workbooks, "_lines", watched)
    content = xlsx(book_of(["A", "B"], ["1", "2"]))
    for most in (MB, 100):
        monkeypatch.setattr(workbooks, "SAMPLED_WHOLE", most)
        for haste in (None, Haste(seconds=20, is_sample=True)):
            with reading.open_table(content, LIMITS, nothing_understood, haste=haste) as table:
                assert len(list(table.rows)) == 1
    assert started == [False, False, False, True]


def test_several_sheets_are_read_at_once_and_a_missing_one_is_left_out() -> None:
    book = book_of(["A"], [], ["B"])
    book.create_sheet("Other").append([1])
    book["Other"].sheet_state = "hidden"
    found = reading.sheets_of(xlsx(book), LIMITS, ["Other", "Sheet", "None"])
    assert {name: [(line.number, line.cells) for line in lines] for name, lines in found.items()} == {
        "Other": [(1, ["1"])],
        "Sheet": [(1, ["A"]), (3, ["B"])],
    }


# Old and open formats --------------------------------------------------------------------------------------------
def test_an_old_excel_file_gives_the_sheet_that_can_be_seen() -> None:
    with reading.open_table(XLS, LIMITS, nothing_understood) as table:
        assert table.sheets == ("Incidents",)
        assert [(line.number, list(line.cells)) for line in table.rows] == [
            (2, ["INC-1", "2016-02-29T01:16:00", "2016-03-01", "Größe – d’été", "1", "Société Générale"]),
            (4, ["INC-2", "2016-03-02T08:00:00", "", "007", "2.5", "True"]),
        ]


def test_an_open_document_gives_its_rows_and_not_the_million_empty_ones() -> None:
    rows = [["Number", "Title"], ["INC-1", "<Größe> & “fine”"], ["", "x"]]
    assert rows_of(as_ods(rows)) == rows


def test_values_of_an_open_document_are_read_as_they_are_typed() -> None:
    cells = (
        '<table:table-cell office:value-type="float" office:value="7"><text:p>7,00 €</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2026-03-02T08:15:00"><text:p>2/3</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p>'
        "</table:table-cell>"
        '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p>'
        "</table:table-cell>"
    )
    hidden = ods_table("<table:table-row><table:table-cell/></table:table-row>", "Notes", style="h")
    head = '<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>H</text:p>'
    rows = f"<table:table-row>{head}</table:table-cell></table:table-row><table:table-row>{cells}</table:table-row>"
    content = ods(hidden + ods_table(rows))
    assert rows_of(content) == [["H", "H"], ["7", "2026-03-02T08:15:00", "True", "2"]]


# Hostile ones ----------------------------------------------------------------------------------------------------
def repeated(rows: int, columns: int) -> bytes:
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return ods(ods_table(row))


@pytest.mark.parametrize(("rows", "columns"), [(1_048_576, 16_384), (10**18, 2), (2, 10**18)])
def test_a_cell_that_is_repeated_without_end_is_refused_and_ends_only_its_own_process(rows: int, columns: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(repeated(rows, columns))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_two_cells_in_opposite_corners_are_not_taken_for_half_a_terabyte() -> None:
    book = book_of(["A", "B"], ["1", "2"])
    book.active["XFD1048576"] = "far away"
    assert rows_of(xlsx(book)) == [["A", "B"], ["1", "2"]]  # the sheet ends at so many empty rows
    assert "more than 100 rows" in refusal(xlsx(book), replace(LIMITS, lines=1_000))


def test_a_workbook_whose_texts_grow_from_cell_to_cell_is_refused() -> None:
    book = book_of(["A", "B"], *([1, "x" * 30_000] for _ in range(50)))
    assert "too much text" in refusal(xlsx(book), replace(LIMITS, characters=MB))


def test_entities_are_refused_in_an_open_document_too() -> None:
    assert "entities" in refusal(ods("", before='<!DOCTYPE x [<!ENTITY a "b">]>'))


@pytest.mark.parametrize("content", [XLS.read_bytes()[:700], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5_000])
def test_a_damaged_old_excel_file_is_refused(content: bytes) -> None:
    assert "save it as XLSX" in refusal(content)


def test_an_old_excel_file_with_a_cell_in_the_last_corner_is_refused() -> None:
    number_in_e4, number_in_iv65536 = b"\x7e\x02\x0a\x00\x03\x00\x04\x00", b"\x7e\x02\x0a\x00\xff\xff\xff\x00"
    content = XLS.read_bytes()
    assert content.count(number_in_e4) == 1
    assert "unpacks to too much" in refusal(content.replace(number_in_e4, number_in_iv65536))


def test_an_old_excel_file_is_weighed_before_it_is_read() -> None:
    assert "larger than" in refusal(XLS, replace(LIMITS, workbook_bytes=5_000))


def test_what_takes_longer_than_somebody_waits_is_given_up_and_a_worker_has_its_own_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    monkeypatch.setattr(workbooks, "PROGRAM", program)
    program.write_text("import time; time.sleep(20)")
    with pytest.raises(TookTooLong):
        rows_of(XLS, haste=Haste(seconds=0.3))
    program.write_text("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")
    with pytest.raises(TookTooLong):
        rows_of(XLS)


def test_two_files_are_read_at_once_for_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_at_once", BoundedSemaphore(1))
    with reading.open_table(XLS, LIMITS, nothing_understood, haste=Haste(seconds=10)):
        with pytest.raises(TookTooLong):
            rows_of(XLS, haste=Haste(seconds=0.2))
        assert len(rows_of(XLS)) == 3  # a worker waits for nobody
    assert len(rows_of(XLS, haste=Haste(seconds=10))) == 3


def test_of_a_sample_each_cell_is_cut_and_a_row_of_too_much_text_is_refused() -> None:
    content = xlsx(book_of(["A", "B"], ["x" * 500, "y" * 500]))
    assert rows_of(content, haste=Haste(seconds=10, cell_characters=3)) == [["A", "B"], ["xxx", "yyy"]]
    assert "Line 2 holds too much text" in refusal(content, replace(LIMITS, row_characters=999))
    assert rows_of(content, replace(LIMITS, row_characters=1_000))


# The process -----------------------------------------------------------------------------------------------------
def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os; told = {'found': [], 'hidden_rows': 0, 'is_1904': 0}\n"
        "print(json.dumps({'sheets': sorted(os.environ), **told}))"
    )
    monkeypatch.setattr(workbooks, "PROGRAM", program)
    monkeypatch.setenv("SECRET_KEY", "x")
    with workbooks.opened(XLS, TableKind.XLS, LIMITS) as book:
        assert "SECRET_KEY" not in book.sheets
        assert set(book.sheets) <= {*workbooks.KEPT, "LC_CTYPE"}


def test_the_process_is_gone_when_the_caller_has_seen_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Watched(workbooks.subprocess.Popen):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            started.append(self)

    monkeypatch.setattr(workbooks.subprocess, "Popen", Watched)
    content = xlsx(book_of(["A", "B"], *([number, "x"] for number in range(5_000))))
    with ExitStack() as stack:
        limits = replace(LIMITS, workbook_rows=5_000)
        table = stack.enter_context(reading.open_table(content, limits, nothing_understood))
        next(table.rows)
    assert [process.returncode is not None for process in started] == [True]


# What a reader of rows does not see ------------------------------------------------------------------------------
def test_hidden_rows_are_read_and_counted_of_the_sheet_that_is_read() -> None:
    book = book_of(["Number"], [1], [2], [3])
    book.active.title = "Page & more"
    other = book.create_sheet("Other")
    other.append(["Number"])
    other.append([4])
    for sheet, rows in ((book.active, (2, 4, 9)), (other, (2,))):  # the ninth holds nothing
        for row in rows:
            sheet.row_dimensions[row].hidden = True
    book.active.column_dimensions["A"].hidden = True
    told = {}
    for name in ("", "Other"):
        with reading.open_table(xlsx(book), LIMITS, nothing_understood, sheet=name) as table:
            told[name] = (table.hidden_rows, len(list(table.rows)))
    assert told == {"": (2, 3), "Other": (1, 1)}


@pytest.mark.parametrize("chunk", [64, 97, 4096])
def test_a_hidden_row_is_counted_once_wherever_the_reading_stops(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    book = book_of(["Number"], *([number] for number in range(60)))
    for row in range(2, 62, 3):
        book.active.row_dimensions[row].hidden = True
    monkeypatch.setattr(guard, "CHUNK", chunk)
    with reading.open_table(xlsx(book), LIMITS, nothing_understood) as table:
        assert table.hidden_rows == 20


@pytest.mark.parametrize("counts_from_1904", [False, True])
def test_a_workbook_says_from_when_it_counts_its_days(counts_from_1904: bool) -> None:
    book = book_of(["Number"], [1])
    if counts_from_1904:
        book.epoch = CALENDAR_MAC_1904
    with reading.open_table(xlsx(book), LIMITS, nothing_understood) as table:
        assert table.is_1904 is counts_from_1904


@pytest.mark.parametrize("is_slow", [False, True])
def test_a_number_that_has_lost_its_end_does_not_look_whole(monkeypatch: pytest.MonkeyPatch, is_slow: bool) -> None:
    monkeypatch.setattr(workbooks, "_readers", lambda _kind: [is_slow])
    assert rows_of(xlsx(book_of(["A", "B"], [999_999_999_999_999.0, 2_026_030_112_345_678.0]))) == [
        ["A", "B"],
        ["999999999999999", "2.02603E+15"],
    ]


def test_of_a_filled_form_every_sheet_is_read_with_results_joined_cells_and_faults() -> None:
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream)
    first, hidden = book.add_worksheet("First"), book.add_worksheet("Hidden")
    first.write_formula("B2", "=1+2", None, 3)
    first.write_formula("C2", "=A9", None, "")
    first.write_formula("D2", "=1/0", None, "#DIV/0!")
    first.write_string("E2", "=1")
    first.merge_range("A4:A6", "joined")
    hidden.write_string("A1", "said")
    hidden.hide()
    book.close()

    one, other = reading.every_sheet_of(stream.getvalue(), LIMITS)

    assert [(line.number, list(line.cells), set(line.faulty)) for line in one.lines] == [
        (2, ["", "3", "", "", "=1"], {2, 3}),
        (4, ["joined"], set()),
    ]
    assert one.joined == (((3, 0), (5, 0)),)
    assert (other.name, [list(line.cells) for line in other.lines], other.joined) == ("Hidden", [["said"]], ())
    assert [sheet.joined for sheet in reading.every_sheet_of(XLS, LIMITS)] == [(), ()]
    with pytest.raises(ImportRefused, match="not an XLSX workbook"):
        reading.every_sheet_of(b"a;b\n1;2\n", LIMITS)
