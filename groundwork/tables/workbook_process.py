"""A program of its own: the rows of the workbook on its standard input, as lines of JSON on its standard output.

python-calamine holds a whole sheet in memory. Two cells in opposite corners, a file of five kilobytes, claim half a
terabyte, and its answer to memory that it does not get is to end the process: so this one has little, and is alone.
openpyxl reads as a stream, in ten times the time, what python-calamine does not tell (formulas and errors) or could not
hold. Nothing of the project is imported here, and nothing of it stands in the environment.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import IO, Any


class Refused(Exception):  # noqa: N818 - said as what happened
    """`args`: the word for why, and the line where there is one."""


class QuickBook:
    def __init__(self, file: IO[bytes]) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        file.seek(0)
        self.book = CalamineWorkbook.from_filelike(file)
        pages = [page for page in self.book.sheets_metadata if page.typ == SheetTypeEnum.WorkSheet]
        self.names = [page.name for page in pages]
        self.visible = [page.name for page in pages if page.visible == SheetVisibleEnum.Visible]

    def rows(self, name: str) -> Iterable[tuple[list[Any], tuple[int, ...]]]:
        sheet = self.book.get_sheet_by_name(name)
        if sheet.start is None:
            return ()
        before: list[Any] = [""] * sheet.start[1]
        return ((before + row, ()) for row in sheet.iter_rows())


class SlowBook:
    def __init__(self, file: IO[bytes]) -> None:
        sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, to do nothing with it here
        from openpyxl import load_workbook

        file.seek(0)
        self.book = load_workbook(file, read_only=True, keep_links=False)
        self.names = [page.title for page in self.book.worksheets]
        self.visible = [page.title for page in self.book.worksheets if page.sheet_state == "visible"]

    def rows(self, name: str) -> Iterator[tuple[list[Any], tuple[int, ...]]]:
        page: Any = self.book[name]
        page.reset_dimensions()  # the size that a file claims may be anything
        for cells in page.iter_rows():
            faulty = tuple(place for place, cell in enumerate(cells) if cell.data_type in {"f", "e"})
            yield [cell.value for cell in cells], faulty


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()  # a workbook keeps a day as its midnight
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


class Sheets:
    """The wanted sheets, row by row; Refused where they are more than `limits` allow."""

    def __init__(self, file: IO[bytes], limits: dict[str, Any]) -> None:
        self.file, self.limits = file, limits
        self.characters = 0

    def told(self) -> Iterator[Any]:
        is_slow = self.limits["is_slow"]
        try:
            yield from self._of(SlowBook(self.file) if is_slow else QuickBook(self.file))
        except (Refused, BrokenPipeError, MemoryError):
            raise
        except Exception:
            if is_slow or not self.limits["is_xlsx"] or self.characters:
                raise
            yield from self._of(SlowBook(self.file))  # it forgives what some programs write

    def _of(self, book: QuickBook | SlowBook) -> Iterator[Any]:
        wanted = [name for name in self.limits["wanted"] if name in book.names]
        if not self.limits["wanted"]:
            wanted = (book.visible or book.names)[:1]
        rows = {name: self._filled(book.rows(name)) for name in wanted}
        yield {"sheets": book.visible or book.names, "found": wanted}
        for name in wanted:
            for number, cells, faulty in rows[name]:
                yield name, number, cells, faulty
        yield {"is_whole": True}

    def _filled(
        self, rows: Iterable[tuple[list[Any], tuple[int, ...]]]
    ) -> Iterator[tuple[int, Sequence[str], Sequence[int]]]:
        empty = 0
        for number, (values, faulty) in enumerate(rows, start=1):
            cells = [value if type(value) is str else text_of(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            empty = 0 if cells else empty + 1
            if empty > self.limits["empty_rows"] and self.limits["lines"] is None:
                return
            if cells:
                self._weigh(number, cells)
                yield number, cells, faulty

    def _weigh(self, number: int, cells: Sequence[str]) -> None:
        if self.limits["lines"] is not None and number > self.limits["lines"]:
            raise Refused("lines")
        if len(cells) > self.limits["columns"]:
            raise Refused("wide", number)
        self.characters += sum(map(len, cells))
        if self.characters > self.limits["characters"]:
            raise Refused("text")


def main() -> None:
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    try:
        for told in Sheets(sys.stdin.buffer, limits).told():
            sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": refused.args}) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": ["memory"]}) + "\n")
    except BrokenPipeError:  # whoever asked has seen enough
        with suppress(OSError):
            sys.stdout.close()


if __name__ == "__main__":
    main()
