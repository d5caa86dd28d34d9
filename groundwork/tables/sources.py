"""What is handed in: bytes or a file on disk, and of which kind it is, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

Source = Path | bytes

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0"
ODS_MARK = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


class TableKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """A file of the system, which another process can read, too; at its beginning."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    with TemporaryFile() as file:
        file.write(source)
        file.seek(0)
        yield file


def kind_of(file: IO[bytes]) -> TableKind:
    """By its first bytes; CSV is what is nothing else. The file stands at its beginning then."""
    file.seek(0)
    start = file.read(128)
    file.seek(0)
    if start.startswith(ZIP):
        return TableKind.ODS if ODS_MARK in start else TableKind.XLSX
    return TableKind.XLS if start.startswith(OLE) else TableKind.CSV
