"""A system that is told, in the demo data: what arrived, what was given up, and what waits. It is paused, so that no
demo asks anybody's server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership, WebhookDelivery
from accounts.webhooks import changes, delivering
from accounts.webhooks.job import TRIES
from accounts.webhooks.sending import Outcome
from config.demo.clock import Event
from reports import outward
from reports.models import Scorecard

CAME_BACK = {
    "arrived": Outcome(status=204),
    "given_up": Outcome(status=503, failure="refused", said="Down for maintenance until Monday"),
    "failed": Outcome(failure="too_slow"),
}


@dataclass(frozen=True, kw_only=True)
class DemoWebhook:
    """One entry of `webhooks` of an organisation in demo.yaml: `by` whom, and what became of the word of its latest
    scorecards, the earliest first (`arrived`, `given_up`, `failed`, `waits`)."""

    members: Mapping[str, Membership]
    data: dict[str, Any]
    today: date

    def events(self) -> Iterator[Event]:
        yield self.today, self._add

    def _add(self) -> None:
        member = self.members[self.data["by"]]
        said = {name: self.data[name] for name in ("name", "address", "kinds")}
        endpoint = changes.add(member, **said).endpoint
        became = self.data["became"]
        for card, what in zip(reversed(self._latest(member)[: len(became)]), became, strict=False):
            outward.scorecard_made(card, now=card.approved_at)
            self._end(endpoint.deliveries.latest("pk"), what)
        changes.pause(member, endpoint)

    def _latest(self, member: Membership) -> QuerySet[Scorecard]:
        cards = Scorecard.objects.for_member(member).without_snapshot().select_related("assessment__vendor")
        return cards.order_by("-approved_at", "-pk")

    def _end(self, delivery: WebhookDelivery, what: str) -> None:
        if what == "waits":
            return
        if what == "given_up":
            WebhookDelivery.objects.filter(pk=delivery.pk).update(tries=TRIES - 1)
        delivering.deliver(delivery.pk, post=lambda *_, **__: CAME_BACK[what])
