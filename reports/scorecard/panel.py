"""The verdict at the head of a vendor's page."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from reports.scorecard.standing import standings
from vendors.models import Vendor
from vendors.panels import Panel

DAYS_TOLD = 60  # beyond that, months say more
DAYS_A_MONTH = 30.44


def standing_panel(member: Membership, vendor: Vendor) -> Panel:
    today = timezone.localdate()
    standing = standings(member, [vendor], today, tells_contradictions=False)[vendor.pk]
    result = standing.result
    age = age_words(timezone.localdate(result.scorecard.approved_at), today) if result else ""
    context = {"vendor": vendor, "standing": standing, "result": result, "age": age}
    return Panel(head="reports/scorecard/_head_standing.html", context=context)


def age_words(day: date, today: date) -> str:
    """“today”, “12 days ago”, “5 months ago”."""
    days = (today - day).days
    if days <= 0:
        return _("today")
    if days < DAYS_TOLD:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    months = round(days / DAYS_A_MONTH)
    return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
