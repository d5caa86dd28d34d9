"""How long an assessment takes here, and which vendors have one: so that one can be started before a contract must be
decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from django.db.models import CharField, Max, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from accounts import vocabulary
from accounts.models import AuditEntry, Membership
from assessments.models import Assessment, AssessmentQuerySet
from groundwork.together import Lookup
from vendors.contracts.offers import LONGEST, WITHOUT_OWN, Judged, Lead

LATEST = 25  # assessments: how it goes now, not years ago
SHORTEST = timedelta(days=1)
FEWEST = 3  # of fewer, a median is one case


def judge(member: Membership, vendors: Sequence[int]) -> Judged:
    """Of vendors by their keys."""
    return judged(member, vendors).now()


def judged(member: Membership, vendors: Sequence[int]) -> Lookup[Judged]:
    """The same, to be read with what else a page shows."""
    rows = Assessment.objects.filter(organisation=member.organisation_id, vendor__in=vendors)
    approved = rows.approved().order_by().values_list("vendor").annotate(last=Max("closed_at"))
    in_hand = rows.open().order_by().values_list("vendor", flat=True)
    lead = lead_of(member.organisation_id)
    return Lookup(
        reads=(approved, in_hand, *lead.reads),
        told=lambda: Judged(
            lead=lead.told(),
            in_hand=frozenset(in_hand),
            approved={vendor: timezone.localdate(last) for vendor, last in approved if last is not None},
        ),
    )


def lead_of(organisation: int) -> Lookup[Lead]:
    """The median, in whole days begun, of the latest that were approved, from the opening to the approval. What was
    opened and approved within a day was entered afterwards, and tells nothing of how long one takes. When each was
    opened tells the trail, the first time counts; those of which it does not are left out."""
    entries = AuditEntry.objects.filter(
        verb__in=vocabulary.spellings("assessment.opened"),
        object_type=Assessment._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField(max_length=40)),
    )
    latest = Assessment.objects.filter(organisation=organisation, closed_at__isnull=False).approved()
    opened = Subquery(entries.order_by("at").values("at")[:1])
    rows = latest.annotate(opened=opened).order_by("-closed_at", "-pk").values_list("opened", "closed_at")[:LATEST]
    return Lookup(reads=(rows,), told=lambda: _lead(rows))


def _lead(rows: Iterable[tuple[datetime | None, datetime | None]]) -> Lead:
    lengths = [closed - opened for opened, closed in rows if opened and closed and closed - opened >= SHORTEST]
    if len(lengths) < FEWEST:
        return Lead(days=WITHOUT_OWN)
    days = ceil(median(length.total_seconds() for length in lengths) / 86400)
    return Lead(days=min(days, LONGEST), of=len(lengths))


# Of the vendor of another row, which names it by a field -------------------------------------------------------------
def in_hand(vendor: str) -> AssessmentQuerySet:
    return Assessment.objects.filter(vendor=OuterRef(vendor)).open()


def approved_last(vendor: str) -> Subquery:
    """The moment of the latest approval."""
    approved = Assessment.objects.filter(vendor=OuterRef(vendor), closed_at__isnull=False).approved()
    return Subquery(approved.order_by("-closed_at").values("closed_at")[:1])
