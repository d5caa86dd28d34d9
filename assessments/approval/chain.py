"""Levels of approval: who decides next on an assessment, and whose approval of these very answers still stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from operator import attrgetter

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership, MembershipQuerySet, Organisation, Role, User
from accounts.trail import audit
from assessments.approval import mails
from assessments.approval.fingerprint import fingerprint
from assessments.models import (
    Approval,
    ApprovalLevel,
    ApprovalStep,
    Assessment,
    AssessmentQuerySet,
    AssessmentState,
    Decision,
)
from groundwork.together import Lookup
from vendors.models import Vendor


class DecisionRefusal(StrEnum):
    """Why somebody does not decide on an assessment that is in review."""

    NOT_ASKED = "not_asked"
    OWN = "own"
    TWICE = "twice"


WHY_NOT: dict[DecisionRefusal, Promise] = {
    DecisionRefusal.NOT_ASKED: gettext_lazy("Somebody else is asked to decide now."),
    DecisionRefusal.OWN: gettext_lazy("You submitted this assessment yourself: somebody else approves it."),
    DecisionRefusal.TWICE: gettext_lazy(
        "You approved these very answers at an earlier level: somebody else decides at this one."
    ),
}


# The chain ------------------------------------------------------------------------------------------------------
def levels_in(vendor: Vendor) -> Lookup[list[ApprovalLevel]]:
    """The chain of the vendor's tier, else the one for all vendors; empty: one approver decides."""
    rows = ApprovalLevel.objects.filter(organisation=vendor.organisation_id, tier__in={"", vendor.tier})
    rows = rows.select_related("person__user").order_by()

    def told() -> list[ApprovalLevel]:
        levels = sorted(rows, key=attrgetter("position"))
        return [level for level in levels if level.tier] or levels

    return Lookup(reads=(rows,), told=told)


def steps_for(assessment: Assessment) -> list[ApprovalStep]:
    """The steps that the assessment would take if it were submitted now; not saved."""
    return steps_for_in(assessment).now()


def steps_for_in(assessment: Assessment) -> Lookup[list[ApprovalStep]]:
    """The same, to be read with what else a page shows."""
    levels = levels_in(assessment.vendor)

    def told() -> list[ApprovalStep]:
        return [
            ApprovalStep(assessment=assessment, position=number, name=level.name, role=level.role, person=level.person)
            for number, level in enumerate(levels.told(), start=1)
        ] or [plain_step(assessment)]

    return Lookup(reads=levels.reads, told=told)


def steps_of(assessment: Assessment) -> list[ApprovalStep]:
    """The steps as they were frozen at the submission; what was submitted before there were any takes the plain one."""
    return steps_in(assessment).now()


def steps_in(assessment: Assessment) -> Lookup[list[ApprovalStep]]:
    """The same, to be read with what else a page shows."""
    rows = ApprovalStep.objects.filter(assessment=assessment).select_related("person__user").order_by()
    return Lookup(reads=(rows,), told=lambda: sorted(rows, key=attrgetter("position")) or [plain_step(assessment)])


def current_step(assessment: Assessment) -> ApprovalStep:
    """The step that the assessment waits for while it is in review."""
    return current_of(assessment, steps_of(assessment))


def whom_it_waits_for(step: ApprovalStep) -> str:
    """One sentence for those who do not decide it."""
    if not step.name:
        return _("It waits for an approver. Until then nobody can change an answer.")
    said = _("It waits for the level “%(level)s”. Until then nobody can change an answer.")
    return said % {"level": step.name}


def plain_step(assessment: Assessment) -> ApprovalStep:
    """Without levels: one approver decides."""
    return ApprovalStep(assessment=assessment, position=1, role=Role.APPROVER)


def current_of(assessment: Assessment, steps: Sequence[ApprovalStep]) -> ApprovalStep:
    """As `current_step`, where the steps have been read already."""
    return next((step for step in steps if step.position == assessment.waiting_level), steps[0])


# Who may decide -------------------------------------------------------------------------------------------------
def refusal(assessment: Assessment, member: Membership) -> DecisionRefusal | None:
    """Why this member does not approve now; None: they may. Two queries at most."""
    step = current_step(assessment)
    if not _is_named(step, assessment, member):
        return DecisionRefusal.NOT_ASKED
    if _is_own(assessment, member.user_id):
        return DecisionRefusal.OWN
    before = _approvals_before(assessment, step).filter(decided_by=member.user_id)
    if step.position > 1 and not _decides_by_name(step, assessment) and before.exists():
        return DecisionRefusal.TWICE
    return None


def may_decide_on(assessment: Assessment, member: Membership) -> bool:
    """Whether this member is the one, or one of those, whom the assessment in review waits for."""
    return refusal(assessment, member) is None


def may_send_back(assessment: Assessment, member: Membership) -> bool:
    """Whoever the current step names may send it back, even where somebody else must approve."""
    return _is_named(current_step(assessment), assessment, member)


def waiting_for(member: Membership) -> AssessmentQuerySet:
    """What is in review and waits for exactly this member, as `may_decide_on` says of each; one query."""
    named = ApprovalStep.objects.filter(assessment=OuterRef("pk"), position=OuterRef("waiting_level"))
    approved = Approval.objects.filter(
        assessment=OuterRef("pk"),
        fingerprint=OuterRef("fingerprint"),
        level__lt=OuterRef("waiting_level"),
        decision=Decision.APPROVED,
        decided_by=member.user_id,
    )
    cannot = Q(person__is_active=False) | Q(person__user__is_active=False) | Q(person__role=Role.RATER)
    if not member.organisation.allow_self_approval:
        cannot |= Q(person__user=F("assessment__submitted_by"))
    is_approver = may(member, Right.APPROVE)
    by_role = Q(role=member.role) | (Q(role=Role.APPROVER) | Q(person__isnull=False) & cannot if is_approver else Q())
    by_name = Exists(named.filter(person=member.pk).exclude(cannot))
    mine = Q(by_name) | Q(Exists(named.filter(by_role))) & ~Q(Exists(approved))
    if member.is_service:
        return Assessment.objects.none()
    rows = Assessment.objects.for_member(member).in_review()
    rows = rows.filter(mine | Q(waiting_level=None) if is_approver else mine)
    return rows if member.organisation.allow_self_approval else rows.exclude(submitted_by=member.user_id)


def deciders(assessment: Assessment, step: ApprovalStep) -> list[Membership]:
    """The active members who may decide this step of what is submitted now; two queries."""
    before = set(_approvals_before(assessment, step).values_list("decided_by", flat=True))
    return able(assessment, step, active_members(assessment.organisation_id), before)


def active_members(organisation: int) -> list[Membership]:
    """Who could be asked to decide anything, by name. `organisation`: its id. One query."""
    return list(active_people(organisation).order_by("user__name", "user__email"))


def active_people(organisation: int) -> MembershipQuerySet:
    people = Membership.objects.active().filter(organisation=organisation, user__is_active=True)
    return people.exclude(role=Role.RATER).select_related("user")


def able(
    assessment: Assessment, step: ApprovalStep, people: Iterable[Membership], before: Collection[int]
) -> list[Membership]:
    """Of these active members, who may decide the step. `before`: ids of the users who approved these very answers at
    an earlier level. No query where the organisation is loaded."""
    if step.person and _decides_by_name(step, assessment):
        return [one for one in people if one.pk == step.person_id]
    roles = roles_of(step.role, assessment.organisation)
    return [
        one
        for one in people
        if one.role in roles and one.user_id not in before and not _is_own(assessment, one.user_id)
    ]


def roles_of(role: str, organisation: Organisation) -> list[Role]:
    """The roles that decide where a step names this one: assessors too where members may approve their own work.
    Without one (a named person who cannot decide) an approver stands in."""
    if role and role != Role.APPROVER:
        return [Role(role)]
    return [one for one in Role if may(Membership(role=one, organisation=organisation), Right.APPROVE)]


def _is_named(step: ApprovalStep, assessment: Assessment, member: Membership) -> bool:
    if member.organisation_id != assessment.organisation_id or not member.is_active or member.is_outside:
        return False
    if member.is_service:  # a decision is a person's
        return False
    if step.person_id == member.pk or _decides_by_name(step, assessment):
        return step.person_id == member.pk
    return member.role in roles_of(step.role, member.organisation)


def _decides_by_name(step: ApprovalStep, assessment: Assessment) -> bool:
    """Whether the named person can decide. One who left, who only rates from outside by now, or who submitted it,
    would block it: an approver stands in."""
    person = step.person
    if person is None or person.is_outside or not (person.is_active and person.user.is_active):
        return False
    return not _is_own(assessment, person.user_id)


def _is_own(assessment: Assessment, user_id: int) -> bool:
    return assessment.submitted_by_id == user_id and not assessment.organisation.allow_self_approval


def _approvals_before(assessment: Assessment, step: ApprovalStep) -> QuerySet[Approval]:
    """Of these very answers, at earlier levels: nobody decides two levels by role."""
    rows = assessment.approvals.filter(decision=Decision.APPROVED, fingerprint=assessment.fingerprint)
    return rows.filter(level__lt=step.position)


# What happens to an assessment -----------------------------------------------------------------------------------
def begin(actor: User, row: Assessment) -> None:
    """At the submission: freeze the steps, and wait for the first that has not approved these very answers."""
    ApprovalStep.objects.filter(assessment=row).delete()
    ApprovalStep.objects.bulk_create(steps_for(row))
    _settle(actor, row, fingerprint(row))


def after_change(member: Membership, assessment: Assessment) -> bool:
    """Something that is approved may have changed while in review: if so, levels that had approved decide again."""
    with transaction.atomic():
        rows = Assessment.objects.for_member(member).select_for_update(no_key=True)
        row = rows.get(pk=assessment.pk)
        return row.state == AssessmentState.IN_REVIEW and refresh(member.user, row)


def decided_since_submission(assessment: Assessment, decisions: Sequence[Approval] | None = None) -> list[Approval]:
    """What was decided on what is submitted now, the last word last. `decisions`: all of them, where they have been
    read already; else one query."""
    said = decisions_of(assessment) if decisions is None else decisions
    return [one for one in said if assessment.submitted_at is None or one.decided_at >= assessment.submitted_at]


def call_off(actor: User, row: Assessment) -> None:
    """What was submitted is taken back: whoever was asked to decide has nothing to do. The row is held."""
    step = current_step(row)
    mails.call_off(row, deciders(row, step), actor=actor)


def take_back(actor: User, row: Assessment, approval: Approval) -> None:
    """An approval that the next level has not built on is gone, and its level decides again. The row is held."""
    steps = steps_of(row)
    step = current_of(row, steps)
    mails.call_off(row, deciders(row, step), actor=actor, level=approval.level_name)
    approval.delete()
    row.waiting_level = _first_open(row, steps, decisions_of(row)).position
    row.save(update_fields=["waiting_level"])


def refresh(actor: User | None, row: Assessment) -> bool:
    """Whether what is in review is no longer what its fingerprint says; then the chain starts again. The row is held
    by the caller."""
    now = fingerprint(row)
    if now == row.fingerprint:
        return False
    if not row.fingerprint:  # submitted before there were any
        row.fingerprint = now
        row.save(update_fields=["fingerprint"])
        return False
    _settle(actor, row, now)
    return True


def advance(actor: User, row: Assessment, approval: Approval) -> bool:
    """After the approval of a level that is not the last: wait for the next, and ask those who decide there.

    Says whether it was the last, which changes nothing here."""
    steps = steps_of(row)
    if approval.level == steps[-1].position:
        return True
    audit.record(actor, "approval.given", approval, before={"level": None}, after={"level": approval.level})
    row.waiting_level = _first_open(row, steps, decisions_of(row)).position
    row.save(update_fields=["waiting_level"])
    _ask(actor, row, steps, is_again=False)
    return False


def decisions_of(assessment: Assessment) -> list[Approval]:
    """Every decision on an assessment, in order; one query."""
    return decisions_in(assessment).now()


def decisions_in(assessment: Assessment) -> Lookup[list[Approval]]:
    """The same, to be read with what else a page shows."""
    rows = assessment.approvals.select_related("decided_by").order_by()
    return Lookup(reads=(rows,), told=lambda: sorted(rows, key=attrgetter("decided_at", "pk")))


def standing_approval(step: ApprovalStep, row: Assessment, decisions: Sequence[Approval]) -> Approval | None:
    """The level's approval of exactly what is submitted now, if that was its last word on it."""
    said = [one for one in _of_level(step, decisions) if one.fingerprint == row.fingerprint]
    return said[-1] if said and said[-1].decision == Decision.APPROVED else None


def lapsed_approval(step: ApprovalStep, row: Assessment, decisions: Sequence[Approval]) -> Approval | None:
    """The level's last word, where it was an approval of other answers than those of now."""
    said = _of_level(step, decisions)
    if not said or said[-1].decision != Decision.APPROVED or said[-1].fingerprint == row.fingerprint:
        return None
    return None if standing_approval(step, row, decisions) else said[-1]


def _of_level(step: ApprovalStep, decisions: Sequence[Approval]) -> list[Approval]:
    """A level that got another name or place since is another level."""
    return [one for one in decisions if (one.level, one.level_name) == (step.position, step.name)]


def _settle(actor: User | None, row: Assessment, now: str) -> None:
    """Take `now` as what is submitted: say which approvals it ends, and ask whoever decides next."""
    before, row.fingerprint = row.fingerprint, now
    steps, decisions = steps_of(row), decisions_of(row)
    ended = [one for step in steps if (one := lapsed_approval(step, row, decisions)) and one.fingerprint == before]
    for approval in ended:
        audit.record(actor, "approval.lapsed", approval, before={"level": approval.level}, after={"level": None})
    was, row.waiting_level = row.waiting_level, _first_open(row, steps, decisions).position
    row.save(update_fields=["fingerprint", "waiting_level"])
    if row.state != AssessmentState.IN_REVIEW or was != row.waiting_level:
        _ask(actor, row, steps, is_again=bool(ended))


def _first_open(row: Assessment, steps: Sequence[ApprovalStep], decisions: Sequence[Approval]) -> ApprovalStep:
    """The last step is always decided: what the ones before it said of the same answers stands, unless whoever said
    so is the one who submitted it this time."""
    for step in steps[:-1]:
        approval = standing_approval(step, row, decisions)
        if approval is None or _is_own(row, approval.decided_by_id):
            return step
    return steps[-1]


def _ask(actor: User | None, row: Assessment, steps: Sequence[ApprovalStep], *, is_again: bool) -> None:
    """Ask those who decide the present step; where nobody can, tell those who can name somebody."""
    step = current_of(row, steps)
    people = deciders(row, step)
    mails.ask(row, step, people, actor=actor, is_again=is_again)
    if not people:
        everybody = active_members(row.organisation_id)
        mails.tell_that_nobody_decides(row, step, [one for one in everybody if may(one, Right.ADMINISTER)])
