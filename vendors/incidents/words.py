"""An incident in words: how long it took, and what is known of it, or is not and why that matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from vendors.incident_import.columns.presets import all_presets
from vendors.models import BY_HAND, Incident, Sla

STATE_WORDS: dict[str, Promise] = {
    "open": pgettext_lazy("state of an incident", "Open"),
    "resolved": pgettext_lazy("state of an incident", "Resolved"),
}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing about an incident. `said` is empty where it is unknown; `why` then tells what that means."""

    label: str
    said: str
    why: str = ""


def time_zone() -> str:
    """Whose times the pages show: “Europe/Brussels”."""
    return settings.TIME_ZONE


def duration(length: timedelta | None) -> str:
    """“2 days 4 hours”, “35 minutes”: the two largest units; empty for None."""
    if length is None:
        return ""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _together(_days(days), _hours(hours) if hours else "")
    if hours:
        return _together(_hours(hours), _minutes(rest) if rest else "")
    return _minutes(rest) if rest else _("less than a minute")


def _together(larger: str, smaller: str) -> str:
    return f"{larger} {smaller}".strip()


def _days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": formats.number_format(number)}


def _hours(number: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", number) % {"n": number}


def _minutes(number: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", number) % {"n": number}


def source(incident: Incident) -> str:
    """“ServiceNow”: the tool, where the import knows it; else the name that the import was given."""
    if incident.source == BY_HAND:
        return _("Written down by hand")
    return next((one.name for one in all_presets() if one.key == incident.source), incident.source)


# Facts of one incident -------------------------------------------------------------------------------------------
def facts_of(incident: Incident) -> list[Fact]:
    """All that is known of it; what is not known says why that matters. What nobody misses is left out."""
    return [*_times(incident), *_about(incident), *_handling(incident)]


def _times(incident: Incident) -> Iterator[Fact]:
    yield Fact(label=_("Opened"), said=_moment(incident.opened_at))
    if incident.duration is None:
        still_open = _("Not yet. It counts in the number of incidents, and in no duration.")
        yield Fact(label=_("Resolved"), said="", why=still_open)
    else:
        yield Fact(label=_("Resolved"), said=_moment(incident.resolved_at))
        yield Fact(label=_("Time to resolve"), said=duration(incident.duration))
    yield Fact(
        label=_("Business restored"),
        said=_restored(incident),
        why=_("Unknown. Nobody can say whether the business had to wait longer than the ticket (rule 1)."),
    )


def _moment(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


def _restored(incident: Incident) -> str:
    at = _moment(incident.restored_at)
    if not incident.restored_at or not incident.resolved_at or incident.restored_at <= incident.resolved_at:
        return at
    values = {"moment": at, "length": duration(incident.restored_at - incident.resolved_at)}
    return _("%(moment)s, %(length)s after it was called resolved") % values


def _about(incident: Incident) -> Iterator[Fact]:
    yield Fact(
        label=_("Mission-critical"),
        said=_("Yes") if incident.mission_critical else _("No, so the measures do not count it"),
    )
    yield Fact(
        label=_("Service level"),
        said="" if incident.sla == Sla.UNKNOWN else str(incident.get_sla_display()),
        why=_("Unknown. It is left out of the share of service levels that were met."),
    )
    for label, said in (
        (_("Service"), incident.service.name if incident.service else ""),
        (_("Priority"), incident.priority),
        (_("Department"), incident.department),
    ):
        if said:
            yield Fact(label=label, said=said)


def _handling(incident: Incident) -> Iterator[Fact]:
    yield Fact(
        label=_("Problem or cause"),
        said=incident.problem,
        why=_("Unknown. Nobody can tell whether it came back (rule 6)."),
    )
    yield Fact(
        label=_("Root cause proven"),
        said="" if incident.root_cause_proven is None else _("Yes") if incident.root_cause_proven else _("No"),
        why=_("Unknown. It is left out of the share of proven causes (rule 6)."),
    )
    yield Fact(
        label=_("Times reopened"),
        said=_number(incident.reopened),
        why=_("Unknown. It is left out of the share of incidents that were reopened (rule 4)."),
    )
    yield Fact(
        label=_("Hand-overs"),
        said=_number(incident.handovers),
        why=_("Unknown. It is left out of the mean number of hand-overs (rule 2)."),
    )
    yield Fact(
        label=_("Handled by"),
        said=incident.handled_by,
        why=_("Unknown. It says nothing about the spread between those who handle incidents (rule 2)."),
    )


def _number(value: int | None) -> str:
    return "" if value is None else formats.number_format(value)
