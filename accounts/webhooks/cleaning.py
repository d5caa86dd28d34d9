"""What is kept no longer: what arrived a month ago, and what nobody sent again in three."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import DeliveryState, WebhookDelivery, WebhookEvent

DELIVERED_STAYS = timedelta(days=30)
UNDELIVERED_STAYS = timedelta(days=90)


def forget(now: datetime) -> None:
    """Four statements, however much there is; an event stays while one of its deliveries does."""
    arrived = WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED, finished_at__lt=now - DELIVERED_STAYS)
    arrived.delete()
    WebhookDelivery.objects.filter(event__at__lt=now - UNDELIVERED_STAYS).delete()
    WebhookEvent.objects.filter(at__lt=now - DELIVERED_STAYS, deliveries=None).delete()
