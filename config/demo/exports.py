"""Exports of the demo data: what people asked for, each file there to be fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Membership
from config.demo.clock import Event
from reports.exports import job, worker
from reports.models import ExportScope
from vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class DemoExport:
    """One entry of `exports` of an organisation in demo.yaml: `by` whom, of a `vendor` or of the portfolio as `filter`
    narrows it, in which `format`. Made today, after everything else."""

    members: Mapping[str, Membership]
    vendors: Mapping[str, Vendor]
    data: dict[str, Any]
    today: date

    def events(self) -> Iterator[Event]:
        yield self.today, self._make

    def _make(self) -> None:
        member = self.members[self.data["by"]]
        vendor = self.vendors[self.data["vendor"]] if "vendor" in self.data else None
        export = job.ask(
            member,
            ExportScope.VENDOR if vendor else ExportScope.PORTFOLIO,
            self.data["format"],
            about=vendor.pk if vendor else 0,
            query=self.data.get("filter", ""),
            language=member.organisation.language,
        )
        worker.write(export.pk)
