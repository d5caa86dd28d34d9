"""What other systems were told in a test."""

from __future__ import annotations

from typing import Any

from accounts.models import Membership, WebhookEndpoint, WebhookEvent
from accounts.webhooks import changes


def listen(member: Membership, *kinds: str) -> WebhookEndpoint:
    return changes.add(member, name="Tickets", address="https://receiver.example/", kinds=kinds).endpoint


def told() -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of each event, in order."""
    return list(WebhookEvent.objects.order_by("pk").values_list("kind", "payload"))


def kinds() -> list[str]:
    return [kind for kind, _data in told()]
