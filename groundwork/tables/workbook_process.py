"""A program of its own: the rows of the workbook on its standard input, as lines of JSON on its standard output.

python-calamine holds a whole sheet in memory. Two cells in opposite corners, a file of five kilobytes, claim half a
terabyte, and its answer to memory that it does not get is to end the process: so this one has little, and is alone.
openpyxl reads XLSX as a stream, in ten times the time: what python-calamine does not tell (formulas and errors), does
not understand, or cannot hold. The guard looks at the file here, too, before either does. Nothing else of the project
is imported, and none of its secrets stands in the environment.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from itertools import repeat
from typing import IO, Any

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])  # an isolated program finds nothing of the project by itself

from groundwork.tables import guard
from groundwork.tables.guard import TOO_MUCH, Refused

OUT_OF_MEMORY = 3  # what the process ends with
MOST_EXACT = 10**15
LONGEST_NAME = 255  # of a sheet, in characters: Excel has 31

MOST_JOINED = 1_000  # stretches of joined cells that are told of a sheet

Row = tuple[list[Any], Sequence[int]]  # values; positions of those that are formulas or errors


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


class ResultBook(QuickBook):
    """What formulas came to when the workbook was saved: faulty are only those without a result, and errors."""

    def __init__(self, file: IO[bytes], *, has_faults: bool) -> None:
        super().__init__(file)
        file.seek(0)
        self.suspects = SlowBook(file) if has_faults else None

    def rows(self, name: str) -> Iterator[Row]:
        suspects = iter(self.suspects.rows(name)) if self.suspects else repeat(([], ()))
        for (values, _none), (written, places) in zip(super().rows(name), suspects, strict=False):
            yield values, [place for place in places if _has_no_result(values, written, place)]

    def joined(self, name: str) -> Sequence[Any]:
        """Of each stretch of joined cells its first and its last: (row, column), counted from 0."""
        return (self.book.get_sheet_by_name(name).merged_cell_ranges or [])[:MOST_JOINED]


def _has_no_result(values: Sequence[Any], written: Sequence[Any], place: int) -> bool:
    is_formula = str(written[place] or "").startswith("=") or not isinstance(written[place], str)
    return not is_formula or place >= len(values) or values[place] in ("", None)


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

    def messages(self, book: QuickBook | SlowBook, contents: guard.Contents, *, is_slow: bool) -> Iterator[Any]:
        if len(book.names) > self.orders["sheets"] or any(len(name) > LONGEST_NAME for name in book.names):
            raise Refused(TOO_MUCH)
        shown = book.visible or book.names
        wanted = self._wanted(book.names, shown)
        rows = {name: book.rows(name) for name in wanted}
        yield {
            "sheets": shown,
            "found": wanted,
            "hidden_rows": sum(contents.hidden_rows.get(name, 0) for name in wanted),
            "is_1904": contents.is_1904,
            "is_slow": is_slow,
            **({"joined": {name: book.joined(name) for name in wanted}} if isinstance(book, ResultBook) else {}),
        }
        for name in wanted:
            for number, cells, faulty in self._filled(rows[name]):
                yield name, number, cells, faulty
        yield {"is_whole": True}

    def _wanted(self, names: Sequence[str], shown: Sequence[str]) -> list[str]:
        """Every sheet, those that were named, or the first one."""
        if self.orders.get("every"):
            return list(names)
        if self.orders["wanted"]:
            return [name for name in self.orders["wanted"] if name in names]
        return list(shown[:1])

    def _filled(self, rows: Iterable[Row]) -> Iterator[tuple[int, list[str], Sequence[int]]]:
        empty = 0
        cut = self.orders["cell_characters"]
        for number, (values, faulty) in enumerate(rows, start=1):
            cells = [value if type(value) is str else text_of(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                empty = 0
                self._weigh(number, cells)
                yield number, [cell[:cut] for cell in cells] if cut else cells, faulty
                continue
            empty += 1
            if self.orders["lines"] is None and empty > self.orders["empty_rows"]:
                return

    def _weigh(self, number: int, cells: Sequence[str]) -> None:
        if self.orders["lines"] is not None and number > self.orders["lines"]:
            raise Refused("lines")
        if len(cells) > self.orders["columns"]:
            raise Refused("wide", number)
        characters = sum(map(len, cells))
        if characters > self.orders["row_characters"]:
            raise Refused("row_text", number)
        self.characters += characters
        if self.characters > self.orders["characters"]:
            raise Refused("text")


def bound(kind: int, most: int) -> None:
    with suppress(ValueError, OSError):  # it has less already; or this is macOS, which bounds no memory
        resource.setrlimit(kind, (most, most))


def read(file: IO[bytes], orders: dict[str, Any]) -> Iterator[Any]:
    """What is told of a workbook, message by message; Refused where it is not taken."""
    contents = guard.Contents()
    if orders["is_archive"]:
        contents = guard.look_inside(file, guard.weights_of(orders))
        file.seek(0)
    if orders.get("every"):
        bound(resource.RLIMIT_CPU, orders["slow_seconds"])
        book = ResultBook(file, has_faults=contents.has_faults)
        yield from Sheets(orders).messages(book, contents, is_slow=contents.has_faults)
        return
    sooner = orders["sampled_whole"]  # so large that who waits for its first rows is better served by the slow one
    begins_sooner = sooner is not None and contents.sheet_bytes > sooner
    is_slow = orders["is_slow"] or (orders["may_be_slow"] and (contents.has_faults or begins_sooner))
    if is_slow:
        bound(resource.RLIMIT_CPU, orders["slow_seconds"])
    yield from Sheets(orders).messages(SlowBook(file) if is_slow else QuickBook(file), contents, is_slow=is_slow)


def main() -> None:
    orders = json.loads(sys.argv[1])
    most = orders["slow_seconds"]  # which the slow way may need; it is the shorter one until that is known
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (min(orders["quick_seconds"], most), most))
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_AS, orders["memory_bytes"])
    try:
        for message in read(sys.stdin.buffer, orders):
            sys.stdout.write(json.dumps(message) + "\n")
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": refused.args}) + "\n")
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


if __name__ == "__main__":
    main()
