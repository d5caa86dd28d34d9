"""The day of a commitment has come: other systems are told, once a day that was agreed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import WebhookEvent
from accounts.webhooks.kinds import Kind
from accounts.webhooks.telling import organisations_wanting
from assessments import outward
from assessments.models import COMMITMENT_BINDING, Commitment

LATE = timedelta(days=7)  # what was due before that is no news; events are kept longer, so that none is told twice


def tell_due(now: datetime) -> int:
    """How many. Three queries where none is; the event itself says that it was told."""
    today = timezone.localdate(now)
    wanting = organisations_wanting(Kind.COMMITMENT_DUE)
    due = Commitment.objects.binding().filter(organisation__in=wanting, due_on__gt=today - LATE, due_on__lte=today)
    rows = list(due.order_by("due_on", "pk"))
    told = _told({f"commitment:{row.uuid}" for row in rows})
    return sum(_tell(row, now) for row in rows if (f"commitment:{row.uuid}", str(row.due_on)) not in told)


def _tell(known: Commitment, now: datetime) -> bool:
    """Another worker may tell it at the same time: whoever holds the row looks again."""
    with transaction.atomic():
        rows = Commitment.objects.select_for_update(of=("self",)).select_related("vendor")
        row = rows.filter(pk=known.pk, due_on=known.due_on, state__in=COMMITMENT_BINDING).first()
        if row is None or _told({f"commitment:{row.uuid}"}) & {(f"commitment:{row.uuid}", str(row.due_on))}:
            return False
        outward.commitment_is_due(row, now=now)
    return True


def _told(about: set[str]) -> set[tuple[str, str]]:
    events = WebhookEvent.objects.filter(kind=Kind.COMMITMENT_DUE.value, about__in=about)
    return {(event.about, event.payload["due_on"]) for event in events}
