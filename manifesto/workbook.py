"""The bank as an XLSX workbook: four sheets, one column a language, every cell neutralised."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from groundwork.languages import LANGUAGE_CODES
from groundwork.tables.cells import defines_entities, neutralise, restore
from manifesto.bank import PLAIN_FIELDS, TEXT_FIELDS, Bank, Sheet, lines
from manifesto.sources import BankError, Fault, Place, SourceLine

if TYPE_CHECKING:
    from openpyxl import Workbook

# openpyxl is imported where a workbook is read or written: it brings NumPy along, a quarter (0.5 s) of the processor
# time that the start of every process took, of which hardly any ever sees a workbook.

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 16 * 1024 * 1024
MAX_MEMBERS = 200
MAX_ROWS = 1_000  # a bank of 22 questions has 110 levels
TITLES = {Sheet.RELEASE: "Release", Sheet.RULES: "Rules", Sheet.QUESTIONS: "Questions", Sheet.LEVELS: "Levels"}
_KEYS = {
    Sheet.RELEASE: ("edition",),
    Sheet.RULES: ("key",),
    Sheet.QUESTIONS: ("rule", "key"),
    Sheet.LEVELS: ("question", "grade"),
}


def columns(sheet: Sheet) -> tuple[str, ...]:
    texts = [f"{name}_{language}" for name in TEXT_FIELDS[sheet] for language in LANGUAGE_CODES]
    plain = [name for name in PLAIN_FIELDS[sheet] if name not in _KEYS[sheet]]
    return (*_KEYS[sheet], *plain, *texts)


# Writing ---------------------------------------------------------------------------------------------------------
def write(bank: Bank) -> bytes:
    """The workbook with the sheets Release, Rules, Questions and Levels."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for sheet in Sheet:
        _write_sheet(book, sheet, list(_rows(bank, sheet)))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _rows(bank: Bank, sheet: Sheet) -> Iterator[list[Any]]:
    for (of, key), fields in lines(bank).items():
        if of is not sheet:
            continue
        values: dict[str, Any] = {f"{name}_{lang}" if lang else name: value for (name, lang), value in fields.items()}
        values |= _key_values(bank, sheet, key)
        yield [_cell(values[name]) for name in columns(sheet)]


def _key_values(bank: Bank, sheet: Sheet, key: str) -> dict[str, Any]:
    if sheet is Sheet.RELEASE:
        return {"edition": bank.edition}
    if sheet is Sheet.LEVELS:
        question, grade = key.rsplit("/", 1)
        return {"question": question, "grade": int(grade)}
    return {"key": key}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return neutralise(value) if isinstance(value, str) else value


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
    from openpyxl import load_workbook

    look_inside(content, name)
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    except Exception:  # openpyxl raises whatever its XML trips over
        raise _refused(name, _("This is not an XLSX workbook.")) from None
    faults: list[Fault] = []
    found: list[SourceLine] = []
    try:
        for sheet in Sheet:
            if TITLES[sheet] not in book.sheetnames:
                faults.append(Fault(place=Place(file=TITLES[sheet]), message=_("The sheet is missing.")))
                continue
            found += _read_sheet(book[TITLES[sheet]], sheet, faults)
    except BankError:
        raise
    except Exception:
        raise _refused(name, _("This is not an XLSX workbook.")) from None
    finally:
        book.close()
    if faults:
        raise BankError(faults)
    return found


def look_inside(content: bytes, name: str) -> None:
    """Before any XML is read: how large it becomes, and that it defines no entities."""
    if len(content) > MAX_BYTES:
        raise _refused(name, _("The file is too large."))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise _refused(name, _("The file unpacks to too much."))
            for member in members:
                _refuse_entities(archive.read(member), name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise _refused(name, _("This is not an XLSX workbook.")) from None


def _refuse_entities(content: bytes, name: str) -> None:
    if defines_entities(content):
        raise _refused(name, _("The file defines XML entities: it is refused."))


def _read_sheet(page: Any, sheet: Sheet, faults: list[Fault]) -> Iterator[SourceLine]:
    page.reset_dimensions()  # the size that a file claims may be anything
    names = columns(sheet)
    rows = page.iter_rows(max_col=len(names) * 2)
    head = [str(cell.value).strip() if cell.value is not None else "" for cell in next(rows, ())]
    while head and not head[-1]:
        head.pop()
    if missing := [name for name in names if name not in head]:
        message = _("These columns are missing: %s.") % ", ".join(missing)
        faults.append(Fault(place=Place(file=TITLES[sheet], row=1), message=message))
        return
    for number, cells in enumerate(rows, start=2):
        if number > MAX_ROWS:
            message = _("The sheet has more than %s rows.") % MAX_ROWS
            faults.append(Fault(place=Place(file=TITLES[sheet], row=number), message=message))
            return
        if line := _read_row(dict(zip(head, cells, strict=False)), sheet, number, faults):
            yield line


def _read_row(cells: dict[str, Any], sheet: Sheet, number: int, faults: list[Fault]) -> SourceLine | None:
    values: dict[str, Any] = {}
    for name in columns(sheet):
        cell = cells.get(name)
        place = Place(file=TITLES[sheet], row=number, path=name)
        value = cell.value if cell is not None else None
        if value is not None and cell is not None and cell.data_type == "f":
            faults.append(Fault(place=place, message=_("A formula is not accepted: write the value."), sheet=sheet))
            value = None
        values[name] = restore(value) if isinstance(value, str) else value
    if all(value in (None, "") for value in values.values()):
        return None
    for name in [name for name, value in values.items() if value is None]:
        del values[name]  # an empty cell is no value: the default, or no text
    _texts_as_typed(values, sheet)
    key = "/".join(str(values.get(name, "")) for name in _line_key(sheet)) or "release"
    places = {name: Place(file=TITLES[sheet], row=number, path=name) for name in columns(sheet)}
    return SourceLine(sheet=sheet, key=key, place=Place(file=TITLES[sheet], row=number), values=values, places=places)


def _line_key(sheet: Sheet) -> tuple[str, ...]:
    return {Sheet.RELEASE: (), Sheet.QUESTIONS: ("key",)}.get(sheet, _KEYS[sheet])


def _texts_as_typed(values: dict[str, Any], sheet: Sheet) -> None:
    """A text of digits alone ("24") is a number in a spreadsheet; here it is a text again."""
    for name in TEXT_FIELDS[sheet]:
        for column in (f"{name}_{language}" for language in LANGUAGE_CODES):
            if isinstance(values.get(column), int | float) and not isinstance(values[column], bool):
                values[column] = str(values[column])


def _refused(name: str, message: str) -> BankError:
    return BankError([Fault(place=Place(file=name), message=message)])
