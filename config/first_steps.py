"""First steps: what a new organisation needs up to its first scorecard, and how far it is.

Nothing is kept of it but that it was put away: whether a step is done is seen from what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, holders, may, roles_with
from accounts.models import Department, Invitation, Membership, Organisation, Role
from assessments.models import ApprovalLevel, Assessment, AssessmentState, Response
from groundwork.together import Lookup
from reports.models import Scorecard
from vendors.models import ExpectationEdition, Vendor

SUBMITTED = (AssessmentState.IN_REVIEW, AssessmentState.APPROVED)


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
    more: tuple[Way, ...] = ()  # what is offered when it is done, too
    waiting: str = ""  # for whom, while it is open
    is_next: bool = False  # the first that is open


@dataclass(frozen=True, kw_only=True)
class FirstSteps:
    """`scorecard`: the address of the first one; empty until there is one. `is_fresh`: it is the only one yet."""

    steps: tuple[Step, ...]
    is_put_away: bool
    scorecard: str
    is_fresh: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_open(self) -> bool:
        return self.done < len(self.steps)

    @property
    def is_shown(self) -> bool:
        """On My work: until all is done, with a closing word until a second scorecard; or until it is put away."""
        return not self.is_put_away and (self.is_open or self.is_fresh)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What is there. `assessors`: who may start an assessment; `invited`: the addresses by role, not accepted yet;
    `assessment`: the first one that goes on, or ended well."""

    organisation: Organisation
    assessors: Sequence[Membership]
    invited: dict[str, list[str]]

    def has(self, what: str) -> bool:
        return bool(getattr(self.organisation, f"has_{what}"))

    @property
    def scorecard(self) -> int | None:
        pk: int | None = self.organisation.first_scorecard  # type: ignore[attr-defined]
        return pk

    @property
    def assessment(self) -> int | None:
        pk: int | None = self.organisation.first_assessment  # type: ignore[attr-defined]
        return pk


def first_steps_of(member: Membership) -> FirstSteps | None:
    """For whoever administers; None for others. One query, however much there is."""
    return first_steps_for(member).now()


def first_steps_for(member: Membership) -> Lookup[FirstSteps | None]:
    """The same, to be read with what else a page shows."""
    if not may(member, Right.ADMINISTER):
        return Lookup(reads=(), told=lambda: None)
    there, pending = _what_is_there(member), Invitation.objects.for_member(member).pending()
    assessors = holders(member, Right.ASSESS)

    def told() -> FirstSteps:
        invited: dict[str, list[str]] = {}
        for one in sorted(pending, key=lambda one: one.invited_at):
            invited.setdefault(one.role, []).append(one.email)
        people = sorted(assessors, key=lambda one: (one.user.name, one.user.email))
        return _first_steps(member, _Found(organisation=there[0], assessors=people, invited=invited))

    return Lookup(reads=(there, pending, assessors), told=told)


def _first_steps(member: Membership, found: _Found) -> FirstSteps:
    steps = _steps(member, found)
    following = next((step for step in steps if not step.is_done), None)
    return FirstSteps(
        steps=tuple(replace(step, is_next=step is following) for step in steps),
        is_put_away=found.organisation.first_steps_put_away_at is not None,
        scorecard=reverse("scorecard_detail", args=[found.scorecard]) if found.scorecard else "",
        is_fresh=found.scorecard is not None and not found.has("more_scorecards"),
    )


def put_away(member: Membership, *, away: bool) -> None:
    """Take the list off My work for all administrators of the organisation, or put it back there."""
    at = timezone.now() if away else None
    Organisation.objects.filter(pk=member.organisation_id).update(first_steps_put_away_at=at)


def _what_is_there(member: Membership) -> QuerySet[Organisation]:
    here = {"organisation": OuterRef("pk")}
    people = Membership.objects.active().filter(**here, user__is_active=True)
    named = ApprovalLevel.objects.filter(**here, person__is_active=True, person__user__is_active=True)
    assessments = Assessment.objects.filter(**here)
    scorecards = Scorecard.objects.filter(**here).order_by("pk").values("pk")
    answers = Response.objects.of_customer().filter(assessment__organisation=OuterRef("pk")).exclude(submitted_at=None)
    return Organisation.objects.filter(pk=member.organisation_id).annotate(
        has_departments=Exists(Department.objects.filter(**here)),
        has_approver=Exists(_who_approves(people)) | Exists(named),
        has_vendors=Exists(Vendor.objects.filter(**here)),
        has_expectations=Exists(ExpectationEdition.objects.published().filter(**here)),
        has_assessments=Exists(assessments),
        has_answers=Exists(answers),
        has_submitted=Exists(assessments.filter(state__in=SUBMITTED)),
        first_assessment=Subquery(assessments.exclude(state=AssessmentState.CANCELLED).order_by("pk").values("pk")[:1]),
        first_scorecard=Subquery(scorecards[:1]),
        has_more_scorecards=Exists(scorecards[1:]),
    )


def _who_approves(people: QuerySet[Membership]) -> QuerySet[Membership]:
    """Where self-approval is allowed, whoever assesses approves too: as `accounts.access` has it."""
    by_role = Q(role__in=roles_with(Right.APPROVE))
    by_setting = Q(role__in=roles_with(Right.ASSESS), organisation__allow_self_approval=True)
    return people.filter(by_role | by_setting)


def _invite(role: Role, label: str) -> Way:
    return Way(label=label, url=f"{reverse('member_invite')}?role={role.value}")


def _inviting(found: _Found, role: Role, label: str) -> tuple[Way, ...]:
    """Where somebody is invited already, first to that invitation: it can be sent again or withdrawn there."""
    if not found.invited.get(role):
        return (_invite(role, label),)
    return (Way(label=_("See the invitations"), url=reverse("member_list")), _invite(role, _("Invite somebody else")))


def _waiting(invited: Iterable[str]) -> str:
    """So that nobody is invited twice."""
    addresses = ", ".join(invited)
    return _("Invited, not accepted yet: %(addresses)s.") % {"addresses": addresses} if addresses else ""


def _steps(member: Membership, found: _Found) -> list[Step]:
    return [*_people(found), *_subjects(member, found), *_to_the_scorecard(found)]


def _people(found: _Found) -> list[Step]:
    return [
        Step(
            name=_("Departments"),
            why=_("They tell whose voice is heard: raters of two departments or more make a score more reliable."),
            is_done=found.has("departments"),
            ways=(Way(label=_("Add a department"), url=reverse("department_add")),),
        ),
        Step(
            name=_("Somebody who assesses"),
            why=_(
                "An assessor starts assessments, asks raters and vendors, and submits. Administrators do not: it takes "
                "a colleague."
            ),
            is_done=bool(found.assessors),
            ways=_inviting(found, Role.ASSESSOR, _("Invite an assessor")),
            waiting=_waiting(found.invited.get(Role.ASSESSOR, ())),
        ),
        Step(
            name=_("Somebody who approves"),
            why=_("A second pair of eyes stands behind every scorecard: without an approver none is made."),
            is_done=found.has("approver"),
            ways=_inviting(found, Role.APPROVER, _("Invite an approver")),
            waiting=_waiting(found.invited.get(Role.APPROVER, ())),
        ),
    ]


def _subjects(member: Membership, found: _Found) -> list[Step]:
    import_list = Way(label=_("Import a list"), url=reverse("vendor_import"))
    return [
        Step(
            name=_("First vendors"),
            why=_("Enter one by hand, or import a list. Their services name the departments that depend on them."),
            is_done=found.has("vendors"),
            ways=(Way(label=_("Add a vendor"), url=reverse("vendor_add")), import_list),
            more=(import_list,),
        ),
        Step(
            name=_("What you expect"),
            why=_("Say for each rule what good support is, from a proposal of some twenty sentences, and publish it."),
            is_done=found.has("expectations") or found.scorecard is not None,  # nobody is sent back for them
            ways=(Way(label=_("Say what you expect"), url=reverse("expectations")),),
        ),
        Step(
            name=_("First assessment"),
            why=_("One vendor, one period, seven rules. An assessor starts it; whoever is asked rates."),
            is_done=found.has("assessments"),
            ways=_starting(member, found),
        ),
    ]


def _starting(member: Membership, found: _Found) -> tuple[Way, ...]:
    """Start it, or have it started by whoever may; where nobody may, that is the way."""
    if may(member, Right.ASSESS):
        return (Way(label=_("Start an assessment"), url=reverse("assessment_add")),)
    asked = tuple(
        Way(label=_("Ask %(name)s to start it") % {"name": one.user}, url=f"mailto:{one.user.email}")
        for one in found.assessors
    )
    return asked or _inviting(found, Role.ASSESSOR, _("Invite an assessor"))[:1]


def _to_the_scorecard(found: _Found) -> list[Step]:
    ways: tuple[Way, ...] = ()
    if found.assessment is not None:
        ways = (Way(label=_("See the assessment"), url=reverse("assessment_detail", args=[found.assessment])),)
    return [
        Step(
            name=_("First answers"),
            why=_("Whoever is asked rates alone, and hands in."),
            is_done=found.has("answers") or found.scorecard is not None,
            ways=ways,
        ),
        Step(
            name=_("Submitted"),
            why=_("The assessor submits what came in, and it waits for its approval."),
            is_done=found.has("submitted"),
            ways=ways,
        ),
        Step(
            name=_("Approved: the first scorecard"),
            why=_("The approver reads it, and approves it or sends it back with a reason."),
            is_done=found.scorecard is not None,
            ways=ways,
        ),
    ]
