"""What a ticket tool has pushed last night in the demo data, and that nothing of it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from vendors.incident_import import pushes
from vendors.models import IncidentSource


@dataclass(frozen=True, kw_only=True)
class DemoPush:
    """One entry of `pushes` in demo.yaml: a tool, and its incidents of one vendor, told in days before today."""

    author: Membership
    data: dict[str, Any]
    today: date

    def load(self) -> None:
        now, key = timezone.now(), self.data["source"]
        source = IncidentSource(organisation=self.author.organisation, key=key, name=self.data["name"])
        claim = pushes.Claim(until=now, since=self.today - timedelta(days=self.data["since_days"]))
        what = pushes.Push(rows=[self._row(told) for told in self.data["incidents"]], claim=claim)
        pushes.push(self.author, pushes.declare(self.author, source), what, name=self.data["name"], now=now)

    def _row(self, told: dict[str, Any]) -> dict[str, Any]:
        opened = timezone.make_aware(
            datetime.combine(self.today - timedelta(days=told["days_ago"]), time.fromisoformat(told["at"]))
        )
        return {
            "vendor": self.data["vendor"],
            "reference": told["reference"],
            "title": told["title"],
            "opened_at": opened.isoformat(),
            "resolved_at": (opened + timedelta(hours=told["hours"])).isoformat(),
            "mission_critical": False,
        }
