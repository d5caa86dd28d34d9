"""Rehearsals and reviews that wait for whoever leads them: to be prepared, and afterwards to be written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.holders import able_users
from assessments.schedule.items import Item, ItemKind, Subject
from vendors.models import Rehearsal, RehearsalKind
from vendors.rehearsals.records import day_of, planned_until
from vendors.rehearsals.words import called

SOON = timedelta(days=14)


def to_hold(member: Membership, today: date, *, ahead: timedelta | None) -> Iterator[Item]:
    """For whoever leads it; where that one can no longer, for those who keep the register. Two queries at most."""
    if not may(member, Right.READ):
        return
    planned = list(planned_until(member.organisation, today + (SOON if ahead is None else ahead)))
    present = able_users(member, Right.READ) if planned else set()
    for one in planned:
        is_led = one.owner_id in present
        if one.owner_id == member.user_id if is_led else may(member, Right.EDIT_VENDORS):
            yield _item(one, today)


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
