"""Workbooks as people fill them, and read without a process of their own where what is read matters, not how."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy  # noqa: F401 - before it is put away for a moment
from openpyxl import Workbook, load_workbook
from pytest import MonkeyPatch

from assessments.models import Response
from assessments.questionnaire.rows import RATER, AnsweringAs
from assessments.workbooks import reading
from assessments.workbooks.book import Book, Field, book_of
from groundwork.tables import guard, workbook_process
from groundwork.tables.limits import Haste, Limits
from groundwork.tables.reading import FilledSheet, Line

_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
Cells = Mapping[tuple[str, Field], Any]  # question key and field → what is typed


def fresh_book(response: Response, answering_as: AnsweringAs = RATER) -> Book:
    related = ("assessment__release", "assessment__vendor", "assessment__organisation")
    return book_of(Response.objects.select_related(*related).get(pk=response.pk), answering_as)


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def saved(workbook: Workbook) -> bytes:
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def places(workbook: Workbook) -> dict[tuple[str, Field], Any]:
    """The cells to fill, by question key and field."""
    found = {}
    for sheet in workbook.worksheets[1:-2]:
        marks = {cell.column: str(cell.value).removeprefix("cm:") for cell in sheet[1] if cell.value != "cm:read"}
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                if marks.get(cell.column, "key") != "key":
                    found[str(row[0].value), Field(marks[cell.column])] = cell
    return found


def typed(content: bytes, cells: Cells) -> bytes:
    """The workbook with these cells filled, as Excel saves it: a text stays a text, whatever it begins with."""
    workbook = opened(content)
    at = places(workbook)
    for place, value in cells.items():
        at[place].value = value
        if isinstance(value, str):
            at[place].value = _LIKE_AN_ESCAPE.sub("_x005F_", value)
            at[place].data_type = "s"
    return saved(workbook)


def read_here(content: bytes, limits: Limits, *, haste: Haste | None = None) -> list[FilledSheet]:
    """As `every_sheet_of`, in this process."""
    file = BytesIO(content)
    orders = asdict(limits) | {"wanted": [], "every": True, "cell_characters": None}
    contents = guard.look_inside(file, guard.weights_of(orders))
    file.seek(0)
    with MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "numpy", sys.modules.get("numpy"))  # which that program does away with for good
        book = workbook_process.ResultBook(file, has_faults=contents.has_faults)
    head, *rows, _end = workbook_process.Sheets(orders).messages(book, contents, is_slow=False)
    lines: dict[str, list[Line]] = {name: [] for name in head["found"]}
    for name, number, cells, faulty in rows:
        lines[name].append(Line(number, cells, frozenset(faulty)))
    return [
        FilledSheet(name=name, lines=tuple(found), joined=tuple(head["joined"][name])) for name, found in lines.items()
    ]


def in_this_process(monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "every_sheet_of", read_here)
