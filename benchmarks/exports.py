"""Writing exports, against the csv module writing the same rows into a file, in the same run."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Membership, Role
from benchmarks.timing import medians
from reports.exports import chosen as choosing
from reports.exports import writing
from reports.exports.dossiers import dossiers_of
from reports.exports.readme import About
from reports.exports.rows import Row, rows_of
from reports.exports.shapes import Dossier
from reports.models import ExportFormat, ExportScope

Rows = list[tuple[Dossier, dict[str, list[Row]]]]


def report(repetitions: int) -> str:
    member = Membership.objects.filter(role=Role.READER, organisation__slug="harbour")[0]
    with translation.override("en"), TemporaryDirectory() as folder:
        with CaptureQueriesContext(connection) as queries:
            rows = _rows(member)
        subjects: dict[str, Callable[[], object]] = {
            "reading them, snapshots and rows": partial(_rows, member),
            "the csv module, the same rows (the floor)": partial(_plainly, rows, Path(folder)),
            "tables (CSV in a ZIP)": partial(_written, rows, Path(folder), ExportFormat.CSV),
            "structured data (JSON)": partial(_written, rows, Path(folder), ExportFormat.JSON),
            "workbook with live formulas (XLSX)": partial(_written, rows, Path(folder), ExportFormat.XLSX),
        }
        seconds = medians(subjects, max(repetitions // 6, 1))
    count = sum(len(found) for _dossier, tables in rows for found in tables.values())
    floor = seconds["the csv module, the same rows (the floor)"]
    lines = ["## Exports", "", f"| {count:,} rows, read in {len(queries)} queries | seconds | ratio to the floor |"]
    lines += ["|---|--:|--:|", *(f"| {name} | {said:.3f} | {said / floor:.1f} |" for name, said in seconds.items())]
    return "\n".join([*lines, ""])


def _rows(member: Membership) -> Rows:
    today = timezone.localdate()
    chosen = choosing.chosen(member, ExportScope.EVERYTHING, about=0, query="", today=today)
    found = dossiers_of(chosen.assessments, member, choosing.secrecy_of(member), language="en")
    return [(dossier, rows_of(dossier)) for dossier in found]


def _plainly(rows: Rows, folder: Path) -> None:
    with (folder / "floor.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for _dossier, tables in rows:
            for found in tables.values():
                writer.writerows(found)


def _written(rows: Rows, folder: Path, file_format: ExportFormat) -> None:
    tables = folder / "tables"
    tables.mkdir()
    sink = writing.sink_of(file_format, folder / "whole", language="en", folder=tables)
    for dossier, found in rows:
        sink.dossier(dossier, found)
    sink.close(About(organisation="Harbour", subject="All", asked_by="Ada", made_at=timezone.now()))
    shutil.rmtree(tables)
