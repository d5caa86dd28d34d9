"""Proofs of cause in the demo data: asked for after incidents that are there, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from config.demo.clock import Event
from vendors import facts_revision
from vendors.models import CauseProof, DeskLink, Incident, Vendor
from vendors.proofs import handing_in, transitions
from vendors.service_hours.working_days import working_day_after

DAYS = 10  # working days
AGAIN_DAYS = 5


@dataclass(kw_only=True)
class DemoProof:
    """One entry of `proofs` in demo.yaml: `events` gives each of its steps with its day, to be done in the order of all
    days. `incident`: one that is written down for it; else the latest of the vendor that was over by then, and, of a
    proof that was accepted, whose problem came back afterwards."""

    author: Membership
    owner: Membership
    vendor: Vendor
    data: dict[str, Any]
    today: date
    row: CauseProof | None = None

    def events(self) -> Iterator[Event]:
        for step in self.data["steps"]:
            yield self._day(step), partial(self._take, step)

    def _day(self, step: dict[str, Any]) -> date:
        return self.today - timedelta(days=step["days_ago"])

    def _take(self, step: dict[str, Any]) -> None:
        if step["does"] == "ask":
            self._ask(step)
            return
        if self.row is None:
            raise ValueError(f"The first step of a proof asks for it: {self.data['vendor']}")
        row = CauseProof.objects.get(pk=self.row.pk)
        self.row = getattr(self, f"_{step['does']}")(row, step, timezone.now())

    def _ask(self, step: dict[str, Any]) -> None:
        now = timezone.now()
        self.row = transitions.ask(
            self.author,
            self._incident(now),
            contact=self.vendor.contacts.first(),
            owner=self.owner.user,
            days=DAYS,
            due_on=working_day_after(self._day(step), DAYS),
            now=now,
        )

    def _hand_in(self, row: CauseProof, step: dict[str, Any], now: datetime) -> CauseProof:
        link = DeskLink.objects.open(now).filter(vendor=self.vendor, contact=row.contact).first()
        texts = self.data["texts"] | step.get("texts", {})
        others = [(one["cause"], one["fact"]) for one in self.data.get("others", ())]
        return handing_in.hand_in(link or self.author, row, texts=texts, others=others, now=now)

    def _return(self, row: CauseProof, step: dict[str, Any], now: datetime) -> CauseProof:
        again = working_day_after(self._day(step), AGAIN_DAYS)
        return transitions.return_it(self.author, row, reason=step["text"], due_on=again, now=now)

    def _accept(self, row: CauseProof, step: dict[str, Any], now: datetime) -> CauseProof:
        return transitions.accept(self.author, row, text=step.get("text", ""), names_problem=True, now=now)

    # Of which incident -------------------------------------------------------------------------------------------
    def _incident(self, now: datetime) -> Incident:
        return self._written(now) if "incident" in self.data else self._found(now)

    def _written(self, now: datetime) -> Incident:
        told = self.data["incident"]
        opened = now - timedelta(days=told["days_before"], hours=told["hours"])
        incident = Incident.objects.create(
            vendor=self.vendor,
            service=self.vendor.services.filter(mission_critical=True).first(),
            reference=told["reference"],
            title=told["title"],
            problem=told["problem"],
            mission_critical=True,
            opened_at=opened,
            resolved_at=opened + timedelta(hours=told["hours"]),
            edited_at=now,
        )
        facts_revision.raise_revision(self.vendor.pk)
        return incident

    def _found(self, now: datetime) -> Incident:
        critical = Incident.objects.mission_critical().filter(vendor=self.vendor).exclude(problem="")
        over = critical.resolved().filter(resolved_at__lte=now, proof=None).order_by("-opened_at", "-pk")
        accepted = next((self._day(step) for step in self.data["steps"] if step["does"] == "accept"), None)
        if accepted is not None:
            over = over.filter(problem__in=critical.filter(opened_at__date__gt=accepted).values("problem"))
        return over[0]
