"""My work: what waits for this member, over all vendors, and what came out last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django_stubs_ext import WithAnnotations

from accounts.access import Right, may
from accounts.models import ApiToken, Membership
from accounts.tokens.expiring import running_out_for
from assessments.models import Response, ResponseQuerySet
from assessments.schedule.inbox import Item, ItemKind, waiting_for
from config.first_steps import FirstSteps, first_steps_for
from groundwork.together import Lookup
from reports.models import Scorecard
from reports.models.scorecard import KeyBefore
from reports.trends.changes import Changed, changes_of
from vendors.models import IncidentImport, IncidentImportQuerySet

__all__ = ["Item", "ItemKind", "Work", "work_of"]

LATEST = 5
RECENT = timedelta(days=60)
MOST = 15  # of the recent ones: the others stand in the portfolio


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the page of one member shows. `first_steps`: None for whoever does not administer."""

    items: Sequence[Item]
    imports: Sequence[IncidentImport]
    scorecards: Sequence[Changed]
    handed_in: Sequence[Response]
    first_steps: FirstSteps | None
    running_out: Sequence[ApiToken]


def work_of(member: Membership, now: datetime) -> Work:
    """Three queries at most, whatever waits."""
    cards, imports, handed_in = _newest_scorecards(member), imports_waiting_for(member, now), handed_in_by(member)
    steps, running_out = first_steps_for(member), running_out_for(member, now)
    reads = Lookup[None](reads=(cards, imports, handed_in, running_out), told=lambda: None)
    items = waiting_for(member, timezone.localdate(now), beside=[steps, reads])
    return Work(
        items=items,
        imports=sorted(imports, key=lambda one: (one.created_at, one.pk), reverse=True),
        scorecards=_changes(member, cards, now),
        handed_in=sorted(handed_in, key=lambda one: (one.submitted_at, -one.pk), reverse=True),
        first_steps=steps.told(),
        running_out=sorted(running_out, key=lambda one: (one.expires_at, one.pk)),
    )


def _newest_scorecards(member: Membership) -> QuerySet[WithAnnotations[Scorecard, KeyBefore]]:
    rows = Scorecard.objects.for_member(member).without_snapshot().select_related("assessment__vendor")
    return rows.with_key_before().order_by("-approved_at", "-pk")[:MOST]


def _changes(
    member: Membership, cards: Iterable[WithAnnotations[Scorecard, KeyBefore]], now: datetime
) -> list[Changed]:
    """Of the results of the last sixty days, at least the latest five, what changed since the one before."""
    newest = sorted(cards, key=lambda card: (card.approved_at, card.pk), reverse=True)
    shown = [card for place, card in enumerate(newest) if place < LATEST or card.approved_at > now - RECENT]
    return changes_of(member, shown) if shown else []


def handed_in_by(member: Membership) -> ResponseQuerySet:
    """What an outside rater has handed in, the newest first; whoever reads everything finds it in the assessments."""
    if not member.is_outside:
        return Response.objects.none()
    rows = Response.objects.for_member(member).handed_in().select_related("assessment__vendor")
    return rows.order_by("-submitted_at")[:LATEST]


def imports_waiting_for(member: Membership, now: datetime) -> IncidentImportQuerySet:
    """Files of incidents that the member began to import and that go no further without them, the newest first."""
    if not may(member, Right.EDIT_VENDORS):
        return IncidentImport.objects.none()
    return IncidentImport.objects.for_member(member).waiting_for(member.user, now)[:LATEST]
