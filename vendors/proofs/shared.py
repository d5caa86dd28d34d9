"""What a customer shares of an incident with the vendor that owes its cause, and with whoever was hit.

What happened, when, to which service and whom, and of the hour what was said to the vendor and done: no note of the
customer's own, no measure, no rating, nobody's name at the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vendors.models import AffectedDepartment, EntryKind, Incident, TimelineEntry


@dataclass(frozen=True, kw_only=True)
class SharedWords:
    """One thing that was said; its label in the active language."""

    field: str
    text: str

    @property
    def label(self) -> str:
        return str(getattr(TimelineEntry._meta.get_field(self.field), "verbose_name", ""))


@dataclass(frozen=True, kw_only=True)
class SharedEntry:
    """`kind`: an EntryKind; `person`: who it was at the vendor; `next_at`: by when something was promised."""

    at: datetime
    kind: str
    person: str
    words: tuple[SharedWords, ...]
    next_at: datetime | None

    @property
    def title(self) -> str:
        return str(EntryKind(self.kind).label)


@dataclass(frozen=True, kw_only=True)
class SharedIncident:
    reference: str
    title: str
    service: str
    configuration_item: str
    departments: tuple[str, ...]
    opened_at: datetime
    restored_at: datetime | None
    resolved_at: datetime | None
    entries: tuple[SharedEntry, ...]


WORDS = ("asked", "why", "does", "next_step", "text")


def shared(incident: Incident) -> SharedIncident:
    """Two queries, where `incident` comes with its service and that one's department."""
    entries = incident.timeline.filter(corrected_by=None).exclude(kind=EntryKind.NOTE)
    return SharedIncident(
        reference=incident.reference,
        title=incident.title,
        service=incident.service.name if incident.service else "",
        configuration_item=incident.configuration_item,
        departments=_hit(incident),
        opened_at=incident.opened_at,
        restored_at=incident.restored_at,
        resolved_at=incident.resolved_at,
        entries=tuple(_entry(entry) for entry in entries),
    )


def _hit(incident: Incident) -> tuple[str, ...]:
    """Whom it hit, as the incident names them first, then those who stand still with its service. Each once."""
    service = incident.service
    named = [incident.department, service.department.name if service and service.department else ""]
    if service is not None:
        plan = AffectedDepartment.objects.filter(plan__service=service)
        named += plan.order_by("pk").values_list("department__name", flat=True)
    return tuple(dict.fromkeys(filter(None, named)))


def _entry(entry: TimelineEntry) -> SharedEntry:
    said = ((name, str(getattr(entry, name))) for name in WORDS)
    return SharedEntry(
        at=entry.at,
        kind=entry.kind,
        person=entry.person,
        words=tuple(SharedWords(field=name, text=text) for name, text in said if text),
        next_at=entry.next_at,
    )
