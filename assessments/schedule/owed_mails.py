"""Reminders to the vendor of the proofs of cause that it owes: a week before, on the day, and once a week while late.

By the link to its desk, in one mail a contact that names all that waits there. When a contact was last told stands on
the link: of two workers one writes, and a day's outage is made up for once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.schedule.milestones import milestones_between
from vendors.desk import telling
from vendors.models import CauseProof, CauseProofQuerySet, DeskLink

DAYS_BEFORE = (7, 0)
APART = timedelta(days=2)  # between two mails to one contact, whatever they are about
AT_ONCE = 50  # links a run: the rest waits ten minutes


def remind_due(now: datetime) -> int:
    """Whoever owes a proof that passed a milestone since they were last told; how many mails went out. Those who were
    told in the last two days are left alone."""
    owes = CauseProof.objects.at_vendor().filter(vendor=OuterRef("vendor"))
    told = Q(told_at__isnull=False, told_at__lte=now - APART)
    rows = DeskLink.objects.open(now).filter(told, Exists(owes), vendor__archived_at=None).exclude(email="")
    due = (link for link in rows.select_related("vendor__organisation", "contact").order_by("pk") if _is_due(link, now))
    return sum(telling.tell(link, now=now) for link, _number in zip(due, range(AT_ONCE), strict=False))


def _is_due(link: DeskLink, now: datetime) -> bool:
    if link.told_at is None:
        return False
    after, today = timezone.localdate(link.told_at), timezone.localdate(now)
    return any(_is_told(proof.due_on, after=after, today=today) for proof in _theirs(link, now))


def _theirs(link: DeskLink, now: datetime) -> CauseProofQuerySet:
    """What this contact owes, and what nobody with a link owes."""
    others = DeskLink.objects.open(now).filter(contact=OuterRef("contact"), vendor=OuterRef("vendor"))
    theirs = Q(contact=link.contact_id) if link.contact_id else Q()
    return CauseProof.objects.at_vendor().filter(theirs | ~Exists(others), vendor=link.vendor_id)


def _is_told(due_on: date, *, after: date, today: date) -> bool:
    return bool(milestones_between(due_on, after=after, until=today, days_before=DAYS_BEFORE, first_day_late=False))
