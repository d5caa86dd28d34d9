"""Planned changes on a vendor's page: what is to come, the last ones that are over, and what its notices say."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.models import Vendor
from vendors.notices.reading import of_vendor, sum_over
from vendors.panels import Panel
from vendors.withheld import is_withheld

MOST_SHOWN = 3


def notice_panel(member: Membership, vendor: Vendor) -> Panel:
    """Four queries at most."""
    is_closed = is_withheld(member, vendor)
    context: dict[str, Any] = {"vendor": vendor, "is_closed": is_closed}
    if not is_closed:
        rows = of_vendor(vendor, timezone.now())
        past = [row for row in rows if not row.is_to_come]
        context |= {
            "to_come": sorted((row for row in rows if row.is_to_come), key=lambda row: row.notice.starts),
            "past": past[:MOST_SHOWN],
            "more": max(len(past) - MOST_SHOWN, 0),
            "sum": sum_over(rows),
        }
    return Panel(
        template="vendors/notices/_notice_panel.html", anchor="notices", label=_("Planned changes"), context=context
    )
