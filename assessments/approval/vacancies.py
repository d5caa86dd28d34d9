"""Where nobody can decide: before something is submitted, and while it waits."""

from __future__ import annotations

from copy import copy

from django.db.models import Prefetch

from accounts.access import Right, may
from accounts.models import Membership, User
from assessments.approval import chain
from assessments.models import ApprovalStep, Assessment, Decision


def steps_without_deciders(assessment: Assessment, submitter: User) -> list[ApprovalStep]:
    """The levels that no active member could decide if this person submitted it now; two queries."""
    planned = copy(assessment)
    planned.submitted_by = submitter
    people = chain.active_members(assessment.organisation_id)
    return [step for step in chain.steps_for(planned) if not chain.able(planned, step, people, ())]


def administrators_of(assessment: Assessment) -> list[Membership]:
    """Who can give somebody a role, by name; one query."""
    return [one for one in chain.active_members(assessment.organisation_id) if may(one, Right.ADMINISTER)]


def waiting_for_nobody(member: Membership) -> list[Assessment]:
    """What is in review in the member's organisation, and no active member can decide; a fixed number of queries, one
    where nothing is in review."""
    steps = Prefetch("steps", ApprovalStep.objects.select_related("person__user").order_by("position"))
    rows = Assessment.objects.for_member(member).in_review().with_vendor().select_related("organisation")
    waiting = list(rows.prefetch_related(steps, "approvals"))
    people = chain.active_members(member.organisation_id) if waiting else []
    return [one for one in waiting if not _able(one, people)]


def _able(assessment: Assessment, people: list[Membership]) -> list[Membership]:
    step = chain.current_of(assessment, list(assessment.steps.all()) or [chain.plain_step(assessment)])
    before = {
        one.decided_by_id
        for one in assessment.approvals.all()
        if one.decision == Decision.APPROVED and one.fingerprint == assessment.fingerprint and one.level < step.position
    }
    return chain.able(assessment, step, people, before)
