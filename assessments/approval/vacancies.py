"""Where nobody can decide: before something is submitted, and while it waits."""

from __future__ import annotations

from copy import copy

from django.db.models import Exists

from accounts.access import Right, may
from accounts.models import Membership, User
from assessments.approval import chain
from assessments.models import Approval, ApprovalStep, Assessment, Decision
from groundwork.together import Lookup, attach


def steps_without_deciders(assessment: Assessment, submitter: User) -> list[ApprovalStep]:
    """The levels that no active member could decide if this person submitted it now; two queries."""
    planned = copy(assessment)
    planned.submitted_by = submitter
    people = chain.active_members(assessment.organisation_id)
    return [step for step in chain.steps_for(planned) if not chain.able(planned, step, people, ())]


def administrators_of(assessment: Assessment) -> list[Membership]:
    """Who can give somebody a role, by name; one query."""
    return [one for one in chain.active_members(assessment.organisation_id) if may(one, Right.ADMINISTER)]


def waiting_for_nobody(member: Membership) -> Lookup[list[Assessment]]:
    """What is in review in the member's organisation, and no active member can decide."""
    rows = Assessment.objects.for_member(member).in_review().order_by()
    waiting = rows.with_vendor().select_related("organisation")
    steps = ApprovalStep.objects.filter(assessment__in=rows.values("pk")).select_related("person__user")
    approvals = Approval.objects.filter(assessment__in=rows.values("pk"))
    people = chain.active_people(member.organisation_id).filter(Exists(rows))

    def told() -> list[Assessment]:
        found = list(waiting)
        attach(found, "steps", ((one.assessment_id, one) for one in sorted(steps, key=lambda step: step.position)))
        attach(found, "approvals", ((one.assessment_id, one) for one in approvals))
        return [one for one in found if not _able(one, list(people))]

    return Lookup(reads=(waiting, steps, approvals, people), told=told)


def _able(assessment: Assessment, people: list[Membership]) -> list[Membership]:
    step = chain.current_of(assessment, list(assessment.steps.all()) or [chain.plain_step(assessment)])
    before = {
        one.decided_by_id
        for one in assessment.approvals.all()
        if one.decision == Decision.APPROVED and one.fingerprint == assessment.fingerprint and one.level < step.position
    }
    return chain.able(assessment, step, people, before)
