"""The bank as an XLSX workbook: five sheets, one column a language, every cell neutralised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from groundwork.languages import LANGUAGE_CODES
from groundwork.refusals import Refusal
from groundwork.tables.cells import ImportRefused, neutralise, restore
from groundwork.tables.limits import Haste, Limits
from groundwork.tables.reading import Line, sheets_of
from groundwork.tables.writing import LONGEST_CELL, units
from manifesto.bank import PLAIN_FIELDS, TEXT_FIELDS, Bank, Sheet, bank_lines
from manifesto.sources import BankError, Fault, Place, SourceLine

if TYPE_CHECKING:
    from openpyxl import Workbook

# openpyxl is imported where a workbook is written: it brings NumPy along, a quarter (0.5 s) of the processor time that
# the start of every process took, of which hardly any ever sees a workbook.

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 1_000  # a bank of 22 questions has 110 levels
LIMITS = Limits(
    text_bytes=MAX_BYTES,
    text_rows=MAX_ROWS,
    workbook_bytes=MAX_BYTES,
    workbook_rows=MAX_ROWS,
    columns=200,
    characters=4 * MAX_BYTES,
    parts=200,
    part_bytes=4 * MAX_BYTES,
    part_tags=500_000,
    style_tags=300_000,
    sheet_bytes=8 * MAX_BYTES,
    sheet_tags=600_000,
    unpacked_bytes=8 * MAX_BYTES,
    memory_bytes=512 * 1024 * 1024,
    quick_seconds=2,
    slow_seconds=2,
)
HASTE = Haste(seconds=10)  # by the clock: somebody waits
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a workbook's way to write a sign that XML has not
TITLES = {
    Sheet.RELEASE: "Edition",
    Sheet.RULES: "Rules",
    Sheet.QUESTIONS: "Questions",
    Sheet.LEVELS: "Levels",
    Sheet.GUIDES: "Guides",
}
MAY_LACK = frozenset({Sheet.GUIDES})  # files that were exported before have none
FORMER_TITLES = {Sheet.RELEASE: "Release"}  # what files have that were exported before
ADDED_LATER = frozenset({"supplementary"})  # columns that files lack which were exported before
_KEYS = {
    Sheet.RELEASE: ("edition",),
    Sheet.RULES: ("key",),
    Sheet.QUESTIONS: ("rule", "key"),
    Sheet.LEVELS: ("question", "grade"),
    Sheet.GUIDES: ("rule",),
}


class TooLongForCell(Refusal):
    """A text of the bank does not fit in a cell of a workbook, which would be cut without a word."""


def columns(sheet: Sheet) -> tuple[str, ...]:
    texts = [f"{name}_{language}" for name in TEXT_FIELDS[sheet] for language in LANGUAGE_CODES]
    plain = [name for name in PLAIN_FIELDS[sheet] if name not in _KEYS[sheet]]
    return (*_KEYS[sheet], *plain, *texts)


# Writing ---------------------------------------------------------------------------------------------------------
def write(bank: Bank) -> bytes:
    """The workbook, a sheet a kind of line. TooLongForCell where a text does not fit."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in Sheet:
        _write_sheet(book, sheet, list(_rows(bank, sheet)))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _rows(bank: Bank, sheet: Sheet) -> Iterator[list[Any]]:
    for (of, key), fields in bank_lines(bank).items():
        if of is not sheet:
            continue
        values: dict[str, Any] = {f"{name}_{lang}" if lang else name: value for (name, lang), value in fields.items()}
        values |= _key_values(bank, sheet, key)
        cells = {name: _cell(values[name]) for name in columns(sheet)}
        _refuse_long(cells, f"{TITLES[sheet]} {key}")
        yield list(cells.values())


def _key_values(bank: Bank, sheet: Sheet, key: str) -> dict[str, Any]:
    if sheet is Sheet.RELEASE:
        return {"edition": bank.edition}
    if sheet is Sheet.LEVELS:
        question, grade = key.rsplit("/", 1)
        return {"question": question, "grade": int(grade)}
    return {"rule": key} if sheet is Sheet.GUIDES else {"key": key}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ESCAPE.sub("_x005F_", neutralise(value)) if isinstance(value, str) else value


def _refuse_long(cells: Mapping[str, Any], where: str) -> None:
    for name, cell in cells.items():
        if isinstance(cell, str) and units(cell) > LONGEST_CELL:
            message = _("%(where)s, %(name)s: the text does not fit in a cell of a workbook. Export this as YAML.")
            raise TooLongForCell(message % {"where": where, "name": name})


def _write_sheet(book: Workbook, sheet: Sheet, rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(TITLES[sheet])
    page.append(columns(sheet))
    for row in rows:
        page.append(row)
    page.freeze_panes = page.cell(row=2, column=len(_KEYS[sheet]) + 1)
    for number, name in enumerate(columns(sheet), start=1):
        page.cell(row=1, column=number).font = Font(bold=True)
        wide = name.rsplit("_", 1)[-1] in LANGUAGE_CODES
        page.column_dimensions[get_column_letter(number)].width = 48 if wide else 18
    for cells in page.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str):
                cell.data_type = "s"


# Reading ---------------------------------------------------------------------------------------------------------
def read_lines(content: bytes, name: str) -> list[SourceLine]:
    """The rows of a workbook as lines; BankError when it is none, or too large, or has other columns."""
    if len(content) > LIMITS.workbook_bytes:
        raise _refused(name, _("The file is too large."))
    try:
        pages = sheets_of(content, LIMITS, [*TITLES.values(), *FORMER_TITLES.values()], haste=HASTE)
    except ImportRefused as refused:
        raise _refused(name, str(refused)) from None
    faults: list[Fault] = []
    lines: list[SourceLine] = []
    for sheet, title in TITLES.items():
        found = next((name for name in (title, FORMER_TITLES.get(sheet)) if name in pages), None)
        if found is None and sheet in MAY_LACK:
            continue
        if found is None:
            faults.append(Fault(place=Place(file=title), message=_("The sheet is missing.")))
            continue
        lines += _read_sheet(pages[found], sheet, faults)
    if faults:
        raise BankError(faults)
    return lines


def _read_sheet(page: Sequence[Line], sheet: Sheet, faults: list[Fault]) -> Iterator[SourceLine]:
    first, *rows = page or [Line(1, ())]
    head = [text.strip() for text in first.cells] if first.number == 1 else []
    if missing := [name for name in columns(sheet) if name not in head and name not in ADDED_LATER]:
        message = _("These columns are missing: %s.") % ", ".join(missing)
        faults.append(Fault(place=Place(file=TITLES[sheet], row=1), message=message))
        return
    for row in rows:
        if row.number > MAX_ROWS:
            message = _("The sheet has more than %s rows.") % MAX_ROWS
            faults.append(Fault(place=Place(file=TITLES[sheet], row=row.number), message=message))
            return
        places = {name: Place(file=TITLES[sheet], row=row.number, path=name) for name in columns(sheet)}
        values = _values_of(row, head, places, sheet, faults)
        if values:
            place = Place(file=TITLES[sheet], row=row.number)
            yield SourceLine(sheet=sheet, key=_key_of(sheet, values), place=place, values=values, places=places)


def _values_of(
    row: Line, head: Sequence[str], places: Mapping[str, Place], sheet: Sheet, faults: list[Fault]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for position, (name, text) in enumerate(zip(head, row.cells, strict=False)):
        if name in places and position in row.faulty:
            message = _("The cell holds an error, not a value.")
            if text.startswith("="):
                message = _("A formula is not accepted: write the value.")
            faults.append(Fault(place=places[name], message=message, sheet=sheet))
        elif name in places and text:  # an empty cell is no value: the default, or no text
            values[name] = restore(text)
    return values


def _key_of(sheet: Sheet, values: Mapping[str, Any]) -> str:
    names = {Sheet.RELEASE: (), Sheet.QUESTIONS: ("key",)}.get(sheet, _KEYS[sheet])
    return "/".join(values.get(name, "") for name in names) or "release"


def _refused(name: str, message: str) -> BankError:
    return BankError([Fault(place=Place(file=name), message=message)])
