"""Rehearsals and reviews that wait for whoever leads them: to be prepared, and afterwards to be written down."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Right, may
from assessments.schedule.holders import held_by
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from groundwork.together import Lookup
from vendors.models import Rehearsal, RehearsalKind
from vendors.rehearsals.records import day_of, planned_until
from vendors.rehearsals.words import called

SOON = timedelta(days=14)


def to_hold(asking: Asking) -> Waiting:
    """For whoever leads it; where that one can no longer, for those who keep the register."""
    member, today, ahead = asking.member, asking.today, asking.ahead
    if not may(member, Right.READ):
        return NOTHING
    planned = planned_until(member.organisation, today + (SOON if ahead is None else ahead))
    theirs = planned.filter(held_by(member, Right.READ, otherwise=Right.EDIT_VENDORS))
    return Lookup(
        reads=(theirs,),
        told=lambda: [_item(one, today) for one in sorted(theirs, key=lambda one: (one.planned_at, one.pk))],
    )


def _item(one: Rehearsal, today: date) -> Item:
    planned = day_of(one)
    is_over = planned < today
    return Item(
        kind=ItemKind.DEBRIEF if is_over else ItemKind.REHEARSAL,
        key=f"hold-{one.pk}",  # not that of the invitation: in a calendar they are two things
        action=_after(one) if is_over else _before(one),
        vendor=one.vendor,
        about=called(one),
        subject=Subject.of(one, day="planned_at", since=one.created_at),
        url=reverse("rehearsal_hold" if is_over else "rehearsal_detail", args=[one.pk]),
        due_on=planned,
        is_late=is_over,
        detail=one.service.name if one.service else "",
    )


def _before(one: Rehearsal) -> str:
    if one.kind == RehearsalKind.REVIEW:
        return _("Prepare the review with the vendor")
    return _("Prepare the rehearsal with the vendor")


def _after(one: Rehearsal) -> str:
    if one.kind == RehearsalKind.REVIEW:
        return _("The day of the review is over: write down what it showed, or move it")
    return _("The day of the rehearsal is over: write down what it showed, or move it")
