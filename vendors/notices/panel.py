"""Planned changes on a vendor's page: what is to come, the last ones that are over, and what its notices say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.models import Vendor
from vendors.notices.reading import NoticeView, of_vendor_in, sum_over
from vendors.panels import Panel
from vendors.withheld import is_withheld

MOST_SHOWN = 3


def notice_panel(member: Membership, vendor: Vendor) -> Panel | Lookup[Panel]:
    if is_withheld(member, vendor):
        return _panel({"vendor": vendor, "is_closed": True})
    rows = of_vendor_in(vendor, timezone.now())
    return Lookup(reads=rows.reads, told=lambda: _panel({"vendor": vendor, "is_closed": False, **_shown(rows.told())}))


def _shown(rows: Sequence[NoticeView]) -> dict[str, Any]:
    past = [row for row in rows if not row.is_to_come]
    return {
        "to_come": sorted((row for row in rows if row.is_to_come), key=lambda row: row.notice.starts),
        "past": past[:MOST_SHOWN],
        "more": max(len(past) - MOST_SHOWN, 0),
        "sum": sum_over(rows),
    }


def _panel(context: dict[str, Any]) -> Panel:
    return Panel(
        template="vendors/notices/_notice_panel.html", anchor="notices", label=_("Planned changes"), context=context
    )
