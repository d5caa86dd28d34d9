"""Taking back what one did oneself, as long as nobody has decided on it: a submission, and the approval of a level.

One function each, as in `transitions`: it locks, checks, changes and records in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.models import Membership
from accounts.trail import audit
from assessments.approval import chain
from assessments.lifecycle.transitions import IllegalTransition, lock_in_state, lock_with_right, move, reopen
from assessments.models import Approval, Assessment, AssessmentState, Response

DECIDED: Promise = _("Somebody has decided on this submission already: ask an approver to send it back.")
NOTHING_TO_TAKE_BACK: Promise = _("There is no approval of yours that could still be taken back.")


def may_take_back(assessment: Assessment, member: Membership, decisions: Sequence[Approval] | None = None) -> bool:
    """Whether the member submitted it, or owns it, and nobody has decided since; one query without `decisions`."""
    if assessment.state != AssessmentState.IN_REVIEW or not is_theirs(assessment, member):
        return False
    return not chain.decided_since_submission(assessment, decisions)


def take_back(member: Membership, assessment: Assessment) -> Assessment:
    """in_review → collecting, by whoever submitted it or owns it. Everything stands as before the submission: open
    again is only the questionnaire that went in with it. Those who were asked to decide are told."""
    with transaction.atomic():
        row = lock_with_right(member, assessment, Right.ASSESS, {AssessmentState.IN_REVIEW})
        if not is_theirs(row, member):
            raise PermissionDenied
        if chain.decided_since_submission(row):
            raise IllegalTransition(DECIDED)
        chain.call_off(member.user, row)
        went_in = Response.objects.of_customer().filter(
            assessment=row, rater=row.submitted_by, submitted_at=row.submitted_at
        )
        for response in went_in.select_related("assessment", "rater"):
            reopen(member, response)
        row.submitted_by = row.submitted_at = None
        fields = ("submitted_by", "submitted_at")
        return move(member, row, AssessmentState.COLLECTING, "assessment.taken_back", fields=fields)


def approval_to_take_back(
    assessment: Assessment, member: Membership, decisions: Sequence[Approval] | None = None
) -> Approval | None:
    """The member's own approval of a level, where it was the last decision and the next level has not decided; one
    query without `decisions`."""
    if assessment.state != AssessmentState.IN_REVIEW:
        return None
    last = next(reversed(chain.decided_since_submission(assessment, decisions)), None)
    return last if last is not None and last.decided_by_id == member.user_id and _stands(last, assessment) else None


def take_approval_back(member: Membership, assessment: Assessment) -> Assessment:
    """The level decides again; those whom the next one asked are told. What is approved for good is not taken back."""
    with transaction.atomic():
        row = lock_in_state(member, assessment, {AssessmentState.IN_REVIEW})
        approval = approval_to_take_back(row, member)
        if approval is None and not has_decided(row, member):
            raise PermissionDenied
        if approval is None:
            raise IllegalTransition(NOTHING_TO_TAKE_BACK)
        audit.record(
            member.user, "approval.taken_back", approval, before={"level": approval.level}, after={"level": None}
        )
        chain.take_back(member.user, row, approval)
    return row


def is_theirs(assessment: Assessment, member: Membership) -> bool:
    """Whether the submission is the member's to take back, if anybody's: of whoever submitted it or owns it."""
    if not may(member, Right.ASSESS):
        return False
    return member.user_id in {assessment.submitted_by_id, assessment.owner_id}


def has_decided(assessment: Assessment, member: Membership) -> bool:
    """Whether a decision of theirs is kept on it; one query."""
    return assessment.approvals.filter(decided_by=member.user_id).exists()


def _stands(approval: Approval, assessment: Assessment) -> bool:
    """Of these very answers, and of a level before the one that is waited for."""
    is_of_these = approval.fingerprint == assessment.fingerprint
    return is_of_these and assessment.waiting_level is not None and approval.level < assessment.waiting_level
