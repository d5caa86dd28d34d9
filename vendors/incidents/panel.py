"""What the page of a vendor shows of its incidents."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.models import Incident, Vendor
from vendors.panels import Panel

NEWEST = 5


def incident_panel(member: Membership, vendor: Vendor) -> Lookup[Panel]:
    incidents = Incident.objects.filter(vendor=vendor)
    newest = incidents.order_by("-opened_at", "-pk")[:NEWEST]
    counted = incidents.open().order_by().values_list("vendor").annotate(open=Count("pk"))
    return Lookup(reads=(newest, counted), told=lambda: _panel(vendor, newest, dict(counted).get(vendor.pk, 0)))


def _panel(vendor: Vendor, found: Iterable[Incident], is_open: int) -> Panel:
    newest = sorted(found, key=lambda one: (one.opened_at, one.pk), reverse=True)
    context = {"vendor": vendor, "newest": newest, "open": is_open}
    return Panel(
        template="vendors/incidents/_incident_panel.html", anchor="incidents", label=_("Incidents"), context=context
    )
