"""Planned changes of the demo data: announced by the vendor's desk or noted, read, and how they went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from config.demo.clock import Event
from vendors.desk import links
from vendors.models import ChangeNotice, DeskLink, Incident, Service, Vendor
from vendors.notices import changes

TEXTS = ("title", "what", "risks", "prevention", "way_back")


@dataclass(kw_only=True)
class DemoNotice:
    """One entry of `notices` of an organisation in demo.yaml; its day is counted from `today` (`in_days`, below nought
    for what is over) and told `days_before`. `read`: who confirmed for their department."""

    author: Membership
    members: Mapping[str, Membership]
    vendor: Vendor
    data: dict[str, Any]
    today: date
    row: ChangeNotice | None = None

    def events(self) -> Iterator[Event]:
        day = self.today + timedelta(days=self.data["in_days"])
        yield day - timedelta(days=self.data["days_before"]), partial(self._announce, day)
        if day < self.today:
            yield day + timedelta(days=1), self._say_how_it_went

    def _announce(self, day: date) -> None:
        now, starts = timezone.now(), timezone.make_aware(datetime.combine(day, time(self.data.get("hour", 22))))
        notice = ChangeNotice(
            vendor=self.vendor,
            starts=starts,
            until=starts + timedelta(hours=self.data.get("hours", 2)),
            **{name: self.data.get(name, "") for name in TEXTS},
        )
        services = list(Service.objects.filter(vendor=self.vendor, name=self.data["service"]))
        if not services:
            raise ValueError(f"Nobody knows this service: {self.data['service']}")
        self.row = changes.announce(self._by(), notice, services=services, now=now)
        listed = list(self.row.readers.values_list("department", flat=True))
        told = changes.departments_with_readers(self.author.organisation_id, listed)
        self.row.readers.filter(department__in=told).update(told_at=now)
        for email in self.data.get("read", ()):
            self._read(self.row, self.members[email])

    def _by(self) -> Membership | DeskLink:
        """By the contact's link, where one was sent; else by whoever keeps the register."""
        contact = self.vendor.contacts.first() if self.data.get("by_vendor") else None
        if contact is None:
            return self.author
        return links.of_contact(contact) or links.create(self.author, contact, now=timezone.now())[0]

    def _read(self, notice: ChangeNotice, member: Membership) -> None:
        if member.department_id is None:
            raise ValueError(f"Belongs to no department: {member}")
        changes.confirm(member, notice, member.department_id, version=notice.version, now=timezone.now())

    def _say_how_it_went(self) -> None:
        if self.row is None:
            raise ValueError(f"It is over before it is announced: {self.data}")
        said = self.data.get("went", "")
        changes.say_how_it_went(self._by(), self.row, said, version=self.row.version, now=timezone.now())
        if opened := self.data.get("incident"):
            Incident.objects.create(
                vendor=self.vendor,
                service=self.row.services.first(),
                reference=opened["reference"],
                title=opened["title"],
                opened_at=self.row.starts + timedelta(minutes=opened["minutes_after"]),
                resolved_at=self.row.starts + timedelta(minutes=opened["minutes_after"] + opened["minutes"]),
                mission_critical=False,
            )
