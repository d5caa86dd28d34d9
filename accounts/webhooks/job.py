"""A delivery is a job: when it is tried again, and when no more.

Ten tries over some 25 hours. What a worker that died had begun counts as a try only after five such deaths.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from accounts.models import DeliveryState, WebhookDelivery, WebhookDeliveryQuerySet
from groundwork.jobs.lease import TOO_MANY_ATTEMPTS, NudgedKind

# Seconds from one try to the next: nine waits, ten tries.
WAITS = (5, 60, 5 * 60, 30 * 60, 2 * 3600, 4 * 3600, 6 * 3600, 6 * 3600, 6 * 3600)
TRIES = len(WAITS) + 1
JITTER = 0.2  # of a wait, up or down: receivers that came back are not asked by all at once
KEEPS = timedelta(days=30)  # delivered ones, to look at


class Deliveries(NudgedKind[WebhookDelivery]):
    task = "accounts.tasks.deliver_webhook"
    related = ("event", "endpoint")

    def rows(self) -> WebhookDeliveryQuerySet:
        return WebhookDelivery.objects.all()

    def lease(self) -> timedelta:
        return settings.WEBHOOK_LEASE

    def first_wait(self) -> timedelta:
        return settings.RENDERING_NUDGE_AFTER

    def end_worn_out(self, now: datetime) -> None:
        """Five workers died over it: that is one failed try, and no more."""
        wait = timedelta(seconds=WAITS[3])
        self.rows().worn_out(now).update(
            tries=F("tries") + 1,
            failure=TOO_MANY_ATTEMPTS,
            due_at=now + wait,
            **{**self.released(), **self.turn(now + wait), "attempts": 0},
        )
        self.rows().unfinished().filter(tries__gte=TRIES, token=None).update(**self.ended(DeliveryState.DEAD, now))

    def ended(self, state: DeliveryState, now: datetime) -> dict[str, object]:
        return {"state": state, "finished_at": now, "attempts": 0}


DELIVERIES = Deliveries()


def wait_after(tries: int, *, chance: random.Random | None = None) -> timedelta | None:
    """Until the next try after so many failed ones (1 or more); None: that was the last one."""
    if tries >= TRIES:
        return None
    drawn = (chance or random).uniform(1 - JITTER, 1 + JITTER)
    return timedelta(seconds=WAITS[tries - 1] * drawn)
