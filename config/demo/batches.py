"""Documents of many scorecards in the demo data: asked for today, and made by the worker of the installation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Membership
from config.demo.clock import Event
from reports.batches.job import Wish, request_batch
from reports.models import Binding, DocumentKind, Scorecard
from vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class DemoBatch:
    """One entry of `batches` of an organisation in demo.yaml: `by` whom, of which `vendors` the latest scorecards."""

    members: Mapping[str, Membership]
    vendors: Mapping[str, Vendor]
    data: dict[str, Any]
    today: date

    def events(self) -> Iterator[Event]:
        yield self.today, self._ask

    def _ask(self) -> None:
        member = self.members[self.data["by"]]
        with translation.override(member.user.language):
            title = _("Latest scorecards of the vendors that were chosen")
        wish = Wish(
            title=title,
            kind=DocumentKind(self.data["kind"]),
            binding=Binding(self.data["binding"]),
            language=member.organisation.language,
        )
        chosen = [self.vendors[name] for name in self.data["vendors"]]
        cards = Scorecard.objects.filter(standing__vendor__in=chosen).select_related("assessment")
        request_batch(member, wish, cards.without_snapshot().order_by("number"), tell_workers=False)
