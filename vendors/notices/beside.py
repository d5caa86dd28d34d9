"""Incidents that were opened while a change was made, or within a day after it: a fact beside it, not its cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from groundwork.words import duration
from vendors.models import ChangeNotice, Incident
from vendors.notices.warning import AFTERWARDS, is_beside


@dataclass(frozen=True, kw_only=True)
class Beside:
    """`after`: how long after the change began it was opened."""

    incident: Incident
    after: timedelta

    @property
    def words(self) -> str:
        if self.after < timedelta(minutes=1):
            return _("opened as it began")
        return _("opened %(length)s after it began") % {"length": duration(self.after)}


def incidents_beside(notices: Sequence[ChangeNotice]) -> dict[int, list[Beside]]:
    """By the notices' keys; the notices come with their services. Of one that names none, incidents of any service.
    Withdrawn ones were never made. One query."""
    made = [one for one in notices if one.withdrawn_at is None]
    if not made:
        return {}
    rows = Incident.objects.filter(
        vendor__in={one.vendor_id for one in made},
        opened_at__gte=min(one.starts for one in made),
        opened_at__lte=max(one.until for one in made) + AFTERWARDS,
    )
    found: dict[int, list[Beside]] = defaultdict(list)
    incidents = list(rows.order_by("opened_at", "pk"))
    for notice in made:
        services = {service.pk for service in notice.services.all()}
        found[notice.pk] += [
            Beside(incident=one, after=one.opened_at - notice.starts)
            for one in incidents
            if _concerns(one, notice, services) and is_beside(one.opened_at, notice.starts, notice.until)
        ]
    return dict(found)


def _concerns(incident: Incident, notice: ChangeNotice, services: set[int]) -> bool:
    if incident.vendor_id != notice.vendor_id:
        return False
    return not services or incident.service_id in services
