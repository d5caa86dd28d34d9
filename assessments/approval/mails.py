"""Mails about decisions: to whoever must decide next, or need not any more; to administrators where nobody can; to the
owner when it is decided, and to whoever rated when it is approved. In the receiver's language,
once the change is kept; whoever wishes no single mails gets none. The pages and the summary tell everything too."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from accounts import mail
from accounts.models import Membership, User
from assessments.models import Approval, ApprovalStep, Assessment, Decision, Response
from assessments.preferences import tell_once_certain


def ask(
    assessment: Assessment, step: ApprovalStep, people: Sequence[Membership], *, actor: User | None, is_again: bool
) -> None:
    """Ask those who may decide the step, but for whoever just acted. `is_again`: answers changed since it approved."""
    users = [one.user for one in people if actor is None or one.user_id != actor.pk]
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "who": actor,
        "level": step.name,
        "is_again": is_again,
        "url": mail.page_address(reverse("assessment_review", args=[assessment.pk]), assessment.organisation),
    }
    tell_once_certain(users, "assessments/approval/email/decision_asked", context)


def call_off(assessment: Assessment, people: Sequence[Membership], *, actor: User, level: str | None = None) -> None:
    """Tell those who were asked that it was taken back. `level`: its approval alone was, which they built on."""
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "who": actor,
        "is_whole": level is None,
        "level": level or "",
        "url": mail.page_address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
    users = [one.user for one in people if one.user_id != actor.pk]
    tell_once_certain(users, "assessments/approval/email/decision_called_off", context)


def tell_that_nobody_decides(assessment: Assessment, step: ApprovalStep, administrators: Sequence[Membership]) -> None:
    """An assessment waits, and no active member can decide it: administrators can change that."""
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "level": step.name,
        "url": mail.page_address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
    users = [one.user for one in administrators]
    tell_once_certain(users, "assessments/approval/email/nobody_decides", context)


def tell_owner(assessment: Assessment, approval: Approval) -> None:
    """Tell the owner that the assessment is approved, or was sent back and why; not of their own doing."""
    owner = assessment.owner
    if approval.decided_by_id == owner.pk:
        return
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "who": approval.decided_by,
        "level": approval.level_name,
        "reason": approval.reason,
        "url": mail.page_address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
    template = "decision_approved" if approval.decision == Decision.APPROVED else "decision_sent_back"
    tell_once_certain([owner], f"assessments/approval/email/{template}", context)


def tell_raters(assessment: Assessment, approval: Approval) -> None:
    """Tell whoever rated, and still is a member, that it is approved; but for the owner, who is told already, and
    whoever approved it. The page behind the link shows each what they may see."""
    rated = Response.objects.of_customer().handed_in().filter(assessment=assessment).values("rater")
    members = Membership.objects.active().filter(organisation=assessment.organisation_id, user__in=rated)
    told_already = {assessment.owner_id, approval.decided_by_id}
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "url": mail.page_address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
    users = [one.user for one in members.select_related("user") if one.user_id not in told_already]
    tell_once_certain(users, "assessments/approval/email/raters_told", context)
