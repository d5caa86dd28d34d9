"""One thing that a row would change, as the preview shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from groundwork.words import short_day
from vendors.contracts.agreed import length_words
from vendors.models import Tier
from vendors.vendor_import import headings
from vendors.vendor_import.contract_cells import DAY_COLUMNS

CONTACT = "contact"  # name and address, told as one
LENGTH_COLUMNS = ("contract_notice", "contract_renews")


@dataclass(frozen=True, kw_only=True)
class ColumnChange:
    """`before` is empty where there was nothing. Both are codes that no language changes: they tell plans apart."""

    column: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return _("Contact") if self.column == CONTACT else headings.label(self.column)

    @property
    def shown_before(self) -> str:
        return self._shown(self.before)

    @property
    def shown_after(self) -> str:
        return self._shown(self.after)

    def _shown(self, value: str) -> str:
        if not value:
            return value
        if self.column == "tier":
            return str(Tier(value).label)
        if self.column in DAY_COLUMNS:
            return short_day(date.fromisoformat(value))
        if self.column in LENGTH_COLUMNS:
            count, unit = value.split()
            return length_words(int(count), unit)
        return value
