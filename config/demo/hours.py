"""Hours of incidents in the demo data: begun, filled entry by entry, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from vendors.models import EntryKind, Incident, TimelineEntry, Vendor
from vendors.timeline import changes

SAID = ("person", "asked", "why", "does", "next_step", "text")
WRITTEN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class DemoHour:
    """One entry of `hours` in demo.yaml. Minutes are counted from when it began, of what comes next as well;
    `corrects`: the minute of the entry that it stands in for."""

    author: Membership
    vendor: Vendor
    data: dict[str, Any]
    today: date

    @property
    def day(self) -> date:
        return self.today - timedelta(days=self.data["days_ago"])

    def load(self) -> None:
        began = self._began()
        service = self.vendor.services.filter(name=self.data.get("service", "")).first()
        incident = changes.start(
            self.author, self.vendor, service, title=self.data["title"], since=began, now=began + WRITTEN_AFTER
        )
        written: dict[int, TimelineEntry] = {}
        for entry in self.data["entries"]:
            at = began + timedelta(minutes=entry["after"])
            written[entry["after"]] = self._write(incident, entry, at, written.get(entry.get("corrects", -1)))
        if (minutes := self.data.get("resolved")) is not None:
            changes.call_resolved(self.author, incident, now=began + timedelta(minutes=minutes))

    def _began(self) -> datetime:
        clock = time.fromisoformat(self.data["began"])
        return timezone.make_aware(datetime.combine(self.day, clock))

    def _write(
        self, incident: Incident, entry: dict[str, Any], at: datetime, corrects: TimelineEntry | None
    ) -> TimelineEntry:
        due = entry.get("due")
        said = {name: entry.get(name, "") for name in SAID}
        said |= {"kind": EntryKind(entry.get("kind", "contact")), "at": corrects.at if corrects else at}
        said["next_at"] = None if due is None else at + timedelta(minutes=due - entry["after"])
        return changes.add(self.author, incident, said, corrects=corrects, now=at + WRITTEN_AFTER).entry
