"""Incidents of which nobody has said that the business runs again: they wait for whoever wrote into their hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from groundwork.together import Lookup
from vendors.models import Incident, IncidentQuerySet, TimelineEntry

FORGOTTEN = timedelta(days=30)  # after which nobody is asked any more
ACTION: Promise = gettext_lazy("Say when the business ran again")


def to_end(asking: Asking) -> Waiting:
    """Late from the day after it began."""
    member, today = asking.member, asking.today
    if not may(member, Right.EDIT_VENDORS):
        return NOTHING
    since = timezone.make_aware(datetime.combine(today, time.min)) - FORGOTTEN
    own = TimelineEntry.objects.filter(incident=OuterRef("pk"), user=member.user_id)
    running = Incident.objects.for_member(member).filter(restored_at=None, opened_at__gte=since)
    running = running.filter(Exists(own), vendor__archived_at=None).select_related("vendor")
    return Lookup(reads=(running,), told=lambda: _items(running, today))


def _items(running: IncidentQuerySet, today: date) -> Iterator[Item]:
    for incident in sorted(running, key=lambda one: (one.opened_at, one.pk)):
        day = timezone.localdate(incident.opened_at)
        yield Item(
            kind=ItemKind.HOUR,
            key=f"hour-{incident.pk}",
            action=str(ACTION),
            vendor=incident.vendor,
            about=incident.reference,
            subject=Subject.of(incident, day="restored_at", since=incident.created_at),
            url=reverse("incident_hour", args=[incident.pk]),
            due_on=day,
            is_late=day < today,
        )
