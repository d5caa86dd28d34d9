"""A file written from one pass over what it tells, and what is known of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from groundwork.words import number
from reports.exports.archive import Archive
from reports.exports.chosen import Chosen, Secrecy
from reports.exports.dossiers import dossiers_of
from reports.exports.readme import About
from reports.exports.rows import AT_ONCE, Row, commitment_rows, contract_rows, rows_of, vendor_rows
from reports.exports.shapes import Dossier, Shown, Source
from reports.exports.structured import Structured
from reports.exports.workbook import Workbook
from reports.models import ExportFormat

Progress = Callable[[int], None]  # takes how many answers are written


class Sink(Protocol):
    """What writes a format: dossiers and rows, in any order, then what is said of them all."""

    def dossier(self, dossier: Dossier, tables: Mapping[str, Sequence[Row]]) -> None: ...

    def rows(self, key: str, rows: Iterable[Row]) -> None: ...

    def close(self, about: About) -> None: ...


@dataclass
class Told:
    """What a file tells: rows by table; the vendors and assessments of which it says more than that they are there;
    and those, still open, of which its reader learns what others answered. Keys of rows."""

    rows: Counter[str] = field(default_factory=Counter)
    vendors: set[int] = field(default_factory=set)
    assessments: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)  # the references of those of which it tells the reader's own alone
    damaged: set[str] = field(default_factory=set)

    def as_data(self) -> dict[str, Any]:
        return {
            "rows": dict(self.rows),
            **{name: sorted(getattr(self, name)) for name in ("vendors", "assessments", "read", "closed", "damaged")},
        }

    def note(self, dossier: Dossier) -> None:
        head = dossier.head
        if head.shown == Shown.OWN:
            self.closed.add(head.reference)
            return
        self.assessments.add(head.pk)
        if head.source == Source.DAMAGED:
            self.damaged.add(head.reference)
        if dossier.tells_of_others:
            self.read.add(head.pk)


def sink_of(file_format: str, path: Path, *, language: str, folder: Path) -> Sink:
    if file_format == ExportFormat.XLSX:
        return Workbook(path, language=language)
    if file_format == ExportFormat.CSV:
        return Archive(path, language=language, folder=folder)
    return Structured(path, language=language, folder=folder)


def write(
    sink: Sink,
    chosen: Chosen,
    member: Membership,
    secrecy: Secrecy,
    *,
    language: str,
    subject: str,
    progress: Progress = lambda done: None,
) -> Told:
    """All that is chosen, as far as this member may see it. In the active language, which is `language`."""
    told = Told()
    sink.rows("vendors", _counted(told, "vendors", _vendors(told, chosen, secrecy)))
    done = 0
    for dossier in dossiers_of(chosen.assessments, member, secrecy, language=language):
        tables = rows_of(dossier)
        told.note(dossier)
        told.rows.update({key: len(rows) for key, rows in tables.items()})
        sink.dossier(dossier, tables)
        done += len(tables["answers"])
        progress(done)
    sink.rows("commitments", _counted(told, "commitments", commitment_rows(chosen, secrecy)))
    sink.rows("contracts", _counted(told, "contracts", contract_rows(chosen)))
    sink.close(
        About(
            organisation=member.organisation.name,
            subject=subject,
            asked_by=str(member.user),
            made_at=timezone.now(),
            left_out=left_out_words(told.closed, told.damaged),
        )
    )
    return told


def _vendors(told: Told, chosen: Chosen, secrecy: Secrecy) -> Iterator[Row]:
    for row in vendor_rows(chosen, secrecy):
        key = int(str(row[0]))
        if key not in secrecy.vendors:
            told.vendors.add(key)
        yield row


def _counted(told: Told, key: str, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        told.rows[key] += 1
        yield row


def left_out_words(closed: Iterable[str], damaged: Iterable[str]) -> tuple[str, ...]:
    """Why something is not in the file, and when it opens. By references."""
    said = []
    if names := sorted(closed):
        words = ngettext(
            "Of %(count)s assessment you see your own answers alone, because your own answers come first: %(names)s. "
            "The rest opens once you have handed in.",
            "Of %(count)s assessments you see your own answers alone, because your own answers come first: %(names)s. "
            "The rest opens once you have handed in.",
            len(names),
        )
        said.append(words % {"count": number(len(names)), "names": _named(names)})
    if names := sorted(damaged):
        words = _("The stored content of these does not match its SHA-256, so nothing is said of them: %(names)s.")
        said.append(words % {"names": _named(names)})
    return tuple(said)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:AT_ONCE]) + ("…" if len(names) > AT_ONCE else "")
