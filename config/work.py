"""My work: what waits for this member, over all vendors, and what came out last."""

from datetime import datetime, timedelta

from accounts.access import Right, may
from accounts.models import Membership
from assessments.models import Response
from assessments.schedule.inbox import Item, ItemKind, waiting_for
from reports.models import Scorecard
from reports.trends.changes import Changed, changes_of
from vendors.models import IncidentImport

__all__ = ["LATEST", "Item", "ItemKind", "handed_in_by", "imports_waiting_for", "latest_scorecards", "waiting_for"]

LATEST = 5
RECENT = timedelta(days=60)
MOST = 15  # of the recent ones: the others stand in the portfolio


def latest_scorecards(member: Membership, now: datetime) -> list[Changed]:
    """The results of the last sixty days, at least the latest five, each with what changed since the one before."""
    rows = Scorecard.objects.for_member(member).without_snapshot().select_related("assessment__vendor")
    cards = list(rows.order_by("-approved_at", "-pk")[:MOST])
    shown = [card for place, card in enumerate(cards) if place < LATEST or card.approved_at > now - RECENT]
    return changes_of(member, shown) if shown else []


def handed_in_by(member: Membership) -> list[Response]:
    """What an outside rater has handed in, the newest first; whoever reads everything finds it in the assessments."""
    if not member.is_outside:
        return []
    rows = Response.objects.for_member(member).handed_in().select_related("assessment__vendor")
    return list(rows.order_by("-submitted_at")[:LATEST])


def imports_waiting_for(member: Membership, now: datetime) -> list[IncidentImport]:
    """Files of incidents that the member began to import and that go no further without them, the newest first."""
    if not may(member, Right.EDIT_VENDORS):
        return []
    return list(IncidentImport.objects.for_member(member).waiting_for(member.user, now)[:LATEST])
