"""An incident in words: how long it took, and what is known of it, or is not and why that matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from groundwork import words
from vendors.incident_fields import KEPT, IncidentField, ValueKind
from vendors.incident_import.columns.presets import all_presets
from vendors.models import BY_HAND, Incident, IncidentSource, Sla

STATE_WORDS: dict[str, Promise] = {
    "open": pgettext_lazy("state of an incident", "Open"),
    "resolved": pgettext_lazy("state of an incident", "Resolved"),
    "closed": pgettext_lazy("state of an incident", "Closed"),
}


@dataclass(frozen=True, kw_only=True)
class IncidentFact:
    """One thing about an incident. `text` is empty where it is unknown; `why` then tells what that means."""

    label: str
    text: str
    why: str = ""


def time_zone() -> str:
    """Whose times the pages show: “Europe/Brussels”."""
    return settings.TIME_ZONE


def source(incident: Incident) -> str:
    """“ServiceNow”: as people call the source; else the tool, where the import knows it."""
    if incident.source == BY_HAND:
        return _("Written down by hand")
    if incident.organisation_id:
        known = IncidentSource.objects.filter(organisation=incident.organisation_id, key=incident.source).first()
        if known is not None:
            return known.name
    return next((one.name for one in all_presets() if one.key == incident.source), incident.source)


# Facts of one incident -------------------------------------------------------------------------------------------
_AT_THE_HEAD = ("reference", "title", "vendor", "source")  # of its page


def facts_of(incident: Incident) -> list[IncidentFact]:
    """All that is known of it; what is not known says why that matters. What nobody misses is left out."""
    return [fact for field in KEPT if field.column not in _AT_THE_HEAD for fact in _facts(field, incident)]


def _facts(field: IncidentField, incident: Incident) -> Iterator[IncidentFact]:
    text = _text(field, incident, getattr(incident, field.column))
    why = str(field.unknown)
    if field.column == "resolved_at" and incident.is_closed:
        why = _("Nobody has told when. Its source calls it closed.")
    if text or why:
        yield IncidentFact(label=field.label, text=text, why=why)
    if field.column == "resolved_at" and incident.duration is not None and not incident.resolved_to_day:
        yield IncidentFact(label=_("Time to resolve"), text=words.duration(incident.duration))


def _text(field: IncidentField, incident: Incident, value: Any) -> str:
    if value is None or value == Sla.UNKNOWN:
        return ""
    if field.column == "resolved_at":
        return _resolved(incident, value)
    if field.column == "restored_at":
        return _restored(value, incident.resolved_at)
    no = _("No, so the measures do not count it") if field.kind == ValueKind.CRITICAL else _("No")
    say: dict[ValueKind, Callable[[Any], str]] = {
        ValueKind.MOMENT: words.moment,
        ValueKind.ANSWER: words.moment,
        ValueKind.MINUTES: lambda minutes: words.duration(timedelta(minutes=minutes)),
        ValueKind.STATE: {True: _("Yes"), False: ""}.__getitem__,
        ValueKind.COUNT: words.number,
        ValueKind.YES_NO: {True: _("Yes"), False: no}.__getitem__,
        ValueKind.CRITICAL: {True: _("Yes"), False: no}.__getitem__,
        ValueKind.SLA: lambda _value: str(incident.get_sla_display()),
    }
    return say.get(field.kind, str)(value)


def _resolved(incident: Incident, resolved: datetime) -> str:
    """With what the moment rests on."""
    said = words.day(resolved) if incident.resolved_to_day else words.moment(resolved)
    if incident.resolved_is_closing:
        return _("%(moment)s, when it was closed: nobody has told when it was resolved") % {"moment": said}
    return said


def _restored(restored: datetime, resolved: datetime | None) -> str:
    if resolved is None or restored <= resolved:
        return words.moment(restored)
    values = {"moment": words.moment(restored), "length": words.duration(restored - resolved)}
    return _("%(moment)s, %(length)s after it was called resolved") % values
