"""What vendors of the demo data say to the expectations: at their desk, or in a meeting; and who says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from vendors.desk import links
from vendors.expectations import acknowledging
from vendors.expectations.acknowledging import Note
from vendors.expectations.sheet import edition_in_force
from vendors.models import DeskLink, ExpectationEdition, Stance, Vendor


@dataclass(frozen=True, kw_only=True)
class DemoAcknowledgements:
    """`acknowledgements` of one organisation in demo.yaml: days are counted back from `today`."""

    author: Membership
    vendors: Mapping[str, Vendor]
    today: date

    def events(self, data: dict[str, Any]) -> Iterator[tuple[date, Callable[[], object]]]:
        """Each with its day: sent to the vendor's contact, then said at the desk or noted."""
        vendor = self.vendors[data["vendor"]]
        if "sent" in data:
            yield self._day(data["sent"]), partial(self._send, vendor)
        if "said" in data:
            yield self._day(data["said"]), partial(self._say, vendor, data)
        if "noted" in data:
            yield self._day(data["noted"]), partial(self._note, vendor, data)

    def _day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def _send(self, vendor: Vendor) -> None:
        """As if the mail had gone out: the demo mails nobody."""
        contact, now = vendor.contacts.get(), timezone.now()
        link = links.of_contact(contact) or links.create(self.author, contact, now=now)[0]
        DeskLink.objects.filter(pk=link.pk).update(sent_at=now, told_at=now)

    def _say(self, vendor: Vendor, data: dict[str, Any]) -> None:
        link, now = links.of_contact(vendor.contacts.get()), timezone.now()
        if link is None:
            raise ValueError(f"{vendor} was not sent the expectations: say in demo.yaml when it was.")
        links.LIFE.note_opened(link, now=now)
        edition = self._edition()
        for rule, comment in data.get("talks", {}).items():
            stance = Stance.DISCUSSES
            acknowledging.save_reply(link, edition, rule, stance=stance, comment=comment, version=0, now=now)
        acknowledging.acknowledge(link, edition, accept_rest=True, now=now)

    def _note(self, vendor: Vendor, data: dict[str, Any]) -> None:
        edition, talks = self._edition(), data.get("talks", {})
        replies = {
            rule: {"stance": Stance.DISCUSSES if rule in talks else Stance.ACCEPTS, "comment": talks.get(rule, "")}
            for rule in acknowledging.rules_asked(edition)
        }
        told = Note(on=timezone.localdate(), by=data["by"], note=data["note"], replies=replies)
        acknowledging.note_acknowledgement(self.author, vendor, edition, told, now=timezone.now())

    def _edition(self) -> ExpectationEdition:
        edition = edition_in_force(self.author.organisation_id, timezone.localdate())
        if edition is None:
            raise ValueError("Nothing is in force on that day: say in demo.yaml what is expected before.")
        return edition
