"""The ZIP of a batch: one document after the other, so that a thousand of them need no more room than one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.text import slugify
from django.utils.translation import gettext as _

from groundwork.words import isolated, labelled
from reports.models import Batch, BatchedScorecard

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # no ZIP knows a day before
LEFT_OUT = "left-out.txt"
READABLE = 0o100644 << 16  # a plain file, whatever machine it is unpacked on
PIECE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file in the ZIP. `at`: the moment that stands beside its name; of the content, never of the writing."""

    name: str
    content: bytes
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Told:
    """One scorecard that is not in it, as the text file says it."""

    vendor: str
    number: str
    reason: str


def write(out: IO[bytes], entries: Iterable[Entry], left_out: Iterable[Told]) -> int:
    """The same entries give the same bytes; how many documents are in it. Documents are kept as they are, since they
    are compressed inside."""
    count = 0
    latest = EARLIEST
    with ZipFile(out, "w") as archive:
        for entry in entries:
            archive.writestr(_heading(entry.name, entry.at), entry.content, compress_type=ZIP_STORED)
            count, latest = count + 1, max(latest, entry.at)
        text = "".join(_lines(left_out))
        if text:
            archive.writestr(_heading(LEFT_OUT, latest), text.encode("utf-8-sig"), compress_type=ZIP_DEFLATED)
    return count


def _heading(name: str, at: datetime) -> ZipInfo:
    moment = max(at.astimezone(UTC), EARLIEST)
    heading = ZipInfo(name, moment.timetuple()[:6])
    heading.create_system = 3  # else it is the system of the worker
    heading.external_attr = READABLE
    return heading


def _lines(left_out: Iterable[Told]) -> Iterator[str]:
    """Of an editor anywhere: a line each, and a byte order mark before them."""
    for place, told in enumerate(left_out):
        if not place:
            yield _("These scorecards are not in this file:") + "\r\n\r\n"
        yield labelled(f"{told.number} · {isolated(_on_one_line(told.vendor))}", told.reason) + "\r\n"


def _on_one_line(name: str) -> str:
    return " ".join(name.split())


def entry_name(place: BatchedScorecard, batch: Batch) -> str:
    """`scorecard-S-2026-001-example-systems-fr.pdf`: plain ASCII; no two are alike, since the number is of one."""
    card = place.scorecard
    vendor = slugify(card.assessment.vendor.name)[:40].strip("-")
    return "-".join(filter(None, (batch.kind, card.number, vendor, batch.language))) + ".pdf"


def file_name(batch: Batch, ending: str) -> str:
    """`scorecards-2026-11-30-12-fr.zip`: by the day and the key of the batch, which is nobody else's."""
    return f"{batch.kind}s-{batch.requested_at.astimezone(UTC):%Y-%m-%d}-{batch.pk}-{batch.language}.{ending}"


def measured(file: IO[bytes]) -> tuple[int, str]:
    """Its bytes and their SHA-256; afterwards it stands at its beginning."""
    file.seek(0)
    size, digest = 0, hashlib.sha256()
    while piece := file.read(PIECE):
        size += len(piece)
        digest.update(piece)
    file.seek(0)
    return size, digest.hexdigest()
