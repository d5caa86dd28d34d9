"""A file in the demo data that has to ask: it was selected by resolution, and its names are only like ours."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from random import Random
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from accounts.models import Membership
from vendors.incident_import import files, job, worker
from vendors.incident_import.columns.options import Options

HEADINGS = ("Ticket", "Opened", "Resolved", "Priority", "Cause", "Supplier", "Short description")
MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, kw_only=True)
class DemoImport:
    """One entry of `imports` in demo.yaml: brought, checked, and waiting for what only a person can say."""

    author: Membership
    data: dict[str, Any]
    today: date

    def load(self) -> None:
        brought = files.keep(self.author, File(BytesIO(self._text().encode())), self.data["file"], timezone.now())
        options = Options.from_data(brought.options)
        checking = job.start_check(self.author, brought, options, tell_workers=False)
        worker.work_on(checking.pk)

    def _text(self) -> str:
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(HEADINGS)
        writer.writerows(self._rows())
        return text.getvalue()

    def _rows(self) -> Iterator[tuple[str, ...]]:
        """What was opened in a year, as far as it was resolved in the last `resolved_within` days."""
        rng = Random(self.data["file"])  # noqa: S311 - made-up data
        first_resolved = self._noon(self.today - timedelta(days=self.data["resolved_within"]))
        for number in range(self.data["incidents"]):
            opened = self._noon(self.today) - timedelta(minutes=rng.randrange(60, 365 * 24 * 60))
            resolved = opened + timedelta(hours=rng.lognormvariate(5, 1.1))
            line = (
                f"T-{number + 1:04}",
                opened.strftime(MOMENT),
                resolved.strftime(MOMENT),
                rng.choice(self.data["priorities"]),
                rng.choice(self.data["causes"]),
                rng.choice(self.data["names"]),
                rng.choice(self.data["titles"]),
            )
            if first_resolved <= resolved <= self._noon(self.today) - timedelta(hours=2):
                yield line

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12))
