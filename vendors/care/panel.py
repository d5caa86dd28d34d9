"""Who looks after the customer, and what the vendor taught it, on the vendor's page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.care.record import care_of
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.withheld import is_withheld


def care_panel(member: Membership, vendor: Vendor) -> Panel:
    """Four queries."""
    is_closed = is_withheld(member, vendor)
    context: dict[str, Any] = {"vendor": vendor, "is_closed": is_closed}
    if not is_closed:
        context["care"] = care_of(vendor, timezone.localdate())
    return Panel(
        template="vendors/care/_care_panel.html", anchor="care", label=_("People and trainings"), context=context
    )
