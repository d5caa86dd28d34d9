"""What is on record of a vendor beside the questions of a rule, for whoever has answered: notices of changes where it
is asked whether it foresees problems, named people and trainings where it is asked who looks after the customer."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.words import number
from vendors.care.record import care_of, in_lines
from vendors.models import Vendor
from vendors.notices.reading import told_by
from vendors.notices.warning import sum_of

NOTICES, PEOPLE = "prevention", "consistency"  # keys of rules


def on_record(vendor: Vendor, *, now: datetime) -> dict[str, list[str]]:
    """Lines by the key of the rule, in the active language; only rules of which there is something. Five queries."""
    today = timezone.localdate(now)
    found = {NOTICES: _of_notices(vendor), PEOPLE: _of_people(vendor, today)}
    return {rule: lines for rule, lines in found.items() if lines}


def _of_notices(vendor: Vendor) -> list[str]:
    total = sum_of(told_by(vendor))
    if not total.count:
        return []
    said = ngettext(
        "Of %(n)s change announced, %(both)s says which problems may come and what is done against them.",
        "Of %(n)s changes announced, %(both)s say which problems may come and what is done against them.",
        total.count,
    )
    days = _("Days of warning, the middle one of all: %(days)s.") % {"days": number(total.days or 0)}
    return [said % {"n": total.count, "both": total.both}, days]


def _of_people(vendor: Vendor, today: date) -> list[str]:
    return list(in_lines(care_of(vendor, today), today))
