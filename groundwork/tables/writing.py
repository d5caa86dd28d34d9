"""CSV that a spreadsheet opens in columns, and in which no cell is run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from groundwork.languages import LANGUAGES
from groundwork.tables.cells import neutralise

BOM = "\ufeff"  # without it, spreadsheets take UTF-8 for something else


class _Echo:
    """What the csv module writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[str]], *, language: str) -> Iterator[bytes]:
    """A row at a time, however many there are."""
    writer = csv.writer(_Echo(), delimiter=LANGUAGES[language].column_end)
    mark = BOM
    for row in rows:
        yield (mark + writer.writerow([neutralise(cell) for cell in row])).encode()
        mark = ""


def as_csv(rows: Iterable[Sequence[str]], *, language: str) -> bytes:
    return b"".join(csv_lines(rows, language=language))
