"""Guests are asked by mail, with an appointment for their calendar: invited, told of another time, called off.

One appointment keeps its identity as long as the rehearsal exists, and its sequence is the version of the row: what is
sent later stands in the place of what was sent before. Not within a transaction: a mail goes out once what it says is
certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import Membership, User
from accounts.trail import audit
from vendors.models import Rehearsal, RehearsalGuest, RehearsalKind
from vendors.rehearsals.words import title, when

if TYPE_CHECKING:
    from icalendar import Calendar, Event

logger = structlog.get_logger(__name__)
PRODUCT = "-//Customer Manifesto//Rehearsals//EN"
REMINDED = timedelta(days=1)  # before it begins


class Word(StrEnum):
    INVITED = "invited"
    MOVED = "moved"
    CALLED_OFF = "called_off"


METHODS: Mapping[Word, str] = {Word.INVITED: "REQUEST", Word.MOVED: "REQUEST", Word.CALLED_OFF: "CANCEL"}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Whom a mail went to, and whom the mail server did not take it for, by name."""

    to: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def __add__(self, other: Sent) -> Sent:
        return Sent(to=self.to + other.to, refused=self.refused + other.refused)


def to_invite(rehearsal: Rehearsal) -> QuerySet[RehearsalGuest]:
    return rehearsal.guests.exclude(email="").filter(Q(invited_at=None) | Q(failed_at__isnull=False))


def invite(member: Membership, rehearsal: Rehearsal, *, now: datetime) -> Sent:
    """Those who have an address and were not asked yet, or whose last mail was refused."""
    rows = to_invite(rehearsal)
    return _tell(member, rehearsal, rows, Word.INVITED, "rehearsal.told_invited", now=now)


def tell_moved(member: Membership, rehearsal: Rehearsal, *, now: datetime) -> Sent:
    """Those who were asked: what their calendar says is not so any more."""
    rows = rehearsal.guests.exclude(email="").filter(invited_at__isnull=False)
    return _tell(member, rehearsal, rows, Word.MOVED, "rehearsal.told_moved", now=now)


def call_off(
    member: Membership, rehearsal: Rehearsal, *, now: datetime, guests: Iterable[RehearsalGuest] | None = None
) -> Sent:
    """Those who were asked; `guests`: these of them, who are not asked any more."""
    rows = rehearsal.guests.all() if guests is None else guests
    asked = [guest for guest in rows if guest.email and guest.invited_at]
    return _tell(member, rehearsal, asked, Word.CALLED_OFF, "rehearsal.told_called_off", now=now)


def _tell(
    member: Membership, rehearsal: Rehearsal, guests: Iterable[RehearsalGuest], word: Word, verb: str, *, now: datetime
) -> Sent:
    asker = rehearsal.owner if _is_there(rehearsal) else member.user
    told = {guest: _send(rehearsal, guest, word, asker=asker, now=now) for guest in guests}
    sent = Sent(
        to=tuple(guest.name for guest, taken in told.items() if taken),
        refused=tuple(guest.name for guest, taken in told.items() if not taken),
    )
    if told:
        _note(member, rehearsal, told, word, verb, now=now)
    return sent


def _is_there(rehearsal: Rehearsal) -> bool:
    """Whoever leads it may have left since: their address then stands in no mail."""
    present = Membership.objects.active().filter(organisation=rehearsal.vendor.organisation_id)
    return present.filter(user=rehearsal.owner_id, user__is_active=True).exists()


def _send(rehearsal: Rehearsal, guest: RehearsalGuest, word: Word, *, asker: User, now: datetime) -> bool:
    with translation.override(guest.language):
        context = {**_context(rehearsal), "guest": guest, "asker": asker}
        content = appointment(rehearsal, guest=guest, word=word, organiser=asker, now=now)
    part = mail.CalendarPart(method=METHODS[word], content=content, name="invite.ics")
    template = f"vendors/rehearsals/email/{word}"
    try:
        mail.send(template, guest.email, language=guest.language, context=context, asker=asker, calendar=part)
    except OSError as error:
        logger.error("mail_not_sent", template=template, error=str(error))
        return False
    return True


def _note(
    member: Membership,
    rehearsal: Rehearsal,
    told: Mapping[RehearsalGuest, bool],
    word: Word,
    verb: str,
    *,
    now: datetime,
) -> None:
    taken = [guest for guest, is_taken in told.items() if is_taken]
    refused = [guest for guest, is_taken in told.items() if not is_taken]
    noted: dict[str, Any] = {"failed_at": None, **({"invited_at": now} if word is Word.INVITED else {})}
    with transaction.atomic():
        RehearsalGuest.objects.filter(pk__in=[guest.pk for guest in taken]).update(**noted)
        RehearsalGuest.objects.filter(pk__in=[guest.pk for guest in refused]).update(failed_at=now)
        if taken:
            audit.record(member.user, verb, rehearsal, after={"guests": [guest.name for guest in taken]})
        if refused:
            names = [guest.name for guest in refused]
            audit.record(member.user, "rehearsal.not_told", rehearsal, after={"guests": names})


def _context(rehearsal: Rehearsal) -> dict[str, Any]:
    """In the active language. The scenario of a rehearsal is told on the day: whoever knows it practises something
    else; what a review looks at is told before."""
    return {
        "rehearsal": rehearsal,
        "vendor": rehearsal.vendor,
        "organisation": rehearsal.vendor.organisation,
        "title": title(rehearsal),
        "when": when(rehearsal),
        "agenda": rehearsal.scenario if rehearsal.kind == RehearsalKind.REVIEW else "",
        "is_rehearsal": rehearsal.kind == RehearsalKind.REHEARSAL,
    }


# The appointment --------------------------------------------------------------------------------------------------
def appointment(rehearsal: Rehearsal, *, guest: RehearsalGuest, word: Word, organiser: User, now: datetime) -> bytes:
    """For one guest, in the active language; no other guest's address stands in it."""
    calendar = _calendar()
    calendar.add("method", METHODS[word])
    event = _event(rehearsal, now=now)
    event.add("organizer", _person(organiser.email, str(organiser)))
    asked = _person(guest.email, guest.name)
    asked.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
    event.add("attendee", asked)
    event.add("status", "CANCELLED" if word is Word.CALLED_OFF else "CONFIRMED")
    if word is not Word.CALLED_OFF:
        event.add_component(_reminder(rehearsal))
    calendar.add_component(event)
    return calendar.to_ical()


def appointment_to_keep(rehearsal: Rehearsal, *, now: datetime) -> bytes:
    """For whoever puts it into their own calendar by hand: nobody asks and nobody answers."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    event = _event(rehearsal, now=now)
    event.add_component(_reminder(rehearsal))
    calendar.add_component(event)
    return calendar.to_ical()


def _calendar() -> Calendar:
    from icalendar import Calendar  # here: a twentieth of a second of each start, and few requests need it

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(rehearsal: Rehearsal, *, now: datetime) -> Event:
    from icalendar import Event

    starts = rehearsal.planned_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"rehearsal-{rehearsal.pk}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", rehearsal.version)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=rehearsal.minutes))
    event.add("summary", title(rehearsal))
    event.add("description", _description(rehearsal))
    if rehearsal.place:
        event.add("location", rehearsal.place)
    return event


def _description(rehearsal: Rehearsal) -> str:
    context = _context(rehearsal)
    service = _("Service: %(name)s") % {"name": rehearsal.service.name} if rehearsal.service else ""
    leads = _("%(name)s of %(organisation)s leads it.") % {
        "name": rehearsal.owner,
        "organisation": context["organisation"],
    }
    return "\n".join(filter(None, (service, leads, context["agenda"])))


def _person(address: str, name: str) -> Any:
    from icalendar import vCalAddress

    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = mail.one_line(name)
    return person


def _reminder(rehearsal: Rehearsal) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title(rehearsal))
    alarm.add("trigger", -REMINDED)
    return alarm
