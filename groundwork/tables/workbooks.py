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
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from groundwork.tables import guard, sources
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import MB, Limits, too_many_rows, too_wide
from groundwork.tables.sources import Source, TableKind
from groundwork.tables.workbook_process import OUT_OF_MEMORY

PROGRAM = Path(__file__).with_name("workbook_process.py")
KEPT = ("LD_LIBRARY_PATH", "PATH")  # of the environment, which holds secrets
DENIED_MEMORY = {OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV}
SAMPLED_WHOLE = 10 * MB  # of sheets, unpacked: what is read in about a second
NOTHING: frozenset[int] = frozenset()


class SheetRow(NamedTuple):
    """`faulty`: the positions of cells that hold a formula or an error, not a value. XLS and ODS do not tell: the value
    that a formula had last counts there, and an error is an empty cell."""

    sheet: str
    number: int
    cells: list[str]
    faulty: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """`sheets`: those that can be seen; `found`: those that are read, in that order. No row of them is empty.
    `hidden_rows`: of these sheets together, and `is_1904`, as the guard tells them."""

    sheets: tuple[str, ...]
    found: tuple[str, ...]
    rows: Iterator[SheetRow]
    hidden_rows: int = 0
    is_1904: bool = False


class _Died(Exception):  # noqa: N818 - said as what happened
    """The process ended before it was through; `args`: with which code."""


@contextmanager
def opened(
    source: Source, kind: TableKind, limits: Limits, wanted: Sequence[str] = (), *, is_sample: bool = False
) -> Iterator[Workbook]:
    """The rows of the wanted sheets; of the first one to be seen, where none is named."""
    codes: list[int] = []
    contents = _contents(source, kind, limits)
    for is_slow in _readers(kind, contents, is_sample=is_sample):
        orders = asdict(limits) | {"wanted": wanted, "is_slow": is_slow}
        with _process(source, orders) as process:
            lines = _lines(process, limits)
            try:
                head = next(lines)
            except _Died as died:
                codes.append(died.args[0])
                continue
            yield Workbook(
                sheets=tuple(head["sheets"]),
                found=tuple(head["found"]),
                rows=_rows(lines, kind),
                hidden_rows=sum(contents.hidden_rows.get(name, 0) for name in head["found"]),
                is_1904=contents.is_1904,
            )
            return
    raise _unreadable(kind, codes)


def _contents(source: Source, kind: TableKind, limits: Limits) -> guard.Contents:
    """XLS is no archive: nothing is known of it before it is read."""
    if kind is TableKind.XLS:
        return guard.Contents(has_faults=False, sheet_bytes=0)
    with sources.opened(source) as file:
        return guard.look_inside(file, limits)


def _readers(kind: TableKind, contents: guard.Contents, *, is_sample: bool) -> list[bool]:
    """Which to try, one after the other: whether it is the slow one, which tells rows before it has read all."""
    if kind is not TableKind.XLSX:
        return [False]
    begins_sooner = is_sample and contents.sheet_bytes > SAMPLED_WHOLE
    return [True] if contents.has_faults or begins_sooner else [False, True]


@contextmanager
def _process(source: Source, orders: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    with (
        sources.opened(source) as file,
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", str(PROGRAM), json.dumps(orders)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()  # whoever asked may have seen enough


def _lines(process: subprocess.Popen[bytes], limits: Limits) -> Iterator[Any]:
    for line in process.stdout or ():
        told = json.loads(line)
        if "is_whole" in told:
            return
        if "refused" in told:
            raise _refused(*told["refused"], limits=limits)
        yield told
    raise _Died(process.wait())


def _rows(lines: Iterator[Any], kind: TableKind) -> Iterator[SheetRow]:
    try:
        for sheet, number, cells, faulty in lines:
            yield SheetRow(sheet, number, cells, frozenset(faulty) if faulty else NOTHING)
    except _Died as died:
        raise _unreadable(kind, died.args) from None


def _refused(why: str, line: int = 0, *, limits: Limits) -> ImportRefused:
    if why == "wide":
        return too_wide(line, limits.columns)
    if why == "lines":
        return too_many_rows(limits.workbook_rows)
    return ImportRefused(_("The file holds too much text: split it."))


def _unreadable(kind: TableKind, codes: Sequence[int]) -> ImportRefused:
    if DENIED_MEMORY & set(codes):
        return guard.too_much()
    if kind is TableKind.XLS:
        return ImportRefused(_("This is an old or a protected Excel file: save it as XLSX, without a password."))
    if kind is TableKind.ODS:
        return ImportRefused(_("This ODS file is damaged or protected: save it as XLSX, without a password."))
    return guard.unreadable()
