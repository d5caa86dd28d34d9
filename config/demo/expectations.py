"""What the organisations of the demo data expect of their vendors: editions by the product's own steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from accounts.models import Membership
from vendors.expectations import editions
from vendors.models import Expectation, ExpectationEdition


@dataclass(frozen=True, kw_only=True)
class DemoExpectations:
    """`expectations` of one organisation in demo.yaml: its editions in their order, days counted back from `today`."""

    author: Membership
    data: list[dict[str, Any]]
    today: date

    def events(self) -> Iterator[tuple[date, Callable[[], object]]]:
        for entry in self.data:
            day = self.today - timedelta(days=entry["days_ago"])
            yield day, partial(self._edition, entry, day)

    def _edition(self, entry: dict[str, Any], day: date) -> None:
        draft = editions.start_draft(self.author, editions.Source.EDITION)
        for key in entry.get("removed", ()):
            editions.remove(self.author, draft.expectations.get(key=key))
        for key, changes in entry.get("changed", {}).items():
            self._change(draft.expectations.get(key=key), changes)
        for added in entry.get("added", ()):
            editions.add(self.author, draft, Expectation(**_fields(added)))
        if "in_force_after" in entry:
            self._publish(draft, entry, day)

    def _change(self, row: Expectation, changes: dict[str, Any]) -> None:
        read = editions.as_it_stands(row)
        for name, value in _fields(changes).items():
            setattr(row, name, value)
        editions.change(self.author, row, read=read)

    def _publish(self, draft: ExpectationEdition, entry: dict[str, Any], day: date) -> None:
        draft.refresh_from_db()
        in_force_from = day + timedelta(days=entry["in_force_after"])
        said = editions.Publication(in_force_from=in_force_from, note=entry["note"], read=draft.version)
        editions.publish(self.author, draft, said, today=day)


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if name == "target" else value for name, value in told.items()}
