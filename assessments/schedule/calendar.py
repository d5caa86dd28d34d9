"""The due dates of one person as a calendar that their own program reads again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import AuditEntry, Membership, Organisation, User
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import Item, Subject

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//Customer Manifesto//Due dates//EN"
AHEAD = timedelta(days=366)  # a calendar is for planning: what is due within a year stands in it
Entry = tuple[Item, Organisation]
Changes = dict[tuple[str, str], tuple[int, datetime]]  # a row → how often its due dates were set, and when last


def calendar_of(user: User, *, now: datetime) -> bytes:
    """One whole-day event a thing that is due, over all organisations, in the person's language.

    The same bytes as long as nothing changes, so that a program that asks again is told “not modified”.
    """
    with translation.override(user.language):
        return _calendar(_due_items(user, now)).to_ical()


def calendar_of_one(item: Item, organisation: Organisation) -> bytes:
    """The same event alone, to be taken over by hand; a calendar that has it already knows it again."""
    return _calendar([(item, organisation)]).to_ical()


def _due_items(user: User, now: datetime) -> list[Entry]:
    today = timezone.localdate(now)
    members = Membership.objects.active().filter(user=user).select_related("organisation", "user")
    found = [
        (item, member.organisation)
        for member in members
        for item in waiting_for(member, today, ahead=AHEAD)
        if item.due_on
    ]
    return sorted(found, key=lambda entry: (entry[0].due_on, entry[0].key))


def _calendar(entries: Iterable[Entry]) -> Calendar:
    from icalendar import Calendar  # here: a twentieth of a second of each start, and only the feed needs it

    entries = list(entries)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _("Customer Manifesto: what is due"))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    changes = _changes(item.subject for item, _organisation in entries)
    for item, organisation in entries:
        calendar.add_component(_event(item, organisation, changes))
    return calendar


def _event(item: Item, organisation: Organisation, changes: Changes) -> Event:
    from icalendar import Event

    times, changed_at = changes.get((item.subject.label, str(item.subject.pk)), (0, item.subject.since))
    event = Event()
    event.add("uid", f"{item.key}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    # Without METHOD, DTSTAMP is the moment of the last change, not of this answer: the answer stays the same.
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", times)
    event.add("summary", f"{item.vendor} · {item.action}")
    event.add("description", f"{item.about}\n{item.detail}" if item.detail else item.about)
    event.add("url", mail.page_address(item.url, organisation))
    assert item.due_on is not None  # noqa: S101 - chosen so above
    event.add("dtstart", item.due_on)
    event.add("dtend", item.due_on + timedelta(days=1))  # the day after the last one
    event.add("transp", "TRANSPARENT")  # a due date does not make anybody busy
    return event


def _changes(subjects: Iterable[Subject]) -> Changes:
    """From the trail, one query for each kind of row: every entry that set the day counts once more, so the number
    only grows."""
    rows: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for subject in subjects:
        rows["subject" if subject.with_parts else "object", subject.label, subject.day].add(str(subject.pk))
    found: Changes = {}
    for (role, label, day), ids in rows.items():
        entries = AuditEntry.objects.filter(**{f"{role}_type": label, f"{role}_id__in": ids}, after__has_key=day)
        counted = entries.order_by().values_list(f"{role}_id").annotate(times=Count("pk"), last=Max("at"))
        found |= {(label, key): (times, last) for key, times, last in counted}
    return found
