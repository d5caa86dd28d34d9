"""Administrators learn by mail that an address was switched off."""

from __future__ import annotations

from django.urls import reverse

from accounts import mail
from accounts.access import Right, roles_with
from accounts.models import Membership, WebhookEndpoint

TEMPLATE = "accounts/webhooks/email/switched_off"


def tell_switched_off(endpoint: WebhookEndpoint) -> None:
    members = Membership.objects.active().filter(organisation=endpoint.organisation_id, user__is_active=True)
    url = mail.page_address(reverse("webhook_detail", args=[endpoint.pk]), endpoint.organisation)
    for member in members.filter(role__in=roles_with(Right.ADMINISTER)).select_related("user"):
        context = {"endpoint": endpoint, "code": endpoint.paused_because, "url": url}
        mail.try_to_send(TEMPLATE, member.user.email, language=member.user.language, context=context)
