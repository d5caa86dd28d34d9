"""Import: a dry run that reports row by row, then all of it or nothing; hostile files are refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEntry
from groundwork.tables.writing import LONGEST_CELL
from manifesto import bank as banks
from manifesto import editions, exchange, workbook
from manifesto.bank import Sheet
from manifesto.editions import EditionError
from manifesto.exchange import ERROR, DryRun, Format
from manifesto.models import Question, Release, ReleaseState
from manifesto.successors import Naming
from tests.factories import Cast, make_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Release:
    return make_release("1", questions_per_rule=1, state=ReleaseState.DRAFT)


def edited(release: Release, change: Callable[[Workbook], Any]) -> bytes:
    book = load_workbook(BytesIO(exchange.export(release, Format.XLSX)))
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(book: Workbook, sheet: str, key: str, column: str, value: Any) -> None:
    page = book[sheet]
    head = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        if key in [str(cell.value) for cell in row]:
            row[head.index(column)].value = value
            return
    raise KeyError(key)


def seen(run: DryRun) -> dict[str, tuple[str, str]]:
    return {f"{row.sheet}/{row.key}": (row.kind, str(row.place)) for row in run.rows if row.kind != "unchanged"}


@pytest.mark.parametrize("form", list(Format))
def test_an_export_imported_again_changes_nothing(form: Format, draft: Release) -> None:
    run = exchange.dry_run(exchange.export(draft, form), f"bank.{form.value}", draft)
    assert run.is_empty
    assert run.counts == {"unchanged": 1 + 7 + 7 + 35}
    assert exchange.apply(run.bank, draft, None) == ()
    assert not AuditEntry.objects.exists()


def test_the_dry_run_reports_row_by_row_and_stores_nothing(draft: Release) -> None:
    def change(book: Workbook) -> None:
        put(book, "Questions", "speed-1", "weight", 2.5)
        put(book, "Questions", "speed-1", "short_fr", "Autre")
        put(book, "Rules", "proof", "name_nl", "Bewijs het nu")
        put(book, "Edition", "1", "met_threshold", 80)

    before = banks.read(draft)
    run = exchange.dry_run(edited(draft, change), "bank.xlsx", draft)
    assert seen(run) == {
        "release/release": ("changed", "Edition, line 2"),
        "rules/proof": ("changed", "Rules, line 7"),
        "questions/speed-1": ("changed", "Questions, line 6"),
    }
    question = next(row for row in run.rows if row.key == "speed-1")
    assert {(field.field, field.language) for field in question.fields} == {("weight", ""), ("short", "fr")}
    assert banks.read(draft) == before


def test_a_workbook_that_was_exported_when_the_first_sheet_was_called_release_is_read(draft: Release) -> None:
    def change(book: Workbook) -> None:
        book["Edition"].title = "Release"

    assert exchange.dry_run(edited(draft, change), "bank.xlsx", draft).is_empty


def test_added_moved_and_removed_rows_are_told_apart(draft: Release) -> None:
    def change(book: Workbook) -> None:
        page = book["Questions"]
        for row in page.iter_rows(min_row=2):
            if row[1].value == "speed-1":
                row[1].value = "speed-new"
            if row[1].value == "proof-1":
                row[0].value = "speed"
        for row in book["Levels"].iter_rows(min_row=2):
            if row[0].value == "speed-1":
                row[0].value = "speed-new"

    run = exchange.dry_run(edited(draft, change), "bank.xlsx", draft)
    found = seen(run)
    assert found["questions/speed-new"][0] == "added"
    assert found["questions/speed-1"][0] == "removed"
    assert found["questions/proof-1"][0] == "moved"
    exchange.apply(run.bank, draft, None)
    assert Question.objects.get(key="proof-1").rule.key == "speed"
    assert not Question.objects.filter(key="speed-1").exists()


def test_applying_changes_all_of_it_and_records_before_and_after(draft: Release, cast: Cast) -> None:
    content = edited(draft, lambda book: put(book, "Levels", "speed-1", "text_fr", "Rien du tout"))
    run = exchange.dry_run(content, "bank.xlsx", draft)
    exchange.carry_out(run, draft, cast.editor)
    assert Question.objects.get(key="speed-1").levels.get(grade=0).text_fr == "Rien du tout"
    entry = AuditEntry.objects.get(verb="release.imported")
    assert entry.after == {"levels/speed-1/0.text_fr": "Rien du tout"}
    assert entry.before == {"levels/speed-1/0.text_fr": "speed question 1 level 0 (fr)"}
    assert entry.actor == cast.editor


def test_a_draft_changed_since_the_dry_run_is_not_overwritten(draft: Release) -> None:
    content = edited(draft, lambda book: put(book, "Rules", "proof", "name_nl", "Bewijs het nu"))
    run = exchange.dry_run(content, "bank.xlsx", draft)
    ticket = exchange.ticket(run, draft)
    draft.questions.filter(key="speed-1").update(weight=9)
    with pytest.raises(EditionError, match="changed after the dry run"):
        exchange.reopened(ticket, draft)
    with pytest.raises(EditionError, match="changed after the dry run"):
        exchange.carry_out(run, draft, None)  # between the two
    assert draft.rules.get(key="proof").name_nl != "Bewijs het nu"


def test_a_forged_ticket_and_one_for_another_draft_are_refused(draft: Release) -> None:
    other = make_release("2", questions_per_rule=1, state=ReleaseState.DRAFT)
    content = edited(draft, lambda book: put(book, "Rules", "proof", "name_nl", "Bewijs het nu"))
    ticket = exchange.ticket(exchange.dry_run(content, "bank.xlsx", draft), draft)
    with pytest.raises(EditionError, match="another draft"):
        exchange.reopened(ticket, other)
    with pytest.raises(EditionError, match="too old"):
        exchange.reopened(ticket[:-2] + "xx", draft)


def test_a_ticket_brings_back_the_dry_run_that_it_was_made_of(draft: Release) -> None:
    def change(book: Workbook) -> None:
        put(book, "Rules", "proof", "name_nl", "Bewijs het nu")
        put(book, "Levels", "speed-1", "text_fr", None)

    run = exchange.dry_run(edited(draft, change), "bank.xlsx", draft)
    assert exchange.reopened(exchange.ticket(run, draft), draft) == run


def test_nothing_is_imported_into_a_published_edition() -> None:
    release = make_release("1", questions_per_rule=1)
    with pytest.raises(EditionError, match="never changes"):
        exchange.apply(banks.read(release), release, None)


def test_a_file_becomes_a_new_draft_of_the_edition_that_it_names(cast: Cast) -> None:
    release = make_release("1", questions_per_rule=1)
    content = edited(release, lambda book: put(book, "Edition", "1", "edition", "7"))
    run = exchange.dry_run(content, "bank.xlsx", None)
    assert (run.counts, run.base) == ({"unchanged": 50}, release)
    made = exchange.carry_out(run, None, cast.editor)
    assert (made.edition, made.state, made.based_on) == ("7", ReleaseState.DRAFT, release)
    assert banks.bank_lines(banks.read(made)) == banks.bank_lines(banks.read(release))
    with pytest.raises(EditionError, match="exists already"):
        exchange.carry_out(run, None, cast.editor)


def test_a_file_is_compared_with_the_edition_of_its_name_or_else_with_the_one_in_force() -> None:
    first = make_release("1", questions_per_rule=1)
    content = exchange.export(first, Format.YAML)
    newest = make_release("2", questions_per_rule=1)
    assert exchange.dry_run(content, "b.yaml", None).base == first
    assert exchange.dry_run(content.replace(b"edition: '1'", b"edition: '3'"), "b.yaml", None).base == newest


def test_a_new_draft_is_called_as_it_is_told_to_be_whatever_the_file_says(cast: Cast) -> None:
    release = make_release("1", questions_per_rule=1)
    run = exchange.dry_run(exchange.export(release, Format.YAML), "b.yaml", None)
    texts = {"en": "Second", "fr": "Deuxième", "nl": "Tweede"}
    made = exchange.carry_out(run, None, cast.editor, called=Naming(edition="2", title=texts, note=banks.no_texts()))
    assert (made.edition, made.title_fr, made.note_fr) == ("2", "Deuxième", "")


# Cells that a file leaves empty -------------------------------------------------------------------------------------
def _with_gaps(book: Workbook) -> None:
    put(book, "Levels", "speed-1", "text_fr", None)
    put(book, "Rules", "proof", "name_nl", "  ")
    put(book, "Questions", "speed-1", "weight", None)
    put(book, "Questions", "speed-1", "text_en", "Another question?")
    put(book, "Edition", "1", "met_threshold", None)


@pytest.fixture
def heavy(draft: Release) -> Release:
    """A draft with a weight and a threshold that a file could lose to their defaults."""
    draft.questions.filter(key="speed-1").update(weight=3)
    Release.objects.filter(pk=draft.pk).update(met_threshold=80)
    return Release.objects.get(pk=draft.pk)


EMPTIED = {
    ("release", "release", "met_threshold"),
    ("rules", "proof", "name_nl"),
    ("questions", "speed-1", "weight"),
    ("levels", "speed-1/0", "text_fr"),
}


def _state(draft: Release) -> tuple[Any, ...]:
    question = draft.questions.get(key="speed-1")
    level = question.levels.get(grade=0)
    return (draft.met_threshold, draft.rules.get(key="proof").name_nl, question.weight, level.text_fr, question.text_en)


def test_emptied_cells_are_found_texts_and_numbers_alike(heavy: Release) -> None:
    run = exchange.dry_run(edited(heavy, _with_gaps), "bank.xlsx", heavy)
    assert {(cell.sheet.value, cell.key, cell.column) for cell in run.emptied} == EMPTIED


def test_a_yaml_file_without_a_text_or_a_number_leaves_them_empty_too(heavy: Release) -> None:
    lines = exchange.export(heavy, Format.YAML).decode().splitlines(keepends=True)
    gone = ("met_threshold: 80", "name: Proof (nl)")
    content = "".join(line for line in lines if not line.strip().startswith(gone)).encode()
    run = exchange.dry_run(content, "bank.yaml", heavy)
    assert {(cell.key, cell.column) for cell in run.emptied} == {("release", "met_threshold"), ("proof", "name_nl")}


def test_emptied_cells_keep_what_stood_there_unless_somebody_says_otherwise(heavy: Release) -> None:
    before = _state(heavy)
    exchange.carry_out(exchange.dry_run(edited(heavy, _with_gaps), "bank.xlsx", heavy), heavy, None)
    assert _state(Release.objects.get(pk=heavy.pk)) == (*before[:4], "Another question?")


def test_emptied_cells_are_emptied_where_somebody_says_so(heavy: Release) -> None:
    run = exchange.dry_run(edited(heavy, _with_gaps), "bank.xlsx", heavy)
    empty = [cell for cell in run.emptied if cell.column != "weight"]
    exchange.carry_out(run, heavy, None, empty=empty)
    assert _state(Release.objects.get(pk=heavy.pk)) == (75, "", 3, "", "Another question?")


def test_emptied_cells_of_a_file_that_becomes_a_new_draft_are_asked_about_too(heavy: Release) -> None:
    run = exchange.dry_run(edited(heavy, _with_gaps), "bank.xlsx", None)
    assert len(run.emptied) == 4
    called = Naming(edition="2", title=banks.no_texts(), note=banks.no_texts())
    assert _state(exchange.carry_out(run, None, None, called=called))[:4] == _state(heavy)[:4]


WRONG: dict[str, tuple[Callable[[Workbook], Any], str]] = {
    "a weight of zero": (lambda b: put(b, "Questions", "speed-1", "weight", 0), "Questions, line 6, weight: A weight"),
    "a weight in words": (lambda b: put(b, "Questions", "speed-1", "weight", "much"), "weight: A weight above 0"),
    "an unknown rule": (
        lambda b: put(b, "Questions", "speed-1", "rule", "sped"),
        "rule: No rule has the key “sped”: write one of support",
    ),
    "a label too long": (
        lambda b: put(b, "Questions", "speed-1", "short_nl", "x" * 61),
        "short_nl: Characters in the text: 61",
    ),
    "a grade of five": (lambda b: put(b, "Levels", "speed-1", "grade", 5), "grade: A grade from 0 to 4"),
    "a level twice": (lambda b: put(b, "Levels", "speed-1", "grade", 1), "“speed-1/1” stands there twice"),
    "a formula": (lambda b: put(b, "Rules", "proof", "name_en", "=1+1"), "name_en: A formula is not accepted"),
    "a missing column": (lambda b: b["Rules"].delete_cols(2), "Rules, line 1: These columns are missing: name_en"),
    "a missing sheet": (lambda b: b.remove(b["Levels"]), "Levels: The sheet is missing."),
    "a missing rule": (lambda b: b["Rules"].delete_rows(2), "All seven rules are expected; missing: support"),
    "a threshold of 200": (lambda b: put(b, "Edition", "1", "met_threshold", 200), "A whole number from 0 to 100"),
    "a knock-out of maybe": (
        lambda b: put(b, "Questions", "speed-1", "knockout", "maybe"),
        "Write yes or no, as an export does",
    ),
    "too many rows": (
        lambda b: [b["Levels"].append(["x", number]) for number in range(1001)],
        "more than 1000 rows",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_row_with_an_error_says_where_and_why_and_nothing_can_be_applied(name: str, draft: Release) -> None:
    change, expected = WRONG[name]
    run = exchange.dry_run(edited(draft, change), "bank.xlsx", draft)
    assert run.bank is None
    assert any(expected in f"{row.place}: {row.reason}" for row in run.rows if row.kind == ERROR)


def test_errors_stand_beside_what_the_other_rows_would_change(draft: Release) -> None:
    def change(book: Workbook) -> None:
        put(book, "Questions", "speed-1", "weight", 0)
        put(book, "Rules", "proof", "name_nl", "Bewijs het nu")

    found = seen(exchange.dry_run(edited(draft, change), "bank.xlsx", draft))
    assert found["questions/speed-1"][0] == ERROR
    assert found["rules/proof"][0] == "changed"


def test_a_neutralised_cell_is_no_formula_in_the_workbook(draft: Release) -> None:
    draft.rules.filter(key="proof").update(name_en='=HYPERLINK("http://x.example")', name_fr="@sum")
    page = load_workbook(BytesIO(exchange.export(draft, Format.XLSX)))["Rules"]
    cells = [cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert all(cell.data_type == "s" and not cell.value.startswith(("=", "+", "-", "@")) for cell in cells)
    assert page.freeze_panes == "B2"
    assert exchange.dry_run(exchange.export(draft, Format.XLSX), "bank.xlsx", draft).is_empty


def _zip(**members: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


HOSTILE = {
    "no zip": (b"not a workbook", "bank.xlsx", "not an XLSX workbook"),
    "a zip of something else": (_zip(a=b"b"), "bank.xlsx", "not an XLSX workbook"),
    "a zip bomb": (_zip(a=b"0" * (17 * 1024 * 1024)), "bank.xlsx", "unpacks to too much"),
    "too many members": (_zip(**{f"m{n}": b"" for n in range(300)}), "bank.xlsx", "unpacks to too much"),
    "entities": (_zip(a=b"<!DOCTYPE x [<!ENTITY a 'b'>]>"), "bank.xlsx", "XML entities"),
    "entities in UTF-16": (_zip(a="<!DOCTYPE x>".encode("utf-16")), "bank.xlsx", "XML entities"),
    "too large": (b"x" * (2 * 1024 * 1024 + 1), "bank.xlsx", "too large"),
    "too large YAML": (b"x" * (2 * 1024 * 1024 + 1), "bank.yaml", "too large"),
    "another ending": (b"x", "bank.csv", "ends in .yaml"),
    "nested too deep": (b"[" * 20_000, "bank.yaml", "not YAML as expected"),
    "more parts than a bank": (b"- a\n" * 30_000, "bank.yaml", "more parts than a bank"),
    "a number to the base of 60": (b"a: 1" + b":1" * 40_000, "bank.yaml", "this is no number"),
    "a part of one, to that base": (b"a: 1" + b":1" * 40_000 + b".5", "bank.yaml", "this is no number"),
    "a number without end": (b"a: " + b"9" * 90_000, "bank.yaml", "this is no number"),
    "a text without end": (b"a: " + b"x" * 900_000, "bank.yaml", "a text is too long"),
    "a Python object": (b"a: !!python/object/apply:os.system [ls]", "bank.yaml", "not YAML as expected"),
    "billion laughs": (b"a: &a [x]\nb: [*a, *a]", "bank.yaml", "aliases are not accepted"),
    "a list": (b"- a", "bank.yaml", "A mapping of keys"),
    "parts missing": (b"structure: {}", "bank.yaml", "These parts are expected"),
    "empty": (b"", "bank.yaml", "A mapping of keys"),
    "a date": (b"structure: 2026-99-99", "bank.yaml", "not YAML as expected"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_a_reason(name: str, draft: Release) -> None:
    content, file, expected = HOSTILE[name]
    run = exchange.dry_run(content, file, draft)
    assert run.bank is None
    assert any(expected in row.reason for row in run.rows)


def test_an_imported_bank_can_be_published(cast: Cast) -> None:
    release = make_release("1", questions_per_rule=1)
    content = exchange.export(release, Format.YAML).replace(b"edition: '1'", b"edition: '2'")
    content = content.replace(b"Edition 1 (", b"Edition 2 (")
    made = exchange.carry_out(exchange.dry_run(content, "b.yml", None), None, cast.editor)
    assert editions.publish(made, cast.editor).state == ReleaseState.PUBLISHED


@pytest.mark.parametrize(
    ("edition", "state", "name"),
    [
        ("2026.2", ReleaseState.PUBLISHED, "manifesto-bank-2026.2.xlsx"),
        ("2026.2", ReleaseState.RETIRED, "manifesto-bank-2026.2.xlsx"),
        ("2026.3", ReleaseState.DRAFT, "manifesto-bank-2026.3-draft.xlsx"),
        ("Été 2026", ReleaseState.PUBLISHED, "manifesto-bank-ete-2026.xlsx"),
        ("../2026/2 é", ReleaseState.DRAFT, "manifesto-bank-2026-2-e-draft.xlsx"),
        ("日本", ReleaseState.PUBLISHED, "manifesto-bank-7.xlsx"),
    ],
)
def test_the_name_of_an_export_tells_the_edition_and_whether_it_is_a_draft(
    edition: str, state: ReleaseState, name: str
) -> None:
    assert exchange.file_name(Release(pk=7, edition=edition, state=state), Format.XLSX) == name


def test_every_column_of_the_bank_stands_in_the_workbook() -> None:
    assert workbook.columns(Sheet.LEVELS) == ("question", "grade", "text_en", "text_fr", "text_nl")
    assert {"weight", "knockout", "fact", "revision"} < set(workbook.columns(Sheet.QUESTIONS))


# Texts longer than a cell ------------------------------------------------------------------------------------------
def test_a_text_that_fills_a_cell_comes_back_whole_and_a_longer_one_is_refused_in_a_workbook(draft: Release) -> None:
    question = Question.objects.get(rule__release=draft, key="speed-1")
    for text in ("x" * LONGEST_CELL, "=" + "x" * (LONGEST_CELL - 2)):
        Question.objects.filter(pk=question.pk).update(text_en=text)
        [line] = [
            line
            for line in workbook.read_lines(exchange.export(draft, Format.XLSX), "bank.xlsx")
            if line.key == "speed-1" and line.sheet == Sheet.QUESTIONS
        ]
        assert line.values["text_en"] == text
    for text in ("x" * (LONGEST_CELL + 1), "=" + "x" * (LONGEST_CELL - 1), "\N{GRINNING FACE}" * 16_384):
        Question.objects.filter(pk=question.pk).update(text_en=text)
        with pytest.raises(workbook.TooLongForCell, match=r"Questions speed-1, text_en: .* Export this as YAML"):
            exchange.export(draft, Format.XLSX)
        assert text[:100].encode() in exchange.export(draft, Format.YAML).replace(b"\\U0001F600", b"\xf0\x9f\x98\x80")


def test_so_many_faults_are_listed_as_somebody_reads_and_the_others_are_counted(draft: Release) -> None:
    def change(book: Workbook) -> None:
        for row in book["Levels"].iter_rows(min_row=2):
            for cell in row:
                cell.value = "=1+1"
        for number in range(200):
            book["Rules"].append([f"=A{number}"] * 20)

    run = exchange.dry_run(edited(draft, change), "bank.xlsx", draft)
    assert run.bank is None
    assert len(run.rows) == exchange.MOST_FAULTS + 1
    assert re.fullmatch(r"Faults that are not listed: [\d,]+\.", run.rows[-1].reason)
