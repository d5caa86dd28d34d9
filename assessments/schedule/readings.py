"""The measures of commitments, read every day and after each change of facts; one that fell back opens its commitment.

The commitment's row is the job: it says of which day and of which facts its measure was last read, so that any number
of workers may look, and none does twice what another did.
"""

from __future__ import annotations

from datetime import date, datetime

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.access import Right, roles_with
from accounts.models import Membership
from assessments.commitments import transitions
from assessments.commitments.measured import Figures, figures_of, judgement_from
from assessments.models import Commitment
from assessments.preferences import tell_once_certain
from vendors.measures.catalogue import BY_KEY
from vendors.measures.movement import Standing
from vendors.withheld import is_withheld

logger = structlog.get_logger(__name__)

BATCH = 200  # at one time: the rest waits ten minutes
TOLD = ("outcome", "why", "standing", "fall_back_is_gone")  # what, when it changes, is news
KEPT_WITH_A_FALL = (
    *("measure", "unit", "lower_is_better", "target", "step"),
    *("standing", "kept_on", "kept", "since", "missed", "p_since"),
)


def read_due(now: datetime) -> int:
    """Read the measures that are to be read; how many were. What fails is left for the next time."""
    today = timezone.localdate(now)
    rows = Commitment.objects.to_read(today).filter(measure__in=list(BY_KEY))
    rows = rows.select_related("vendor", "organisation").order_by("read_on", "vendor", "pk")
    return sum(_try_to_read(row, today=today, now=now) for row in rows[:BATCH])


def _try_to_read(row: Commitment, *, today: date, now: datetime) -> bool:
    """One that cannot be read must not keep the others from it."""
    try:
        read(row, today=today, now=now)
    except Exception:
        logger.exception("commitment_not_read", commitment=row.pk)
        return False
    return True


def read(row: Commitment, *, today: date, now: datetime) -> Figures:
    """What its measure says by the facts of now, written into its row; it is opened again where it fell back."""
    facts = row.vendor.facts_revision  # before they are read: what changes meanwhile is read the next time
    figures = figures_of(row, today)
    if figures.get("standing") == Standing.FELL_BACK:
        return _reopen(row, figures, facts=facts, today=today, now=now)
    return _keep(row, figures, facts=facts, today=today, now=now)


def _keep(row: Commitment, figures: Figures, *, facts: int, today: date, now: datetime) -> Figures:
    """Only into the row that was read: what a person changes meanwhile is read the next time."""
    before = row.reading or {}
    is_same = all(before.get(name) == figures.get(name) for name in TOLD)
    figures["changed_at"] = before.get("changed_at") if is_same and before.get("changed_at") else now.isoformat()
    unchanged = Commitment.objects.filter(pk=row.pk, version=row.version)
    unchanged.update(reading=figures, read_on=today, read_facts=facts)
    row.reading, row.read_on, row.read_facts = figures, today, facts
    return figures


def _reopen(row: Commitment, figures: Figures, *, facts: int, today: date, now: datetime) -> Figures:
    """In one transaction with what its measure said. Whoever came first has done it: then nothing is left to do."""
    with transaction.atomic():
        try:
            opened = transitions.reopen(row, on=today, now=now, figures=figures)
        except transitions.NotPossible:
            return figures
        opened.reading = {"fell_back": {name: figures.get(name) for name in KEPT_WITH_A_FALL}}
        found = _keep(opened, figures_of(opened, today), facts=facts, today=today, now=now)
        _tell(opened, figures)
    return found


# Telling of it ----------------------------------------------------------------------------------------------------
def _tell(row: Commitment, figures: Figures) -> None:
    """Whoever follows it up, and all who assess; without the figures whoever still judges the vendor."""
    members = Membership.objects.active().filter(organisation=row.organisation_id, user__is_active=True)
    told = members.filter(role__in=roles_with(Right.ASSESS)) | members.filter(
        user=row.owner_id, role__in=roles_with(Right.READ)
    )
    context = {
        "commitment": row,
        "vendor": row.vendor,
        "judgement": judgement_from(figures),
        "url": mail.page_address(reverse("commitment_detail", args=[row.pk]), row.organisation),
    }
    for member in told.select_related("user", "organisation"):
        shown = context | ({"judgement": None} if is_withheld(member, row.vendor) else {})
        tell_once_certain([member.user], "assessments/schedule/email/commitment_reopened", shown)
