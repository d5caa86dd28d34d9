"""An export as a ZIP of tables: one CSV a table, and a README that says what stands in them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from groundwork.languages import LANGUAGES
from groundwork.tables.writing import BOM, csv_lines
from groundwork.words import labelled
from reports.exports.catalogue import BY_KEY, TABLES
from reports.exports.readme import About, lines
from reports.exports.rows import Row, Value
from reports.exports.shapes import Dossier

MADE = (1980, 1, 1, 0, 0, 0)  # of every entry: the same content, the same bytes


class Archive:
    """`folder`: an empty one of its own, where the tables stand until all are written."""

    def __init__(self, path: Path, *, language: str, folder: Path) -> None:
        self.path, self.language, self.folder = path, language, folder
        self.counts = dict.fromkeys(BY_KEY, 0)
        self.files: dict[str, IO[bytes]] = {}
        for table in TABLES:
            self.files[table.key] = (folder / f"{table.key}.csv").open("wb")
            self._write(table.key, [table.keys])

    def dossier(self, dossier: Dossier, tables: Mapping[str, Sequence[Row]]) -> None:
        for key, rows in tables.items():
            self.rows(key, rows)

    def rows(self, key: str, rows: Iterable[Row]) -> None:
        self._write(key, ([self._said(value) for value in row] for row in self._counted(key, rows)), is_first=False)

    def close(self, about: About) -> None:
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, file in self.files.items():
                file.close()
                with (
                    archive.open(_entry(f"{key}.csv"), "w", force_zip64=True) as entry,
                    Path(file.name).open("rb") as table,
                ):
                    shutil.copyfileobj(table, entry, 1024 * 1024)
            archive.writestr(_entry("README.txt"), self._readme(about))

    def _readme(self, about: About) -> bytes:
        separator = {",": _("commas"), ";": _("semicolons")}[LANGUAGES[self.language].column_end]
        notes = [
            _("Each table is a CSV file in UTF-8, its columns apart by %(separator)s, every text in quotation marks.")
            % {"separator": separator},
            _("Days are written as 2026-03-31; yes and no as “yes” and “no”; what is empty is not known or not said."),
            _("An apostrophe before = + - or @ is ours: without it a spreadsheet would run the text as a formula."),
        ]
        told = lines(about, notes=notes, counts=self.counts, keys=True)
        return (BOM + "\r\n".join(_line(line) for line in told) + "\r\n").encode()

    def _write(self, key: str, rows: Iterable[Sequence[str]], *, is_first: bool = True) -> None:
        for place, line in enumerate(csv_lines(rows, language=self.language)):
            self.files[key].write(line if is_first or place else line.removeprefix(BOM.encode()))

    def _counted(self, key: str, rows: Iterable[Row]) -> Iterable[Row]:
        for row in rows:
            self.counts[key] += 1
            yield row

    def _said(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Decimal) and LANGUAGES[self.language].column_end == ";":
            return str(value).replace(".", ",")  # where a comma is no separator, it is the sign of decimals
        return value.isoformat() if isinstance(value, date) else str(value)


def _line(line: Sequence[str]) -> str:
    if len(line) == 1:
        return f"\r\n{line[0]}\r\n{'=' * len(line[0])}"
    return labelled(line[0], line[1]) if line[0] else line[1]


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
