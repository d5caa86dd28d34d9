"""The due dates of one person as a calendar that their own program reads again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import AuditEntry, Membership, User
from assessments.models import Assessment
from assessments.schedule.inbox import Item, waiting_for

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//Customer Manifesto//Due dates//EN"
Changes = dict[str, tuple[int, datetime]]  # assessment → how often its due dates were set, and when last


def calendar_of(user: User, *, now: datetime) -> bytes:
    """One whole-day event a thing that is due, over all organisations, in the person's language.

    The same bytes as long as nothing changes, so that a program that asks again is told “not modified”.
    """
    with translation.override(user.language):
        return _calendar(_due_items(user, now)).to_ical()


def _due_items(user: User, now: datetime) -> list[Item]:
    today = timezone.localdate(now)
    members = Membership.objects.active().filter(user=user).select_related("organisation", "user")
    items = []
    for member in members:
        for item in waiting_for(member, today):
            if item.due_on:
                item.assessment.organisation = member.organisation  # known already: no query an item
                items.append(item)
    return sorted(items, key=lambda item: (item.due_on, item.key))


def _calendar(items: Iterable[Item]) -> Calendar:
    from icalendar import Calendar  # here: a twentieth of a second of each start, and only the feed needs it

    items = list(items)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _("Customer Manifesto: what is due"))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    changes = _changes(item.assessment for item in items)
    for item in items:
        calendar.add_component(_event(item, changes))
    return calendar


def _event(item: Item, changes: Changes) -> Event:
    from icalendar import Event

    times, changed_at = changes.get(str(item.assessment.pk), (0, item.assessment.created_at))
    event = Event()
    event.add("uid", f"{item.key}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    # Without METHOD, DTSTAMP is the moment of the last change, not of this answer: the answer stays the same.
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", times)
    event.add("summary", f"{item.vendor} · {item.action}")
    if item.detail:
        event.add("description", f"{item.assessment.reference}\n{item.detail}")
    else:
        event.add("description", item.assessment.reference)
    event.add("url", mail.page_address(item.url, item.assessment.organisation))
    assert item.due_on is not None  # noqa: S101 - chosen so above
    event.add("dtstart", item.due_on)
    event.add("dtend", item.due_on + timedelta(days=1))  # the day after the last one
    event.add("transp", "TRANSPARENT")  # a due date does not make anybody busy
    return event


def _changes(assessments: Iterable[Assessment]) -> Changes:
    """From the trail, in one query: every entry that set a due date counts once more, so the number only grows."""
    ids = {str(assessment.pk) for assessment in assessments}
    entries = AuditEntry.objects.filter(
        subject_type=Assessment._meta.label_lower, subject_id__in=ids, after__has_key="due_on"
    )
    rows = entries.order_by().values_list("subject_id").annotate(times=Count("pk"), last=Max("at"))
    return {subject: (times, last) for subject, times, last in rows}
