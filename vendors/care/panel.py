"""Who looks after the customer, and what the vendor taught it, on the vendor's page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.care.record import care_in
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.withheld import is_withheld


def care_panel(member: Membership, vendor: Vendor) -> Panel | Lookup[Panel]:
    if is_withheld(member, vendor):
        return _panel({"vendor": vendor, "is_closed": True})
    care = care_in(vendor, timezone.localdate())
    return Lookup(reads=care.reads, told=lambda: _panel({"vendor": vendor, "is_closed": False, "care": care.told()}))


def _panel(context: dict[str, Any]) -> Panel:
    return Panel(
        template="vendors/care/_care_panel.html", anchor="care", label=_("People and trainings"), context=context
    )
