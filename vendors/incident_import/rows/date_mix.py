"""A column of a workbook in which some cells are dates and others are texts.

Whoever opens a file of “13/01/2026” and “03/01/2026” in a spreadsheet that expects the month first gets a text of the
one, and of the other a date: the first of March. In such a column no date has a day after the twelfth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vendors.incident_import.rows import dates

_CELL = re.compile(r"^\d{4}-(\d{2})-(\d{2})(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$")  # as the reader of workbooks writes it


@dataclass(frozen=True, kw_only=True)
class MixedDates:
    """Cells of the columns in which both kinds stand: `cells`, real dates; `texts`, dates written as text.
    `may_be_turned`: day and month of the real ones may have been exchanged."""

    cells: int = 0
    texts: int = 0
    may_be_turned: bool = False


class DateMix:
    """Looks at the cells of some columns, one line after the other."""

    def __init__(self, places: Sequence[int]) -> None:
        self._columns = {place: _Column() for place in places}

    def look(self, cells: Sequence[str]) -> None:
        for place, column in self._columns.items():
            if place < len(cells) and cells[place]:
                column.look(cells[place].strip())

    def told(self) -> MixedDates:
        mixed = [column for column in self._columns.values() if column.cells and column.texts]
        return MixedDates(
            cells=sum(column.cells for column in mixed),
            texts=sum(column.texts for column in mixed),
            may_be_turned=any(column.may_be_turned for column in mixed),
        )


class _Column:
    def __init__(self) -> None:
        self.cells = self.texts = 0
        self.has_late_day = self.has_other_month = False

    def look(self, text: str) -> None:
        if found := _CELL.match(text):
            self.cells += 1
            self.has_late_day = self.has_late_day or found[2] > "12"
            self.has_other_month = self.has_other_month or found[1] != found[2]
        elif dates.has_order(text):
            self.texts += 1

    @property
    def may_be_turned(self) -> bool:
        return self.has_other_month and not self.has_late_day
