"""The sign-in of an organisation in the demo data: set and tried, not in use, for the provider is made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, SignInProtocol
from accounts.single_sign_on import domains, setting_up
from config.demo.clock import Event


@dataclass(frozen=True, kw_only=True)
class DemoSignIn:
    """The entry `sign_in` of an organisation in demo.yaml: `name`, `issuer`, `domain`, `roles` by group, and what the
    trial of its administrator showed."""

    administrator: Membership
    data: dict[str, Any]
    today: date

    def events(self) -> Iterator[Event]:
        yield self.today - timedelta(days=3), self._set

    def _set(self) -> None:
        now = timezone.now()
        domains.add(self.administrator, self.data["domain"], now=now)
        values = {
            "protocol": SignInProtocol.OIDC,
            "name": self.data["name"],
            "issuer": self.data["issuer"],
            "client_id": "customer-manifesto",
            "roles": self.data["roles"],
            "role_without_group": "",
        }
        row = setting_up.save(self.administrator, values, version=None)
        setting_up.tried(row, self.data["outcome"], self.data["claims"], self.data.get("role", ""), now)
