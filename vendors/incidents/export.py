"""Incidents as CSV: for a spreadsheet, and to be imported again as they are."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from groundwork.tables.cells import neutralise
from groundwork.tables.small import WRITTEN_WITH
from vendors.incident_import.columns.own_download import heading
from vendors.models import IncidentQuerySet, Sla

CHUNK = 2_000  # rows that are in memory at once
BOM = "\ufeff"  # without it, spreadsheets take UTF-8 for something else
PATHS = {"vendor": "vendor__name", "service": "service__name"}  # what stands for a row of another table
TEXTS = ("vendor", "service", "reference", "title")
MOMENTS = ("opened_at", "resolved_at", "restored_at")

Cell = Callable[[Any], str]


class _Echo:
    """What the csv module writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(incidents: IncidentQuerySet, *, language: str) -> Iterator[bytes]:
    """A line at a time. Words are looked up before the first one: by the time of the last, a server may have turned to
    another language."""
    with translation.override(language):
        cells = _cells()
        headings = [*(heading(name) for name in cells), _("Hours to resolve")]
        point = formats.get_format("DECIMAL_SEPARATOR")
    rows = incidents.values_list(*(PATHS.get(name, name) for name in cells))
    return _lines(rows.iterator(chunk_size=CHUNK), cells, headings, point=point, delimiter=_delimiter(language))


def _delimiter(language: str) -> str:
    return WRITTEN_WITH.get(language, ",")


def _lines(
    rows: Iterator[Sequence[Any]], cells: dict[str, Cell], headings: list[str], *, point: str, delimiter: str
) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield (BOM + writer.writerow([neutralise(heading) for heading in headings])).encode()
    writers = tuple(cells.values())
    opened, resolved = (list(cells).index(name) for name in MOMENTS[:2])
    for row in rows:
        written = [neutralise(cell(value)) for cell, value in zip(writers, row, strict=True)]
        yield writer.writerow([*written, _hours(row[opened], row[resolved], point)]).encode()


def _cells() -> dict[str, Cell]:
    """Field → how its value is written, in the order of the columns; all words are those of the moment."""
    known = {True: _("Yes"), False: _("No"), None: ""}
    sla = {value: str(said) for value, said in Sla.choices}
    moment = partial(local, zone=timezone.get_current_timezone())
    return {
        **dict.fromkeys(TEXTS, _text),
        **dict.fromkeys(MOMENTS, moment),
        "priority": _text,
        "mission_critical": known.__getitem__,
        "sla": sla.__getitem__,
        "reopened": _text,
        "handovers": _text,
        "problem": _text,
        "root_cause_proven": known.__getitem__,
        "department": _text,
        "handled_by": _text,
        "source": _text,  # as it is kept, in no language: by it an import knows the incident again
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def local(moment: datetime | None, zone: tzinfo) -> str:
    """As the clocks of `zone` show it; where they show it twice, with the difference from UTC."""
    if moment is None:
        return ""
    shown = moment.astimezone(zone)
    is_shown_twice = shown.replace(fold=1 - shown.fold).utcoffset() != shown.utcoffset()
    return (shown if is_shown_twice else shown.replace(tzinfo=None)).isoformat(" ")


def _hours(opened: datetime, resolved: datetime | None, point: str) -> str:
    return "" if resolved is None else f"{(resolved - opened).total_seconds() / 3600:.2f}".replace(".", point)
