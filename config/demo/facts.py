"""What is measured and what is said in the demo data: two years of made-up incidents, with a trend that shows.

The same months come out on any day: what happened so many months ago hangs on the vendor and that number alone.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Department, Membership
from vendors import facts_revision
from vendors.incident_import.columns.options import Options
from vendors.models import (
    Feedback,
    ImportState,
    Incident,
    IncidentImport,
    IncidentSource,
    MeasureTarget,
    Pulse,
    PulseChoice,
    Selection,
    Service,
    ServiceCalendar,
    Sla,
    Vendor,
)
from vendors.voice import pulses

MONTHS = 24
FATES = ("new", "changed", "unchanged", "error", "left_out", "moved", "repeated", "problems")
FULL_WEIGHT = 0.35  # how much single incidents of a month differ from its mean
SOURCE, SOURCE_NAME = "servicenow", "ServiceNow"
SAID = (PulseChoice.YES, PulseChoice.PARTLY, PulseChoice.NO)
ANSWERED = timedelta(hours=3)  # after the repair


@dataclass(frozen=True, kw_only=True)
class DemoFacts:
    """One entry of `facts` in demo.yaml, for one vendor."""

    vendor: Vendor
    author: Membership
    departments: dict[str, Department]
    data: dict[str, Any]
    today: date

    def load(self) -> None:
        if "service_hours" in self.data:
            self._support()
        export = self._export()
        incidents = Incident.objects.bulk_create(self._incidents(export))
        counts = {**dict.fromkeys(FATES, 0), "new": len(incidents)}
        rows = {"rows_read": len(incidents), "rows_total": len(incidents)}
        IncidentImport.objects.filter(pk=export.pk).update(counts=counts, **rows)
        self._ask_pulses([incident for incident in incidents if incident.mission_critical and incident.resolved_at])
        for measure, target in self.data.get("targets", {}).items():
            MeasureTarget.objects.create(vendor=self.vendor, measure=measure, set_by=self.author.user, **target)
        for entry in self.data.get("feedback", ()):
            self._say(entry)
        facts_revision.raise_revision(self.vendor.pk)

    # The file that it came in ------------------------------------------------------------------------------------
    def _export(self) -> IncidentImport:
        """An export of the tool, told as it is asked for: all incidents opened from then to then, exported at."""
        key, name = self.data.get("source", SOURCE), self.data.get("source_name", SOURCE_NAME)
        organisation = self.vendor.organisation
        IncidentSource.objects.get_or_create(organisation=organisation, key=key, defaults={"name": name})
        exported = min(timezone.now(), self._noon(self.today)) - timedelta(days=self.data.get("exported_days_ago", 0))
        row = IncidentImport.objects.create(
            organisation=organisation,
            created_by=self.author.user,
            file_name=f"{self.vendor.name.lower().replace(' ', '-')}-incidents.csv",
            source=key,
            options=Options(source=key, vendor=self.vendor.pk, time_zone=settings.TIME_ZONE).as_data(),
            state=ImportState.DONE,
            selection=Selection.OPENED,
            holds_from=_months_before(self.today, self.data.get("months", MONTHS)),
            holds_to=timezone.localdate(exported),
            known_until=exported,
            started_at=exported,
            finished_at=exported,
        )
        IncidentImport.objects.filter(pk=row.pk).update(created_at=exported)
        return row

    def _noon(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day, time(12)))

    def _support(self) -> None:
        for service in self._services:
            ServiceCalendar.objects.create(service=service, **self.data["service_hours"])

    # Incidents ---------------------------------------------------------------------------------------------------
    def _incidents(self, export: IncidentImport) -> list[Incident]:
        """The oldest first, as that export tells them."""
        made: list[Incident] = []
        for ago in range(self.data.get("months", MONTHS), -1, -1):
            for opened, hours in self._month(ago):
                made.append(self._incident(opened, hours, ago, made, export))
        return [incident for incident in made if incident.opened_at < (export.known_until or timezone.now())]

    def _month(self, ago: int) -> Iterator[tuple[datetime, float]]:
        """When each critical incident of that month was opened, and its hours; together they keep the month's mean."""
        rng = Random(f"{self.vendor.reference} {ago}")  # noqa: S311 - made-up data
        count = self.data["a_month"] + rng.choice((-1, 0, 0, 1))
        weights = [rng.uniform(1 - FULL_WEIGHT, 1 + FULL_WEIGHT) for _each in range(count)]
        mean = self._along("hours", ago) * rng.uniform(0.9, 1.1) * count / sum(weights)
        first = _months_before(self.today, ago)
        days = sorted(rng.sample(range(1, calendar.monthrange(first.year, first.month)[1] + 1), count))
        for day, weight in zip(days, weights, strict=True):
            clock = time(rng.randrange(6, 20), rng.choice((0, 7, 15, 22, 40, 55)))
            yield timezone.make_aware(datetime.combine(first.replace(day=day), clock)), mean * weight

    def _along(self, name: str, ago: int) -> float:
        """A figure on its straight way from what it was, by what lies between at even distances, to what it is."""
        stations = self.data[name]
        way = (1 - min(ago, MONTHS) / MONTHS) * (len(stations) - 1)
        passed = min(int(way), len(stations) - 2)
        start, end = stations[passed : passed + 2]
        return float(start + (end - start) * (way - passed))

    def _incident(
        self, opened: datetime, hours: float, ago: int, before: Sequence[Incident], export: IncidentImport
    ) -> Incident:
        rng = Random(f"{self.vendor.reference} {opened:%d} {ago}")  # noqa: S311
        resolved = opened + timedelta(minutes=round(hours * 60))
        is_late = rng.random() < self._along("restored_late", ago)
        restored = resolved + timedelta(minutes=rng.randrange(20, 180) if is_late else -rng.randrange(0, 15))
        is_open = resolved > (export.known_until or timezone.now())
        answered = opened + timedelta(minutes=round(60 * min(hours, self._along("first_response", ago)) * rng.random()))
        title, problem = self._problem(rng, ago, before)
        number = len(before) + 1
        return Incident(
            organisation_id=self.vendor.organisation_id,
            vendor=self.vendor,
            service=rng.choice(self._services),
            source=export.source,
            created_in=export,
            reference=f"INC{int(self.vendor.reference[-3:]) * 10_000 + number:07}",
            title=title,
            opened_at=opened,
            resolved_at=None if is_open else resolved,
            restored_at=None if is_open else max(restored, opened),
            first_response_at=answered,
            priority=("1 - Critical", "3 - Moderate")[number % 6 == 0],
            mission_critical=number % 6 != 0,
            sla=Sla.UNKNOWN if is_open else Sla.MET if hours <= self.data["sla_hours"] else Sla.MISSED,
            reopened=int(rng.random() < self._along("reopened", ago)),
            handovers=int(rng.random() * 2 * self._along("handovers", ago) + 0.5),
            problem=problem,
            root_cause_proven=None if is_open else rng.random() < self._along("proven", ago),
            department=rng.choice(list(self.departments)),
            handled_by=rng.choice(self.data["teams"]),
            configuration_item=self._item(title),
        )

    def _item(self, title: str) -> str:
        """Each kind of trouble hits one of them: that of its place in the list, beginning again at its end."""
        items = self.data.get("items")
        return items[self.data["problems"].index(title) % len(items)] if items else ""

    def _problem(self, rng: Random, ago: int, before: Sequence[Incident]) -> tuple[str, str]:
        """A title and its problem: one that has just been there, as often as problems came back in that month."""
        if before and rng.random() < self._along("repeats", ago):
            return before[-1].title, before[-1].problem
        title = rng.choice(self.data["problems"])
        return title, f"PRB{len(before) + 1:05}"

    @property
    def _services(self) -> list[Service]:
        return list(self.vendor.services.filter(mission_critical=True))

    # People --------------------------------------------------------------------------------------------------------
    def _ask_pulses(self, incidents: Sequence[Incident]) -> None:
        """After every third incident somebody of the wards answered four questions, three hours after the repair."""
        if "pulse" not in self.data:
            return
        for incident in incidents[::3]:
            rng = Random(incident.reference)  # noqa: S311
            choices = {name: rng.choices(SAID, weights)[0].value for name, weights in self.data["pulse"].items()}
            asked = incident.resolved_at or incident.opened_at
            pulse = Pulse.objects.create(
                incident=incident,
                name=f"Demo nurse {rng.randrange(1, 9)}",
                department=self.departments.get("Wards"),
                token_hash=sha256(f"demo {incident.reference}".encode()).hexdigest(),
                asked_by=self.author.user,
                sent_at=asked,
                expires_at=asked + timedelta(days=14),
            )
            Pulse.objects.filter(pk=pulse.pk).update(asked_at=asked)
            beside = self.data.get("beside", {})
            choices |= {name: rng.choices(SAID, weights)[0].value for name, weights in beside.items()}
            if (
                pulses.answer(
                    pulse, choices, name=pulse.name, feeling=_feeling(choices), comment="", now=asked + ANSWERED
                )
                is None
            ):
                raise RuntimeError(f"The pulse after {incident} was not taken.")

    def _say(self, entry: dict[str, Any]) -> None:
        plain = {key: value for key, value in entry.items() if key not in {"days_ago", "department"}}
        Feedback.objects.create(
            vendor=self.vendor,
            said_on=self.today - timedelta(days=entry["days_ago"]),
            department=self.departments.get(entry.get("department", "")),
            created_by=self.author.user,
            **plain,
        )


def _months_before(today: date, ago: int) -> date:
    """The first day of the month so many before today's."""
    months = today.year * 12 + today.month - 1 - ago
    return date(months // 12, months % 12 + 1, 1)


def _feeling(said: Mapping[str, str]) -> int:
    """Whoever was told why, quickly, and with proof, was content; the fewer of these, the less so."""
    good = sum(said[name] == PulseChoice.YES for name in ("told_why", "was_fast", "cause_proven"))
    return min(5, 1 + good + (said["fixes_thrown"] == PulseChoice.NO))
