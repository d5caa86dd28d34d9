"""A rater hands a single question to a colleague, who then writes into that one answer and sees nothing else."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.trail import audit
from assessments.lifecycle.transitions import IllegalTransition, lock_in_state
from assessments.models import Answer, Assessment, AssessmentState, Delegation, Response
from assessments.questionnaire.saving import closed_reason

COLLECTING = {AssessmentState.COLLECTING}


def delegate(
    member: Membership, answer: Answer, to: Membership, *, note: str = "", now: datetime | None = None
) -> Delegation:
    """Hand the question to this colleague until it is done, taken back or handed in.

    Raises PermissionDenied for anybody but the answer's rater, IllegalTransition where the colleague may not see it.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row, fresh = _lock_answer(member, answer)
        if fresh.response.rater_id != member.user_id:
            raise PermissionDenied
        if reason := closed_reason(row, fresh.response):
            raise IllegalTransition(reason)
        _check_may_help(row, fresh, member, to)
        made = Delegation.objects.create(
            answer=fresh, delegate=to.user, delegated_by=member.user, note=note.strip(), delegated_at=now
        )
        after = {"delegate": str(to.user)} | ({"note": made.note} if made.note else {})
        audit.record(member.user, "delegation.made", made, after=after)
    return made


def hand_back(member: Membership, delegation: Delegation, *, now: datetime | None = None) -> Delegation:
    """The colleague is done: the rater goes on with what stands there."""
    with transaction.atomic():
        fresh = _lock_delegation(member, delegation)
        if fresh.delegate_id != member.user_id:
            raise PermissionDenied
        fresh.done_at = now or timezone.now()
        fresh.save(update_fields=["done_at"])
        audit.record(member.user, "delegation.done", fresh)
    return fresh


def take_back(member: Membership, delegation: Delegation, *, now: datetime | None = None) -> Delegation:
    """The rater answers it after all; what the colleague wrote stays in the answer."""
    with transaction.atomic():
        fresh = _lock_delegation(member, delegation)
        if fresh.answer.response.rater_id != member.user_id:
            raise PermissionDenied
        fresh.taken_back_at = now or timezone.now()
        fresh.save(update_fields=["taken_back_at"])
        audit.record(member.user, "delegation.taken_back", fresh)
    return fresh


def possible_delegates(member: Membership, answer: Answer) -> QuerySet[Membership]:
    """Active colleagues who do not rate this vendor themselves."""
    raters = Response.objects.of_customer().filter(assessment=answer.response.assessment_id, rater__isnull=False)
    people = Membership.objects.for_member(member).active().filter(user__is_active=True).exclude(pk=member.pk)
    people = people.exclude(user__in=raters.values("rater")).select_related("user", "department")
    return people.order_by("user__name", "user__email")


def _check_may_help(row: Assessment, answer: Answer, member: Membership, to: Membership) -> None:
    if to.user_id == member.user_id:
        raise IllegalTransition(_("This is you: choose a colleague."))
    ours = Membership.objects.for_member(member).active().filter(pk=to.pk, user__is_active=True)
    if not ours.exists():
        raise IllegalTransition(
            _("%(name)s is not an active member of your organisation: choose somebody else.") % {"name": to.user}
        )
    if Response.objects.of_rater(to.user).filter(assessment=row).exists():
        raise IllegalTransition(
            _("%(name)s rates this vendor too and must judge alone: choose somebody who does not rate it.")
            % {"name": to.user}
        )
    if Delegation.objects.open().filter(answer=answer).exists():
        raise IllegalTransition(_("This question is with a colleague already: take it back first."))


def _lock_answer(member: Membership, answer: Answer) -> tuple[Assessment, Answer]:
    row = lock_in_state(member, answer.response.assessment, COLLECTING)
    return row, Answer.objects.select_related("response", "question__rule").get(pk=answer.pk)


def _lock_delegation(member: Membership, delegation: Delegation) -> Delegation:
    """Still open, its assessment held: handing back and taking back at once end it once."""
    row = lock_in_state(member, delegation.answer.response.assessment, COLLECTING)
    related = ("answer__response__assessment", "answer__question__rule", "delegate")
    fresh = Delegation.objects.select_related(*related).get(pk=delegation.pk, answer__response__assessment=row)
    if fresh.done_at is not None or fresh.taken_back_at is not None:
        raise IllegalTransition(_("This question is back with the rater already."))
    return fresh
