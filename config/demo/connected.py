"""What works through the API in the demo data: tokens whose secret nobody has ever seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import ApiToken, Membership
from accounts.operations import Scope
from accounts.tokens import connected, making
from config.demo.clock import Event


@dataclass(frozen=True, kw_only=True)
class DemoConnected:
    """One entry of `connected` of an organisation in demo.yaml: by which member, `days_ago`, with which scopes, valid
    for how many days. With `own`, a token of that member; else a system with its first one. `used`: days ago."""

    members: Mapping[str, Membership]
    data: dict[str, Any]
    today: date

    def events(self) -> Iterator[Event]:
        yield self.today - timedelta(days=self.data["days_ago"]), self._make

    def _make(self) -> None:
        member, now = self.members[self.data["by"]], timezone.now()
        terms: dict[str, Any] = {
            "name": self.data["name"],
            "scopes": [Scope(one) for one in self.data["scopes"]],
            "valid": timedelta(days=self.data["valid"]),
            "now": now,
        }
        is_own = self.data.get("own", False)
        made = making.make(member, by=member.user, **terms) if is_own else connected.add(member, **terms)
        used = now + timedelta(days=self.data["days_ago"] - self.data["used"])
        ApiToken.objects.filter(pk=made.token.pk).update(last_used_at=used)
