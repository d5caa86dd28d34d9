"""Text files of a table: which encoding and which delimiter, and the records as a stream."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from typing import IO

from django.utils.translation import gettext as _

from groundwork.tables.cells import ImportRefused, tidy
from groundwork.tables.limits import Limits, too_much_text, too_wide

HEAD = 256 * 1024  # bytes from which the kind of file is told
CHUNK = 1024 * 1024
SAMPLED_RECORDS, SAMPLED_COLUMNS, SAMPLED_CELL = 30, 2_000, 2_000
JUDGED = 16 * CHUNK  # bytes with other letters than ASCII in them, by which the encoding is told where it is not UTF-8
WINDOWS_HAS_NOT = b"\x81\x8d\x8f\x90\x9d"
MARKED = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
GUESSED = ("latin-1", "utf-16-le", "utf-16-be")  # by the look of the bytes alone
DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
SEPARATOR_LINE = "sep="
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

Score = Callable[[Sequence[str]], int]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a text file is to be opened. `skip`: signs before the table, of a line that only names the delimiter."""

    encoding: str
    delimiter: str
    skip: int = 0


def shape_of(file: IO[bytes], score: Score) -> Shape:
    file.seek(0)
    head = file.read(HEAD)
    encoding = _encoding(file, head)
    text = head.decode(encoding, errors="replace")
    if text[:4].lower() == SEPARATOR_LINE and text[4:5] in DELIMITERS:
        return Shape(encoding=encoding, delimiter=text[4], skip=5)
    return Shape(encoding=encoding, delimiter=_delimiter(text, score))


def records(file: IO[bytes], shape: Shape, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each record; the line is that on which it begins. Cells beyond the columns that are taken are
    empty, and left out."""
    file.seek(0)
    text = TextIOWrapper(file, encoding=shape.encoding, newline="")
    text.read(shape.skip)
    csv.field_size_limit(limits.row_characters)  # of the process: the module has no other
    lines = _Lines(text, limits.row_characters)
    reader = csv.reader(lines, delimiter=shape.delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > limits.columns:
                if any(cells[limits.columns :]):
                    raise too_wide(line, limits.columns)
                cells = cells[: limits.columns + 1]  # noqa: PLW2901 - nothing stands in those behind it
            yield line, cells
            line = reader.line_num + 1
            lines.characters = 0
    except csv.Error:
        raise _unquoted(line) from None
    except _Endless:
        raise (_unquoted(line) if lines.is_quoted else too_much_text(line)) from None


class _Endless(Exception):  # noqa: N818 - said as what happened
    """A record has more characters than any that is taken."""


class _Lines:
    """The lines of a text, for a reader that sets `characters` to zero after each record: it would hold a record of a
    hundred megabytes, and tell of it afterwards."""

    def __init__(self, text: TextIOWrapper, most: int) -> None:
        self.text, self.most, self.characters, self.is_quoted = text, most, 0, False

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(self.most + 1):
            self.is_quoted = self.characters > 0
            self.characters += len(line)
            if self.characters > self.most:
                raise _Endless
            yield line


def _unquoted(line: int) -> ImportRefused:
    message = _("Line %(line)s cannot be read: look at the quotation marks around its cells.")
    return ImportRefused(message % {"line": line})


def no_table() -> ImportRefused:
    message = _("This is neither a CSV nor an XLSX, XLS or ODS file. Save the sheet as “CSV UTF-8” or as XLSX.")
    return ImportRefused(message)


def header_place(lines: Sequence[Sequence[str]], score: Score) -> int | None:
    """Which of the first lines holds the headings; None: all are empty. The first line with two cells or more: a title
    above the table is none; but a heading that is understood may stand alone."""
    first = next((place for place, line in enumerate(lines) if any(line)), None)
    wide = next((place for place, line in enumerate(lines) if sum(map(bool, line)) > 1), None)
    if first is None or wide is None:
        return first
    return first if score(lines[first]) > score(lines[wide]) else wide


# Encoding --------------------------------------------------------------------------------------------------------
def _encoding(file: IO[bytes], head: bytes) -> str:
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise ImportRefused(_("The file is empty."))
    marked = [name for mark, name in MARKED if head.startswith(mark)][:1] or _unmarked_16(head)
    if marked:
        _refuse_undecodable(file, marked[0])
        return marked[0]
    if head.lstrip().startswith(NOT_TEXT) or sum(byte in CONTROLS for byte in head) > len(head) // 200:
        raise no_table()
    return _eight_bit(file)


def _unmarked_16(head: bytes) -> list[str]:
    """UTF-16 without its mark: every other byte of plain letters is zero."""
    sample = head[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) // 4:
        return []
    return ["utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"]


def _refuse_undecodable(file: IO[bytes], encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, UnicodeError):
        raise ImportRefused(_damaged("UTF-8" if "8" in encoding else "UTF-16")) from None


def _damaged(encoding: str) -> str:
    message = _("The file is %(encoding)s, but some of its letters are damaged. Export it again as “CSV UTF-8”.")
    return message % {"encoding": encoding}


def _eight_bit(file: IO[bytes]) -> str:
    """UTF-8; else what Windows writes, and Latin-1 where even that has no such letter. A file that is UTF-8 but for a
    few bytes is refused: read as anything else, every accent in it would be wrong."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    if all(_decodes(decoder, chunk) for chunk in _chunks(file)):
        return "utf-8" if _decodes(decoder, b"") and not decoder.getstate()[0] else "cp1252"
    good, bad = _letters(file)
    if good >= 10 and good > 5 * bad:
        raise ImportRefused(_damaged("UTF-8"))
    return "latin-1" if any(byte in chunk for chunk in _chunks(file) for byte in WINDOWS_HAS_NOT) else "cp1252"


def _letters(file: IO[bytes]) -> tuple[int, int]:
    """How many signs beyond ASCII are letters of UTF-8, and how many are not, in the first megabytes that have any."""
    loose = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = judged = 0
    for chunk in _chunks(file):
        if chunk.isascii():
            loose.reset()
            continue
        text = loose.decode(chunk)
        damaged = text.count("\ufffd")
        bad += damaged
        good += len(text) - len(text.encode("ascii", "ignore")) - damaged
        judged += len(chunk)
        if judged >= JUDGED:
            break
    return good, bad


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """From the beginning."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


# Delimiter -------------------------------------------------------------------------------------------------------
def _delimiter(text: str, score: Score) -> str:
    """The one under which most headings are understood; then the one that gives most rows the width of the header."""
    fitness = {sign: _fitness(text, sign, score) for sign in DELIMITERS}
    best = max(DELIMITERS, key=fitness.__getitem__)
    return best if fitness[best][2] > 1 else NO_DELIMITER


def _fitness(text: str, delimiter: str, score: Score) -> tuple[int, float, int]:
    rows = _first_records(text, delimiter)
    place = header_place(rows, score)
    if place is None:
        return (0, 0.0, 0)
    width = len(rows[place])
    same = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0
    return score(rows[place]), same, width


def _first_records(text: str, delimiter: str) -> list[list[str]]:
    first: list[list[str]] = []
    try:
        for cells in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                first.append([tidy(cell[:SAMPLED_CELL]) for cell in cells[:SAMPLED_COLUMNS]])
            if len(first) >= SAMPLED_RECORDS:
                break
    except csv.Error:
        pass
    return first
