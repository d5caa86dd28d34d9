"""Somebody came in by a password where the organisation's sign-in is the only way in: every administrator hears."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import mail, own_sign_in
from accounts.access import Right, roles_with
from accounts.models import Membership, User
from accounts.trail import audit

TEMPLATE = "accounts/single_sign_on/email/emergency"


def at_sign_in(sender: Any, request: HttpRequest | None, user: User, **_: Any) -> None:
    """The trail keeps it, and the administrators get a mail beside the answer; nobody is held up by a mail server."""
    if request is None or own_sign_in.has_come(request, user):
        return
    member = own_sign_in.emergency_of(user)
    if member is None:
        return
    with transaction.atomic():
        audit.record(user, "sign_in.emergency", member)
    at = timezone.now()
    told = Membership.objects.active().filter(
        organisation=member.organisation_id, role__in=roles_with(Right.ADMINISTER), user__is_active=True
    )
    receivers = [one.user for one in told.select_related("user").order_by("pk")]
    context = {
        "person": user,
        "organisation": member.organisation,
        "at": at,
        "url": mail.page_address(reverse("own_sign_in"), member.organisation),
    }

    def send_all() -> None:
        for receiver in receivers:
            mail.try_to_send(TEMPLATE, receiver.email, language=receiver.language, context=context)

    mail.beside_the_answer(TEMPLATE, send_all)
