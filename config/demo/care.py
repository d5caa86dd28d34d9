"""Named people and trainings of the demo data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from accounts.models import Department, Membership
from config.demo.clock import Event
from vendors.care import changes
from vendors.models import Service, SupportPerson, Training, Vendor


@dataclass(kw_only=True)
class DemoCare:
    """One entry of `care` of an organisation in demo.yaml: `people` and `trainings` of a vendor, their days counted
    back from `today`; `until_in`: ahead of it."""

    author: Membership
    departments: Mapping[str, Department]
    vendor: Vendor
    data: dict[str, Any]
    today: date

    def events(self) -> Iterator[Event]:
        for person in self.data.get("people", ()):
            yield self._ago(person), partial(self._name, person)
        for training in self.data.get("trainings", ()):
            yield self._ago(training), partial(self._note, training)

    def _ago(self, told: dict[str, Any]) -> date:
        return self.today - timedelta(days=told["days_ago"])

    def _name(self, told: dict[str, Any]) -> None:
        until = self.today + timedelta(days=told["until_in"]) if "until_in" in told else None
        row = SupportPerson(
            vendor=self.vendor, name=told["name"], job=told.get("job", ""), since=self._ago(told), until=until
        )
        services = Service.objects.filter(vendor=self.vendor, name__in=told.get("services", ()))
        changes.keep_person(self.author, row, services=list(services))

    def _note(self, told: dict[str, Any]) -> None:
        row = Training(
            vendor=self.vendor,
            held_on=self._ago(told),
            subject=told["subject"],
            department=self.departments.get(told.get("department", "")),
            people=told.get("people"),
            hours=told.get("hours"),
            note=told.get("note", ""),
        )
        changes.keep_training(self.author, row)
