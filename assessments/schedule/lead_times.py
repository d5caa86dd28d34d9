"""How long an assessment takes here, and which vendors have one: so that one can be started before a contract must be
decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from django.db.models import Max
from django.utils import timezone

from accounts import vocabulary
from accounts.models import AuditEntry, Membership
from assessments.models import Assessment
from vendors.contracts.offers import LONGEST, WITHOUT_OWN, Judged, Lead

LATEST = 25  # assessments: how it goes now, not years ago
SHORTEST = timedelta(days=1)
FEWEST = 3  # of fewer, a median is one case


def judge(member: Membership, vendors: Sequence[int]) -> Judged:
    """Of vendors by their keys; four queries at most."""
    rows = Assessment.objects.filter(organisation=member.organisation_id, vendor__in=vendors)
    approved = rows.approved().order_by().values_list("vendor").annotate(last=Max("closed_at"))
    return Judged(
        lead=lead_of(member.organisation_id),
        in_hand=frozenset(rows.open().order_by().values_list("vendor", flat=True)),
        approved={vendor: timezone.localdate(last) for vendor, last in approved if last is not None},
    )


def lead_of(organisation: int) -> Lead:
    """The median, in whole days begun, of the latest that were approved, from the opening to the approval. What was
    opened and approved within a day was entered afterwards, and tells nothing of how long one takes."""
    latest = Assessment.objects.filter(organisation=organisation, closed_at__isnull=False).approved()
    rows = latest.order_by("-closed_at", "-pk").values_list("pk", "closed_at")[:LATEST]
    closed = {pk: at for pk, at in rows if at is not None}
    opened = _opened(closed)
    lengths = [length for length in (closed[pk] - at for pk, at in opened.items()) if length >= SHORTEST]
    if len(lengths) < FEWEST:
        return Lead(days=WITHOUT_OWN)
    days = ceil(median(length.total_seconds() for length in lengths) / 86400)
    return Lead(days=min(days, LONGEST), of=len(lengths))


def _opened(assessments: dict[int, datetime]) -> dict[int, datetime]:
    """When each was opened, as the trail tells; those of which it does not are left out."""
    if not assessments:
        return {}
    entries = AuditEntry.objects.filter(
        verb__in=vocabulary.spellings("assessment.opened"),
        object_type=Assessment._meta.label_lower,
        object_id__in=[str(pk) for pk in assessments],
    )
    found: dict[int, datetime] = {}
    for pk, at in entries.order_by("-at", "-pk").values_list("object_id", "at"):
        found[int(pk)] = at  # the earliest stays: what was taken back was opened before
    return found
