"""Reminders to the vendor of what it agreed to do: a week before, on the day, and once a week while it is late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import mail
from assessments.models import Commitment, CommitmentLink, CommitmentQuerySet, CommitmentState
from assessments.preferences import first_within_reach
from assessments.schedule.milestones import milestones_between

DAYS_BEFORE = (7, 0)
TEMPLATE = "assessments/schedule/email/promised_vendor"


def links(now: datetime) -> QuerySet[CommitmentLink]:
    """Those that work, were mailed, and whose vendor has agreed to something that is not done yet."""
    agreed = Commitment.objects.filter(vendor=OuterRef("vendor"), state=CommitmentState.AGREED)
    mailed = Q(sent_at__isnull=False) | Q(told_at__isnull=False)
    rows = CommitmentLink.objects.open(now).filter(mailed, Exists(agreed), vendor__archived_at=None)
    return rows.exclude(email="").order_by("pk")


def remind(link: CommitmentLink, *, since: date | None, now: datetime, headers: Mapping[str, str]) -> bool:
    """Whether one of its commitments passed a milestone after `since` (the last reminder) and after it was mailed; all
    of them are in the mail then, so that nobody is written to twice a week. Raises OSError when the mail server does
    not take it. The token is not kept: the mail points to the one that brought it."""
    row = links(now).filter(pk=link.pk).select_related("vendor__organisation", "created_by", "contact").first()
    mailed_on = _mailed_on(row) if row else None
    if row is None or mailed_on is None:
        return False
    today, after = timezone.localdate(now), max(since, mailed_on) if since else mailed_on
    due = [one for one in _theirs(row, now) if _is_told(one, after=after, today=today)]
    if not due:
        return False
    asker = first_within_reach(row.vendor.organisation_id, due[0].owner, row.created_by)
    context = {
        "link": row,
        "organisation": row.vendor.organisation,
        "vendor": row.vendor,
        "commitments": due,
        "late": sum(one.is_overdue(today) for one in due),
        "today": today,
        "mailed_on": mailed_on,
        "asker": asker,
    }
    mail.send(TEMPLATE, row.email, language=row.language, context=context, headers=dict(headers), asker=asker)
    return True


def _mailed_on(link: CommitmentLink) -> date | None:
    """When the holder was last told: by then what is due was before them."""
    moments = [moment for moment in (link.sent_at, link.told_at) if moment is not None]
    return timezone.localdate(max(moments)) if moments else None


def _theirs(link: CommitmentLink, now: datetime) -> CommitmentQuerySet:
    """What this contact answers for, and what nobody with a link answers for."""
    others = CommitmentLink.objects.open(now).filter(contact=OuterRef("contact"), vendor=OuterRef("vendor"))
    theirs = Q(contact=link.contact_id) if link.contact_id else Q()
    rows = Commitment.objects.filter(theirs | ~Exists(others), vendor=link.vendor_id, state=CommitmentState.AGREED)
    return rows.select_related("owner").order_by("due_on", "pk")


def _is_told(commitment: Commitment, *, after: date, today: date) -> bool:
    return bool(
        milestones_between(commitment.due_on, after=after, until=today, days_before=DAYS_BEFORE, first_day_late=False)
    )
