"""Rehearsals and reviews of the demo data: planned and held in their time, and what followed from one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentSource
from config.demo.clock import Event
from vendors.models import Rehearsal, RehearsalKind, Vendor
from vendors.rehearsals import changes, guests, invitations, scenarios
from vendors.rehearsals.guests import Guest

PLANNED_BEFORE = timedelta(days=21)  # a rehearsal that was held was planned three weeks before


@dataclass(kw_only=True)
class DemoRehearsal:
    """One entry of `rehearsals` of an organisation in demo.yaml; its day is counted from `today` (`in_days`, below
    nought for one that was held). `waits`: its day is over, and nobody has written down what it showed."""

    author: Membership
    people: dict[str, User]
    vendor: Vendor
    data: dict[str, Any]
    today: date
    row: Rehearsal | None = None

    def events(self) -> Iterator[Event]:
        day = self.today + timedelta(days=self.data["in_days"])
        if self.data.get("evidence"):
            yield day, partial(self._show, day)
            return
        yield min(day - PLANNED_BEFORE, self.today), partial(self._plan, day)
        if day <= self.today and not self.data.get("waits"):
            yield day, partial(self._hold, day)

    def _plan(self, day: date) -> None:
        now = timezone.now()
        self.row = changes.plan(self.author, self._new(day), asked=list(self._guests()), now=now)
        invitations.invite(self.author, self.row, now=now)

    def _hold(self, day: date) -> None:
        row = self.row
        if row is None:
            raise ValueError(f"It is held before it is planned: {self.data}")
        told = changes.Told(
            held_on=day,
            went_well=self.data.get("went_well", ""),
            went_wrong=self.data.get("went_wrong", ""),
            came=list(row.guests.values_list("pk", flat=True)),
        )
        changes.hold(self.author, row, told, version=row.version)
        if asked := self.data.get("follows"):
            self._ask(row, day, asked)

    def _show(self, day: date) -> None:
        """The vendor held it alone, and shows it on that day."""
        told = changes.Told(held_on=day, went_well=self.data["went_well"], evidence=self.data["evidence"])
        changes.note_held(self.author, self._new(day), told, now=timezone.now())

    def _ask(self, row: Rehearsal, day: date, asked: dict[str, Any]) -> None:
        transitions.propose(
            self.author,
            Commitment(
                vendor=self.vendor,
                rule=asked["rule"],
                source=CommitmentSource.REHEARSAL,
                rehearsal=row,
                what=asked["what"],
                why=asked["why"],
                contact=self.vendor.contacts.first(),
                owner=self.author.user,
                due_on=day + timedelta(days=asked["due_after"]),
            ),
            now=timezone.now(),
        )

    def _new(self, day: date) -> Rehearsal:
        return Rehearsal(
            vendor=self.vendor,
            kind=self.data.get("kind", RehearsalKind.REHEARSAL),
            service=self.vendor.services.filter(mission_critical=True).first(),
            planned_at=timezone.make_aware(datetime.combine(day, time(self.data.get("hour", 14)))),
            minutes=self.data.get("minutes", 120),
            place=self.data.get("place", ""),
            scenario=self._scenario(),
            owner=self.people.get(self.data.get("owner", ""), self.author.user),
        )

    def _scenario(self) -> str:
        """A shipped proposal where its key is named, in the organisation's language; else the words themselves."""
        proposal = scenarios.called(self.data.get("scenario", ""))
        if proposal is None:
            return str(self.data.get("scenario", ""))
        return proposal.texts[self.author.organisation.language].strip()

    def _guests(self) -> Iterator[Guest]:
        yield from (guests.of_user(self.people[email]) for email in self.data.get("members", ()))
        yield from map(guests.of_contact, self.vendor.contacts.all())
        for name in self.data.get("others", ()):
            yield Guest(name=name, language=self.author.organisation.language)
