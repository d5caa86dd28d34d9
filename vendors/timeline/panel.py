"""What the page of a vendor shows of the hours of its incidents: the record of twelve months."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.timeline import words
from vendors.timeline.record import Record
from vendors.timeline.records import record_of_year_in
from vendors.withheld import is_withheld


def timeline_panel(member: Membership, vendor: Vendor) -> Lookup[Panel | None] | None:
    """None where no timeline was filled, and for whoever still judges the vendor, to whom the measures say why."""
    if is_withheld(member, vendor):
        return None
    record = record_of_year_in(vendor, now=timezone.now())
    return Lookup(reads=record.reads, told=lambda: _panel(vendor, record.told()))


def _panel(vendor: Vendor, record: Record) -> Panel | None:
    if record.is_empty:
        return None
    context = {"record": record, "lines": words.lines(record), "vendor": vendor}
    return Panel(
        template="vendors/timeline/_timeline_panel.html", anchor="hours", label=_("In the hour"), context=context
    )
