"""What a worker does with a delivery: one try, and what it means for the delivery and for its address.

A crash between the receiver's yes and our note of it sends the same event again, under the same id: at least once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.kept_secrets import CannotOpenError, opened
from accounts.models import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEvent
from accounts.trail import audit
from accounts.webhooks import mails, sending
from accounts.webhooks.job import DELIVERIES, wait_after
from accounts.webhooks.sending import Message, Outcome
from accounts.webhooks.words import Off
from groundwork.jobs.lease import HeldJob

logger = structlog.get_logger(__name__)

REST_AFTER = 10  # failures one after the other, whatever was sent: then the address rests
FIRST_REST = timedelta(seconds=10)  # and twice as long after each further one
LONGEST_REST = timedelta(hours=1)
OFF_AFTER = timedelta(days=5)  # of failures alone
OFF_AFTER_TRIES = 15  # and at least as many of them

Post = Callable[..., Outcome]


def deliver(pk: int, *, post: Post = sending.post) -> None:
    """One try. Without effect where it has arrived, is not due, waits for an earlier one, or is held elsewhere."""
    held = DELIVERIES.claim(pk, now=timezone.now())
    if held is None:
        return
    row = held.row
    outcome = attempt(row.endpoint, row.event, post=post)
    with transaction.atomic():
        is_ours = note(held, outcome, timezone.now())
    if is_ours:
        _nudge_next(row.endpoint_id)


def sweep(now: datetime) -> None:
    """Tell workers again of what waits; at most two of an address, since no more are tried at once."""
    DELIVERIES.sweep(now=now)


def attempt(endpoint: WebhookEndpoint, event: WebhookEvent, *, post: Post = sending.post) -> Outcome:
    """Send it, signed with the secret, and with the former one while that is valid. Never raises."""
    now = timezone.now()
    try:
        message = sending.message_of(event, secrets_of(endpoint, now))
    except CannotOpenError:
        return Outcome(failure="secret_lost")
    return _posted(post, endpoint.address, message, now)


def _posted(post: Post, address: str, message: Message, now: datetime) -> Outcome:
    try:
        return post(address, message, now=now)
    except Exception:
        logger.exception("webhook_fault", event_id=message.id)
        return Outcome(failure="unexpected")


def secrets_of(endpoint: WebhookEndpoint, now: datetime) -> tuple[str, ...]:
    """Those that sign at this moment. Raises CannotOpenError."""
    secret = opened(endpoint.secret)
    if endpoint.former_secret and endpoint.former_until and endpoint.former_until > now:
        return secret, opened(endpoint.former_secret)
    return (secret,)


# What it means ----------------------------------------------------------------------------------------------------
def note(held: HeldJob[WebhookDelivery], outcome: Outcome, now: datetime) -> bool:
    """Write what came of a try; False, and nothing written, where the lease was lost meanwhile."""
    row = held.row
    fields: dict[str, object] = {
        "last_tried_at": now,
        "status": outcome.status,
        "said": outcome.said,
        "failure": outcome.failure,
    }
    if not held.finish(**fields, **_next(row, outcome, now)):
        return False
    note_of_endpoint(row.endpoint_id, outcome, now)
    return True


def _next(row: WebhookDelivery, outcome: Outcome, now: datetime) -> dict[str, object]:
    if outcome.has_arrived:
        return DELIVERIES.ended(DeliveryState.DELIVERED, now)
    tries = row.tries + 1
    wait = wait_after(tries)
    if wait is None:
        return {"tries": tries, **DELIVERIES.ended(DeliveryState.DEAD, now)}
    due = now + wait
    return {"tries": tries, "attempts": 0, "due_at": due, **DELIVERIES.turn(due)}


def note_of_endpoint(pk: int, outcome: Outcome, now: datetime) -> None:
    """What a try says of the address: it works again, rests for a while, or is switched off."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if endpoint is None:
        return
    if outcome.has_arrived:
        _works(endpoint)
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    if endpoint.failures >= REST_AFTER:
        endpoint.rests_until = now + min(FIRST_REST * 2 ** min(endpoint.failures - REST_AFTER, 20), LONGEST_REST)
    endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    why = _off_because(endpoint, outcome, now)
    if why and endpoint.is_active:
        _switch_off(endpoint, why)


def _works(endpoint: WebhookEndpoint) -> None:
    if endpoint.failures or endpoint.rests_until:
        endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
        endpoint.save(update_fields=["failures", "failing_since", "rests_until"])


def _off_because(endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> Off | None:
    if outcome.failure == "gone":
        return Off.GONE
    since = endpoint.failing_since
    has_failed_long = since is not None and now - since >= OFF_AFTER and endpoint.failures >= OFF_AFTER_TRIES
    return Off.FAILED_FOR_DAYS if has_failed_long else None


def _switch_off(endpoint: WebhookEndpoint, why: Off) -> None:
    """What has not arrived waits for whoever switches it on again. Administrators are told once that is certain."""
    endpoint.is_active, endpoint.paused_because, endpoint.version = False, why.value, endpoint.version + 1
    endpoint.save(update_fields=["is_active", "paused_because", "version"])
    after = {"is_active": False, "paused_because": why.value}
    audit.record(None, "webhook.switched_off", endpoint, before={"is_active": True, "paused_because": ""}, after=after)
    transaction.on_commit(lambda: mails.tell_switched_off(endpoint))


def _nudge_next(endpoint: int) -> None:
    """One that was due may have waited for this one."""
    now = timezone.now()
    waiting = DELIVERIES.rows().claimable(now).filter(endpoint=endpoint).order_by("due_at", "pk")
    for pk in waiting.values_list("pk", flat=True)[:1]:
        DELIVERIES.nudge(pk)
