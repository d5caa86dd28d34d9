"""Planned changes that a department has still to read, and for whoever keeps the register, those that some have not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.holders import not_judged
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from groundwork.together import Lookup
from vendors.models import ChangeNotice
from vendors.notices.reading import NoticeView, reminder_of, starts_on, unread

TO_READ: Promise = gettext_lazy("Read what changes, and confirm it for your department")
TO_CHASE: Promise = gettext_lazy("Not every department has confirmed the planned change: ask them")


def to_read(asking: Asking) -> Waiting:
    """For everybody of a department that has not confirmed; from two working days before, for those who keep the
    register, too. Nothing of vendors that the member still judges."""
    member, today = asking.member, asking.today
    if not may(member, Right.READ):
        return NOTHING
    if member.department_id is None and not may(member, Right.EDIT_VENDORS):
        return NOTHING
    since = _now_or_morning(today)
    notices, hidden = unread(member.organisation, since), asking.judged
    return Lookup(
        reads=(*notices.reads, hidden),
        told=lambda: [
            item
            for notice in not_judged(notices.told(), hidden)
            for item in _of_notice(member, NoticeView(notice=notice, now=since), today)
        ],
    )


def _now_or_morning(today: date) -> datetime:
    """What is over by now is not read any more; of another day than today, its morning stands for now."""
    now = timezone.now()
    return now if timezone.localdate(now) == today else timezone.make_aware(datetime.combine(today, time()))


def _of_notice(member: Membership, view: NoticeView, today: date) -> Iterator[Item]:
    if any(one.department_id == member.department_id for one in view.unread):
        yield _item(view.notice, ItemKind.NOTICE_READ, today, detail=view.services)
    elif may(member, Right.EDIT_VENDORS) and reminder_of(view.notice) <= today:
        missing = len(view.unread)
        said = ngettext("%(n)s department has not confirmed", "%(n)s departments have not confirmed", missing)
        yield _item(view.notice, ItemKind.NOTICE_UNREAD, today, detail=said % {"n": missing})


def _item(notice: ChangeNotice, kind: ItemKind, today: date, *, detail: str) -> Item:
    starts = starts_on(notice)
    return Item(
        kind=kind,
        key=f"{kind}-{notice.pk}",
        action=str(TO_READ if kind is ItemKind.NOTICE_READ else TO_CHASE),
        vendor=notice.vendor,
        about=notice.title,
        subject=Subject.of(notice, day="starts", since=notice.announced_at),
        url=notice.get_absolute_url(),
        due_on=starts,
        is_late=starts < today,
        detail=detail,
        asked_at=notice.announced_at,
        told_at_once=kind is ItemKind.NOTICE_READ,
        days_before=((starts - reminder_of(notice)).days, 0),
    )
