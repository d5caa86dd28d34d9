"""A plan written, changed and gone through: each in one transaction, with what was before and after in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors.models import AffectedDepartment, EmergencyCall, EmergencyPlan, PlanCheck, Service

TEXTS = ("starts_by_itself", "at_hand", "senior_engineers")
PLAN_FIELDS = (*TEXTS, "expectations", "owner")
NEW = 0  # the version of a plan that nobody has written yet


class ChangedMeanwhile(Refusal):
    """Somebody else wrote since this person began."""


class NothingToCheck(Refusal):
    """There is no plan to go through."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """Whom to call: a contact of the vendor by its id, or anybody by `name`. Empty words: nothing is noted."""

    contact: int | None = None
    name: str = ""
    job: str = ""
    phone: str = ""
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A department by its id, what stands still there, and who tells it."""

    department: int
    what_stops: str = ""
    told_by: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A whole plan as somebody wrote it: calls in their order, departments once each, at most three expectations by
    their keys, `owner` by the id of the user."""

    starts_by_itself: str = ""
    at_hand: str = ""
    senior_engineers: str = ""
    expectations: tuple[str, ...] = ()
    owner: int | None = None
    calls: tuple[Call, ...] = ()
    stops: tuple[Stop, ...] = ()


@transaction.atomic
def write(member: Membership, service: Service, wanted: Wanted, *, version: int, now: datetime) -> EmergencyPlan:
    """The plan as it is wanted; `version`: of the one that the person had read, NEW where there was none. What is
    wanted already is no change. Raises ChangedMeanwhile."""
    Service.objects.select_for_update().get(pk=service.pk)  # of two who write the first plan, one waits
    plan = EmergencyPlan.objects.select_for_update().filter(service=service).first()
    if (plan.version if plan else NEW) != version:
        raise ChangedMeanwhile(_("Somebody else changed this page while you wrote. Compare both, then save again."))
    if plan is not None and as_it_stands(plan) == wanted:
        return plan
    before = _told(plan) if plan else {}
    stored = plan or EmergencyPlan(service=service)
    for name in TEXTS:
        setattr(stored, name, getattr(wanted, name))
    stored.expectations, stored.owner_id = list(wanted.expectations), wanted.owner
    stored.version, stored.updated_at = version + 1, now
    stored.save()
    _replace_rows(stored, wanted)
    verb = "emergency.changed" if plan else "emergency.written"
    audit.record(member.user, verb, stored, before=before, after=_told(stored))
    return stored


def may_check(member: Membership, plan: EmergencyPlan) -> bool:
    """Whoever edits vendors, and whoever keeps this page true: others rely on their name in the night."""
    return may(member, Right.EDIT_VENDORS) or (may(member, Right.READ) and plan.owner_id == member.user_id)


@transaction.atomic
def check(member: Membership, service: Service, *, note: str, now: datetime) -> PlanCheck:
    """Somebody went through the page and called the numbers. Raises NothingToCheck."""
    plan = EmergencyPlan.objects.for_member(member).select_for_update(of=("self",)).filter(service=service).first()
    if plan is None:
        raise NothingToCheck(_("There is nothing to go through yet: write the page first."))
    if not may_check(member, plan):
        raise PermissionDenied
    before = audit.snapshot(plan, ("checked_on", "checked_by"))
    done = PlanCheck.objects.create(plan=plan, on=timezone.localdate(now), user=member.user, note=note, at=now)
    plan.checked_on, plan.checked_by = done.on, str(member.user)[:160]
    plan.save(update_fields=["checked_on", "checked_by"])
    after = audit.snapshot(plan, ("checked_on", "checked_by")) | {"found": note}
    audit.record(member.user, "emergency.checked", plan, before=before, after=after)
    return done


def _replace_rows(plan: EmergencyPlan, wanted: Wanted) -> None:
    plan.calls.all().delete()
    plan.affected.all().delete()
    EmergencyCall.objects.bulk_create(
        EmergencyCall(
            plan=plan,
            position=position,
            contact_id=call.contact,
            name=call.name,
            job=call.job,
            phone=call.phone,
            when=call.when,
        )
        for position, call in enumerate(wanted.calls, start=1)
    )
    AffectedDepartment.objects.bulk_create(
        AffectedDepartment(
            plan=plan,
            department_id=stop.department,
            what_stops=stop.what_stops,
            told_by=stop.told_by,
            phone=stop.phone,
        )
        for stop in wanted.stops
    )


# As it stands, for the trail and for whoever wrote at the same time -------------------------------------------------
def as_it_stands(plan: EmergencyPlan) -> Wanted:
    """Three queries."""
    return Wanted(
        starts_by_itself=plan.starts_by_itself,
        at_hand=plan.at_hand,
        senior_engineers=plan.senior_engineers,
        expectations=tuple(plan.expectations),
        owner=plan.owner_id,
        calls=tuple(
            Call(contact=row.contact_id, name=row.name, job=row.job, phone=row.phone, when=row.when)
            for row in plan.calls.all()
        ),
        stops=tuple(
            Stop(department=row.department_id, what_stops=row.what_stops, told_by=row.told_by, phone=row.phone)
            for row in plan.affected.all()
        ),
    )


def _told(plan: EmergencyPlan) -> dict[str, Any]:
    """Each row as a line of words: an id says nothing to whoever reads the trail years later."""
    calls = plan.calls.select_related("contact").all()
    affected = plan.affected.select_related("department").all()
    return audit.snapshot(plan, PLAN_FIELDS) | {
        "calls": [_line(row.who, row.job, row.phone, row.when) for row in calls],
        "affected": [_line(row.department.name, row.what_stops, row.told_by, row.phone) for row in affected],
    }


def _line(*words: str) -> str:
    return " · ".join(word for word in words if word)
