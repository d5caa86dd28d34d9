"""What comes next for each vendor: an assessment in hand, or the day on which it is assessed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import OPEN_STATES, Assessment, AssessmentState
from assessments.schedule.repeating import next_period
from vendors.models import Vendor
from vendors.standings import Due

IN_HAND: dict[str, Promise] = {
    AssessmentState.DRAFT: _("Draft, not opened yet"),
    AssessmentState.COLLECTING: _("Answers due"),
    AssessmentState.IN_REVIEW: _("To be decided"),
}


def due_for(vendors: Iterable[Vendor], today: date) -> dict[int, Due]:
    """By the vendors' keys; those of which nothing is planned are not in it. One query."""
    rows = Assessment.objects.filter(vendor__in=[vendor.pk for vendor in vendors])
    rows = rows.exclude(state=AssessmentState.CANCELLED)
    found = {row.pk: row for row in sorted(rows.order_by(), key=lambda row: row.pk)}  # in SQL it would read the table
    of_vendor: dict[int, list[Assessment]] = defaultdict(list)
    for row in found.values():
        if row.previous_id in found:
            row.previous = found[row.previous_id]  # the whole series is at hand: nothing is asked a second time
        of_vendor[row.vendor_id].append(row)
    told = {vendor: _next(assessments, today) for vendor, assessments in of_vendor.items()}
    return {vendor: due for vendor, due in told.items() if due is not None}


def _next(assessments: Sequence[Assessment], today: date) -> Due | None:
    """What is in hand comes first: the earliest date, then what has none."""
    in_hand = [row for row in assessments if row.state in OPEN_STATES]
    if in_hand:
        return _in_hand(min(in_hand, key=lambda row: (row.due_on is None, row.due_on or today, row.pk)), today)
    followed = {row.previous_id for row in assessments}
    ending = [
        next_period(row).end
        for row in assessments
        if row.state == AssessmentState.APPROVED and row.repeat_months is not None and row.pk not in followed
    ]
    if not ending:
        return None
    return Due(words=str(_("Assessed again from")), day=max(min(ending) + timedelta(days=1), today))


def _in_hand(row: Assessment, today: date) -> Due:
    is_late = row.due_on is not None and row.due_on < today
    url = reverse("assessment_detail", args=[row.pk])
    return Due(words=str(IN_HAND[row.state]), day=row.due_on, url=url, is_late=is_late)
