"""A program of its own: the rows of the workbook on its standard input, as lines of JSON on its standard output.

python-calamine holds a whole sheet in memory. Two cells in opposite corners, a file of five kilobytes, claim half a
terabyte, and its answer to memory that it does not get is to end the process: so this one has little, and is alone.
openpyxl reads XLSX as a stream, in ten times the time: what python-calamine does not tell (formulas and errors), does
not understand, or cannot hold. Nothing of the project is imported here, and none of its secrets stands in the
environment.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import IO, Any

OUT_OF_MEMORY = 3  # what the process ends with
MOST_EXACT = 10**15
QUICK_SECONDS, SLOW_SECONDS = 60, 900  # of processor time

Row = tuple[list[Any], Sequence[int]]  # values; positions of those that are formulas or errors


class Refused(Exception):  # noqa: N818 - said as what happened
    """`args`: the word for why, and the line where there is one."""


class QuickBook:
    def __init__(self, file: IO[bytes]) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        self.book = CalamineWorkbook.from_filelike(file)
        pages = [page for page in self.book.sheets_metadata if page.typ == SheetTypeEnum.WorkSheet]
        self.names = [page.name for page in pages]
        self.visible = [page.name for page in pages if page.visible == SheetVisibleEnum.Visible]

    def rows(self, name: str) -> Iterable[Row]:
        sheet = self.book.get_sheet_by_name(name)
        if sheet.start is None:
            return ()
        before: list[Any] = [""] * sheet.start[1]
        return ((before + row, ()) for row in sheet.iter_rows())


class SlowBook:
    def __init__(self, file: IO[bytes]) -> None:
        modules: dict[str, Any] = sys.modules
        modules["numpy"] = None  # openpyxl would load it, to do nothing with it here
        from openpyxl import load_workbook

        self.book = load_workbook(file, read_only=True, keep_links=False)
        self.names = [page.title for page in self.book.worksheets]
        self.visible = [page.title for page in self.book.worksheets if page.sheet_state == "visible"]

    def rows(self, name: str) -> Iterator[Row]:
        page: Any = self.book[name]
        page.reset_dimensions()  # the size that a file claims may be anything
        for cells in page.iter_rows():
            faulty = tuple(place for place, cell in enumerate(cells) if cell.data_type in {"f", "e"})
            yield [cell.value for cell in cells], faulty


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if type(value) is int or (isinstance(value, float) and value.is_integer()):
        # A workbook keeps fifteen digits of a number: what is longer has lost its end, and is no number of anything.
        return str(int(value)) if abs(value) < MOST_EXACT else f"{value:.5E}"
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()  # a workbook keeps a day as its midnight
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


class Sheets:
    """The wanted sheets, row by row; Refused where they are more than `orders` allow."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.characters = 0

    def messages(self, book: QuickBook | SlowBook) -> Iterator[Any]:
        shown = book.visible or book.names
        wanted = [name for name in self.orders["wanted"] if name in book.names] if self.orders["wanted"] else shown[:1]
        rows = {name: book.rows(name) for name in wanted}
        yield {"sheets": shown, "found": wanted}
        for name in wanted:
            for number, cells, faulty in self._filled(rows[name]):
                yield name, number, cells, faulty
        yield {"is_whole": True}

    def _filled(self, rows: Iterable[Row]) -> Iterator[tuple[int, list[str], Sequence[int]]]:
        empty = 0
        for number, (values, faulty) in enumerate(rows, start=1):
            cells = [value if type(value) is str else text_of(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                empty = 0
                self._weigh(number, cells)
                yield number, cells, faulty
                continue
            empty += 1
            if self.orders["lines"] is None and empty > self.orders["empty_rows"]:
                return

    def _weigh(self, number: int, cells: Sequence[str]) -> None:
        if self.orders["lines"] is not None and number > self.orders["lines"]:
            raise Refused("lines")
        if len(cells) > self.orders["columns"]:
            raise Refused("wide", number)
        self.characters += sum(map(len, cells))
        if self.characters > self.orders["characters"]:
            raise Refused("text")


def main() -> None:
    orders = json.loads(sys.argv[1])
    seconds = SLOW_SECONDS if orders["is_slow"] else QUICK_SECONDS
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, orders["memory_bytes"]),
        (resource.RLIMIT_CPU, seconds),
    ):
        with suppress(ValueError, OSError):  # it has less already; or this is macOS, which bounds no memory
            resource.setrlimit(kind, (most, most))
    file = sys.stdin.buffer
    try:
        for message in Sheets(orders).messages(SlowBook(file) if orders["is_slow"] else QuickBook(file)):
            sys.stdout.write(json.dumps(message) + "\n")
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": refused.args}) + "\n")
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


if __name__ == "__main__":
    main()
