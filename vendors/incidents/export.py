"""Incidents as a table: for a spreadsheet, and to be imported again as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from functools import partial
from itertools import chain
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from vendors.incident_fields import WRITTEN, ValueKind
from vendors.models import IncidentQuerySet, Sla

CHUNK = 2_000  # rows that are in memory at once
COLUMNS = [field.column for field in WRITTEN]
# What stands for a row of another table: its name.
PATHS = [f"{field.column}__name" if field.kind == ValueKind.NAME else field.column for field in WRITTEN]

Cell = Callable[[Any], str]


def rows_of(incidents: IncidentQuerySet, *, language: str) -> Iterator[list[str]]:
    """The headings, and a row at a time. Words are looked up before the first one: by the time of the last, a server
    may have turned to another language."""
    with translation.override(language):
        cells = _cells()
        headings = [*(field.heading for field in WRITTEN), _("Hours to resolve")]
        point = formats.get_format("DECIMAL_SEPARATOR")
    opened, resolved = COLUMNS.index("opened_at"), COLUMNS.index("resolved_at")
    rows = (
        [*(cell(value) for cell, value in zip(cells, row, strict=True)), _hours(row[opened], row[resolved], point)]
        for row in incidents.values_list(*PATHS).iterator(chunk_size=CHUNK)
    )
    return chain([headings], rows)


def _cells() -> list[Cell]:
    """How each value is written, in the order of the columns; all words are those of the moment. The source stands as
    it is kept, in no language: by it an import knows the incident again."""
    yes_or_no = {True: _("Yes"), False: _("No"), None: ""}.__getitem__
    moment = partial(local, zone=timezone.get_current_timezone())
    cells: dict[ValueKind, Cell] = {
        ValueKind.MOMENT: moment,
        ValueKind.ANSWER: moment,
        ValueKind.STATE: {True: _("Yes"), False: ""}.__getitem__,  # that it is not says nothing: few sources tell
        ValueKind.YES_NO: yes_or_no,
        ValueKind.CRITICAL: yes_or_no,
        ValueKind.SLA: {value: str(said) for value, said in Sla.choices}.__getitem__,
    }
    return [cells.get(field.kind, _text) for field in WRITTEN]


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
