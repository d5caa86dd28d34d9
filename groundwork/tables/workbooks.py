"""XLSX, XLS and ODS: what they hold is read by a process of its own, behind the guard."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from groundwork.tables import guard
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import Limits, too_many_rows, too_wide

PROGRAM = Path(__file__).with_name("workbook_process.py")
KEPT = ("LD_LIBRARY_PATH", "PATH")  # of the environment, which holds secrets
NOTHING: frozenset[int] = frozenset()


class SheetRow(NamedTuple):
    """`faulty`: the positions of cells that hold a formula or an error, not a value; XLS and ODS do not tell."""

    sheet: str
    number: int
    cells: list[str]
    faulty: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """`sheets`: those that can be seen; `found`: those that are read, in that order."""

    sheets: tuple[str, ...]
    found: tuple[str, ...]
    rows: Iterator[SheetRow]


@contextmanager
def opened(file: IO[bytes], limits: Limits, wanted: Sequence[str] = ()) -> Iterator[Workbook]:
    """The rows of the wanted sheets; of the first one to be seen, where none is named."""
    file.seek(0)
    is_zip = file.read(2) == b"PK"
    is_slow = is_zip and guard.look_inside(file, limits)
    orders = asdict(limits) | {"wanted": wanted, "is_slow": is_slow, "is_xlsx": is_zip}
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", str(PROGRAM), json.dumps(orders)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
    )
    try:
        lines = _lines(process, limits, is_zip=is_zip)
        head = next(lines)
        yield Workbook(
            sheets=tuple(head["sheets"]),
            found=tuple(head["found"]),
            rows=(SheetRow(name, number, cells, frozenset(faulty) or NOTHING) for name, number, cells, faulty in lines),
        )
    finally:
        process.kill()
        process.communicate()


def _lines(process: subprocess.Popen[bytes], limits: Limits, *, is_zip: bool) -> Iterator[Any]:
    assert process.stdout is not None  # noqa: S101
    for line in process.stdout:
        told = json.loads(line)
        if isinstance(told, list) or "sheets" in told:
            yield told
        elif "refused" in told:
            raise _refused(*told["refused"], limits=limits)
        else:
            return
    if process.wait() in {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV}:
        raise guard.too_much()
    raise guard.unreadable() if is_zip else old_or_protected()


def _refused(why: str, line: int = 0, *, limits: Limits) -> ImportRefused:
    match why:
        case "wide":
            return too_wide(line, limits.columns)
        case "lines":
            return too_many_rows(limits.workbook_rows)
        case "text":
            return ImportRefused(_("The file holds too much text: split it."))
    return guard.too_much()


def old_or_protected() -> ImportRefused:
    return ImportRefused(_("This is an old or a protected Excel file: save it as XLSX, without a password."))
