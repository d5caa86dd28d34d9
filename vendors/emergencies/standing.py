"""Which mission-critical services have a plan that was checked, and which do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from vendors.emergencies.checks import CheckState, checked_since
from vendors.models import AffectedDepartment, Service, ServiceQuerySet


@dataclass(frozen=True, kw_only=True)
class Tally:
    """`checked`: how many of the `services` have a plan that was gone through within half a year."""

    services: int
    checked: int
    without_plan: int

    @property
    def is_whole(self) -> bool:
        return self.services == self.checked


def listed(member: Membership) -> ServiceQuerySet:
    """The mission-critical services of the organisation's active vendors, and any other that has a plan."""
    rows = Service.objects.for_member(member).filter(vendor__archived_at=None)
    return rows.filter(Q(mission_critical=True) | Q(emergency_plan__isnull=False))


def in_state(rows: ServiceQuerySet, state: CheckState, today: date) -> ServiceQuerySet:
    if state == CheckState.NO_PLAN:
        return rows.filter(emergency_plan=None)
    if state == CheckState.NEVER:
        return rows.filter(emergency_plan__isnull=False, emergency_plan__checked_on=None)
    since = checked_since(today)
    if state == CheckState.OVERDUE:
        return rows.filter(emergency_plan__checked_on__lt=since)
    return rows.filter(emergency_plan__checked_on__gte=since)


def to_see_to(rows: ServiceQuerySet, today: date) -> ServiceQuerySet:
    """Without a plan, or with one that nobody went through within half a year."""
    return rows.exclude(pk__in=in_state(rows, CheckState.CHECKED, today).values("pk"))


def matching(rows: ServiceQuerySet, words: str) -> ServiceQuerySet:
    """Those with `words` in their name, the vendor's, or that of a department that stands still."""
    affected = AffectedDepartment.objects.filter(plan__service=OuterRef("pk"), department__name__icontains=words)
    return rows.filter(
        Q(name__icontains=words)
        | Q(vendor__name__icontains=words)
        | Q(department__name__icontains=words)
        | Exists(affected)
    )


def tally(member: Membership, today: date) -> Tally:
    """Over the mission-critical ones. One query."""
    rows = listed(member).filter(mission_critical=True).order_by()
    checks = list(rows.values_list("emergency_plan", "emergency_plan__checked_on"))
    since = checked_since(today)
    return Tally(
        services=len(checks),
        checked=sum(checked_on is not None and checked_on >= since for _plan, checked_on in checks),
        without_plan=sum(plan is None for plan, _checked_on in checks),
    )
