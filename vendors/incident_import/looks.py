"""What was seen of a file when it came: its headings and first rows. It is kept, so that no page reads the file again.

Somebody who waits has little patience, and a server with many of them little memory: what is not seen in time is read
by a worker, and the row of the import is its job."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from groundwork.storage import on_disk
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import MB, Haste
from groundwork.tables.reading import Line, Table, open_table
from vendors.incident_import.columns import presets
from vendors.incident_import.limits import FILE, MAX_CELL
from vendors.models import ImportLook, IncidentImport

LINES = 5_000
CHARACTERS = 2 * MB  # in those together
CELL = 10  # characters that each cell counts for beside its own: thousands of columns are as much as long texts
IN_TURN = Haste(seconds=100, is_sample=True, cell_characters=MAX_CELL)  # of a worker, within its lease
WAITING = replace(FILE, memory_bytes=512 * MB)  # while somebody waits, others do


@dataclass(frozen=True, kw_only=True)
class Look:
    """`rows`: the first ones below the headings that are not empty, long cells cut. The rest as `reading.Table`."""

    header: tuple[str, ...]
    rows: tuple[Line, ...]
    sheets: tuple[str, ...] = ()
    delimiter: str = ""
    encoding: str = ""
    is_1904: bool = False


@contextmanager
def path_of(upload: IncidentImport) -> Iterator[Path]:
    """Where the file can be read while the block lasts. ImportRefused where it was dropped."""
    with ExitStack() as held:
        try:
            path = held.enter_context(on_disk(upload.file))
        except FileNotFoundError as gone:
            raise _dropped() from gone
        yield path


def _dropped() -> ImportRefused:
    return ImportRefused(_("The file is not kept any more. Choose it again."))


@contextmanager
def open_incidents(path: Path, *, sheet: str = "") -> Iterator[Table]:
    """The table in the file, row by row; ImportRefused when it is entered, or while its rows are read. For a worker."""
    with open_table(path, FILE, presets.understood, sheet=sheet) as table:
        yield table


def look_at(upload: IncidentImport, *, sheet: str = "", haste: Haste | None = None) -> Look:
    """What was seen of this sheet; else it is looked at now, and kept. `haste`: none but that of somebody who waits,
    where it is None. ImportRefused where the file is gone or cannot be read, TookTooLong where it cannot be in time."""
    if not upload.file:
        raise _dropped()
    kept = upload.looks.filter(sheet=sheet).first() if upload.pk else None
    if kept is not None:
        return _from_bytes(bytes(kept.content))
    with path_of(upload) as path:
        look = _taken(path, sheet, haste)
    if upload.pk:
        keep(upload, look, sheet=sheet)
    return look


def keep(upload: IncidentImport, look: Look, *, sheet: str = "") -> None:
    ImportLook.objects.get_or_create(incident_import=upload, sheet=sheet, defaults={"content": _as_bytes(look)})


def _taken(path: Path, sheet: str, haste: Haste | None) -> Look:
    soon = Haste(seconds=settings.IMPORT_LOOK_SECONDS, is_sample=True, cell_characters=MAX_CELL)
    limits = FILE if haste else WAITING
    with open_table(path, limits, presets.understood, sheet=sheet, haste=haste or soon) as table:
        return Look(
            header=table.header,
            rows=tuple(_first(table.rows)),
            sheets=table.sheets,
            delimiter=table.delimiter,
            encoding=table.encoding,
            is_1904=table.is_1904,
        )


def _first(rows: Iterator[Line]) -> Iterator[Line]:
    characters = 0
    for count, line in enumerate(rows, start=1):
        yield line
        characters += sum(map(len, line.cells)) + CELL * len(line.cells)
        if count >= LINES or characters >= CHARACTERS:
            return


def _as_bytes(look: Look) -> bytes:
    rows = [(line.number, list(line.cells), sorted(line.faulty)) for line in look.rows]
    told = {name: getattr(look, name) for name in Look.__dataclass_fields__} | {"rows": rows}
    return zlib.compress(json.dumps(told).encode())


def _from_bytes(content: bytes) -> Look:
    told = json.loads(zlib.decompress(content))
    rows = tuple(Line(number, cells, frozenset(faulty)) for number, cells, faulty in told.pop("rows"))
    header, sheets = (tuple(told.pop(name)) for name in ("header", "sheets"))
    return Look(header=header, rows=rows, sheets=sheets, **told)
