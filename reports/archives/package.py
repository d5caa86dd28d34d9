"""An archive as it arrives: from anybody, so nothing in it is believed before it was looked at."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - as the other exceptions

from groundwork.archives import TooManyEntries, refuse_long_list
from reports.archives import manifest as manifests
from reports.archives.faults import ArchiveRefused
from reports.archives.manifest import Hashing, Manifest, Part
from reports.archives.tables import TABLES, Table

MOST_ENTRIES = 500_000
MOST_BYTES = 200 << 30  # of all that it holds, unpacked
MOST_PACKED = 200  # a table of texts packs to a tenth; what packs to less than a two-hundredth is none
SMALL = 10 << 20  # bytes: of these it does not matter how well they pack
MANIFEST_BYTES = 100 << 20
LONGEST_LINE = 32 << 20
MOST_PARTS = 3_000_000  # brackets and commas of a line: more would be a heap of nothing
CHUNK = 1 << 20
FILE = re.compile(r"files/[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
BESIDE = frozenset({manifests.NAME, "schema.json", "README.txt"})
DAMAGED = (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, OSError)


@dataclass(frozen=True, kw_only=True)
class Package:
    """An archive whose list was looked at, and whose manifest was read; its parts are checked by `check`."""

    archive: ZipFile
    manifest: Manifest

    def check(self) -> None:
        """Count and hash of every part, before anything is written. ArchiveRefused for the first that differs."""
        for place, part in self.manifest.parts.items():
            if _counted(self.archive, place, is_table=part.rows is not None) != part:
                raise ArchiveRefused(f"{place} is not what the manifest says: the archive was changed or is damaged.")
            if FILE.fullmatch(place) and part.sha256 not in place:
                raise ArchiveRefused(f"{place} is not the file that its name says: the archive was changed.")

    def rows(self, table: Table) -> Iterator[Any]:
        """Line by line."""
        with self.archive.open(table.member) as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                yield _row(line, table.member)

    def count(self, table: Table) -> int:
        return self.manifest.parts[table.member].rows or 0


def opened(file: IO[bytes]) -> Package:
    """ArchiveRefused for what is no archive of ours, or tries something else than to be one."""
    try:
        refuse_long_list(file, MOST_ENTRIES)
        archive = ZipFile(file)
    except TooManyEntries as error:
        raise ArchiveRefused("The archive lists more entries than any organisation has.") from error
    except DAMAGED as error:
        raise ArchiveRefused("This is no ZIP archive, or it is damaged.") from error
    entries = archive.infolist()
    for entry in entries:
        _look_at(entry)
    places = [entry.filename for entry in entries]
    if len(set(places)) != len(places):
        raise ArchiveRefused("The archive has two entries of one name.")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ArchiveRefused("The archive says that it holds more than 200 GB unpacked: that is not taken.")
    manifest = _manifest(archive, places)
    manifests.refuse_another_version(manifest)
    _compare(manifest, set(places))
    return Package(archive=archive, manifest=manifest)


def _look_at(entry: ZipInfo) -> None:
    place = entry.filename
    if place not in _PLACES and not FILE.fullmatch(place):
        raise ArchiveRefused(f"The archive holds “{place[:80]}”, which is no part of one.")
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise ArchiveRefused(f"{place} is no plain file.")
    if entry.flag_bits & 0x1:
        raise ArchiveRefused(f"{place} is encrypted: write the archive without a password.")
    if entry.file_size > SMALL and entry.file_size > MOST_PACKED * max(1, entry.compress_size):
        raise ArchiveRefused(f"{place} would grow to more than {MOST_PACKED} times its size: it is no table of texts.")


def _manifest(archive: ZipFile, places: list[str]) -> Manifest:
    if manifests.NAME not in places:
        raise ArchiveRefused("The archive has no manifest.json: it was not written by export_organisation.")
    try:
        with archive.open(manifests.NAME) as stream:
            text = stream.read(MANIFEST_BYTES + 1)
    except DAMAGED as error:
        raise ArchiveRefused("The manifest cannot be read: the archive is damaged.") from error
    if len(text) > MANIFEST_BYTES:
        raise ArchiveRefused("The manifest is longer than any is.")
    return manifests.read(_parsed(text, manifests.NAME))


def _compare(manifest: Manifest, places: set[str]) -> None:
    for table in TABLES:
        if table.member not in places or table.member not in manifest.parts:
            raise ArchiveRefused(f"The table {table.member} is missing: write the archive again.")
        if manifest.parts[table.member].rows is None:
            raise ArchiveRefused("The manifest cannot be read: the archive is damaged.")
    if places - BESIDE != manifest.parts.keys():
        odd = sorted((places - BESIDE) ^ manifest.parts.keys())[0]
        raise ArchiveRefused(f"{odd[:80]} stands in the manifest or in the archive, and not in both.")


def _counted(archive: ZipFile, place: str, *, is_table: bool) -> Part:
    hashing, lines = Hashing(), 0
    try:
        with archive.open(place) as stream:
            while chunk := stream.read(CHUNK):
                hashing.add(chunk)
                lines += chunk.count(b"\n")
    except DAMAGED as error:
        raise ArchiveRefused(f"{place} cannot be read: the archive is damaged.") from error
    return hashing.part(lines if is_table else None)


def _row(line: bytes, place: str) -> Any:
    if len(line) > LONGEST_LINE or sum(map(line.count, (b"[", b"{", b","))) > MOST_PARTS:
        raise ArchiveRefused(f"{place} has a line that is longer than any row.")
    return _parsed(line, place)


def _parsed(text: bytes, place: str) -> Any:
    try:
        return json.loads(text.decode("utf-8", "surrogatepass"), parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ArchiveRefused(f"{place} has a line that is no JSON, or nested deeper than any row.") from error


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice in an object could mean either."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name that stands twice")
    return found


_PLACES = BESIDE | {table.member for table in TABLES}
