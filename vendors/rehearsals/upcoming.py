"""What is planned, and what was planned and waits for a word about what it showed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Organisation
from vendors.models import Rehearsal, RehearsalQuerySet


def planned_until(organisation: Organisation, until: date) -> RehearsalQuerySet:
    """Planned for that day or earlier, past days among them, the first one first. One query."""
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    rows = Rehearsal.objects.planned().filter(vendor__organisation=organisation, planned_at__lt=end)
    return rows.filter(vendor__archived_at=None).select_related("vendor", "service").order_by("planned_at", "pk")


def day_of(rehearsal: Rehearsal) -> date:
    """On which it is planned, where the installation is."""
    return timezone.localdate(rehearsal.planned_at)
