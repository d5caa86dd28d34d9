"""The workbook: its formulas say what our arithmetic says, and what somebody wrote stays a text."""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from assessments.score.words import STATUSES, VERDICTS
from groundwork.rounding import rounded
from reports.exports import workbook as workbooks
from reports.exports.catalogue import BY_KEY, TABLES
from reports.exports.readme import About
from reports.exports.rows import rows_of
from reports.exports.shapes import Dossier, scored
from reports.exports.workbook import Workbook
from tests.reports.exports.random_dossiers import dossier

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)  # of the engine's own code
    from tests.reports.exports.recalculation import Recalculated

ABOUT = About(organisation="Harbour", subject="All", asked_by="Ada", made_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
RANDOM = 200


def written(path: Path, dossiers: list[Dossier], *, most_rows: int = workbooks.MOST_ROWS) -> Path:
    book = Workbook(path, language="en", most_rows=most_rows)
    for one in dossiers:
        book.dossier(one, rows_of(one))
    book.close(ABOUT)
    return path


def shown(value: Any) -> Decimal | None:
    """As the cell shows it: two digits."""
    return None if value in ("", None) else rounded(Fraction(str(round(float(value), 9))), 2)


def two_digits(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, 2)


def assert_the_same(found: Recalculated, dossiers: list[Dossier]) -> None:
    """Line by line what the engine calculates, and what our arithmetic says."""
    rule_line = 2
    for line, one in enumerate(dossiers, start=2):
        score = one.score
        assert score is not None

        def of_assessment(heading: str, line: int = line) -> Any:
            return found.value(("Assessments", line, found.column("Assessments", heading)))

        for rule in score.rules:

            def of_rule(heading: str, line: int = rule_line) -> Any:
                return found.value(("Rules", line, found.column("Rules", heading)))

            assert of_rule("Status") == str(STATUSES[rule.status]), (one.head.reference, rule.rule)
            assert shown(of_rule("Percent")) == two_digits(rule.percent)
            assert shown(of_rule("Coverage, percent")) == two_digits(rule.coverage)
            rule_line += 1
        assert of_assessment("Rules met") == score.met
        assert of_assessment("Verdict") == str(VERDICTS[score.verdict])
        assert shown(of_assessment("Average, percent")) == two_digits(score.average)
        assert (of_assessment("Weakest rule") or None) == score.weakest


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recalculated, list[Dossier]]:
    dossiers = [dossier(seed, rules=7 if seed < 20 else 2 + seed % 3, questions=2, raters=3) for seed in range(RANDOM)]
    return Recalculated(written(tmp_path_factory.mktemp("book") / "book.xlsx", dossiers)), dossiers


def test_another_engine_calculates_our_numbers_of_200_assessments(
    calculated: tuple[Recalculated, list[Dossier]],
) -> None:
    found, dossiers = calculated
    scores = [one.score for one in dossiers if one.score]
    assert {score.verdict.value for score in scores} == {"met", "not_met", "undecided"}
    assert {rule.reason for score in scores for rule in score.rules} == set(type(scores[0].rules[0].reason))
    assert_the_same(found, dossiers)


def test_every_formula_comes_to_what_is_kept_beside_it(
    calculated: tuple[Recalculated, list[Dossier]], tmp_path: Path
) -> None:
    _found, dossiers = calculated
    path = written(tmp_path / "few.xlsx", dossiers[:6])
    few, kept = Recalculated(path), load_workbook(path, data_only=True)
    assert len(few.formulas) > 300
    for sheet, line, column in few.formulas:
        cached, value = kept[sheet].cell(line, column).value, few.value((sheet, line, column))
        if isinstance(cached, int | float):
            assert shown(value) == shown(cached), (sheet, line, column)
        else:
            assert (value or None) == cached, (sheet, line, column)


def regraded(one: Dossier, question: str, grade: int) -> Dossier:
    answers = {
        key: [replace(answer, grade=grade, blank="") for answer in given] if key == question else given
        for key, given in one.answers.items()
    }
    return replace(one, answers=answers, score=scored(one.rules, one.questions, answers, one.agreed, one.policy))


def test_changed_grades_move_rule_status_and_verdict_as_the_arithmetic_says(tmp_path: Path) -> None:
    one = next(
        found
        for found in (dossier(seed, questions=1, raters=2) for seed in range(400))
        if found.score and found.score.verdict == "met" and not found.agreed and len(found.responses) == 3
    )
    found = Recalculated(written(tmp_path / "book.xlsx", [one]))
    assert_the_same(found, [one])
    question = one.questions[2].key
    grade, kind = found.column("Answers", "Grade"), found.column("Answers", "Whose")
    key = found.column("Answers", "Question’s key")
    for line in range(2, 2 + 3 * len(one.questions)):
        if found.value(("Answers", line, key)) == question and found.value(("Answers", line, kind)) == "Customer":
            found.type(("Answers", line, grade), 0)
    changed = regraded(one, question, 0)
    assert changed.score and changed.score.verdict != "met"
    assert_the_same(found, [changed])


def test_an_agreed_grade_that_is_typed_in_replaces_the_mean(tmp_path: Path) -> None:
    one = dossier(3, questions=1, raters=2)
    found = Recalculated(written(tmp_path / "book.xlsx", [one]))
    agreed, grade = found.column("Questions", "Agreed"), found.column("Questions", "Grade")
    state, applies = found.column("Questions", "State"), found.column("Questions", "Weight that applies")
    found.type(("Questions", 2, agreed), 4)
    assert (found.value(("Questions", 2, grade)), found.value(("Questions", 2, state))) == (4, "Graded")
    found.type(("Questions", 2, agreed), "Not applicable")
    assert found.value(("Questions", 2, state)) == "Not applicable"
    assert found.value(("Questions", 2, applies)) == 0


def test_a_threshold_that_is_typed_in_moves_the_status(tmp_path: Path) -> None:
    one = next(
        found
        for found in (dossier(seed, questions=1) for seed in range(100))
        if found.score and found.score.rules[0].status == "met" and found.score.rules[0].percent != 100
    )
    found = Recalculated(written(tmp_path / "book.xlsx", [one]))
    status = ("Rules", 2, found.column("Rules", "Status"))
    assert found.value(status) == "Met"
    found.type(("Assessments", 2, found.column("Assessments", "Met from, percent")), 100)
    assert found.value(status) == "Partly met"


# What somebody wrote ----------------------------------------------------------------------------------------------
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil","x")', "<r><t>x</t></r>")


def with_comments(*comments: str) -> Dossier:
    one = dossier(1, questions=1, raters=2)
    answers = {
        key: [replace(answer, comment=comments[place % len(comments)]) for place, answer in enumerate(given)]
        for key, given in one.answers.items()
    }
    return replace(one, answers=answers)


@pytest.mark.parametrize("text", [*HOSTILE, "http://example.test/", "a\x00b\x0bc", "_x0041_"])
def test_what_somebody_wrote_stays_a_text(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "book.xlsx", [with_comments(text)])
    sheet = load_workbook(path)["Answers"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Comment")
    cells = [sheet.cell(line, column) for line in range(2, sheet.max_row + 1)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "rels" in name and "worksheets" in name]
        assert b"<t>x</t></r>" not in archive.read("xl/worksheets/sheet7.xml")


def test_a_text_longer_than_a_cell_goes_on_in_a_sheet_of_its_own(tmp_path: Path) -> None:
    long = "".join(f"{number:07} " for number in range(9_000))  # 72,000 characters
    book = load_workbook(written(tmp_path / "book.xlsx", [with_comments("𝒜" * 20_000, long)]))
    texts: dict[str, str] = {}
    for number, _cell, _part, text in book["Long texts"].iter_rows(min_row=2, values_only=True):
        texts[number] = texts.get(number, "") + text
    assert set(texts.values()) == {long, "𝒜" * 20_000}
    cut = [str(cell.value) for cell in book["Answers"][column_of(book, "Answers", "Comment")] if cell.value][1:]
    assert cut and all("whole in “Long texts”, number" in text for text in cut)
    assert any("Long texts" in str(cell.value) for cell in book["Read me"]["B"])


def column_of(book: Any, sheet: str, heading: str) -> str:
    return next(cell.column_letter for cell in book[sheet][1] if cell.value == heading)


def test_a_full_sheet_goes_on_in_a_second_one_and_its_formulas_still_hold(tmp_path: Path) -> None:
    dossiers = [dossier(seed, questions=2, raters=3) for seed in range(4)]
    most = 1 + max(len(rows_of(one)["answers"]) for one in dossiers)
    path = written(tmp_path / "book.xlsx", dossiers, most_rows=most)
    book = load_workbook(path)
    assert {"Answers", "Answers (2)"} <= set(book.sheetnames)
    assert max(sheet.max_row for sheet in book if sheet.title != "Read me") <= most
    assert any("goes on in: Answers (2)" in str(cell.value) for cell in book["Read me"]["B"])
    found = Recalculated(path)
    assert_the_same(found, dossiers)


def test_cells_that_the_arithmetic_reads_offer_what_it_knows(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path / "book.xlsx", [dossier(5)]))
    offered = {
        (sheet, one.formula1)
        for sheet in ("Answers", "Questions")
        for one in book[sheet].data_validations.dataValidation
    }
    assert offered == {
        ("Answers", '"0,1,2,3,4"'),
        ("Answers", '"Not applicable,Don’t know"'),
        ("Questions", '"0,1,2,3,4,Not applicable"'),
    }


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one = dossier(5)
    assert written(tmp_path / "a.xlsx", [one]).read_bytes() == written(tmp_path / "b.xlsx", [one]).read_bytes()


def test_formulas_use_nothing_that_only_one_program_knows(tmp_path: Path) -> None:
    found = Recalculated(written(tmp_path / "book.xlsx", [dossier(5), dossier(6)]))
    used = {name for text in found.formulas.values() for name in re.findall(r"([A-Z]+)\(", text)}
    known = {"IF", "ISNUMBER", "COUNT", "COUNTIF", "SUM", "MAX", "MIN", "ROUND", "INDEX", "MATCH"}
    assert used <= known


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_formulas_compare_with_the_words_of_the_readers_language(tmp_path: Path, language: str) -> None:
    with translation.override(language):
        one = next(found for found in map(dossier, range(50)) if found.score and found.score.rules[0].is_rated)
        book = Workbook(tmp_path / "book.xlsx", language=language)
        book.dossier(one, rows_of(one))
        book.close(ABOUT)
        sheets = {table.key: str(table.title) for table in TABLES}
        found = Recalculated(tmp_path / "book.xlsx", sheets=set(sheets.values()))
        status = BY_KEY["rules"].keys.index("status") + 1
        assert one.score is not None
        for line, rule in enumerate(one.score.rules, start=2):
            assert found.value((sheets["rules"], line, status)) == str(STATUSES[rule.status])
        verdict = BY_KEY["assessments"].keys.index("verdict") + 1
        assert found.value((sheets["assessments"], 2, verdict)) == str(VERDICTS[one.score.verdict])


def test_a_day_before_spreadsheets_count_days_is_written_as_a_text(tmp_path: Path) -> None:
    """Else the year 1 is an error in its cell, and 1850 the day before."""
    path = written(tmp_path / "early.xlsx", [])
    days = (date(1, 1, 1), date(1850, 6, 1), date(2026, 3, 2))
    columns = BY_KEY["contracts"].keys
    with translation.override("en"):
        book = Workbook(path, language="en")
        at = columns.index("starts_on")
        book.rows("contracts", [tuple(day if place == at else None for place in range(len(columns))) for day in days])
        book.close(
            About(organisation="A", subject="B", asked_by="C", made_at=datetime(2026, 3, 2, tzinfo=UTC), left_out=())
        )
    sheet = load_workbook(path)[str(BY_KEY["contracts"].title)]
    found = [row[at] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == ["0001-01-01", "1850-06-01", datetime(2026, 3, 2)]
