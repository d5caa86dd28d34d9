"""XLSX, XLS and ODS: what they hold is looked at, and read, by a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Timer
from time import monotonic
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from groundwork.tables import guard, limits, sources
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import MB, Haste, Limits, TookTooLong
from groundwork.tables.sources import Source, TableKind
from groundwork.tables.workbook_process import OUT_OF_MEMORY

PROGRAM = Path(__file__).with_name("workbook_process.py")
HOUSE = Path(__file__).resolve().parents[2]
KEPT = ("LD_LIBRARY_PATH", "PATH")  # of the environment, which holds secrets
DENIED_MEMORY = {OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV}
SAMPLED_WHOLE = 10 * MB  # of sheets, unpacked: what is read in about a second
NOTHING: frozenset[int] = frozenset()
# Each of these processes may take half a gigabyte: those who wait in this process of ours have two among them.
_at_once = BoundedSemaphore(2)


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
    `hidden_rows`: of these sheets together, and `is_1904`, as the guard tells them. `joined`: sheet → its stretches of
    joined cells, where every sheet is read."""

    sheets: tuple[str, ...]
    found: tuple[str, ...]
    rows: Iterator[SheetRow]
    hidden_rows: int = 0
    is_1904: bool = False
    joined: Mapping[str, Sequence[Any]] = field(default_factory=dict)


class _Died(Exception):  # noqa: N818 - said as what happened
    """The process ended before it was through; `args`: with which code."""


@contextmanager
def opened(
    source: Source,
    kind: TableKind,
    most: Limits,
    wanted: Sequence[str] = (),
    *,
    haste: Haste | None = None,
    every: bool = False,
) -> Iterator[Workbook]:
    """The rows of the wanted sheets; of the first one to be seen, where none is named. `every`: of all sheets, hidden
    ones too, with what formulas came to when it was saved. ImportRefused where it cannot be, here or while they are
    read; TookTooLong, which is one, where time ran out."""
    ends_at = monotonic() + haste.seconds if haste else None
    codes: list[int] = []
    for is_slow in [False] if every else _readers(kind):
        orders = _orders(kind, most, wanted, haste, is_slow=is_slow) | {"every": every}
        with _process(source, orders, ends_at) as process:
            lines = _lines(process, most)
            try:
                head = next(lines)
            except _Died as died:
                _refuse_late(died.args[0], ends_at, is_last=is_slow or every or kind is not TableKind.XLSX)
                codes.append(died.args[0])
                continue
            yield Workbook(
                sheets=tuple(head["sheets"]),
                found=tuple(head["found"]),
                rows=_rows(lines, kind, ends_at),
                hidden_rows=head["hidden_rows"],
                is_1904=head["is_1904"],
                joined=head.get("joined", {}),
            )
            return
    raise _unreadable(kind, codes)


def _readers(kind: TableKind) -> list[bool]:
    """Which to try, one after the other: whether it is the slow one, which the first may be by itself, after a look."""
    return [False, True] if kind is TableKind.XLSX else [False]


def _orders(
    kind: TableKind, most: Limits, wanted: Sequence[str], haste: Haste | None, *, is_slow: bool
) -> dict[str, Any]:
    return asdict(most) | {
        "wanted": wanted,
        "is_archive": kind is not TableKind.XLS,
        "may_be_slow": kind is TableKind.XLSX,
        "is_slow": is_slow,
        "sampled_whole": SAMPLED_WHOLE if haste and haste.is_sample else None,
        "cell_characters": haste.cell_characters if haste else None,
    }


@contextmanager
def _process(source: Source, orders: dict[str, Any], ends_at: float | None) -> Iterator[subprocess.Popen[bytes]]:
    with (
        _turn(ends_at),
        sources.opened(source) as file,
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", str(PROGRAM), json.dumps(orders), str(HOUSE)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        ) as process,
    ):
        alarm = Timer(max(0.0, ends_at - monotonic()), process.kill) if ends_at is not None else None
        try:
            if alarm:
                alarm.start()
            yield process
        finally:
            if alarm:
                alarm.cancel()
            process.kill()  # whoever asked may have seen enough


@contextmanager
def _turn(ends_at: float | None) -> Iterator[None]:
    """A worker, who reads one file at a time, waits for nobody."""
    if ends_at is None:
        yield
        return
    if not _at_once.acquire(timeout=max(0.0, ends_at - monotonic())):
        raise TookTooLong
    try:
        yield
    finally:
        _at_once.release()


def _lines(process: subprocess.Popen[bytes], most: Limits) -> Iterator[Any]:
    for line in process.stdout or ():
        if not line.endswith(b"\n"):
            break  # it was ended while it wrote
        told = json.loads(line)
        if "is_whole" in told:
            return
        if "refused" in told:
            raise _refused(*told["refused"], most=most)
        yield told
    raise _Died(process.wait())


def _rows(lines: Iterator[Any], kind: TableKind, ends_at: float | None) -> Iterator[SheetRow]:
    try:
        for sheet, number, cells, faulty in lines:
            yield SheetRow(sheet, number, cells, frozenset(faulty) if faulty else NOTHING)
    except _Died as died:
        _refuse_late(died.args[0], ends_at, is_last=True)
        raise _unreadable(kind, died.args) from None


# Refusing --------------------------------------------------------------------------------------------------------
def unreadable() -> ImportRefused:
    return ImportRefused(_("This is not an XLSX workbook."))


def _too_much() -> ImportRefused:
    return ImportRefused(_("The workbook unpacks to too much. Save the sheet as “CSV UTF-8”, or split it."))


def _refused(why: str, line: int = 0, *, most: Limits) -> ImportRefused:
    refusals: dict[str, Callable[[], ImportRefused]] = {
        guard.ENTITIES: lambda: ImportRefused(_("The file defines XML entities: it is refused.")),
        guard.UNREADABLE: unreadable,
        guard.TOO_MUCH: _too_much,
        "wide": lambda: limits.too_wide(line, most.columns),
        "lines": lambda: limits.too_many_rows(most.workbook_rows),
        "row_text": lambda: limits.too_much_text(line),
        "text": lambda: ImportRefused(_("The file holds too much text: split it.")),
    }
    return refusals[why]()


def _refuse_late(code: int, ends_at: float | None, *, is_last: bool) -> None:
    """Where time ended the process: that of whoever waits, or its own."""
    if (ends_at is not None and monotonic() >= ends_at) or (is_last and code == -signal.SIGXCPU):
        raise TookTooLong from None


def _unreadable(kind: TableKind, codes: Sequence[int]) -> ImportRefused:
    if DENIED_MEMORY & set(codes):
        return _too_much()
    if kind is TableKind.XLS:
        return ImportRefused(_("This is an old or a protected Excel file: save it as XLSX, without a password."))
    if kind is TableKind.ODS:
        return ImportRefused(_("This ODS file is damaged or protected: save it as XLSX, without a password."))
    return unreadable()
