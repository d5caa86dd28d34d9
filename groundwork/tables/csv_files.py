"""Text files of a table: which encoding and which delimiter, and the records as a stream."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.utils.translation import gettext as _

from groundwork.tables.cells import ImportRefused, tidy
from groundwork.tables.limits import MAX_COLUMNS
from groundwork.tables.small import DELIMITERS, ENCODINGS, ENCODINGS_16, NO_DELIMITER, SEPARATOR_LINE
from vendors.incident_import.columns import presets

HEAD = 256 * 1024  # bytes from which the kind of file is told
CHUNK = 1024 * 1024
SAMPLED_RECORDS = 30
NOT_TEXT = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"<?xml",
    b"<html",
    b"{\\rtf",
)
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1a\0")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a text file is to be opened. `skip`: signs before the table, of a line that only names the delimiter."""

    encoding: str
    delimiter: str
    skip: int = 0


def shape_of(path: Path) -> Shape:
    with path.open("rb") as file:
        head = file.read(HEAD)
    encoding = _encoding(path, head)
    text = head.decode(encoding, errors="replace")
    skip = 0
    if text[:4].lower() == SEPARATOR_LINE and text[4:5] in DELIMITERS:
        return Shape(encoding=encoding, delimiter=text[4], skip=5)
    return Shape(encoding=encoding, delimiter=_delimiter(text), skip=skip)


@contextmanager
def records(path: Path, shape: Shape) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """(line, cells) of each record; the line is that on which it begins."""
    with path.open("r", encoding=shape.encoding, newline="", buffering=CHUNK) as file:
        file.read(shape.skip)
        yield _records(csv.reader(file, delimiter=shape.delimiter, strict=True))


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
                raise ImportRefused(
                    _("Line %(line)s has more than %(count)s cells.") % {"line": line, "count": MAX_COLUMNS}
                )
            yield line, cells
            line = reader.line_num + 1  # type: ignore[attr-defined]
    except csv.Error:
        message = _("Line %(line)s cannot be read: look at the quotation marks around its cells.")
        raise ImportRefused(message % {"line": line}) from None


# Encoding --------------------------------------------------------------------------------------------------------
def _encoding(path: Path, head: bytes) -> str:
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise ImportRefused(_("The file is empty."))
    marked = [name for mark, name in (*ENCODINGS, *ENCODINGS_16) if head.startswith(mark)][:1] or _unmarked_16(head)
    if marked:
        _refuse_undecodable(path, marked[0])
        return marked[0]
    if head.lstrip().startswith(NOT_TEXT) or sum(byte in CONTROLS for byte in head) > len(head) // 200:
        raise ImportRefused(_("This is neither a CSV nor an XLSX file. Save the sheet as “CSV UTF-8” or as XLSX."))
    return _eight_bit(path)


def _unmarked_16(head: bytes) -> list[str]:
    """UTF-16 without its mark: every other byte of plain letters is zero."""
    sample = head[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) // 4:
        return []
    return ["utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"]


def _refuse_undecodable(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except (UnicodeDecodeError, UnicodeError):
            raise ImportRefused(_damaged("UTF-8" if "8" in encoding else "UTF-16")) from None


def _damaged(encoding: str) -> str:
    message = _("The file is %(encoding)s, but some of its letters are damaged. Export it again as “CSV UTF-8”.")
    return message % {"encoding": encoding}


def _eight_bit(path: Path) -> str:
    """UTF-8; else what Windows writes, and Latin-1 where even that has no such letter. A file that is UTF-8 but for a
    few bytes is refused: read as anything else, every accent in it would be wrong."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    loose = codecs.getincrementaldecoder("utf-8")(errors="replace")
    is_utf8 = True
    good = bad = 0
    is_windows = True
    windows = codecs.getincrementaldecoder("cp1252")()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if is_utf8:
                try:
                    decoder.decode(chunk)
                    good += 0 if chunk.isascii() else sum(byte >= 0xC2 for byte in chunk)
                    continue
                except UnicodeDecodeError:
                    is_utf8 = False
            text = loose.decode(chunk)
            bad += text.count("\ufffd")
            good += sum(sign > "\x7f" for sign in text) - text.count("\ufffd")
            is_windows = is_windows and _decodes(windows, chunk)
    if is_utf8:
        return "utf-8" if _ends_well(decoder) else "cp1252"
    if good >= 10 and good > 5 * bad:
        raise ImportRefused(_damaged("UTF-8"))
    return "cp1252" if is_windows else "latin-1"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _ends_well(decoder: codecs.IncrementalDecoder) -> bool:
    return _decodes(decoder, b"") and not decoder.getstate()[0]


# Delimiter -------------------------------------------------------------------------------------------------------
def _delimiter(text: str) -> str:
    """The one under which most headings are understood; then the one that gives most rows the width of the header."""
    best = max(DELIMITERS, key=lambda sign: _fitness(text, sign))
    return best if _fitness(best and text, best)[1] > 0 else NO_DELIMITER


def _fitness(text: str, delimiter: str) -> tuple[int, float, int]:
    rows = _first_records(text, delimiter)
    header = next((row for row in rows if sum(map(bool, row)) > 1), [])
    if len(header) < 2:
        return (0, 0.0, 0)
    same = sum(len(row) == len(header) for row in rows) / len(rows)
    return presets.understood([tidy(cell) for cell in header]), same, len(header)


def _first_records(text: str, delimiter: str) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    try:
        for cells in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                found.append(cells)
            if len(found) >= SAMPLED_RECORDS:
                break
    except csv.Error:
        pass
    return found
