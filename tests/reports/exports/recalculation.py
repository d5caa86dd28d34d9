"""A workbook calculated anew by an engine that is not ours (`formulas`), from what is typed into its cells alone.

The engine's own way, a graph of all cells, takes a second for each assessment. Here each formula is compiled by it once
for all lines that have the same, and then called with the cells that it names.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import formulas
import numpy as np
import schedula as sh
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

REFERENCE = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")
STRING = re.compile(r'("(?:[^"]|"")*")')
SHEETS = {"Assessments", "Rules", "Questions", "Answers", "Consensus"}
Cell = tuple[str, int, int]  # sheet, line, column, as spreadsheets count


class Recalculated:
    """`values[cell]`: what stands there after calculating; `typed`: what somebody has typed since, by cell."""

    def __init__(self, path: Path, *, sheets: Collection[str] = SHEETS) -> None:
        self.typed: dict[Cell, Any] = {}
        self.formulas: dict[Cell, str] = {}
        self.compiled: dict[str, Any] = {}
        self.done: dict[Cell, Any] = {}
        self.results: dict[tuple[Any, ...], Any] = {}
        self.heads: dict[str, dict[str, int]] = {}
        book = load_workbook(path, read_only=True)
        for name in book.sheetnames:
            if name.partition(" (")[0] in sheets:
                self._read(book[name])

    def _read(self, sheet: Any) -> None:
        for line, row in enumerate(sheet.iter_rows(), start=1):
            for cell in row:
                if cell.value is not None:
                    place = self.formulas if cell.data_type == "f" else self.typed
                    place[sheet.title, line, cell.column] = cell.value
        self.heads[sheet.title] = {
            said: column for (title, line, column), said in self.typed.items() if (title, line) == (sheet.title, 1)
        }

    def type(self, cell: Cell, value: Any) -> None:
        self.formulas.pop(cell, None)
        self.typed[cell] = value
        self.done.clear()

    def value(self, cell: Cell) -> Any:
        """None: empty."""
        if cell not in self.formulas:
            return self.typed.get(cell)
        if cell not in self.done:
            self.done[cell] = self._calculated(cell)
        return self.done[cell]

    def column(self, sheet: str, heading: str) -> int:
        return self.heads[sheet][heading]

    def _calculated(self, cell: Cell) -> Any:
        sheet = cell[0]
        named: list[str] = []
        pieces = STRING.split(self.formulas[cell])
        for place in range(0, len(pieces), 2):
            pieces[place] = REFERENCE.sub(lambda found: self._name(found, named), pieces[place])
        text = "".join(pieces)
        if text not in self.compiled:
            self.compiled[text] = formulas.Parser().ast(text)[1].compile()
        function = self.compiled[text]
        given = {self._short(found, named): self._given(found, sheet) for found in named}
        asked = (text, *((name, tuple(values)) for name, values in given.items()))
        if asked not in self.results:  # the same question has the same answer, and takes the engine a millisecond
            cells = (_cells(given[name]) for name in function.inputs)
            value = np.asarray(function(*cells), dtype=object).ravel()[0]
            self.results[asked] = None if value is sh.EMPTY else value
        return self.results[asked]

    def _name(self, found: re.Match[str], named: list[str]) -> str:
        if found[0] not in named:
            named.append(found[0])
        return self._short(found[0], named)

    def _short(self, reference: str, named: list[str]) -> str:
        """The same for all lines: the first that a formula names is in column A, however many lines it has."""
        found = REFERENCE.fullmatch(reference)
        assert found
        letter = chr(ord("A") + named.index(reference))
        lines = int(found[5] or found[3]) - int(found[3]) + 1
        return f"{letter}1:{letter}{lines}" if lines > 1 else f"{letter}1"

    def _given(self, reference: str, sheet: str) -> list[Any]:
        found = REFERENCE.fullmatch(reference)
        assert found
        place, column = found[1] or sheet, column_index_from_string(found[2])
        lines = range(int(found[3]), int(found[5] or found[3]) + 1)
        return [self.value((place, line, column)) for line in lines]


def _cells(values: list[Any]) -> Any:
    return np.array([[sh.EMPTY if value is None else value] for value in values], dtype=object)
