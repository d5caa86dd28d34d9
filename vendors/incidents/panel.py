"""What the page of a vendor shows of its incidents."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.models import Incident, Vendor
from vendors.panels import Panel

NEWEST = 5


def incident_panel(member: Membership, vendor: Vendor) -> Panel:
    incidents = Incident.objects.filter(vendor=vendor)
    newest = list(incidents.order_by("-opened_at", "-pk")[:NEWEST])
    context = {"vendor": vendor, "newest": newest, "open": incidents.open().count() if newest else 0}
    return Panel(
        template="vendors/incidents/_incident_panel.html", anchor="incidents", label=_("Incidents"), context=context
    )
