"""What is sent of an incident, read as the cells of a file are: the same words, dates, lengths and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from groundwork.tables.reading import Line
from vendors.incident_fields import FIELDS
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import NEW, Dates, Options, SlaMeaning
from vendors.incident_import.rows import dates
from vendors.incident_import.rows.places import CRITICAL
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import IncidentRow, RowReader
from vendors.incident_import.rows.values import clean_cell
from vendors.models import ImportState, IncidentImport, IncidentSource

_CALLED = {"state": "state", "waited": "waited_minutes", "closed": "closed_at", "updated": "updated_at"}
# What an incident is sent with → the field of the import. The source is said once, for all.
KEY_OF = {_CALLED.get(one.key, one.column): one.key for one in FIELDS if one.key != "origin"}
NAME_OF = {key: name for name, key in KEY_OF.items()}
_MOMENTS = tuple(NAME_OF[one.key] for one in FIELDS if one.is_moment)
_IN_ORDER = ("day_first", "month_first")


@dataclass(frozen=True, kw_only=True)
class Said:
    """How the sender says that its values are to be read; None: as those of the last import of the source."""

    preset: str | None = None
    time_zone: str | None = None
    dates: Dates | None = None
    critical: tuple[str, ...] | None = None
    sla_yes: SlaMeaning | None = None
    sla_met: tuple[str, ...] | None = None
    sla_missed: tuple[str, ...] | None = None


def options_for(source: IncidentSource, said: Said) -> Options:
    """As the last import of this source that stands was read, a file or what was pushed, and over it what is said.
    A person's decision that a name stands for a vendor, or is left out, holds on; nothing becomes a new vendor."""
    done = IncidentImport.objects.filter(organisation=source.organisation_id, source=source.key, state=ImportState.DONE)
    kept = done.order_by("-pk").values_list("options", flat=True).first()
    earlier = Options.from_data(kept) if kept else Options(time_zone=timezone.get_current_timezone_name())
    tools = {tool.key for tool in presets.all_presets()} - {presets.OWN}
    if not kept and source.key in tools:
        tool = presets.preset(source.key)
        earlier = replace(earlier, preset=tool.key, sla_yes=tool.sla_yes)
    options = Options(
        preset=earlier.preset if earlier.preset in tools else "",
        source=source.key,
        time_zone=earlier.time_zone,
        dates=earlier.dates if earlier.dates in _IN_ORDER else "iso",
        critical=earlier.critical,
        vendors={name: choice for name, choice in earlier.vendors.items() if choice != NEW},
        sla_yes=earlier.sla_yes,
        sla_met=earlier.sla_met,
        sla_missed=earlier.sla_missed,
    )
    return replace(options, **{name: value for name, value in vars(said).items() if value is not None})


class PushReader:
    """Reads what is sent. `read(number, told)`: the row, with what is wrong with it; `number` is its place, from 0."""

    def __init__(self, options: Options, *, now: datetime) -> None:
        self.options, self.now = options, now
        self._readers: dict[tuple[str, ...], RowReader] = {}

    def read(self, number: int, told: Mapping[str, Any]) -> IncidentRow:
        """`told`: by the names of KEY_OF, texts, numbers, yes or no; what is None is not said."""
        is_critical = told.get("mission_critical")
        texts = {
            name: _text(value)
            for name, value in told.items()
            if value is not None and not (name == "mission_critical" and isinstance(value, bool))
        }
        names = tuple(sorted(texts))
        row = self._reader(names).read(Line(number, [texts[name] for name in names]))
        if isinstance(is_critical, bool):
            row.values[CRITICAL] = is_critical
        row.problems.extend(self._without_order(texts))
        return row

    def _reader(self, names: tuple[str, ...]) -> RowReader:
        if names not in self._readers:
            columns = {KEY_OF[name]: name for name in names}
            self._readers[names] = RowReader(names, replace(self.options, columns=columns), now=self.now)
        return self._readers[names]

    def _without_order(self, texts: Mapping[str, str]) -> list[RowProblem]:
        """A day such as 03/04/2026 is never read as one of the two in silence."""
        if self.options.dates in _IN_ORDER:
            return []
        return [
            RowProblem(code="date_order_unsaid", field=KEY_OF[name], value=texts[name])
            for name in _MOMENTS
            if name in texts and dates.has_order(texts[name].strip())
        ]


def _text(value: Any) -> str:
    """As a cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def reference_of(text: str) -> str:
    """As an incident is known by it, whatever marks a tool or an address left in it; empty where it says nothing."""
    return clean_cell(text)
