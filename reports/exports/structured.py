"""An export as JSON: the tables of the catalogue, each row by the keys of its columns. `schema()` describes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from assessments.score.arithmetic import GRADES
from reports.exports.catalogue import BY_KEY, TABLES, Column, Kind
from reports.exports.readme import About
from reports.exports.rows import Row, Value
from reports.exports.shapes import Dossier

SCHEMA = "vendor-support-export/1"


class Structured:
    """`folder`: an empty one of its own, where the tables stand until all are written."""

    def __init__(self, path: Path, *, language: str, folder: Path) -> None:
        self.path, self.language, self.folder = path, language, folder
        self.counts = dict.fromkeys(BY_KEY, 0)
        self.files: dict[str, IO[str]] = {
            table.key: (folder / f"{table.key}.json").open("w", encoding="utf-8") for table in TABLES
        }

    def dossier(self, dossier: Dossier, tables: Mapping[str, Sequence[Row]]) -> None:
        for key, rows in tables.items():
            self.rows(key, rows)

    def rows(self, key: str, rows: Iterable[Row]) -> None:
        file, keys = self.files[key], BY_KEY[key].keys
        for row in rows:
            values = {name: plain(value) for name, value in zip(keys, row, strict=True)}
            file.write(",\n" if self.counts[key] else "\n")
            file.write(json.dumps(values, ensure_ascii=False))
            self.counts[key] += 1

    def close(self, about: About) -> None:
        head = {
            "schema": SCHEMA,
            "made_at": about.made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "organisation": about.organisation,
            "subject": about.subject,
            "asked_by": about.asked_by,
            "language": self.language,
            "left_out": list(about.left_out),
        }
        with self.path.open("w", encoding="utf-8") as whole:
            whole.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {')
            for place, (key, file) in enumerate(self.files.items()):
                file.close()
                whole.write(f'{"," if place else ""}\n"{key}": [')
                with Path(file.name).open(encoding="utf-8") as table:
                    shutil.copyfileobj(table, whole, 1024 * 1024)
                whole.write("]")
            whole.write("}}\n")


def plain(value: Value) -> str | int | float | bool | None:
    """A float only at this outer edge: beside it stands the exact fraction."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


# The schema -------------------------------------------------------------------------------------------------------
def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the file, as it is committed in docs/."""
    text = {"type": "string"}
    properties: dict[str, Any] = {
        "schema": {"type": "string", "enum": [SCHEMA]},
        "made_at": {"type": "string", "format": "date-time"},
        **dict.fromkeys(("organisation", "subject", "asked_by", "language"), text),
        "left_out": {"type": "array", "items": text},
        "tables": _object({table.key: {"type": "array", "items": _row(table.columns)} for table in TABLES}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An export of assessments",
        **_object(properties),
    }


def _row(columns: Sequence[Column]) -> dict[str, Any]:
    return _object({column.key: _value(column) for column in columns})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value(column: Column) -> dict[str, Any]:
    codes = [str(getattr(code, "value", code)) for code in column.words or ()]
    shapes: dict[Kind, dict[str, Any]] = {
        Kind.TEXT: {"type": ["string", "null"]},
        Kind.WHOLE: {"type": ["integer", "null"]},
        Kind.NUMBER: {"type": ["number", "null"]},
        Kind.EXACT: {"type": ["string", "null"], "pattern": r"^-?[0-9]+(/[1-9][0-9]*)?$"},
        Kind.DAY: {"type": ["string", "null"], "format": "date"},
        Kind.MOMENT: {"type": ["string", "null"], "format": "date-time"},
        Kind.FLAG: {"type": ["boolean", "null"]},
        Kind.CODE: {"type": ["string", "null"], "enum": [*codes, None]},
        Kind.AGREED: {"type": ["integer", "string", "null"], "enum": [*GRADES, *codes, None]},
    }
    return shapes[column.kind]
