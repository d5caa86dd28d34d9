"""Pages for when something breaks that are to be gone through again: half a year after the last time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from assessments.schedule.holders import held_by
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from assessments.schedule.milestones import DAYS_BEFORE
from groundwork.together import Lookup
from vendors.emergencies.checks import check_by, checked_since
from vendors.models import EmergencyPlan, EmergencyPlanQuerySet

FORTNIGHT = 14  # days before: calling the numbers takes no longer to prepare
SOON = timedelta(days=FORTNIGHT)
ACTION: Promise = gettext_lazy("Go through the page for when it breaks, and call the numbers")
NEVER: Promise = gettext_lazy("Nobody has called these numbers yet")


def to_check(asking: Asking) -> Waiting:
    """For whoever keeps a page true; where nobody does, for those who keep the register; of vendors that the member
    still judges none, since its page opens to them afterwards."""
    member, today, ahead = asking.member, asking.today, asking.ahead
    if not may(member, Right.READ):
        return NOTHING
    until = today + (ahead or SOON)
    plans = EmergencyPlan.objects.for_member(member).in_use().checked_before(checked_since(until + timedelta(days=1)))
    theirs = plans.filter(held_by(member, Right.READ, otherwise=Right.EDIT_VENDORS)).select_related("service__vendor")
    hidden = asking.judged
    return Lookup(reads=(theirs, hidden), told=lambda: _items(theirs, set(hidden), today, until))


def _items(plans: EmergencyPlanQuerySet, hidden: set[int], today: date, until: date) -> Iterator[Item]:
    for plan in plans:
        if due_on(plan) <= until and plan.service.vendor_id not in hidden:
            yield item_of(plan, today)


def due_on(plan: EmergencyPlan) -> date:
    return check_by(plan.checked_on, timezone.localdate(plan.updated_at))


def item_of(plan: EmergencyPlan, today: date) -> Item:
    """Of one plan, which came with its service and vendor. No query."""
    service, due = plan.service, due_on(plan)
    return Item(
        kind=ItemKind.PLAN_CHECK,
        key=f"plan-check-{plan.pk}",
        action=str(ACTION),
        vendor=service.vendor,
        about=service.name,
        subject=Subject.of(plan, day="checked_on", since=plan.updated_at),
        url=reverse("emergency_plan", args=[service.pk]),
        due_on=due,
        is_late=due < today,
        detail="" if plan.checked_on else str(NEVER),
        days_before=(FORTNIGHT, *DAYS_BEFORE),
    )
