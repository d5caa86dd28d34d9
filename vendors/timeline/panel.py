"""What the page of a vendor shows of the hours of its incidents: the record of twelve months."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.timeline import words
from vendors.timeline.records import record_of_year
from vendors.withheld import is_withheld


def timeline_panel(member: Membership, vendor: Vendor) -> Panel | None:
    """None where no timeline was filled, and for whoever still judges the vendor, to whom the measures say why."""
    if is_withheld(member, vendor):
        return None
    record = record_of_year(vendor, now=timezone.now())
    if record.is_empty:
        return None
    context = {"record": record, "lines": words.lines(record), "vendor": vendor}
    return Panel(
        template="vendors/timeline/_timeline_panel.html", anchor="hours", label=_("In the hour"), context=context
    )
