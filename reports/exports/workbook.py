"""An export as a workbook: a sheet a table, and the arithmetic in formulas, with our own results beside them for who
does not calculate.

Written a line at a time: what a sheet holds is never in memory. A sheet that is full goes on in a second one; a text
that is longer than a cell holds goes on in a sheet of its own; both are said in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from assessments.models import Blank
from assessments.score.arithmetic import GRADES
from assessments.score.words import STATUSES, VERDICTS
from groundwork.tables.cells import UNSEEN, neutralise
from groundwork.tables.writing import LONGEST_CELL, units
from reports.exports import live
from reports.exports.catalogue import BY_KEY, TABLES, Column, Kind, Table
from reports.exports.codes import REASONS, STATES
from reports.exports.readme import About, lines
from reports.exports.rows import NOT_APPLICABLE, Row, Value
from reports.exports.shapes import CUSTOMER, Dossier

if TYPE_CHECKING:  # loaded by those who write a workbook, not by every web process
    from xlsxwriter.workbook import Workbook as Book
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576  # of a sheet, its heading included
FIRST_DAY = date(1900, 3, 1)  # from here on spreadsheets agree on their days; an earlier one is a text
PIECE = 30_000  # characters of a long text in one cell of its own sheet
HEAD_KEPT = 32_000  # of it where it belongs
MADE = datetime(1980, 1, 1)  # in the file's properties: the same content, the same bytes
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
WIDTHS = {
    Kind.TEXT: 24,
    Kind.WHOLE: 11,
    Kind.NUMBER: 11,
    Kind.EXACT: 14,
    Kind.DAY: 12,
    Kind.MOMENT: 22,
    Kind.FLAG: 11,
    Kind.CODE: 16,
    Kind.AGREED: 14,
}
CHOICES: dict[tuple[str, str], tuple[int | str, ...]] = {  # what can be typed into a cell that the arithmetic reads
    ("answers", "grade"): tuple(GRADES),
    ("answers", "blank"): tuple(Blank.values),
    ("questions", "agreed"): (*GRADES, NOT_APPLICABLE),
}
INPUTS = {("answers", "grade"), ("answers", "blank"), ("questions", "agreed"), ("questions", "weight")} | {
    ("assessments", key) for key in ("met_threshold", "broken_threshold", "minimum_coverage", "knockout_below")
}


@dataclass
class _Part:
    """One sheet of a table, and the line that comes next in it."""

    sheet: Worksheet
    name: str
    line: int = 1


@dataclass
class _Sheets:
    """The sheets of one table: `parts`, the last of which is written into."""

    table: Table
    title: str
    looks: tuple[Any, ...] = ()  # the format of each column
    parts: list[_Part] = field(default_factory=list)
    rows: int = 0

    @property
    def part(self) -> _Part:
        return self.parts[-1]

    def room(self, most: int) -> int:
        return most - self.part.line


class Workbook:
    """`begin`, then dossiers and rows, then `close`. In the active language."""

    def __init__(self, path: Path, *, language: str, most_rows: int = MOST_ROWS) -> None:
        self.language, self.most_rows = language, most_rows
        # What somebody wrote is a text and nothing else, whatever it looks like.
        plain = {f"strings_to_{what}": False for what in ("numbers", "formulas", "urls")}
        self.book = _workbook(str(path), {"constant_memory": True, **plain})
        self.book.set_properties({"title": _("Export"), "created": MADE})
        self.book.set_calc_mode("auto")
        self.formats = _formats(self.book)
        self.names: set[str] = set()
        self.readme = self._sheet(_("Read me"))
        self.sheets = {
            table.key: _Sheets(table=table, title=str(table.title), looks=self._looks(table)) for table in TABLES
        }
        for sheets in self.sheets.values():
            self._next_part(sheets)
        self.long: _Part | None = None
        self.long_texts = 0
        self.yes, self.no = _("Yes"), _("No")
        self.words = live.Words(
            states=_said(STATES),
            statuses=_said(STATUSES),
            verdicts=_said(VERDICTS),
            reasons=_said(REASONS),
            yes=self.yes,
            no=self.no,
        )

    # Writing ------------------------------------------------------------------------------------------------------
    def dossier(self, dossier: Dossier, tables: Mapping[str, Sequence[Row]]) -> None:
        """All lines of one assessment, whose formulas name one another's cells: so they stand in one sheet each."""
        for key, rows in tables.items():
            if self.sheets[key].room(self.most_rows) < len(rows):
                self._next_part(self.sheets[key])
        formulas = _Formulas(self, dossier, tables)
        for key, rows in tables.items():
            for place, row in enumerate(rows):
                self._write(key, row, formulas.of(key, place))

    def rows(self, key: str, rows: Iterable[Row]) -> None:
        for row in rows:
            if not self.sheets[key].room(self.most_rows):
                self._next_part(self.sheets[key])
            self._write(key, row, {})

    def close(self, about: About) -> None:
        notes = [
            _("Change a grade, an agreed grade, a weight or a threshold (cells with a coloured ground), and "
              "the question, the rule, the number of rules met and the verdict move with it."),
            _("The confidence and the fractions beside the percents are those of the day on which this file was made: "
              "they do not move."),
        ]  # fmt: skip
        for sheets in self.sheets.values():
            if len(sheets.parts) > 1:
                said = _("“%(table)s” does not fit in one sheet and goes on in: %(names)s.")
                names = ", ".join(part.name for part in sheets.parts[1:])
                notes.append(said % {"table": sheets.title, "names": names})
        if self.long is not None:
            notes.append(
                _("Texts that are longer than a cell holds end with their number, and stand whole in “%(name)s”.")
                % {"name": self.long.name}
            )
        self.readme.set_column(0, 0, 28)
        self.readme.set_column(1, 1, 110)
        for place, line in enumerate(lines(about, notes=notes, counts={k: s.rows for k, s in self.sheets.items()})):
            for column, said in enumerate(line):
                self._text(self.readme, place, column, said, self.formats["heading" if len(line) == 1 else "wrap"])
        self.book.close()

    # Lines and cells ----------------------------------------------------------------------------------------------
    def _write(self, key: str, row: Row, formulas: Mapping[str, str]) -> None:
        sheets = self.sheets[key]
        part = sheets.part
        for place, (column, look, value) in enumerate(zip(sheets.table.columns, sheets.looks, row, strict=True)):
            formula = formulas.get(column.key)
            if formula is not None:
                part.sheet.write_formula(part.line, place, formula, look, self._cached(column, value))
            elif value is None:
                part.sheet.write_blank(part.line, place, None, look)
            else:
                self._cell(part, place, column, value, look)
        part.line += 1
        sheets.rows += 1

    def _cell(self, part: _Part, place: int, column: Column, value: Value, look: Any) -> None:
        if isinstance(value, bool) or (column.kind in {Kind.CODE, Kind.AGREED} and isinstance(value, str)):
            self._text(part.sheet, part.line, place, str(self._cached(column, value)), look)
        elif isinstance(value, int | Decimal):
            part.sheet.write_number(part.line, place, float(value), look)
        elif isinstance(value, date) and value >= FIRST_DAY:
            part.sheet.write_datetime(part.line, place, datetime.combine(value, time()), look)
        else:
            said = self._fitting(str(value), part, place)
            self._text(part.sheet, part.line, place, said, look)

    def _cached(self, column: Column, value: Value) -> str | float:
        """What a formula comes to, for who does not calculate."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.yes if value else self.no
        if column.words is not None and isinstance(value, str):
            return neutralise(str(column.words.get(value, value)))
        return float(value) if isinstance(value, int | Decimal) else str(value)

    def _text(self, sheet: Worksheet, line: int, column: int, said: str, look: Any = None) -> None:
        told = neutralise(said.translate(UNSEEN)) if said else ""
        if told.startswith("<r>"):
            told = f" {told}"  # the library would take it for markup of its own, and write it as such
        if told:
            sheet.write_string(line, column, told, look)

    def _fitting(self, said: str, part: _Part, place: int) -> str:
        """The text, or its beginning and where the whole of it stands."""
        if len(said) <= LONGEST_CELL // 2 or units(neutralise(said)) <= LONGEST_CELL - 1:
            return said
        self.long_texts += 1
        if self.long is None or self.long.line + len(said) // PIECE + 1 >= self.most_rows:
            self.long = self._long_sheet()
        cell = f"{part.name}!{_cell(part.line, place)}"
        for number, start in enumerate(range(0, len(said), PIECE // 2), start=1):
            for column, told in enumerate((str(self.long_texts), cell, str(number), said[start : start + PIECE // 2])):
                self._text(self.long.sheet, self.long.line, column, told)
            self.long.line += 1
        more = _("… (whole in “%(sheet)s”, number %(number)s)") % {"sheet": self.long.name, "number": self.long_texts}
        return said[: HEAD_KEPT // 2] + more

    def _looks(self, table: Table) -> tuple[Any, ...]:
        return tuple(
            self.formats["input" if (table.key, column.key) in INPUTS else _look(column)] for column in table.columns
        )

    # Sheets -------------------------------------------------------------------------------------------------------
    def _sheet(self, title: str) -> Worksheet:
        sheet = self.book.add_worksheet(self._name(title))
        return sheet

    def _name(self, title: str) -> str:
        """As workbooks allow it, and once."""
        base = NOT_IN_NAMES.sub(" ", title).strip() or "Table"
        number, name = 1, base[:LONGEST_NAME]
        while name.casefold() in self.names:
            number += 1
            end = f" ({number})"
            name = base[: LONGEST_NAME - len(end)] + end
        self.names.add(name.casefold())
        return name

    def _next_part(self, sheets: _Sheets) -> None:
        sheet = self._sheet(sheets.title)
        sheets.parts.append(_Part(sheet=sheet, name=sheet.get_name()))
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(sheets.table.columns):
            sheet.set_column(place, place, WIDTHS[column.kind])
            self._text(sheet, 0, place, str(column.label), self.formats["heading"])
            if choices := CHOICES.get((sheets.table.key, column.key)):
                words = column.words or {}
                listed = [one if isinstance(one, int) else str(words.get(one, one)) for one in choices]
                sheet.data_validation(1, place, self.most_rows - 1, place, {"validate": "list", "source": listed})

    def _long_sheet(self) -> _Part:
        sheet = self._sheet(_("Long texts"))
        for place, label in enumerate((_("Number"), _("Cell"), _("Part"), _("Text"))):
            self._text(sheet, 0, place, label, self.formats["heading"])
        return _Part(sheet=sheet, name=sheet.get_name())


class _Formulas:
    """The formulas of one assessment: where its lines will stand is known before they are written."""

    def __init__(self, book: Workbook, dossier: Dossier, tables: Mapping[str, Sequence[Row]]) -> None:
        self.book, self.dossier, self.tables = book, dossier, tables
        self.first = {key: book.sheets[key].part.line for key in tables}
        self.limits = live.Limits(
            met=self._far("assessments", "met_threshold", 0),
            broken=self._far("assessments", "broken_threshold", 0),
            coverage=self._far("assessments", "minimum_coverage", 0),
            knockout=self._far("assessments", "knockout_below", 0),
        )
        self.raters = self._places_of_raters()
        self.counting = self._places_of_rules()
        self.agreed = {question.key: place for place, question in enumerate(dossier.questions)}

    def of(self, key: str, place: int) -> Mapping[str, str]:
        if self.dossier.score is None:
            return {}
        if key == "questions":
            return self._question(place)
        if key == "rules":
            return self._rule(place)
        if key == "assessments" and self.tables["rules"]:
            columns = ("status", "rated_percent", "rule")
            ranges = {column: self._range("rules", column, 0, len(self.tables["rules"])) for column in columns}
            return live.assessment(ranges, rules=len(self.tables["rules"]), words=self.book.words)
        if key == "consensus":
            question = self.tables["consensus"][place][1]
            cell = self._far("questions", "agreed", self.agreed[str(question)])
            return {"agreed": f'=IF({cell}="","",{cell})'}
        return {}

    def _question(self, place: int) -> Mapping[str, str]:
        question = self.dossier.questions[place]
        start, end = self.raters.get(question.key, (0, 0))
        return live.question(
            self._line("questions", place),
            grades=self._range("answers", "grade", start, end) if end else "",
            blanks=self._range("answers", "blank", start, end) if end else "",
            limits=self.limits,
            words=self.book.words,
            counts=not question.supplementary,
        )

    def _rule(self, place: int) -> Mapping[str, str]:
        start, end = self.counting[self.dossier.rules[place].key]
        columns = ("weight_graded", "weight_applicable", "weighted", "knocked_out")
        ranges = {column: self._range("questions", column, start, end) for column in columns}
        return live.rule(self._line("rules", place), ranges, limits=self.limits, words=self.book.words)

    def _places_of_raters(self) -> dict[str, tuple[int, int]]:
        """By question from which line of the answers to which the raters' stand, the end not included."""
        found: dict[str, tuple[int, int]] = {}
        keys = BY_KEY["answers"].keys
        kind, question = keys.index("kind"), keys.index("question")
        for place, row in enumerate(self.tables["answers"]):
            if row[kind] == CUSTOMER:
                start, _end = found.get(str(row[question]), (place, place))
                found[str(row[question])] = (start, place + 1)
        return found

    def _places_of_rules(self) -> dict[str, tuple[int, int]]:
        """By rule from which line of the questions to which those that count stand."""
        found: dict[str, tuple[int, int]] = {rule.key: (0, 0) for rule in self.dossier.rules}
        for place, question in enumerate(self.dossier.questions):
            if not question.supplementary:
                start, end = found[question.rule]
                found[question.rule] = (start if end else place, place + 1)
        return found

    def _line(self, key: str, place: int) -> dict[str, str]:
        line = self.first[key] + place
        return {column: _cell(line, at) for at, column in enumerate(BY_KEY[key].keys)}

    def _far(self, key: str, column: str, place: int) -> str:
        at = BY_KEY[key].keys.index(column)
        cell = _cell(self.first[key] + place, at, is_fixed=True)
        return f"'{self.book.sheets[key].part.name}'!{cell}"

    def _range(self, key: str, column: str, start: int, end: int) -> str:
        at = BY_KEY[key].keys.index(column)
        first = _cell(self.first[key] + start, at)
        last = _cell(self.first[key] + end - 1, at)
        return f"'{self.book.sheets[key].part.name}'!{first}:{last}"


def _said(words: Mapping[str, object]) -> dict[str, str]:
    return {str(getattr(code, "value", code)): str(said) for code, said in words.items()}


def _look(column: Column) -> str:
    return {Kind.NUMBER: "number", Kind.DAY: "day"}.get(column.kind, "plain")


def _workbook(path: str, options: Mapping[str, Any]) -> Book:
    from xlsxwriter import Workbook as Book

    return Book(path, options)


def _cell(line: int, column: int, *, is_fixed: bool = False) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(line, column, row_abs=is_fixed, col_abs=is_fixed))


def _formats(book: Book) -> dict[str, Any]:
    return {
        "plain": book.add_format({"valign": "top"}),
        "wrap": book.add_format({"valign": "top", "text_wrap": True}),
        "number": book.add_format({"num_format": "0.00", "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "heading": book.add_format({"bold": True, "valign": "top", "bottom": 1}),
        "input": book.add_format({"bg_color": "#fff6d6", "valign": "top"}),
    }
