"""On a vendor's page: which edition it acknowledged, when, who said so, and what is to be talked about."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.expectations.standing import ToldVendor, told_vendors_in
from vendors.models import Vendor
from vendors.panels import Panel


def acknowledgement_panel(member: Membership, vendor: Vendor) -> Lookup[Panel | None]:
    """None where nothing is in force."""
    told = told_vendors_in(vendor.organisation_id, [vendor.pk], timezone.localdate())
    return Lookup(reads=told.reads, told=lambda: _panel(vendor, told.told().get(vendor.pk)))


def _panel(vendor: Vendor, told: ToldVendor | None) -> Panel | None:
    if told is None:
        return None
    return Panel(
        template="vendors/expectations/_ack_panel.html",
        anchor="expected",
        label=_("What you expect"),
        context={"vendor": vendor, "told": told},
    )
