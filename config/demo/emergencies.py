"""The pages for when something breaks in the demo data: written, gone through in time, too late, or never."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Department, Membership
from vendors.emergencies import writing
from vendors.emergencies.writing import NEW, Call, Stop, Wanted
from vendors.models import Service, Vendor

TEXTS = ("starts_by_itself", "at_hand", "senior_engineers")


@dataclass(frozen=True, kw_only=True)
class DemoEmergencies:
    """`emergencies` of one organisation in demo.yaml: its days are counted back from `today`."""

    author: Membership
    members: dict[str, Membership]  # by address
    departments: dict[str, Department]
    vendors: dict[str, Vendor]
    today: date

    def events(self, data: dict[str, Any]) -> Iterator[tuple[date, Callable[[], object]]]:
        """Writing it, and each time that somebody went through it, with its day."""
        service = Service.objects.get(vendor=self.vendors[data["vendor"]], name=data["service"])
        yield self._day(data), partial(self._write, service, data)
        for check in data.get("checks", ()):
            yield self._day(check), partial(self._check, service, check)

    def _day(self, data: dict[str, Any]) -> date:
        return self.today - timedelta(days=data["days_ago"])

    def _write(self, service: Service, data: dict[str, Any]) -> None:
        contact = service.vendor.contacts.first()
        calls = [
            Call(
                contact=contact.pk if contact and call.get("contact") else None,
                name=call.get("name", ""),
                job=call.get("job", ""),
                phone=call["phone"],
                when=call.get("when", ""),
            )
            for call in data["calls"]
        ]
        stops = [
            Stop(
                department=self.departments[stop["department"]].pk,
                what_stops=stop["what"],
                told_by=stop["told_by"],
                phone=stop.get("phone", ""),
            )
            for stop in data["stops"]
        ]
        wanted = Wanted(
            **{name: data.get(name, "") for name in TEXTS},
            owner=self.members[data["owner"]].user_id,
            calls=tuple(calls),
            stops=tuple(stops),
        )
        writing.write(self.author, service, wanted, version=NEW, now=timezone.now())

    def _check(self, service: Service, check: dict[str, Any]) -> None:
        writing.check(self.members[check["by"]], service, note=check.get("note", ""), now=timezone.now())
