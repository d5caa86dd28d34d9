"""On a vendor's page: which edition it acknowledged, when, who said so, and what is to be talked about."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.expectations.standing import told_vendors
from vendors.models import Vendor
from vendors.panels import Panel


def acknowledgement_panel(member: Membership, vendor: Vendor) -> Panel | None:
    """None where nothing is in force. Six queries at most."""
    today = timezone.localdate()
    told = told_vendors(vendor.organisation_id, [vendor.pk], today).get(vendor.pk)
    if told is None:
        return None
    return Panel(
        template="vendors/expectations/_ack_panel.html",
        anchor="expected",
        label=_("What you expect"),
        context={"vendor": vendor, "told": told},
    )
