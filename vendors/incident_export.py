"""Incidents as CSV: for a spreadsheet, and to be imported again as they are."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import models
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manifesto.workbook import neutralise
from vendors.incident_words import SLA_WORDS
from vendors.models import Incident
from vendors.sheets import WRITTEN_WITH

CHUNK = 2_000  # rows that are in memory at once
MOMENT = "%Y-%m-%d %H:%M:%S"
BOM = "\ufeff"  # without it, spreadsheets take UTF-8 for something else


class _Echo:
    """What the csv module writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


@dataclass(frozen=True, kw_only=True)
class Column:
    heading: str | Promise
    cell: Callable[[Incident], str]


def csv_lines(incidents: Iterable[Incident], *, language: str) -> Iterator[bytes]:
    """A line at a time. Words are looked up before the first one: by the time of the last, a server may have turned to
    another language."""
    with translation.override(language):
        columns = _columns(language)
        headings = [str(column.heading) for column in columns]
    return _lines(incidents, columns, headings, delimiter=WRITTEN_WITH.get(language, ","))


def _lines(
    incidents: Iterable[Incident], columns: list[Column], headings: list[str], *, delimiter: str
) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield (BOM + writer.writerow([neutralise(heading) for heading in headings])).encode()
    for incident in incidents:
        yield writer.writerow([neutralise(column.cell(incident)) for column in columns]).encode()


def _columns(language: str) -> list[Column]:
    """The headings are the names of the fields, which the import of incidents understands in each language."""
    sla = {value: str(said) for value, said in SLA_WORDS.items()}
    known = {True: _("Yes"), False: _("No"), None: ""}
    point = formats.get_format("DECIMAL_SEPARATOR", language)
    cells: dict[str, Callable[[Incident], str]] = {
        "vendor": lambda row: row.vendor.name,
        "service": lambda row: row.service.name if row.service else "",
        "reference": lambda row: row.reference,
        "title": lambda row: row.title,
        "opened_at": lambda row: local(row.opened_at),
        "resolved_at": lambda row: local(row.resolved_at),
        "restored_at": lambda row: local(row.restored_at),
        "priority": lambda row: row.priority,
        "mission_critical": lambda row: known[row.mission_critical],
        "sla": lambda row: sla[row.sla],
        "reopened": lambda row: _number(row.reopened),
        "handovers": lambda row: _number(row.handovers),
        "problem": lambda row: row.problem,
        "root_cause_proven": lambda row: known[row.root_cause_proven],
        "department": lambda row: row.department,
        "handled_by": lambda row: row.handled_by,
    }
    named = [
        Column(heading=capfirst(str(cast(models.Field, Incident._meta.get_field(name)).verbose_name)), cell=cell)
        for name, cell in cells.items()
    ]
    return [*named, Column(heading=HOURS, cell=lambda row: _hours(row, point))]


HOURS = gettext_lazy("Hours to resolve")


def local(moment: datetime | None) -> str:
    """As the clocks of the installation show it; where they show it twice, with the difference from UTC."""
    if moment is None:
        return ""
    shown = timezone.localtime(moment)
    text = shown.strftime(MOMENT)
    is_shown_twice = shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()
    return f"{text}{shown.strftime('%z')[:3]}:{shown.strftime('%z')[3:]}" if is_shown_twice else text


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _hours(incident: Incident, point: str) -> str:
    length = incident.duration
    return "" if length is None else f"{length.total_seconds() / 3600:.2f}".replace(".", point)
