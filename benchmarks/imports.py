"""Importing incidents, against reading the file with the csv module and COPY of the same rows, in the same run.

A workbook is held against python-calamine's own reading. Needs PostgreSQL: `DATABASE_URL=postgres://… benchmarks/run`,
a database of its own.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from vendors.incident_import import files, job, worker
from vendors.incident_import.columns.options import Options
from vendors.incident_import.holding import answers
from vendors.incident_import.writing import COLUMNS, TABLE
from vendors.models import ImportState, Incident, IncidentImport, Vendor

ROWS = 150_000
BOOK_ROWS = 20_000
HEADER = [
    "number",
    "opened_at",
    "resolved_at",
    "short_description",
    "priority",
    "made_sla",
    "reopen_count",
    "reassignment_count",
    "problem_id",
    "assignment_group",
    "assigned_to",
    "location",
    "category",
    "subcategory",
    "caller_id",
]
COPIED = (
    *("uuid", "organisation_id", "vendor_id", "reference", "source"),
    *("created_in_id", "created_at", "updated_at", *COLUMNS),
)


def report(repetitions: int) -> str:
    title = "## Imports of incidents\n\n"
    if connection.vendor != "postgresql":
        return f"{title}Not measured: this run had no PostgreSQL.\n"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "incidents.csv"
        write_file(path, ROWS)
        return title + _measured(path, max(repetitions // 10, 1)) + "\n" + _workbook(path)


def write_file(path: Path, rows: int) -> None:
    """As a tool exports it: minutes, words that repeat, titles that do not."""
    random = Random(4)  # noqa: S311
    moment = datetime(2024, 1, 20)  # so that even a short file tells the order of its dates
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            moment += timedelta(minutes=random.randint(0, 10))
            resolved = moment + timedelta(minutes=random.randint(5, 9_000))
            writer.writerow(
                [
                    f"INC{number:07}",
                    f"{moment.day}/{moment.month}/{moment.year} {moment:%H:%M}",
                    f"{resolved.day}/{resolved.month}/{resolved.year} {resolved:%H:%M}",
                    f"Example incident {number} of a system that stands still",
                    random.choice(["1 - Critical", "2 - High", "3 - Moderate"]),
                    random.choice(["true", "false"]),
                    random.randint(0, 2),
                    random.randint(0, 9),
                    random.choice(["?", f"Problem {random.randint(1, 300)}"]),
                    f"Group {random.randint(1, 70)}",
                    f"Resolver {random.randint(1, 230)}",
                    f"Location {random.randint(1, 140)}",
                    f"Category {random.randint(1, 50)}",
                    f"Subcategory {random.randint(1, 250)}",
                    f"Caller {random.randint(1, 5_000)}",
                ]
            )


def _measured(path: Path, repetitions: int) -> str:
    member, vendor = _people()
    seconds: dict[str, list[float]] = {"csv": [], "copy": [], "check": [], "import": [], "again": []}
    for _ in range(repetitions):
        _clear()
        seconds["csv"].append(_timed(partial(_read, path)))
        upload = _checked(member, vendor, path, seconds["check"])
        job.start_import(member, answers.agree(member, upload), tell_workers=False)
        seconds["import"].append(_timed(partial(worker.work_on, upload.pk)))
        assert Incident.objects.count() == ROWS
        again = _checked(member, vendor, path, [])
        job.start_import(member, answers.agree(member, again), tell_workers=False)
        seconds["again"].append(_timed(partial(worker.work_on, again.pk)))
        assert IncidentImport.objects.get(pk=again.pk).counts["unchanged"] == ROWS
        rows = _unload()
        _clear(keep=upload.pk)
        seconds["copy"].append(_timed(partial(_copy, rows)))
    _clear()
    return _table({name: median(values) for name, values in seconds.items()}, _peak(path))


def _people() -> tuple[Membership, Vendor]:
    organisation, _new = Organisation.objects.get_or_create(slug="imports", defaults={"name": "Imports Example"})
    user = User.objects.filter(email="imports@example.org").first()
    user = user or User.objects.create_user("imports@example.org", None, name="Imports")
    member, _new = Membership.objects.get_or_create(organisation=organisation, user=user, defaults={"role": Role.ADMIN})
    vendor, _new = Vendor.objects.get_or_create(organisation=organisation, name="Imports Example")
    return member, vendor


def _clear(keep: int = 0) -> None:
    """Rows that never change refuse to be emptied with what they hang on: not in a session that takes in a replica."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # for a superuser, as that of bin/test is
        cursor.execute(f"TRUNCATE {TABLE} CASCADE")
    for upload in IncidentImport.objects.filter(organisation__slug="imports").exclude(pk=keep):
        upload.file.delete(save=False)
        upload.delete()


def _checked(member: Membership, vendor: Vendor, path: Path, seconds: list[float]) -> IncidentImport:
    with path.open("rb") as file:
        upload = files.keep(member, file, path.name, timezone.now())
    options = replace(Options.from_data(upload.options), vendor=vendor.pk, time_zone="UTC")
    job.start_check(member, upload, options, tell_workers=False)
    seconds.append(_timed(partial(worker.work_on, upload.pk)))
    upload.refresh_from_db()
    assert upload.state == ImportState.CHECKED, job.failure_words(upload)
    return upload


def _timed(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def _read(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        for _row in csv.reader(file):
            pass


def _unload() -> list[bytes]:
    """The rows that the import has written, as COPY writes them."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({', '.join(COPIED)}) TO STDOUT") as copy:
        return [bytes(block) for block in copy]


def _copy(rows: list[bytes]) -> None:
    """Into the same table, with its indexes and constraints: nothing could go in more cheaply."""
    blocks = [b"".join(rows[start : start + 5_000]) for start in range(0, len(rows), 5_000)]
    command = f"COPY {TABLE} ({', '.join(COPIED)}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(command) as copy:
        for block in blocks:
            copy.write(block)


def _peak(path: Path) -> tuple[int, int]:
    """MB that a process of its own needs at most: for 1,000 rows, and for all."""
    small = path.with_name("small.csv")
    write_file(small, 1_000)
    return _peak_of(small), _peak_of(path)


def _peak_of(path: Path) -> int:
    code = "import django; django.setup(); from benchmarks import imports; imports.import_alone()"
    command = [sys.executable, "-c", code, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(told.stdout.split()[-1])


def _workbook(path: Path) -> str:
    """The first rows of the file as a workbook."""
    from openpyxl import Workbook
    from python_calamine import CalamineWorkbook

    book_path = path.with_suffix(".xlsx")
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    with path.open(newline="", encoding="utf-8") as file:
        for row in islice(csv.reader(file), BOOK_ROWS + 1):
            sheet.append(row)
    book.save(book_path)

    def read() -> None:
        rows = CalamineWorkbook.from_path(book_path).get_sheet_by_index(0).iter_rows()
        assert sum(1 for _row in rows) == BOOK_ROWS + 1

    member, vendor = _people()
    _clear()
    floor = _timed(read)
    checking: list[float] = []
    upload = _checked(member, vendor, book_path, checking)
    job.start_import(member, answers.agree(member, upload), tell_workers=False)
    importing = _timed(partial(worker.work_on, upload.pk))
    assert Incident.objects.count() == BOOK_ROWS
    _clear()
    rows = [
        ("python-calamine reads the workbook (the floor)", floor),
        ("check (dry run)", checking[0]),
        ("import", importing),
    ]
    lines = [
        f"| a workbook of {BOOK_ROWS:,} rows | seconds | rows a second | ratio to the floor |",
        "|---|--:|--:|--:|",
    ]
    lines += [f"| {name} | {time:.2f} | {BOOK_ROWS / time:,.0f} | {time / floor:.2f} |" for name, time in rows]
    return "\n".join([*lines, ""])


def _table(seconds: dict[str, float], peak: tuple[int, int]) -> str:
    floor = seconds["csv"] + seconds["copy"]
    rows = [
        ("csv module reads the file", seconds["csv"]),
        ("COPY of the same rows, with indexes and constraints", seconds["copy"]),
        ("both (the floor)", floor),
        ("check (dry run)", seconds["check"]),
        ("import", seconds["import"]),
        ("import of the same file again", seconds["again"]),
    ]
    lines = [f"| {ROWS:,} rows | seconds | rows a second | ratio to the floor |", "|---|--:|--:|--:|"]
    lines += [f"| {name} | {time:.2f} | {ROWS / time:,.0f} | {time / floor:.2f} |" for name, time in rows]
    lines += ["", f"Memory at most: {peak[1]} MB for {ROWS:,} rows, {peak[0]} MB for 1,000.", ""]
    return "\n".join(lines)


def import_alone() -> None:
    """Of the file in the first argument; prints the most memory that this process has held, in MB."""
    path = Path(sys.argv[1])
    member, vendor = _people()
    _clear()
    upload = _checked(member, vendor, path, [])
    job.start_import(member, answers.agree(member, upload), tell_workers=False)
    worker.work_on(upload.pk)
    _clear()
    # Not getrusage: that counts what the process which began this one held, too.
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(told["VmHWM"].split()[0]) // 1024)
