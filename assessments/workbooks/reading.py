"""A workbook that came back: which cells belong to which question, wherever people moved them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.workbooks.book import Book, Field, text_in
from assessments.workbooks.stamp import NotOurs, Stamp, stamp_in
from assessments.workbooks.writing import HEAD, KEY, MARK, STAMP
from groundwork import words
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import Haste, Limits
from groundwork.tables.reading import FilledSheet, Line, every_sheet_of

MAX_BYTES = 5_000_000  # an empty one has 40 kB; the longest texts of 30 questions have 1 MB
LIMITS = Limits(
    text_bytes=MAX_BYTES,
    text_rows=1,
    workbook_bytes=MAX_BYTES,
    workbook_rows=5_000,
    columns=200,
    characters=8 * MAX_BYTES,
    parts=200,
    part_bytes=6 * MAX_BYTES,
    part_tags=1_000_000,
    style_tags=300_000,
    sheets=60,
    sheet_bytes=20 * MAX_BYTES,
    sheet_tags=6_000_000,  # a hundred thousand rows that are formatted and empty
    unpacked_bytes=40 * MAX_BYTES,
    memory_bytes=768 * 1024 * 1024,
    quick_seconds=10,
    slow_seconds=20,
)
HASTE = Haste(seconds=25)  # by the clock: somebody waits
MOST_NOTES = 20  # about cells from which nothing is read


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`place`: “B14”, behind the name of its sheet; `fault`: why it cannot be read, empty where it can."""

    place: str
    text: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class FilledRow:
    """A row of a question; without the fields whose column is gone."""

    place: str
    cells: Mapping[Field, Cell]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """`rows`: question key → its rows, more than one where somebody copied it. `notes`: what is not read, in words."""

    stamp: Stamp
    rows: Mapping[str, Sequence[FilledRow]]
    notes: tuple[str, ...] = ()


def filled_in(content: bytes, book: Book) -> Filled:
    """What the file holds for this book. Raises ImportRefused where it is no workbook of it, and says what to do."""
    if content[:4] not in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(_("This is no workbook: upload the file that you downloaded here, saved as XLSX or ODS."))
    sheets = every_sheet_of(content, LIMITS, haste=HASTE)
    stamp = _stamp(sheets)
    _check(stamp, book)
    rows: dict[str, list[FilledRow]] = {}
    notes: list[str] = []
    for sheet in sheets:
        if columns := _columns(sheet, book):
            _Page(sheet=sheet, columns=columns, stamp=stamp, book=book).read(rows, notes)
    if not rows:
        raise _refused(_("No question is found in this workbook: its hidden first row or column is gone."))
    missing = [one.number for one in book.asked if one.question.key not in rows]
    if missing:
        said = _("Not in this workbook any more, so they stay as they are on the site: %(numbers)s.")
        notes.append(said % {"numbers": words.joined(missing)})
    return Filled(stamp=stamp, rows=rows, notes=tuple(notes[: MOST_NOTES + 1]))


def _refused(why: str) -> ImportRefused:
    return ImportRefused(why + " " + _("Download a fresh workbook and copy your answers into it."))


def _stamp(sheets: Sequence[FilledSheet]) -> Stamp:
    for sheet in sheets:
        for line in sheet.lines:
            if STAMP in line.cells:
                behind = line.cells[list(line.cells).index(STAMP) + 1 :]
                try:
                    return stamp_in(next((cell for cell in behind if cell), ""))
                except NotOurs:
                    raise _refused(
                        _("The hidden sheet of this workbook was changed, or it comes from elsewhere.")
                    ) from None
    raise _refused(_("This is not a workbook of this questionnaire: it lacks the hidden sheet by which it is known."))


def _check(stamp: Stamp, book: Book) -> None:
    """That it is of this response, and asks the same questions."""
    if stamp.response != book.response.pk:
        raise ImportRefused(
            _("This workbook was made for another questionnaire. Upload the one that you downloaded on this page.")
        )
    if stamp.release != book.response.assessment.release_id or set(stamp.versions) != set(book.by_key):
        raise _refused(_("The questions have changed since this workbook was downloaded."))


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where people have moved them: that of the keys, those of the fields, and all that are ours."""

    marks: Line
    key: int
    fields: Mapping[Field, int]
    ours: frozenset[int]

    def key_of(self, line: Line) -> str:
        return line.cells[self.key].strip() if self.key < len(line.cells) else ""

    def is_a_heading(self, line: Line) -> bool:
        return line.number == self.marks.number or self.key_of(line) == HEAD


def _columns(sheet: FilledSheet, book: Book) -> _Columns | None:
    """None for a sheet that is none of ours."""
    marks = next((line for line in sheet.lines if KEY in line.cells), None)
    if marks is None:
        return None
    places = {mark: place for place, mark in enumerate(marks.cells)}
    return _Columns(
        marks=marks,
        key=places[KEY],
        fields={field: places[f"{MARK}{field}"] for field in book.fields if f"{MARK}{field}" in places},
        ours=frozenset(place for place, mark in enumerate(marks.cells) if mark.startswith(MARK)),
    )


@dataclass(frozen=True, kw_only=True)
class _Page:
    sheet: FilledSheet
    columns: _Columns
    stamp: Stamp
    book: Book

    def read(self, rows: dict[str, list[FilledRow]], notes: list[str]) -> None:
        """Add its rows, and what is not read."""
        notes.extend(self._gone())
        fields = self.columns.fields
        for line in self.sheet.lines:
            if self.columns.is_a_heading(line):
                continue
            key = self.columns.key_of(line)
            if key in self.stamp.versions:
                rows.setdefault(key, []).append(self._row(line, fields))
                notes.extend(self._beside(line, set(range(len(line.cells))) - self.columns.ours))
            else:
                notes.extend(self._beside(line, set(fields.values())))

    def _gone(self) -> Iterator[str]:
        """The columns that somebody has deleted."""
        if gone := [self.book.label(field) for field in self.book.fields if field not in self.columns.fields]:
            said = _("Sheet %(sheet)s has no column %(columns)s any more: what stands on the site stays.")
            quoted = words.joined([words.quoted(name) for name in gone])
            yield said % {"sheet": words.quoted(self.sheet.name), "columns": quoted}

    def _row(self, line: Line, fields: Mapping[Field, int]) -> FilledRow:
        cells = {field: self._cell(line, place) for field, place in fields.items()}
        return FilledRow(place=f"{self.sheet.name}, {line.number}", cells=cells)

    def _cell(self, line: Line, column: int) -> Cell:
        place = f"{self.sheet.name} {place_of(line.number, column)}"
        text = text_in(line.cells[column]) if column < len(line.cells) else ""
        if joined := self._joined(line.number, column):
            said = _("The cells %(cells)s are joined: separate them, so that each answer has a cell of its own.")
            return Cell(place=place, text=text, fault=said % {"cells": joined})
        if column in line.faulty:
            fault = _("A formula without a result, or an error, stands here: type the answer itself.")
            return Cell(place=place, text=text, fault=fault)
        return Cell(place=place, text=text)

    def _joined(self, number: int, column: int) -> str:
        """The stretch of joined cells of which this one is part: “E5:E7”."""
        for (top, left), (bottom, right) in self.sheet.joined:
            if top <= number - 1 <= bottom and left <= column <= right:
                return f"{place_of(top + 1, left)}:{place_of(bottom + 1, right)}"
        return ""

    def _beside(self, line: Line, columns: set[int]) -> Iterator[str]:
        """What stands where nothing is read."""
        for column in sorted(columns):
            if column < len(line.cells) and text_in(line.cells[column]):
                said = _("%(place)s: nothing is read from this cell. Put it into the row and the column of an answer.")
                yield said % {"place": f"{self.sheet.name} {place_of(line.number, column)}"}


def place_of(number: int, column: int) -> str:
    """Row 14, column 1 → “B14”."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{number}"
