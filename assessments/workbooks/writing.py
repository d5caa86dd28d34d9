"""A book as an XLSX file: a sheet that says what to do, a sheet a rule, and one that says to whom it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from assessments.models import Blank, FrequencyUnit
from assessments.questionnaire.forms import choice_label
from assessments.workbooks.book import TEXTS, Asked, Book, Field, comparable, in_words, numbers_of, written
from assessments.workbooks.stamp import Stamp, signed, stamp_of
from groundwork import words
from groundwork.tables.writing import LONGEST_CELL
from manifesto.models import GRADE_NAMES, FactKind, Rule

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What stands in hidden cells and is looked for when the file comes back, wherever people moved it.
MARK = "cm:"
KEY, HEAD, READ, STAMP = f"{MARK}key", f"{MARK}head", f"{MARK}read", f"{MARK}stamp"
CHOICES, OURS = "Choices", "Customer Manifesto"  # names of the two hidden sheets
OF_A_FIGURE = frozenset({Field.FACT, Field.UNIT})
LONGEST_NAME, LONGEST_CHOICE = 31, 240  # of a sheet; of an entry in a list
LONGEST_TITLE, LONGEST_HINT = 32, 255  # of what a spreadsheet says beside a cell
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
WIDTHS: Mapping[Field, int] = {
    Field.ANSWER: 60,
    Field.FACT: 12,
    Field.UNIT: 14,
    Field.CHOICE: 30,
    Field.REASON: 30,
    Field.COMMENT: 50,
}


@dataclass(frozen=True, kw_only=True)
class _Looks:
    """The formats of the cells; made once a workbook."""

    title: Format
    head: Format
    read: Format
    bold: Format
    fill: Format
    closed: Format
    plain: Format


def xlsx_of(book: Book, *, stamp: Stamp | None = None) -> bytes:
    """The file in the active language. Every cell that may be filled is a text, so that no program turns what is typed
    there into a date, a number or a formula; all others are locked, without a password. `stamp`: of an earlier
    download, where this one is as somebody filled that."""
    from xlsxwriter import Workbook

    out = BytesIO()
    file = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = _looks(file)
    first = file.add_worksheet(_sheet_name(_("Read me first"), set()))
    taken = {first.get_name().casefold(), CHOICES.casefold(), OURS.casefold()}
    pages = []
    for rule, asked in book.rules:
        name = _sheet_name(f"{rule.position} {rule.name}", taken)
        pages.append((file.add_worksheet(name), rule, asked))
    choices, ours = file.add_worksheet(CHOICES), file.add_worksheet(OURS)
    places = _write_choices(choices, book, looks)
    for page, rule, asked in pages:
        _RulePage(page=page, book=book, looks=looks, places=places).write(rule, asked)
    _write_first(first, book, looks)
    _write_ours(ours, book, looks, stamp or fresh_stamp(book))
    choices.hide()
    ours.hide()
    for page in file.worksheets():
        page.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
    file.set_properties({"title": _title(book), "author": "Customer Manifesto"})
    file.close()
    return out.getvalue()


def fresh_stamp(book: Book) -> Stamp:
    """Of the answers as they stand now."""
    shown = {
        (one.question.key, field): comparable(_closed_words(one, field))
        for one in book.asked
        for field in book.fields
        if not one.is_open(field)
    }
    return stamp_of(book, shown)


def file_name(book: Book) -> str:
    if book.answering_as.is_vendor:
        return "questionnaire.xlsx"
    return f"questionnaire-{book.response.assessment.reference}.xlsx"


def _looks(file: Any) -> _Looks:
    text = {"text_wrap": True, "valign": "top", "font_size": 11, "num_format": "@"}
    lines = {"border": 1, "border_color": "#B8B8B8"}
    return _Looks(
        title=file.add_format({"bold": True, "font_size": 15}),
        head=file.add_format(text | lines | {"bold": True, "bg_color": "#E4E9EE"}),
        read=file.add_format(text | lines),
        bold=file.add_format(text | lines | {"bold": True}),
        fill=file.add_format(text | lines | {"locked": False, "bg_color": "#FFF9DB"}),
        closed=file.add_format(text | lines | {"bg_color": "#EEEEEE", "font_color": "#595959"}),
        plain=file.add_format(text),
    )


# A rule ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class _RulePage:
    """`places`: question key → where its list of grades stands."""

    page: Worksheet
    book: Book
    looks: _Looks
    places: Mapping[str, str]

    def write(self, rule: Rule, asked: list[Asked]) -> None:
        marks = [KEY, *[READ] * len(self._reading), *[f"{MARK}{field.value}" for field in self.book.fields]]
        for column, mark in enumerate(marks):
            self.page.write_string(0, column, mark)
        self.page.set_row(0, None, None, {"hidden": True})
        self.page.set_column(0, 0, 10, None, {"hidden": True})
        self.page.write_string(1, 0, HEAD)
        self.page.write_string(1, 1, written(f"{rule.position}. {rule.name}"), self.looks.title)
        self._write_head(asked)
        for row, one in enumerate(asked, start=3):
            self._write_question(row, one)
        self._set_up_print(rule)

    @property
    def _reading(self) -> list[tuple[str, int]]:
        """The columns to read, with their widths in characters."""
        columns = [(_("No."), 6), (_("Question"), 46), (_("What good looks like"), 52)]
        return columns if self.book.answering_as.is_vendor else [*columns, (_("The vendor’s own answer"), 40)]

    def _write_head(self, asked: list[Asked]) -> None:
        """A figure that none of these questions asks for takes no room: on a phone each column is a swipe."""
        self.page.write_string(2, 0, HEAD)
        for column, (label, width) in enumerate(self._reading, start=1):
            self.page.write_string(2, column, label, self.looks.head)
            self.page.set_column(column, column, width)
        for column, field in enumerate(self.book.fields, start=len(self._reading) + 1):
            is_asked = any(one.question.fact != FactKind.NONE for one in asked) or field not in OF_A_FIGURE
            self.page.write_string(2, column, self.book.label(field), self.looks.head)
            self.page.set_column(column, column, WIDTHS[field], None, {"hidden": not is_asked})
        self.page.freeze_panes(3, 2)

    def _write_question(self, row: int, one: Asked) -> None:
        self.page.write_string(row, 0, one.question.key)
        texts = [one.number, _question_words(one, self.book), _levels_words(one)]
        if not self.book.answering_as.is_vendor:
            texts.append(_said_words(one))
        for column, text in enumerate(texts, start=1):
            self.page.write_string(row, column, _fitting(text), self.looks.read)
        for column, field in enumerate(self.book.fields, start=len(texts) + 1):
            if one.is_open(field):
                self.page.write_string(row, column, cell_of(one, field), self.looks.fill)
                self._help(row, column, one, field)
            else:
                self.page.write_string(row, column, written(_closed_words(one, field)), self.looks.closed)

    def _help(self, row: int, column: int, one: Asked, field: Field) -> None:
        """The list of what can be chosen, and what is said beside the cell. What is typed by hand is not refused here:
        “3” is as good as the whole entry, and the look at the file says what could not be read."""
        options: dict[str, Any] = {"validate": "any"}
        if field is Field.CHOICE:
            options = {"validate": "list", "source": self.places[one.question.key], "error_type": "warning"}
            options["error_title"] = _cut(_("Not in the list"), LONGEST_TITLE)
            options["error_message"] = _cut(_("Choose an entry of the list, or type 0, 1, 2, 3 or 4."), LONGEST_HINT)
        elif field is Field.UNIT:
            options = {"validate": "list", "source": [str(label) for label in FrequencyUnit.labels]}
        hint = _hint(field, self.book)
        options |= {"input_title": _cut(self.book.label(field), LONGEST_TITLE)} if hint else {}
        options |= {"input_message": _cut(hint, LONGEST_HINT)} if hint else {}
        if options != {"validate": "any"}:
            self.page.data_validation(row, column, row, column, options)

    def _set_up_print(self, rule: Rule) -> None:
        self.page.set_landscape()
        self.page.set_paper(9)  # A4
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(2)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.page.set_footer(f"&L{_footer(f'{rule.position}. {rule.name}')}&R&P / &N")


def cell_of(one: Asked, field: Field) -> str:
    """What stands in the cell of a field that may be filled."""
    if field in TEXTS:
        return written(getattr(one.answer, field.value))
    value = one.values[field]
    if field is Field.CHOICE and value:
        return dict(entries_of(one))[value]
    return in_words(field, value)


def entries_of(one: Asked) -> Iterator[tuple[str, str]]:
    """What can be chosen: value, and its entry in the list."""
    texts = {level.grade: level.text for level in one.question.levels.all()}
    for grade, name in enumerate(GRADE_NAMES):
        text = texts.get(grade, "")
        entry = f"{grade} – {words.labelled(name, text)}" if text else f"{grade} – {name}"
        yield str(grade), _cut(" ".join(entry.split()), LONGEST_CHOICE)
    for blank in Blank:
        yield blank.value, choice_label(None, blank.value)


def _question_words(one: Asked, book: Book) -> str:
    """As the page has it: to whom an outside rater would pass questions on is not theirs to know."""
    question, answering_as = one.question, book.answering_as
    parts = [question.text, words.labelled(_("Why it matters"), question.why) if question.why else ""]
    if question.evidence and not answering_as.is_outside:
        label = _("What shows it") if answering_as.is_vendor else _("Ask for")
        parts.append(words.labelled(label, question.evidence))
    if question.knockout:
        parts.append(_("Knock-out question"))
    if question.supplementary:
        parts.append(_("Also asked: you may leave this open."))
    return "\n\n".join(part for part in parts if part)


def _levels_words(one: Asked) -> str:
    levels = one.question.levels.all()
    return "\n".join(f"{level.grade} – {words.labelled(GRADE_NAMES[level.grade], level.text)}" for level in levels)


def _said_words(one: Asked) -> str:
    if one.said is None:
        return ""
    fact = words.labelled(_("Recorded fact"), one.said.fact) if one.said.fact else ""
    files = [file.evidence.name for file in one.said.files]
    attached = words.labelled(_("Evidence, to be read on the site"), ", ".join(files)) if files else ""
    return "\n\n".join(part for part in (one.said.text, fact, attached) if part)


def _closed_words(one: Asked, field: Field) -> str:
    if field in one.too_long:
        return _("This text is longer than a cell holds: change it on the site.")
    if field in (Field.FACT, Field.UNIT) and one.is_fact_taken:
        return _("The vendor has stated it.") if field is Field.FACT else ""
    is_share = field is Field.UNIT and one.is_asked(Field.FACT)
    return _("percent") if is_share else ""


def _hint(field: Field, book: Book) -> str:
    if field is Field.CHOICE:
        return _("Choose from the list, or type 0 to 4. Leave it empty where you have no answer yet.")
    if field is Field.REASON:
        return _("Only where the grade says “Not applicable”.")
    if field is Field.FACT:
        return _("A number, such as 95 or 12.5. You may leave it open.")
    return ""


# The other sheets ------------------------------------------------------------------------------------------------
def _write_choices(page: Worksheet, book: Book, looks: _Looks) -> dict[str, str]:
    """A row a question: what can be chosen there. Question key → where it stands."""
    places = {}
    for row, one in enumerate(book.asked):
        entries = [entry for _value, entry in entries_of(one)]
        for column, entry in enumerate(entries):
            page.write_string(row, column, entry, looks.plain)
        last = chr(ord("A") + len(entries) - 1)
        places[one.question.key] = f"={CHOICES}!$A${row + 1}:${last}${row + 1}"
    return places


def _write_first(page: Worksheet, book: Book, looks: _Looks) -> None:
    page.set_column(0, 0, 100)
    page.write_string(0, 0, written(_title(book)), looks.title)
    for row, text in enumerate(_instructions(book), start=2):
        page.write_string(row, 0, _fitting(text), looks.plain)
    row = 3 + len(_instructions(book))
    for rule, _asked in book.rules:
        lines = [f"{rule.position}. {rule.name}", rule.promise, rule.guidance]
        page.write_string(row, 0, _fitting("\n".join(line for line in lines if line)), looks.read)
        row += 1
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&R&P / &N")


def _title(book: Book) -> str:
    assessment = book.response.assessment
    if book.answering_as.is_vendor:
        return words.labelled(assessment.organisation, _("questions about your support"))
    return f"{assessment.vendor} · {assessment.reference}"


def _instructions(book: Book) -> list[str]:
    """What to do, a cell each."""
    lines = [
        _("1. There is a sheet for each rule. Fill the yellow cells; everything else is locked."),
        _("2. Choose each grade from the list in its cell, or type 0, 1, 2, 3 or 4."),
        _(
            "3. “Not applicable” needs a reason. “Don’t know” needs none. What you leave empty counts as not answered "
            "yet; what you empty is emptied on the site."
        ),
        _("4. Save the file as a workbook (XLSX or ODS), not as PDF or CSV."),
        _(
            "5. Upload it on the page from which you downloaded it. You then see, cell by cell, what would change, and "
            "nothing is taken over before you say so. Nothing is handed in by it."
        ),
        _("Files that show what you say are not part of this workbook: attach them on the site."),
        _("Lines that begin with = + - or @ have an apostrophe in front here. It goes again on the way back."),
    ]
    if book.too_long:
        said = _("Too long for a cell, so not in here but on the site only (question): %(numbers)s.")
        lines.append(said % {"numbers": words.joined(numbers_of(book.too_long))})
    if book.altered:
        said = _("Signs that a workbook cannot hold were left out here; they stay on the site (question): %(numbers)s.")
        lines.append(said % {"numbers": words.joined(numbers_of(book.altered))})
    return lines


def _write_ours(page: Worksheet, book: Book, looks: _Looks, stamp: Stamp) -> None:
    """What the site knows the workbook by, in the open: anybody may look at it."""
    page.set_column(0, 1, 40)
    lines = [
        (_("By this sheet the site knows to which questionnaire the workbook belongs. Please leave it as it is."), ""),
        (_("Questionnaire"), str(book.response.pk)),
        (_("Edition of the questions"), book.response.assessment.release.edition),
        (STAMP, signed(stamp)),
        (_("Question"), _("Version of the answer at the download")),
        *((key, str(version)) for key, version in stamp.versions.items()),
    ]
    for row, cells in enumerate(lines):
        for column, text in enumerate(cells):
            page.write_string(row, column, _cut(written(text), LONGEST_CELL), looks.plain)


def _fitting(text: str) -> str:
    """A text that is only read."""
    return _cut(written(text), LONGEST_CELL // 2)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _footer(text: str) -> str:
    return _cut(text.replace("&", "&&"), 120)


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Such as a workbook allows, and no other's; it is added to those that are taken."""
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", wanted).split()).strip("'") or "1"
    name, number = plain[:LONGEST_NAME].strip("' "), 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = plain[: LONGEST_NAME - len(end)].strip("' ") + end
    taken.add(name.casefold())
    return name
