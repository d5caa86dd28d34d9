"""Guests are invited by mail with an appointment; the same one is moved and called off, in each guest's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from icalendar import Calendar

from accounts.models import AuditEntry
from tests.factories import NOW, Cast
from vendors.models import Contact, Rehearsal, RehearsalGuest, RehearsalKind, Service, Vendor
from vendors.rehearsals import changes, guests, invitations
from vendors.rehearsals.guests import Guest

pytestmark = pytest.mark.django_db
STARTS = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)
ANN = Guest(name="Ann", email="ann@example.org", language="nl")
NOBODY_WRITES = Guest(name="Without address", language="en")


@pytest.fixture
def planned(cast: Cast, vendor: Vendor, contact: Contact) -> Rehearsal:
    service = Service.objects.create(vendor=vendor, name="Records")
    row = Rehearsal(
        vendor=vendor,
        planned_at=STARTS,
        minutes=90,
        place="Room 4",
        scenario="The run stops.",
        service=service,
        owner=cast.reader.user,
    )
    asked = [guests.of_user(cast.colleague.user), guests.of_contact(contact), ANN, NOBODY_WRITES]
    return changes.plan(cast.assessor, row, asked=asked, now=NOW)


def event_of(message: EmailMultiAlternatives) -> tuple[str, Any]:
    """The method and the event that a mail brings; both copies of it are the same."""
    [calendar] = [part for part in message.alternatives if part.mimetype.startswith("text/calendar")]
    [(name, attached, kind)] = message.attachments
    assert (name, kind) == ("invite.ics", "application/ics")
    assert attached in (calendar.content, calendar.content.encode())
    read = Calendar.from_ical(calendar.content)
    assert calendar.mimetype == f"text/calendar; method={read['method']}"
    [event] = read.walk("VEVENT")
    return str(read["method"]), event


def to(address: str) -> EmailMultiAlternatives:
    [message] = [one for one in mail.outbox if one.to == [address]]
    assert isinstance(message, EmailMultiAlternatives)
    return message


def test_each_guest_with_an_address_is_invited_with_an_appointment(cast: Cast, planned: Rehearsal) -> None:
    sent = invitations.invite(cast.assessor, planned, now=NOW)

    assert sent.to == ("Colleague", "Camille Contact", "Ann")
    method, event = event_of(to("ann@example.org"))
    assert method == "REQUEST"
    assert str(event["uid"]).startswith(f"rehearsal-{planned.pk}@")
    assert (event["dtstart"].dt, event["dtend"].dt) == (STARTS, STARTS + timedelta(minutes=90))
    assert (event["sequence"], str(event["location"]), str(event["status"])) == (1, "Room 4", "CONFIRMED")
    assert str(event["organizer"]) == "mailto:reader@example.org"
    assert str(event["attendee"]) == "mailto:ann@example.org"
    assert to("ann@example.org").reply_to == ["Reader <reader@example.org>"]
    assert list(planned.guests.filter(invited_at=NOW).values_list("name", flat=True)) == list(sent.to)
    assert invitations.invite(cast.assessor, planned, now=NOW).to == ()


def test_a_raw_mail_says_its_method_where_calendars_look_for_it(cast: Cast, planned: Rehearsal) -> None:
    invitations.invite(cast.assessor, planned, now=NOW)
    parts = [part for part in to("ann@example.org").message().walk() if part.get_content_type() == "text/calendar"]
    assert [(part.get_param("method"), part.get_param("charset")) for part in parts] == [("REQUEST", "utf-8")]


def test_no_guest_learns_the_address_of_another_nor_the_scenario(cast: Cast, planned: Rehearsal) -> None:
    invitations.invite(cast.assessor, planned, now=NOW)
    raw = to("camille@vendor.example").message().as_string() + str(to("camille@vendor.example").alternatives)
    assert "ann@example.org" not in raw
    assert "The run stops." not in raw + to("camille@vendor.example").body


def test_of_a_review_the_invitation_says_what_it_looks_at(cast: Cast, planned: Rehearsal) -> None:
    Rehearsal.objects.update(kind=RehearsalKind.REVIEW)
    planned.refresh_from_db()
    invitations.invite(cast.assessor, planned, now=NOW)
    assert "The run stops." in to("ann@example.org").body
    assert "The run stops." in str(event_of(to("ann@example.org"))[1]["description"])


def test_what_is_moved_takes_the_place_of_what_was_sent(cast: Cast, planned: Rehearsal) -> None:
    invitations.invite(cast.assessor, planned, now=NOW)
    first = event_of(to("ann@example.org"))[1]
    mail.outbox.clear()
    asked = [guests.of_row(row) for row in planned.guests.all()]
    later = STARTS + timedelta(days=7)
    moved = changes.change(cast.assessor, planned, {"planned_at": later}, asked=asked, version=1).rehearsal

    invitations.tell_moved(cast.assessor, moved, now=NOW)

    method, event = event_of(to("ann@example.org"))
    assert (method, event["uid"], event["dtstart"].dt) == ("REQUEST", first["uid"], later)
    assert event["sequence"] > first["sequence"]
    assert len(mail.outbox) == 3


def test_what_is_called_off_leaves_the_calendars_of_those_who_were_invited(cast: Cast, planned: Rehearsal) -> None:
    invitations.invite(cast.assessor, planned, now=NOW)
    RehearsalGuest.objects.filter(name="Colleague").update(invited_at=None)
    mail.outbox.clear()
    off = changes.call_off(cast.assessor, planned, reason="Two are ill: inner matters.", version=1)

    sent = invitations.call_off(cast.assessor, off, now=NOW)

    assert sent.to == ("Camille Contact", "Ann")
    method, event = event_of(to("ann@example.org"))
    assert (method, str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 2)
    assert "inner matters" not in to("ann@example.org").body


def test_a_mail_that_is_refused_is_said_and_offered_again(
    cast: Cast, planned: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(message: EmailMultiAlternatives, *args: object) -> int:
        raise OSError("no")

    with monkeypatch.context() as patched:
        patched.setattr(EmailMultiAlternatives, "send", refuse)
        sent = invitations.invite(cast.assessor, planned, now=NOW)
    assert (sent.to, sent.refused) == ((), ("Colleague", "Camille Contact", "Ann"))
    assert planned.guests.filter(failed_at=NOW, invited_at=None).count() == 3
    assert AuditEntry.objects.filter(verb="rehearsal.not_told").count() == 1
    assert len(invitations.invite(cast.assessor, planned, now=NOW).to) == 3
    assert not planned.guests.exclude(failed_at=None).exists()


def test_an_appointment_for_ones_own_calendar_asks_nobody(planned: Rehearsal) -> None:
    read = Calendar.from_ical(invitations.appointment_to_keep(planned, now=NOW))
    [event] = read.walk("VEVENT")
    assert str(read["method"]) == "PUBLISH"
    assert "attendee" not in event and "organizer" not in event
