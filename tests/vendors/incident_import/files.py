"""Files as tests need them, and the way through an import without a broker."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from accounts.models import Membership
from vendors.incident_import import files, job, worker
from vendors.incident_import.columns.options import Options
from vendors.incident_import.holding import answers
from vendors.models import ImportProblem, IncidentImport, Vendor

INPUTS = Path(__file__).with_name("inputs")  # as people have really sent them, with other names in them
HEADER = ("Number", "Opened", "Resolved", "Title", "Priority", "Supplier")
COLUMNS = {
    "reference": "Number",
    "opened": "Opened",
    "resolved": "Resolved",
    "title": "Title",
    "priority": "Priority",
    "vendor": "Supplier",
}


def as_csv(
    rows: Iterable[Sequence[Any]],
    *,
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
    encoding: str = "utf-8",
    end: str = "\r\n",
    quoting: Any = csv.QUOTE_MINIMAL,
) -> bytes:
    stream = StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([header, *rows])
    return stream.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[Sequence[Any]], *, header: Sequence[str] = HEADER) -> bytes:
    book = Workbook()
    for row in [header, *rows]:
        book.active.append(list(row))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def options_for(vendor: Vendor | None = None, **fields: Any) -> Options:
    columns = {name: heading for name, heading in COLUMNS.items() if vendor is None or name != "vendor"}
    fields = {"columns": columns, "time_zone": "Europe/Brussels", "dates": "day_first", "source": "other", **fields}
    return Options(vendor=vendor.pk if vendor else None, **fields)


def kept(member: Membership, content: bytes, name: str = "incidents.csv") -> IncidentImport:
    return files.keep(member, BytesIO(content), name, timezone.now())


def checked(member: Membership, content: bytes, options: Options) -> IncidentImport:
    """A kept file after its dry run."""
    upload = kept(member, content)
    job.start_check(member, upload, options, tell_workers=False)
    return worked(upload)


def imported(member: Membership, content: bytes, options: Options) -> IncidentImport:
    return worked(started(member, checked(member, content, options)))


def started(member: Membership, upload: IncidentImport) -> IncidentImport:
    """A checked file that holds what was proposed, waiting for a worker to write it."""
    return job.start_import(member, answers.agree(member, upload), tell_workers=False)


def check_input(member: Membership, name: str, **given: Any) -> IncidentImport:
    """A file of `INPUTS` after its dry run, read as is proposed for it except for what is given."""
    upload = kept(member, (INPUTS / name).read_bytes(), name)
    options = replace(Options.from_data(upload.options), **given)
    job.start_check(member, upload, options, tell_workers=False)
    return worked(upload)


def import_input(member: Membership, name: str, **given: Any) -> IncidentImport:
    return worked(started(member, check_input(member, name, **given)))


def undone(member: Membership, upload: IncidentImport) -> IncidentImport:
    job.undo(member, upload, tell_workers=False)
    return worked(upload)


def worked(upload: IncidentImport) -> IncidentImport:
    """After a worker has done what the row asks for."""
    worker.work_on(upload.pk)
    upload.refresh_from_db()
    return upload


def counts(upload: IncidentImport) -> dict[str, int]:
    """Without those that are nought."""
    return {name: count for name, count in upload.counts.items() if count}


def told(upload: IncidentImport) -> list[tuple[int, str, str, str]]:
    """(line, column, value, code) of each problem."""
    rows = ImportProblem.objects.filter(incident_import=upload)
    return [(row.line, row.column, row.value, row.code) for row in rows]
