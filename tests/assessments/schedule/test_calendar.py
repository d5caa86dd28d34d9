"""The calendar of due dates: read back as a calendar program reads it, and closed to everybody without the address."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar, Event

from accounts.logs import redacted
from accounts.models import Membership, User
from assessments.lifecycle import transitions
from assessments.lifecycle.periods import Period
from assessments.models import Preferences
from assessments.preferences import close_calendar, renew_calendar
from assessments.schedule.calendar import calendar_of
from tests.factories import NOW, Cast, add_rater, make_assessment, make_vendor

DUE = date(2026, 5, 20)


def events(user: User) -> list[Event]:
    calendar = Calendar.from_ical(calendar_of(user, now=NOW))
    return [part for part in calendar.walk("VEVENT") if isinstance(part, Event)]


def feed(client: Client, secret: str, **headers: str) -> Any:
    return client.get(reverse("calendar_feed", args=[secret]), headers=headers)


@pytest.fixture
def secret(cast: Cast) -> str:
    add_rater(make_assessment(cast.assessor, due_on=DUE), cast.reader)
    return renew_calendar(cast.reader.user, now=NOW)


def test_one_whole_day_event_a_thing_that_is_due(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, due_on=DUE)
    response = add_rater(assessment, cast.reader)
    add_rater(make_assessment(cast.assessor), cast.reader)  # without a due date
    (event,) = events(cast.reader.user)
    assert event.decoded("dtstart") == DUE
    assert event.decoded("dtend") == DUE + timedelta(days=1)
    assert event["uid"] == f"response-{response.pk}@localhost"
    assert event["summary"] == f"{assessment.vendor} · Answer the questionnaire"
    assert event["url"] == (
        f"http://localhost:8000/assessments/{assessment.pk}/questionnaire/support/?organisation=harbour"
    )
    assert event["description"] == f"{assessment.reference}\nAnswered: 0 of 14"
    assert isinstance(event.decoded("dtstamp"), datetime)
    assert event.walk("VALARM") == []


def test_it_holds_all_organisations_of_the_person(cast: Cast) -> None:
    Membership.objects.create(user=cast.reader.user, organisation=cast.other_organisation, role="reader")
    add_rater(make_assessment(cast.assessor, due_on=DUE), cast.reader)
    add_rater(make_assessment(cast.stranger, due_on=DUE), cast.reader)
    assert len(events(cast.reader.user)) == 2
    Membership.objects.filter(user=cast.reader.user, organisation=cast.organisation).update(is_active=False)
    assert len(events(cast.reader.user)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Komma, Semikolon; & Backslash\\ Ltd",
        "Two\nlines\r\nand three",
        "Emoji 🚀🧾 Systems",
        "Ängström Überwachungs­systeme " + "é" * 90,
        "BEGIN:VEVENT",
    ],
)
def test_whatever_a_vendor_is_called_the_calendar_reads_back(cast: Cast, name: str) -> None:
    vendor = make_vendor(cast.organisation, name)
    add_rater(make_assessment(cast.assessor, vendor=vendor, due_on=DUE), cast.reader)
    content = calendar_of(cast.reader.user, now=NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1
    (event,) = events(cast.reader.user)
    assert str(event["summary"]).splitlines() == f"{name} · Answer the questionnaire".splitlines()


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_it_speaks_the_language_of_its_owner(cast: Cast, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import translation

    cast.reader.user.language = language
    heard: list[str | None] = []
    monkeypatch.setattr(
        "assessments.schedule.calendar.waiting_for", lambda *_, **__: heard.append(translation.get_language()) or []
    )
    calendar_of(cast.reader.user, now=NOW)
    assert heard == [language]


def test_a_changed_due_date_raises_the_sequence_and_keeps_the_event(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, due_on=DUE)
    add_rater(assessment, cast.reader)
    (before,) = events(cast.reader.user)
    period = Period(start=assessment.period_start, end=assessment.period_end)
    transitions.reschedule(cast.assessor, assessment, period=period, due_on=DUE + timedelta(days=5))
    (after,) = events(cast.reader.user)
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert after.decoded("last-modified") >= before.decoded("last-modified")
    assert after.decoded("dtstart") == DUE + timedelta(days=5)


def test_the_secret_address_gives_the_calendar_without_a_sign_in(client: Client, secret: str) -> None:
    response = feed(client, secret)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"] == 'attachment; filename="due-dates.ics"'
    assert len(Calendar.from_ical(response.content).walk("VEVENT")) == 1


def test_a_program_that_has_it_already_is_told_so(cast: Cast, client: Client, secret: str) -> None:
    etag = feed(client, secret)["ETag"]
    again = feed(client, secret, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    add_rater(make_assessment(cast.assessor, due_on=DUE), cast.reader)
    assert feed(client, secret, if_none_match=etag).status_code == 200


def test_a_renewed_address_closes_the_earlier_one(cast: Cast, client: Client, secret: str) -> None:
    newer = renew_calendar(cast.reader.user, now=NOW)
    assert feed(client, secret).status_code == 404
    assert feed(client, newer).status_code == 200


def test_a_calendar_switched_off_opens_nothing(cast: Cast, client: Client, secret: str) -> None:
    close_calendar(cast.reader.user)
    assert feed(client, secret).status_code == 404


def test_a_person_shut_out_has_no_calendar(cast: Cast, client: Client, secret: str) -> None:
    User.objects.filter(pk=cast.reader.user_id).update(is_active=False)
    assert feed(client, secret).status_code == 404


def test_a_person_without_an_active_membership_has_an_empty_one(cast: Cast, client: Client, secret: str) -> None:
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert b"BEGIN:VEVENT" not in feed(client, secret).content


def test_an_unknown_address_is_not_found_nor_is_that_of_whoever_has_none(cast: Cast, client: Client) -> None:
    Preferences.objects.create(user=cast.reader.user)
    assert feed(client, "unknown").status_code == 404


def test_the_address_does_not_stand_in_the_log(secret: str) -> None:
    assert redacted(reverse("calendar_feed", args=[secret])) == "/calendar/…"


def test_the_secret_is_kept_as_its_hash_alone(cast: Cast, secret: str) -> None:
    row = Preferences.objects.get(user=cast.reader.user)
    assert secret not in row.calendar_hash
    assert len(row.calendar_hash) == 64
    assert len(secret) >= 43  # 256 bits


def test_it_costs_the_same_queries_for_one_event_and_for_many(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            calendar_of(cast.reader.user, now=NOW)
        return len(caught)

    add_rater(make_assessment(cast.assessor, due_on=DUE), cast.reader)
    few = queries()
    for _ in range(4):
        add_rater(make_assessment(cast.assessor, due_on=DUE), cast.reader)
    assert queries() == few
