"""Webhooks and their deliveries as pages show them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from accounts.models import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEndpointQuerySet
from accounts.webhooks import sending, words
from accounts.webhooks.kinds import called

WAITING = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
DEAD = Count("deliveries", filter=Q(deliveries__state=DeliveryState.DEAD))
ARRIVED = Max("deliveries__finished_at", filter=Q(deliveries__state=DeliveryState.DELIVERED))


@dataclass(frozen=True, kw_only=True)
class EndpointRow:
    """`state`: a code, which the chip's colour follows; `rests_until`: only where it rests now."""

    endpoint: WebhookEndpoint
    state: str
    state_words: str
    kinds: list[str]
    waiting: int
    dead: int
    last_arrived: datetime | None
    rests_until: datetime | None


def rows_of(endpoints: WebhookEndpointQuerySet, now: datetime) -> list[EndpointRow]:
    """In the active language; one query, however many."""
    return [_row(one, now) for one in endpoints.annotate(waiting=WAITING, dead=DEAD, arrived=ARRIVED)]


def _row(endpoint: WebhookEndpoint, now: datetime) -> EndpointRow:
    rests = endpoint.rests_until if endpoint.rests_until and endpoint.rests_until > now else None
    state, state_words = _state_of(endpoint)
    return EndpointRow(
        endpoint=endpoint,
        state=state,
        state_words=state_words,
        kinds=[called(kind) for kind in endpoint.kinds],
        waiting=vars(endpoint)["waiting"],
        dead=vars(endpoint)["dead"],
        last_arrived=vars(endpoint)["arrived"],
        rests_until=rests if endpoint.is_active else None,
    )


def _state_of(endpoint: WebhookEndpoint) -> tuple[str, str]:
    if not endpoint.is_active:
        return ("failed" if endpoint.paused_because else "inactive"), words.of_off(endpoint.paused_because)
    if endpoint.failures:
        return "attention", _("Failing")
    return "active", _("Active")


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """`next_try`: where one is to come by itself."""

    delivery: WebhookDelivery
    kind: str
    state: str
    failure: str
    next_try: datetime | None

    @property
    def may_be_sent_again(self) -> bool:
        return self.delivery.state != DeliveryState.WAITING


CHIPS = {DeliveryState.WAITING: "invited", DeliveryState.DELIVERED: "active", DeliveryState.DEAD: "failed"}


def delivery_row(delivery: WebhookDelivery) -> DeliveryRow:
    """In the active language, of a delivery read with its event and endpoint."""
    is_waiting = delivery.state == DeliveryState.WAITING
    return DeliveryRow(
        delivery=delivery,
        kind=called(delivery.event.kind),
        state=CHIPS[DeliveryState(delivery.state)],
        failure=words.of_failure(delivery.failure),
        next_try=delivery.due_at if is_waiting and delivery.endpoint.is_active else None,
    )


def first_of_its_thing(delivery: WebhookDelivery) -> WebhookDelivery | None:
    """The delivery that this one waits for: an earlier event about the same thing. None: it waits for none."""
    earlier = delivery.endpoint.deliveries.filter(about=delivery.about, state=DeliveryState.WAITING, pk__lt=delivery.pk)
    return earlier.order_by("pk").first() if delivery.state == DeliveryState.WAITING else None


def body_of(delivery: WebhookDelivery) -> str:
    """What is sent, as a person reads it."""
    return json.dumps(json.loads(sending.message_of(delivery.event, ()).body), indent=2, ensure_ascii=False)
