"""An address that is told comes to be, changes, pauses and goes; what did not arrive is sent again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.kept_secrets import closed
from accounts.models import (
    DeliveryState,
    Membership,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
    WebhookEndpoint,
    WebhookEvent,
)
from accounts.trail import audit
from accounts.webhooks import delivering, sending
from accounts.webhooks.job import DELIVERIES
from accounts.webhooks.kinds import Kind
from accounts.webhooks.sending import Outcome
from groundwork.refusals import Refusal

FIELDS = ("name", "address", "kinds")
MOST = 20  # addresses of an organisation
FORMER_VALID = timedelta(hours=24)
TESTS_A_MINUTE = 10
AGAIN_AT_ONCE = 5_000  # deliveries sent again together


class WebhookRefusal(Refusal):
    """The message says why, to a person."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """`secret`: “whsec_…”, which no page shows again."""

    endpoint: WebhookEndpoint
    secret: str


def add(member: Membership, *, name: str, address: str, kinds: Sequence[str]) -> Made:
    """The form has judged the address. WebhookRefusal where there are enough."""
    with transaction.atomic():
        if WebhookEndpoint.objects.for_member(member).count() >= MOST:
            raise WebhookRefusal(_("An organisation has at most 20 webhooks. Delete one that nobody needs."))
        secret = _secret()
        endpoint = WebhookEndpoint.objects.create(
            organisation_id=member.organisation_id,
            name=name,
            address=address,
            kinds=sorted(kinds),
            secret=closed(secret),
            made_by=member.user,
        )
        audit.record(member.user, "webhook.added", endpoint, after=audit.snapshot(endpoint, FIELDS))
    return Made(endpoint=endpoint, secret=secret)


def change(
    member: Membership, endpoint: WebhookEndpoint, *, name: str, address: str, kinds: Sequence[str], version: int
) -> WebhookEndpoint:
    """WebhookRefusal where somebody changed it since `version`."""
    with transaction.atomic():
        row = _locked(member, endpoint, version)
        before = audit.snapshot(row, FIELDS)
        if row.address != address:  # what failed was another one
            row.failures, row.failing_since, row.rests_until = 0, None, None
        row.name, row.address, row.kinds = name, address, sorted(kinds)
        _save(member, row, "webhook.changed", before=before, after=audit.snapshot(row, FIELDS))
    return row


def pause(member: Membership, endpoint: WebhookEndpoint) -> None:
    """Nothing is sent until it is resumed; what happens meanwhile waits."""
    with transaction.atomic():
        row = _locked(member, endpoint)
        if row.is_active:
            row.is_active, row.paused_because = False, ""
            _save(member, row, "webhook.paused", before={"is_active": True}, after={"is_active": False})


def resume(member: Membership, endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Also after it was switched off: it begins anew, with what waits."""
    with transaction.atomic():
        row = _locked(member, endpoint)
        if row.is_active:
            return
        row.is_active, row.paused_because = True, ""
        row.failures, row.failing_since, row.rests_until = 0, None, None
        _save(member, row, "webhook.resumed", before={"is_active": False}, after={"is_active": True})
        row.deliveries.filter(state=DeliveryState.WAITING, token=None).update(due_at=now, **DELIVERIES.turn(now))


def rotate(member: Membership, endpoint: WebhookEndpoint, *, now: datetime) -> str:
    """The new secret; the former one signs beside it for a day, and one before that no more."""
    secret = _secret()
    with transaction.atomic():
        row = _locked(member, endpoint)
        row.former_secret, row.former_until, row.secret = row.secret, now + FORMER_VALID, closed(secret)
        _save(member, row, "webhook.secret_rotated", before={}, after={"former_until": row.former_until})
    return secret


def delete(member: Membership, endpoint: WebhookEndpoint) -> None:
    """With its deliveries; what waits for it is never sent."""
    with transaction.atomic():
        row = _locked(member, endpoint)
        audit.record(member.user, "webhook.deleted", row, before=audit.snapshot(row, FIELDS))
        row.delete()


def test(
    member: Membership, endpoint: WebhookEndpoint, *, now: datetime, post: delivering.Post = sending.post
) -> tuple[WebhookDelivery, Outcome]:
    """Send a test at once, and what came back; also to one that is paused. WebhookRefusal for too many in a minute."""
    recent = WebhookEvent.objects.filter(
        organisation=member.organisation_id, kind=Kind.TEST.value, at__gt=now - timedelta(minutes=1)
    )
    if recent.count() >= TESTS_A_MINUTE:
        raise WebhookRefusal(_("Ten tests were sent within a minute. Wait a minute, then try again."))
    uuid = uuid4()
    event = WebhookEvent.objects.create(
        uuid=uuid,
        organisation_id=member.organisation_id,
        kind=Kind.TEST.value,
        about=f"test:{uuid}",
        payload={"webhook": str(endpoint.uuid)},
        at=now,
    )
    outcome = delivering.attempt(endpoint, event, post=post)
    with transaction.atomic():
        delivery = _tested(endpoint, event, outcome, now)
        if outcome.has_arrived:
            delivering.note_of_endpoint(endpoint.pk, outcome, now)
        audit.record(member.user, "webhook.tested", endpoint, after={"status": outcome.status})
    return delivery, outcome


def send_again(member: Membership, delivery: WebhookDelivery, *, now: datetime) -> None:
    """One that was given up, or that arrived: under the same id, so that a receiver which has it can drop it."""
    with transaction.atomic():
        if not _again(WebhookDelivery.objects.filter(pk=delivery.pk), now):
            raise WebhookRefusal(_("This delivery waits already: it is tried by itself."))
        told = {"event": str(delivery.event.uuid), "kind": delivery.event.kind}
        audit.record(member.user, "webhook.sent_again", delivery.endpoint, after=told)
        DELIVERIES.nudge_on_commit(delivery.pk)


def send_all_again(member: Membership, endpoint: WebhookEndpoint, *, now: datetime) -> int:
    """All that were given up, the oldest first; how many."""
    with transaction.atomic():
        dead = endpoint.deliveries.filter(state=DeliveryState.DEAD).order_by("pk").values_list("pk", flat=True)
        chosen = list(dead[:AGAIN_AT_ONCE])
        count = _again(WebhookDelivery.objects.filter(pk__in=chosen), now)
        if count:
            audit.record(member.user, "webhook.sent_again", endpoint, after={"deliveries": count})
            DELIVERIES.nudge_on_commit(chosen[0])
    return count


def _again(rows: WebhookDeliveryQuerySet, now: datetime) -> int:
    ended = rows.exclude(state=DeliveryState.WAITING)
    fields = {"state": DeliveryState.WAITING, "tries": 0, "due_at": now, "finished_at": None}
    return ended.update(**{**DELIVERIES.afresh(now), **fields})


def _tested(endpoint: WebhookEndpoint, event: WebhookEvent, outcome: Outcome, now: datetime) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        event=event,
        endpoint=endpoint,
        about=event.about,
        state=DeliveryState.DELIVERED if outcome.has_arrived else DeliveryState.DEAD,
        tries=0 if outcome.has_arrived else 1,
        due_at=now,
        last_tried_at=now,
        status=outcome.status,
        failure=outcome.failure,
        said=outcome.said,
        finished_at=now,
    )


def _secret() -> str:
    return sending.new_secret(secrets.token_bytes(32))


def _locked(member: Membership, endpoint: WebhookEndpoint, version: int | None = None) -> WebhookEndpoint:
    row = WebhookEndpoint.objects.for_member(member).select_for_update(no_key=True).get(pk=endpoint.pk)
    if version is not None and row.version != version:
        raise WebhookRefusal(_("Somebody changed this webhook since you opened the page. Open it again."))
    return row


def _save(
    member: Membership, row: WebhookEndpoint, verb: str, *, before: dict[str, object], after: dict[str, object]
) -> None:
    row.version += 1
    row.save()
    audit.record(member.user, verb, row, before=before, after=after)
