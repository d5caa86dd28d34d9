"""Pages for when something breaks that are to be gone through again: half a year after the last time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.holders import nobody_holds
from assessments.schedule.items import Item, ItemKind, Subject
from assessments.schedule.milestones import DAYS_BEFORE
from vendors.emergencies.checks import check_by
from vendors.models import EmergencyPlan
from vendors.withheld import withheld

FORTNIGHT = 14  # days before: calling the numbers takes no longer to prepare
SOON = timedelta(days=FORTNIGHT)
ACTION: Promise = gettext_lazy("Go through the page for when it breaks, and call the numbers")
NEVER: Promise = gettext_lazy("Nobody has called these numbers yet")


def to_check(member: Membership, today: date, *, ahead: timedelta | None) -> Iterator[Item]:
    """For whoever keeps a page true; where nobody does, for those who keep the register; of vendors that the member
    still judges none, since its page opens to them afterwards. Two queries at most."""
    if not may(member, Right.READ):
        return
    own = Q(owner=member.user_id)
    if may(member, Right.EDIT_VENDORS):
        own |= nobody_holds(member, "owner", Right.READ)
    plans = EmergencyPlan.objects.for_member(member).in_use().filter(own).select_related("service__vendor")
    due = [plan for plan in plans if due_on(plan) <= today + (ahead or SOON)]
    hidden = withheld(member) if due else set()
    yield from (item_of(plan, today) for plan in due if plan.service.vendor_id not in hidden)


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
