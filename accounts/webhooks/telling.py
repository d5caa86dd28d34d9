"""An event is written in the transaction of its change, with a delivery to each address that wants it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from accounts.webhooks.job import DELIVERIES
from accounts.webhooks.kinds import Kind


def tell(
    kind: Kind, organisation_id: int, *, about: str, data: Callable[[], Mapping[str, Any]], now: datetime
) -> WebhookEvent | None:
    """Write that it happened; None, in one query, where no address of the organisation wants to know.

    `about`: the thing whose events arrive in the order in which they are written, as “assessment:UUID”; the caller
    holds that thing’s row until its transaction ends, or two events could change places. `data`, asked only where
    somebody listens: ids, numbers, codes and addresses of the API; never a grade, a measure or a sentence, since who
    reads a receiver’s screen may still have to judge. Raises RuntimeError outside a transaction: what is rolled back
    did not happen.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event is written in the transaction of the change that it tells of.")
    wanting = [row for row in WebhookEndpoint.objects.filter(organisation=organisation_id) if wants(row, kind)]
    if not wanting:
        return None
    event = WebhookEvent.objects.create(
        organisation_id=organisation_id, kind=kind.value, about=about, payload=dict(data()), at=now
    )
    for endpoint in wanting:
        _to(endpoint, event, now)
    return event


def organisations_wanting(*kinds: Kind) -> set[int]:
    """Those, by their keys, of which an address wants to know one of these: for what costs something to find out. One
    query."""
    rows = WebhookEndpoint.objects.only("organisation", "kinds")
    return {row.organisation_id for row in rows if any(wants(row, kind) for kind in kinds)}


def wants(endpoint: WebhookEndpoint, kind: Kind) -> bool:
    """A paused one, too: what happens meanwhile waits for it."""
    return not endpoint.kinds or kind.value in endpoint.kinds


def named(thing: str, uuid: UUID, *, path: str | None = None) -> dict[str, str]:
    """What events say of a thing that the API knows: its id, and its address there. `path`: below /api/v1, where it is
    not the plural of `thing`."""
    return {thing: str(uuid), f"{thing}_url": f"{settings.BASE_URL}/api/v1/{path or thing + 's'}/{uuid}"}


def _to(endpoint: WebhookEndpoint, event: WebhookEvent, now: datetime) -> None:
    delivery = WebhookDelivery.objects.create(
        event=event, endpoint=endpoint, about=event.about, due_at=now, **DELIVERIES.afresh(now)
    )
    DELIVERIES.nudge_on_commit(delivery.pk)
