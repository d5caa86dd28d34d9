"""Workbooks as people send them back: moved, sorted, joined, copied, torn; and those that are none of ours."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from assessments.models import Answer, Response
from assessments.workbooks.book import Book, Field
from assessments.workbooks.plan import Fate, Plan, plan_of
from assessments.workbooks.reading import filled_in, place_of
from assessments.workbooks.writing import xlsx_of
from groundwork.tables.cells import ImportRefused
from groundwork.tables.reading import every_sheet_of
from tests.assessments.workbooks.filling import fresh_book, in_this_process, opened, places, read_here, saved, typed
from tests.factories import Cast, add_rater, make_assessment, make_release
from tests.groundwork.tables.files import ods

COMMENT = ("support-1", Field.COMMENT)
FRESH = "Download a fresh workbook and copy your answers into it."


@pytest.fixture
def own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read is the question here; that a process of its own reads it is another test's."""
    in_this_process(monkeypatch)


@pytest.fixture
def book(cast: Cast) -> Book:
    assessment = make_assessment(cast.assessor, release=make_release(questions_per_rule=2))
    Answer.objects.filter(question__rule__position__gt=3).delete()
    return fresh_book(Response.objects.get(assessment=assessment))


@pytest.fixture
def content(book: Book) -> bytes:
    return xlsx_of(book)


def look(content: bytes, book: Book) -> Plan:
    return plan_of(filled_in(content, book), book)


def changed(plan: Plan) -> dict[tuple[str, str], str]:
    return {(one.asked.question.key, cell.label): cell.after for one in plan.questions for cell in one.cells}


def problems(plan: Plan) -> list[tuple[str, str]]:
    return [(cell.place, cell.problem) for one in plan.questions for cell in one.cells if cell.problem]


# Moved about ------------------------------------------------------------------------------------------------------
def sheets_reordered(workbook: Workbook) -> None:
    workbook.move_sheet(workbook.sheetnames[1], offset=2)
    workbook.worksheets[0].title = "Mine"
    workbook.worksheets[1].title = "Renamed"


def columns_moved(workbook: Workbook) -> None:
    workbook.worksheets[1].insert_cols(1, 2)
    workbook.worksheets[1].insert_cols(8)


def rows_sorted(workbook: Workbook) -> None:
    sheet = workbook.worksheets[1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    sheet.delete_rows(1, sheet.max_row)
    for row in reversed(rows):
        sheet.append(row)


def lines_above(workbook: Workbook) -> None:
    workbook.worksheets[1].insert_rows(1, 3)
    workbook.worksheets[1].cell(1, 3).value = "Our company"


def a_sheet_of_their_own(workbook: Workbook) -> None:
    workbook.create_sheet("Notes").append(["Ask Robin", 3])


@pytest.mark.parametrize("move", [sheets_reordered, columns_moved, rows_sorted, lines_above, a_sheet_of_their_own])
def test_whatever_is_moved_is_found(
    move: Callable[[Workbook], None], book: Book, content: bytes, own_process: None
) -> None:
    workbook = opened(
        typed(content, {COMMENT: "Ours", ("support-2", Field.CHOICE): 4, ("guidance-1", Field.CHOICE): "2"})
    )
    move(workbook)

    plan = look(saved(workbook), book)

    assert changed(plan) == {
        ("support-1", "Comment"): "Ours",
        ("support-2", "Your grade"): "4 Proven",
        ("guidance-1", "Your grade"): "2 Partial",
    }
    assert problems(plan) == []


def test_rows_that_are_gone_leave_the_site_as_it_is_and_are_named(
    book: Book, content: bytes, own_process: None
) -> None:
    workbook = opened(typed(content, {("support-2", Field.CHOICE): "4"}))
    workbook.worksheets[1].delete_rows(4)
    del workbook[workbook.sheetnames[2]]

    plan = look(saved(workbook), book)

    assert changed(plan) == {("support-2", "Your grade"): "4 Proven"}
    assert plan.notes == ("Not in this workbook any more, so they stay as they are on the site: 1.1, 2.1 and 2.2.",)


def test_a_column_that_is_gone_is_said(book: Book, content: bytes, own_process: None) -> None:
    Answer.objects.filter(question__key="support-1").update(comment="stays")
    book = fresh_book(book.response)
    workbook = opened(xlsx_of(book))
    workbook.worksheets[1].delete_cols(places(workbook)[COMMENT].column)

    plan = look(saved(workbook), book)

    assert plan.shown == []
    assert plan.notes == ("Sheet “1 Support (en)” has no column “Comment” any more: what stands on the site stays.",)


def test_what_stands_beside_the_cells_to_fill_is_said(book: Book, content: bytes, own_process: None) -> None:
    workbook = opened(content)
    sheet = workbook.worksheets[1]
    sheet["L4"].value, sheet["J20"].value = "More", "Below"

    notes = look(saved(workbook), book).notes

    said = "nothing is read from this cell. Put it into the row and the column of an answer."
    assert notes == (f"1 Support (en) L4: {said}", f"1 Support (en) J20: {said}")


# Odd cells --------------------------------------------------------------------------------------------------------
def test_joined_cells_are_refused_with_their_places(book: Book, content: bytes, own_process: None) -> None:
    workbook = opened(typed(content, {("support-1", Field.CHOICE): "3"}))
    workbook.worksheets[1].merge_cells("H4:H5")

    plan = look(saved(workbook), book)

    said = "The cells H4:H5 are joined: separate them, so that each answer has a cell of its own."
    assert problems(plan) == [("1 Support (en) H4", said), ("1 Support (en) H5", said)]


def with_formula(content: bytes, result: str) -> bytes:
    """The grade of 1.1 as a formula with this result, as Excel writes it."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            part = old.read(member)
            if member.filename == "xl/worksheets/sheet2.xml":
                part, count = re.subn(rb'<c r="H4" s="(\d+)"[^>]*?(/>|>.*?</c>)', _formula(result), part)
                assert count == 1
            new.writestr(member, part)
    return out.getvalue()


def _formula(result: str) -> bytes:
    kind = ' t="e"' if result.startswith("#") else ""
    value = f"<v>{result}</v>" if result else ""
    return rf'<c r="H4" s="\1"{kind}><f>1+2</f>{value}</c>'.encode()


def test_of_a_formula_its_result_counts(book: Book, content: bytes, own_process: None) -> None:
    assert changed(look(with_formula(content, "3"), book)) == {("support-1", "Your grade"): "3 Dependable"}


@pytest.mark.parametrize("result", ["", "#DIV/0!"])
def test_a_formula_without_a_result_is_refused(result: str, book: Book, content: bytes, own_process: None) -> None:
    plan = look(with_formula(content, result), book)

    fault = "A formula without a result, or an error, stands here: type the answer itself."
    assert problems(plan) == [("1 Support (en) H4", fault)]


def test_a_day_as_an_answer_is_read_as_it_is_written_everywhere(book: Book, content: bytes, own_process: None) -> None:
    filled = typed(content, {COMMENT: date(2026, 3, 4), ("support-2", Field.CHOICE): date(2026, 3, 4)})

    plan = look(filled, book)

    assert changed(plan)["support-1", "Comment"] == "2026-03-04"
    assert problems(plan) == [
        ("1 Support (en) H5", "The program made a date of what was typed. Choose the grade from the list.")
    ]


def test_a_question_in_two_rows_counts_once_where_both_say_the_same(
    book: Book, content: bytes, own_process: None
) -> None:
    workbook = opened(typed(content, {COMMENT: "Ours"}))
    sheet = workbook.worksheets[1]
    row = [cell.value for cell in sheet[4]]
    sheet.append(row)
    assert changed(look(saved(workbook), book)) == {("support-1", "Comment"): "Ours"}

    sheet.append([*row[:-1], "Theirs"])
    plan = look(saved(workbook), book)

    (twice,) = plan.refused
    assert twice.cells[0].place == "1 Support (en), 4, 1 Support (en), 6 and 1 Support (en), 7"
    assert "leave one of them" in twice.cells[0].problem


def test_one_cell_that_cannot_be_read_leaves_its_question_alone_and_the_others_go(
    book: Book, content: bytes, own_process: None
) -> None:
    plan = look(
        typed(content, {("support-1", Field.CHOICE): "7", COMMENT: "x", ("support-2", Field.CHOICE): "1"}), book
    )

    assert [(one.asked.question.key, one.fate) for one in plan.shown] == [
        ("support-1", Fate.REFUSED),
        ("support-2", Fate.READY),
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({Field.CHOICE: "n/a"}, "1 Support (en) I4: Say why it does not apply."),
        ({Field.REASON: "Because"}, "1 Support (en) I4: A reason is kept with “not applicable” alone"),
        ({Field.CHOICE: "3", Field.REASON: "x"}, "1 Support (en) I4: A reason is kept with “not applicable” alone"),
        ({Field.FACT: "12"}, "1 Support (en) F4: This cell is not asked"),
    ],
)
def test_what_does_not_go_together_is_said_at_the_cell(
    cells: dict[Field, str], told: str, book: Book, content: bytes, own_process: None
) -> None:
    (found,) = problems(look(typed(content, {("support-1", field): text for field, text in cells.items()}), book))

    assert ": ".join(found).startswith(told)


def test_an_emptied_cell_is_told_from_one_that_never_held_anything(cast: Cast, book: Book, own_process: None) -> None:
    Answer.objects.filter(question__key="support-1").update(comment="There", grade=2)
    book = fresh_book(book.response)

    plan = look(typed(xlsx_of(book), {COMMENT: None}), book)

    assert [(cell.state.value, cell.before, cell.after) for one in plan.shown for cell in one.cells] == [
        ("emptied", "There", "")
    ]


def test_a_text_that_no_cell_holds_stays_on_the_site_and_is_named(book: Book, own_process: None) -> None:
    Answer.objects.filter(question__key="support-1").update(comment="x" * 40_000)
    book = fresh_book(book.response)
    workbook = opened(xlsx_of(book))

    cell = places(workbook)[COMMENT]
    assert cell.value == "This text is longer than a cell holds: change it on the site."
    assert cell.protection.locked
    first = [row[0].value for row in workbook.worksheets[0].iter_rows()]
    assert "Too long for a cell, so not in here but on the site only (question): 1.1." in first
    assert look(xlsx_of(book), book).shown == []
    assert "put back what stood in it" in problems(look(typed(xlsx_of(book), {COMMENT: "Mine"}), book))[0][1]


def test_signs_that_a_workbook_cannot_hold_are_said(book: Book, own_process: None) -> None:
    Answer.objects.filter(question__key="support-2").update(comment="a\x0bb")

    workbook = opened(xlsx_of(fresh_book(book.response)))

    assert places(workbook)["support-2", Field.COMMENT].value == "ab"
    first = [row[0].value for row in workbook.worksheets[0].iter_rows()]
    assert "Signs that a workbook cannot hold were left out here; they stay on the site (question): 1.2." in first


# None of ours -----------------------------------------------------------------------------------------------------
def refusal(content: bytes, book: Book) -> str:
    with pytest.raises(ImportRefused) as refused:
        filled_in(content, book)
    return str(refused.value)


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"Question;Grade\n1;2\n", b"PK"])
def test_what_is_no_workbook_is_refused(content: bytes, book: Book) -> None:
    assert refusal(content, book).startswith("This is no workbook: upload the file that you downloaded here")


def test_any_other_workbook_is_refused(book: Book, own_process: None) -> None:
    assert refusal(saved(Workbook()), book) == (
        f"This is not a workbook of this questionnaire: it lacks the hidden sheet by which it is known. {FRESH}"
    )


def test_a_workbook_of_another_questionnaire_is_refused(
    cast: Cast, book: Book, content: bytes, own_process: None
) -> None:
    theirs = fresh_book(add_rater(book.response.assessment, cast.colleague))

    assert refusal(content, theirs) == (
        "This workbook was made for another questionnaire. Upload the one that you downloaded on this page."
    )


def test_a_workbook_of_questions_that_changed_since_is_refused(
    cast: Cast, book: Book, content: bytes, own_process: None
) -> None:
    Answer.objects.filter(question__key="guidance-2").delete()

    assert refusal(content, fresh_book(book.response)) == (
        f"The questions have changed since this workbook was downloaded. {FRESH}"
    )


def test_a_stamp_that_was_changed_is_refused(book: Book, content: bytes, own_process: None) -> None:
    workbook = opened(content)
    cell = next(row[1] for row in workbook.worksheets[-1].iter_rows() if row[0].value == "cm:stamp")
    cell.value = f"{cell.value[:30]}x{cell.value[31:]}"

    assert refusal(saved(workbook), book) == (
        f"The hidden sheet of this workbook was changed, or it comes from elsewhere. {FRESH}"
    )


def test_without_the_hidden_row_nothing_is_guessed(book: Book, content: bytes, own_process: None) -> None:
    workbook = opened(content)
    for sheet in workbook.worksheets[1:-2]:
        sheet.delete_rows(1)

    assert refusal(saved(workbook), book).startswith("No question is found in this workbook")


# As the process reads it ------------------------------------------------------------------------------------------
def with_rows(content: bytes, rows: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = old.read(member)
            if member.filename == "xl/worksheets/sheet2.xml":
                part = part.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            new.writestr(member, part)
    return out.getvalue()


def test_a_hundred_thousand_empty_rows_are_passed_by(book: Book, content: bytes) -> None:
    rows = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(10, 100_010))

    plan = look(with_rows(typed(content, {COMMENT: "Ours"}), rows), book)

    assert changed(plan) == {("support-1", "Comment"): "Ours"}


def test_a_process_of_its_own_reads_the_same(content: bytes) -> None:
    from assessments.workbooks.reading import LIMITS

    filled = with_formula(typed(content, {COMMENT: "Ours"}), "3")

    assert every_sheet_of(filled, LIMITS) == read_here(filled, LIMITS)


def test_a_bomb_is_refused(book: Book, content: bytes) -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member, old.read(member))
        new.writestr("xl/media/image1.png", b"0" * 40_000_000)

    assert "unpacks to too much" in refusal(out.getvalue(), book)


def ods_of(content: bytes) -> bytes:
    """The same cells as LibreOffice would save them in its own format."""
    sheets = []
    for sheet in opened(content).worksheets:
        rows = "".join(
            "<table:table-row>" + "".join(_ods_cell(cell.value) for cell in row) + "</table:table-row>"
            for row in sheet.iter_rows()
        )
        sheets.append(f'<table:table table:name="{sheet.title}">{rows}</table:table>')
    return ods("".join(sheets))


def _ods_cell(value: Any) -> str:
    text = "" if value is None else str(value).replace("&", "&amp;").replace("<", "&lt;")
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>' if text else "<table:table-cell/>"


def test_it_may_come_back_as_ods(book: Book, content: bytes) -> None:
    plan = look(ods_of(typed(content, {COMMENT: "Ours\nin lines", ("support-2", Field.CHOICE): "4"})), book)

    assert changed(plan) == {("support-1", "Comment"): "Ours\nin lines", ("support-2", "Your grade"): "4 Proven"}
    assert plan.notes == ()


def test_places_are_called_as_spreadsheets_call_them() -> None:
    assert [place_of(14, 1), place_of(1, 25), place_of(2, 26), place_of(3, 701), place_of(4, 702)] == [
        *("B14", "Z1", "AA2", "ZZ3", "AAA4")
    ]
