"""What is on record of a vendor beside the questions of a rule, for whoever has answered: notices of changes where it
is asked whether it foresees problems, named people and trainings where it is asked who looks after the customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.together import Lookup
from groundwork.words import number
from vendors.care.record import care_in, in_lines
from vendors.models import Vendor
from vendors.notices.reading import told_in
from vendors.notices.warning import Told, sum_of

NOTICES, PEOPLE = "prevention", "consistency"  # keys of rules


def on_record_in(vendor: Vendor, *, now: datetime) -> Lookup[dict[str, list[str]]]:
    """Lines by the key of the rule, in the active language; only rules of which there is something."""
    today = timezone.localdate(now)
    notices, care = told_in(vendor), care_in(vendor, today)

    def told() -> dict[str, list[str]]:
        found = {NOTICES: _of_notices(notices.told()), PEOPLE: list(in_lines(care.told(), today))}
        return {rule: lines for rule, lines in found.items() if lines}

    return Lookup(reads=(*notices.reads, *care.reads), told=told)


def _of_notices(notices: Iterable[Told]) -> list[str]:
    total = sum_of(notices)
    if not total.count:
        return []
    said = ngettext(
        "Of %(n)s change announced, %(both)s says which problems may come and what is done against them.",
        "Of %(n)s changes announced, %(both)s say which problems may come and what is done against them.",
        total.count,
    )
    days = _("Days of warning, the middle one of all: %(days)s.") % {"days": number(total.days or 0)}
    return [said % {"n": total.count, "both": total.both}, days]
