"""My work: what waits for this member, over all vendors, and what came out last."""

from accounts.models import Membership
from assessments.inbox import Item, Kind, waiting_for
from reports.models import Scorecard

__all__ = ["LATEST", "Item", "Kind", "latest_scorecards", "waiting_for"]

LATEST = 5


def latest_scorecards(member: Membership) -> list[Scorecard]:
    """The newest results of the organisation, for everybody to read; two queries."""
    cards = Scorecard.objects.for_member(member).without_snapshot().select_related("assessment__vendor")
    return list(cards.prefetch_related("rules").order_by("-approved_at", "-pk")[:LATEST])
