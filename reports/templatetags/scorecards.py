"""What the register's pages show of scorecards, which lie in a layer above it."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from reports.models import Scorecard
from vendors.models import Vendor

register = template.Library()


@register.filter
def with_scorecards(vendors: Sequence[Vendor]) -> list[Vendor]:
    """The vendors, each with its latest `scorecard` (or None): two queries, however many there are."""
    rows = list(vendors)
    cards = {card.assessment.vendor_id: card for card in Scorecard.objects.latest_of(rows)} if rows else {}
    for vendor in rows:
        vendor.scorecard = cards.get(vendor.pk)  # type: ignore[attr-defined]
    return rows
