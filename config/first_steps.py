"""First steps: what a new organisation needs before its first scorecard, and how far it is.

Nothing is kept of it but that it was put away: whether a step is done is seen from what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import RIGHTS, Right, may
from accounts.models import Department, Membership, Organisation
from assessments.models import ApprovalLevel, Assessment
from vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a step is taken."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Step:
    name: str
    why: str
    is_done: bool
    ways: tuple[Way, ...]
    is_next: bool = False  # the first that is open


@dataclass(frozen=True, kw_only=True)
class FirstSteps:
    steps: tuple[Step, ...]
    is_put_away: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_shown(self) -> bool:
        """On My work: until all is done, or somebody has put it away."""
        return not self.is_put_away and self.done < len(self.steps)


def first_steps_of(member: Membership) -> FirstSteps | None:
    """For whoever administers; None for others. One query, however much there is."""
    if not may(member, Right.ADMINISTER):
        return None
    organisation = _what_is_there(member)
    steps = _steps(member, organisation)
    following = next((step for step in steps if not step.is_done), None)
    return FirstSteps(
        steps=tuple(replace(step, is_next=step is following) for step in steps),
        is_put_away=organisation.first_steps_put_away_at is not None,
    )


def put_away(member: Membership, *, away: bool) -> None:
    """Take the list off My work for all administrators of the organisation, or put it back there."""
    at = timezone.now() if away else None
    Organisation.objects.filter(pk=member.organisation_id).update(first_steps_put_away_at=at)


def _what_is_there(member: Membership) -> Organisation:
    here = {"organisation": OuterRef("pk")}
    people = Membership.objects.active().filter(**here, user__is_active=True)
    named = ApprovalLevel.objects.filter(**here, person__is_active=True, person__user__is_active=True)
    return Organisation.objects.annotate(
        has_departments=Exists(Department.objects.filter(**here)),
        has_assessor=Exists(people.filter(role__in=_roles_with(Right.ASSESS))),
        has_approver=Exists(_who_approves(people)) | Exists(named),
        has_vendors=Exists(Vendor.objects.filter(**here)),
        has_assessments=Exists(Assessment.objects.filter(**here)),
    ).get(pk=member.organisation_id)


def _roles_with(right: Right) -> list[str]:
    return [role for role, rights in RIGHTS.items() if right in rights]


def _who_approves(people: QuerySet[Membership]) -> QuerySet[Membership]:
    """Where self-approval is allowed, whoever assesses approves too: as `accounts.access` has it."""
    by_role = Q(role__in=_roles_with(Right.APPROVE))
    by_setting = Q(role__in=_roles_with(Right.ASSESS), organisation__allow_self_approval=True)
    return people.filter(by_role | by_setting)


def _steps(member: Membership, found: Organisation) -> list[Step]:
    may_assess = may(member, Right.ASSESS)
    invite = Way(label=_("Invite a member"), url=reverse("member_invite"))
    return [
        Step(
            name=_("Departments"),
            why=_("They tell whose voice is heard: raters of two departments or more make a score more reliable."),
            is_done=found.has_departments,  # type: ignore[attr-defined]
            ways=(Way(label=_("Add a department"), url=reverse("department_add")),),
        ),
        Step(
            name=_("Somebody who assesses"),
            why=_("An assessor starts assessments, asks raters and vendors, and submits."),
            is_done=found.has_assessor,  # type: ignore[attr-defined]
            ways=(invite,),
        ),
        Step(
            name=_("Somebody who approves"),
            why=_("A second pair of eyes stands behind every scorecard: without an approver none is made."),
            is_done=found.has_approver,  # type: ignore[attr-defined]
            ways=(invite,),
        ),
        Step(
            name=_("First vendors"),
            why=_("Enter one by hand, or import a list. Their services name the departments that depend on them."),
            is_done=found.has_vendors,  # type: ignore[attr-defined]
            ways=(
                Way(label=_("Add a vendor"), url=reverse("vendor_add")),
                Way(label=_("Import a list"), url=reverse("vendor_import")),
            ),
        ),
        Step(
            name=_("First assessment"),
            why=_("One vendor, one period, seven rules. An assessor starts it; whoever is asked rates."),
            is_done=found.has_assessments,  # type: ignore[attr-defined]
            ways=(
                Way(label=_("Start an assessment"), url=reverse("assessment_add"))
                if may_assess
                else Way(label=_("See the assessments"), url=reverse("assessment_list")),
            ),
        ),
    ]
