"""Who is offered as somebody of the vendor: whom this hour has heard first, then whom to call, then the contacts."""

from __future__ import annotations

from collections.abc import Iterable

from vendors.models import Contact, EmergencyCall, Incident, TimelineEntry

OFFERED = 8


def people_of(incident: Incident, entries: Iterable[TimelineEntry]) -> list[str]:
    """Names, each once. Two queries at most."""
    heard = [entry.person for entry in reversed(list(entries)) if entry.person]
    calls = (
        EmergencyCall.objects.filter(plan__service=incident.service_id).select_related("contact")
        if incident.service_id
        else ()
    )
    contacts = Contact.objects.filter(vendor=incident.vendor_id).values_list("name", flat=True)
    names = [*heard, *(call.who for call in calls), *contacts[:OFFERED]]
    return list(dict.fromkeys(names))[:OFFERED]
