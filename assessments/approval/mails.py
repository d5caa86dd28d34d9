"""Mails about decisions: to whoever must decide next, and to the owner when it is decided. In the receiver's language,
once the change is kept; whoever wishes no single mails gets none. The pages and the summary tell everything too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.models import Membership, User
from assessments.models import Approval, ApprovalStep, Assessment, Decision, Preferences

log = structlog.get_logger(__name__)


def ask(
    assessment: Assessment, step: ApprovalStep, people: Sequence[Membership], *, actor: User | None, is_again: bool
) -> None:
    """Ask those who may decide the step, but for whoever just acted. `is_again`: answers changed since it approved."""
    users = [one.user for one in people if actor is None or one.user_id != actor.pk]
    context = {
        "who": actor,
        "level": step.name,
        "is_again": is_again,
        "url": mail.address(reverse("assessment_review", args=[assessment.pk]), assessment.organisation),
    }
    _send_after_commit("decision_asked", assessment, users, context)


def tell_owner(assessment: Assessment, approval: Approval) -> None:
    """Tell the owner that the assessment is approved, or was sent back and why; not of their own doing."""
    owner = assessment.owner
    if not owner.is_active or approval.decided_by_id == owner.pk:
        return
    context = {
        "who": approval.decided_by,
        "level": approval.level_name,
        "reason": approval.reason,
        "url": mail.address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
    template = "decision_approved" if approval.decision == Decision.APPROVED else "decision_sent_back"
    _send_after_commit(template, assessment, [owner], context)


def _send_after_commit(template: str, assessment: Assessment, users: Sequence[User], context: dict[str, Any]) -> None:
    unwilling = set(Preferences.objects.filter(user__in=users, at_once=False).values_list("user", flat=True))
    receivers = [user for user in users if user.pk not in unwilling]
    if receivers:
        values = {**context, "assessment": assessment, "vendor": assessment.vendor}
        transaction.on_commit(partial(_send, template, receivers, values))


def _send(template: str, receivers: Sequence[User], context: dict[str, Any]) -> None:
    for user in receivers:
        try:
            mail.send(f"assessments/approval/email/{template}", user.email, language=user.language, context=context)
        except OSError as error:
            log.error("decision_not_mailed", template=template, user=user.pk, error=str(error))
