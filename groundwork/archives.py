"""How much an archive lists, told by its last bytes: opening it makes an object of each entry. And archives that are
the same whenever they are written.

Nothing but the standard library is imported here: the process that reads workbooks loads it, too."""

from __future__ import annotations

from io import BytesIO
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

END, END_64 = b"PK\x05\x06", b"PK\x06\x07"  # the record at the end; and before it, that there is a longer one
END_BYTES, END_64_BYTES, LONGEST_COMMENT = 22, 20, 65_535
ENTRY_BYTES = 300  # of the list, on the average of those that people have


class TooManyEntries(ValueError):  # noqa: N818 - said as what happened
    """The list of the archive is longer than any that is taken."""


def refuse_long_list(file: IO[bytes], entries: int) -> None:
    """TooManyEntries where the archive lists more than about so many. The file stands at its beginning then."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_BYTES - END_64_BYTES - LONGEST_COMMENT))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(END)
    if at < 0:
        return  # it is none: opening it fails
    is_long = tail[max(0, at - END_64_BYTES) : at].startswith(END_64)
    if is_long or int.from_bytes(tail[at + 12 : at + 16], "little") > entries * ENTRY_BYTES:
        raise TooManyEntries


def with_fixed_dates(content: bytes) -> bytes:
    """The same archive, each entry dated 1980-01-01: what is written twice is the same twice."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(ZipInfo(entry.filename), source.read(entry), compress_type=ZIP_DEFLATED)
    return stream.getvalue()
