"""The page of an incident's hour: begun in one click, filled on a phone, read by several, handed on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import NOW, Cast, make_assessment, make_incident
from vendors.models import Contact, EntryKind, Incident, Service, TimelineEntry, Vendor
from vendors.timeline import changes

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
LATER = NOW + timedelta(minutes=42)  # 11:12 here


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def add(cast: Cast, incident: Incident, minutes: float, **said: Any) -> TimelineEntry:
    written = {"kind": EntryKind.CONTACT, "at": NOW + timedelta(minutes=minutes), **said}
    return changes.add(cast.assessor, incident, written, now=LATER).entry


def page(client: Client, incident: Incident) -> str:
    return client.get(reverse("incident_hour", args=[incident.pk])).content.decode()


def post(client: Client, incident: Incident, **said: str) -> Any:
    return client.post(reverse("incident_hour_add", args=[incident.pk]), {"kind": "contact", **said})


def test_the_hour_leads_to_whom_to_call_and_who_gave_up_the_question_is_back_there(
    cast: Cast, signed_in: SignedIn, vendor: Vendor, service: Service
) -> None:
    plan, client = reverse("emergency_plan", args=[service.pk]), signed_in(cast.assessor)
    asked = client.get(f"{reverse('incident_hour_start')}?service={service.pk}").content.decode()
    assert f'href="{plan}">Cancel' in asked
    with_service = make_incident(vendor, "H-2026-002", opened=NOW, hours=None, service=service)
    assert f'href="{plan}"' in page(client, with_service)
    assert "Whom to call" not in page(client, make_incident(vendor, "H-2026-003", opened=NOW, hours=None))


def test_once_the_business_runs_the_hour_leads_to_the_proof_of_its_cause(
    cast: Cast, signed_in: SignedIn, incident: Incident
) -> None:
    client, onward = signed_in(cast.assessor), f'href="{incident.get_absolute_url()}#proof"'
    assert onward not in page(client, incident)
    post(client, incident, kind="restored", text="They are paid")
    assert onward in page(client, incident)


# It is broken now ------------------------------------------------------------------------------------------------
def test_one_click_after_a_question_that_names_service_and_vendor(
    cast: Cast, signed_in: SignedIn, service: Service
) -> None:
    client, address = signed_in(cast.assessor), f"{reverse('incident_hour_start')}?service={service.pk}"
    asked = client.get(address).content.decode()
    assert "Patient records is broken?" in asked
    assert "Example Systems" in asked
    answer = client.post(address, {})
    incident = Incident.objects.get()
    assert answer.url == reverse("incident_hour", args=[incident.pk])
    assert (incident.reference, incident.service, incident.opened_at) == ("H-2026-001", service, LATER)


def test_where_the_page_knows_no_service_it_is_asked_for(cast: Cast, signed_in: SignedIn, service: Service) -> None:
    client, address = signed_in(cast.assessor), reverse("incident_hour_start")
    assert client.post(address, {"service": service.pk}).url == f"{address}?service={service.pk}"
    assert client.post(address, {"vendor": service.vendor_id}).url == f"{address}?vendor={service.vendor_id}"
    assert "Choose the service that is broken" in client.post(address, {}).content.decode()
    assert not Incident.objects.exists()


def test_one_that_runs_already_is_offered_first(cast: Cast, signed_in: SignedIn, service: Service) -> None:
    incident = make_incident(service.vendor, "H-2026-001", opened=NOW, hours=None, service=service)
    asked = signed_in(cast.assessor).get(f"{reverse('incident_hour_start')}?service={service.pk}").content.decode()
    assert "It is running already" in asked
    assert reverse("incident_hour", args=[incident.pk]) in asked


def test_another_organisation_begins_and_reads_nothing_here(
    cast: Cast, signed_in: SignedIn, service: Service, incident: Incident
) -> None:
    entry, client = add(cast, incident, 1), signed_in(cast.stranger)
    addresses = [
        f"{reverse('incident_hour_start')}?service={service.pk}",
        f"{reverse('incident_hour_start')}?vendor={service.vendor_id}",
        reverse("incident_hour", args=[incident.pk]),
        reverse("incident_hour_json", args=[incident.pk]),
        reverse("incident_hour_now", args=[incident.pk]),
        reverse("timeline_entry_correct", args=[entry.pk]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * 6


# Entries ---------------------------------------------------------------------------------------------------------
def test_two_taps_are_an_entry(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    Contact.objects.create(vendor=incident.vendor, name="Ann Example")
    client = signed_in(cast.assessor)
    assert 'value="Ann Example"' in page(client, incident)
    answer = post(client, incident, who="Ann Example")
    entry = TimelineEntry.objects.get()
    assert answer.url == f"{reverse('incident_hour', args=[incident.pk])}?saved={entry.pk}"
    assert (entry.kind, entry.person, entry.at, entry.user) == ("contact", "Ann Example", LATER, cast.assessor.user)
    assert "First response: 2\xa0March 2026, 11:12." in client.get(answer.url).content.decode()


def test_all_that_was_said_is_kept_with_a_quick_pick(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    said = {"asked": "The log", "why": "The last error", "does": "They compare it", "next_step": "They call"}
    post(signed_in(cast.assessor), incident, person="Bob", who="", next_in="15", time="10:50", text="Calm", **said)
    entry = TimelineEntry.objects.get()
    assert {name: getattr(entry, name) for name in said} == said
    assert (entry.person, entry.text) == ("Bob", "Calm")
    assert (entry.at, entry.next_at) == (NOW + timedelta(minutes=20), NOW + timedelta(minutes=35))


@pytest.mark.parametrize(
    ("said", "next_at"),
    [
        ({"next_time": "11:30"}, NOW + timedelta(minutes=60)),
        ({"next_time": "09:00"}, NOW + timedelta(hours=22, minutes=30)),  # tomorrow’s
        ({"next_time": "09:00", "next_day": "2026-03-04", "next_in": "15"}, NOW + timedelta(days=1, hours=22.5)),
    ],
)
def test_what_comes_next_at_a_time(
    cast: Cast, signed_in: SignedIn, incident: Incident, said: dict[str, str], next_at: datetime
) -> None:
    post(signed_in(cast.assessor), incident, **said)
    assert TimelineEntry.objects.get().next_at == next_at


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Say at least whom you spoke with, or one thing of what was said."),  # a press too many
        ({"kind": "note"}, "Write down what you want to note."),
        ({"kind": "change"}, "Say in a few words what was tried or changed."),
        ({"kind": "note", "text": "x", "asked": "The log"}, "belongs to a contact"),
        ({"time": "11:20"}, "still to come, or more than twelve hours ago"),
        ({"time": "11:20", "day": "2026-03-02"}, "This is in the future."),
        ({"time": "10:10", "asked": "The log"}, "The incident began on 2\xa0March 2026, 10:30"),
        ({"day": "2026-03-02"}, "Enter the time of that day, too."),
        ({"next_day": "2026-03-02"}, "Enter the time of that day, too."),
        ({"next_time": "09:00", "next_day": "2026-03-01"}, "what comes next comes later"),
        ({"time": "00:00", "day": "0001-01-01"}, "This is before the incident began: check the day."),
        ({"next_time": "00:00", "next_day": "0001-01-01"}, "This is before the incident began: check the day."),
        ({"next_time": "23:59", "next_day": "9999-12-31"}, "Check the year: this day is too far away."),
        ({"kind": "nonsense"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_says_what_to_do_and_writes_nothing(
    cast: Cast, signed_in: SignedIn, incident: Incident, said: dict[str, str], why: str
) -> None:
    answer = post(signed_in(cast.assessor), incident, **said)
    assert why in answer.content.decode()
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize(
    ("written_at", "minutes"),
    [
        ("2026-03-02T09:50:00.123Z", 20),  # kept on a phone without a network since
        ("2026-03-02T09:10:00Z", 42),  # before the incident: its clock is wrong
        ("2026-03-02T23:00:00Z", 42),
        ("2026-03-02T09:50:00", 42),
        ("yesterday", 42),
        ("0001-01-01T00:00:00+23:00", 42),
        ("9999-12-31T23:59:59-23:00", 42),
    ],
)
def test_an_entry_that_waited_for_a_network_is_of_when_it_was_saved_first(
    cast: Cast, signed_in: SignedIn, incident: Incident, written_at: str, minutes: int
) -> None:
    post(signed_in(cast.assessor), incident, asked="The log", written_at=written_at)
    at = TimelineEntry.objects.get().at
    assert at.replace(microsecond=0) == NOW + timedelta(minutes=minutes)


def test_the_same_form_sent_twice_is_one_entry(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    client = signed_in(cast.assessor)
    mark = re.search(r'name="form_end" value="([^"]+)"', page(client, incident))
    assert mark is not None
    answers = [post(client, incident, person="Ann", form_end=mark[1]) for _time in range(2)]
    assert TimelineEntry.objects.count() == 1
    assert answers[0].url == answers[1].url


# What runs, and what was promised --------------------------------------------------------------------------------
def test_the_page_says_since_when_it_stands_and_by_how_much_a_promise_is_missed(
    cast: Cast, signed_in: SignedIn, incident: Incident
) -> None:
    add(cast, incident, 5, person="Ann", next_step="We call you", next_at=NOW + timedelta(minutes=30))
    shown = re.sub(r"\s+|<[^>]+>", " ", page(signed_in(cast.reader), incident))
    shown = re.sub(r" +", " ", shown)
    assert "Standing still for 42 minutes , since 10:30" in shown
    assert "They promised for 11:00: “We call you”. That was 12 minutes ago." in shown


def test_only_the_last_word_is_waited_for(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    add(cast, incident, 5, next_at=NOW + timedelta(minutes=30))
    add(cast, incident, 20, person="Ann")
    assert "No next step is promised" in page(signed_in(cast.reader), incident)


def test_news_come_as_a_fragment_and_nothing_comes_where_nothing_is_new(
    cast: Cast, signed_in: SignedIn, incident: Incident
) -> None:
    client = signed_in(cast.reader)
    seen = re.search(r"now/\?seen=(\w+)", page(client, incident))
    assert seen is not None
    address = f"{reverse('incident_hour_now', args=[incident.pk])}?seen={seen[1]}"
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 204
    add(cast, incident, 40, text="Ann is on it")
    news = client.get(address, headers={"HX-Request": "true"})
    assert (news.status_code, news.headers["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert "Ann is on it" in news.content.decode()
    assert 'hx-swap-oob="true"' in news.content.decode()
    assert client.get(address).status_code == 302  # a person who opens the address sees the page


def test_that_the_vendor_calls_it_resolved_is_a_button_while_it_does_not(
    cast: Cast, signed_in: SignedIn, incident: Incident
) -> None:
    client, address = signed_in(cast.assessor), reverse("incident_hour_resolved", args=[incident.pk])
    assert address in page(client, incident)
    answer = client.post(address, follow=True).content.decode()
    assert "Noted: the vendor calls it resolved since 11:12." in answer
    assert "Nobody has noted yet that the business runs again." in answer
    assert address not in answer


# Corrections -----------------------------------------------------------------------------------------------------
def test_a_correction_begins_from_what_was_written_and_both_are_read(
    cast: Cast, signed_in: SignedIn, incident: Incident
) -> None:
    entry = add(cast, incident, 5.5, person="Ann", asked="The lock", next_at=NOW + timedelta(minutes=35))
    client, address = signed_in(cast.colleague), reverse("timeline_entry_correct", args=[entry.pk])
    form = client.get(address).content.decode()
    assert "The lock" in form
    assert 'value="10:35"' in form
    shown = {"time": "10:35", "day": "2026-03-02", "next_time": "11:05", "next_day": "2026-03-02"}
    answer = client.post(address, {"kind": "contact", "person": "Ann", "asked": "The log", **shown})
    made = TimelineEntry.objects.get(corrects=entry)
    assert (made.at, made.next_at, made.user) == (entry.at, entry.next_at, cast.colleague.user)
    read = client.get(answer.url).content.decode()
    assert "The lock" in read
    assert "Before it was corrected, as Assessor wrote it" in read


# Who reads what --------------------------------------------------------------------------------------------------
def test_whoever_still_rates_writes_and_reads_their_own_words_alone(
    cast: Cast, signed_in: SignedIn, incident: Incident
) -> None:
    add(cast, incident, 5, person="Ann", asked="The first log", next_at=NOW + timedelta(minutes=30))
    changes.add(
        cast.colleague,
        incident,
        {"kind": EntryKind.CONTACT, "at": LATER, "asked": "The second log"},
        now=LATER,
    )
    make_assessment(cast.colleague, vendor=incident.vendor)
    client = signed_in(cast.colleague)
    shown = page(client, incident)
    assert "You are still rating Example Systems" in shown
    assert "The second log" in shown
    for hidden in ("The first log", "They promised", "all five were said", "as JSON"):
        assert hidden not in shown
    assert "all five" not in client.get(incident.get_absolute_url()).content.decode()
    assert client.get(reverse("incident_hour_json", args=[incident.pk])).status_code == 302
    first = TimelineEntry.objects.get(asked="The first log")
    assert client.get(reverse("timeline_entry_correct", args=[first.pk])).status_code == 302
    assert "How they work in the hour" not in client.get(incident.vendor.get_absolute_url()).content.decode()


def test_a_reader_reads_and_finds_no_form(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    add(cast, incident, 5, asked="The log")
    shown = page(signed_in(cast.reader), incident)
    assert "The log" in shown
    assert "data-hour=" not in shown
    assert "all five were said" in shown


def test_nothing_is_added_at_an_archived_vendor(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    Vendor.objects.filter(pk=incident.vendor_id).update(archived_at=NOW)
    client = signed_in(cast.assessor)
    assert "data-hour=" not in page(client, incident)


# The record on other pages ---------------------------------------------------------------------------------------
def test_incident_and_vendor_show_what_the_timeline_says(
    cast: Cast, signed_in: SignedIn, incident: Incident, vendor: Vendor
) -> None:
    add(cast, incident, 5, person="Ann", asked="The log")
    other = make_incident(vendor, "INC-2", opened=NOW - timedelta(days=30))
    changes.add(cast.assessor, other, {"kind": EntryKind.CONTACT, "at": other.opened_at}, now=LATER)
    old = make_incident(vendor, "INC-3", opened=NOW - timedelta(days=400))
    changes.add(cast.assessor, old, {"kind": EntryKind.CONTACT, "at": old.opened_at}, now=LATER)
    client = signed_in(cast.reader)
    assert "0 of 1" in client.get(incident.get_absolute_url()).content.decode()
    shown = client.get(vendor.get_absolute_url()).content.decode()
    assert "From the timelines of 2 incidents of the last twelve months." in shown
    assert "1 of 2" in shown


def test_pages_ask_the_same_number_of_queries_however_long_the_hour_is(
    cast: Cast, signed_in: SignedIn, incident: Incident, django_assert_num_queries: Any
) -> None:
    client = signed_in(cast.assessor)
    add(cast, incident, 1, person="Ann", asked="The log")
    page(client, incident)
    with django_assert_num_queries(10):
        page(client, incident)
    for minute in range(2, 12):
        first = add(cast, incident, minute, person="Ann", asked="The log")
        said = {"kind": EntryKind.CONTACT, "at": first.at, "person": "Bob"}
        changes.add(cast.colleague, incident, said, corrects=first, now=LATER)
    with django_assert_num_queries(10):
        page(client, incident)
    with django_assert_num_queries(5):
        client.get(reverse("incident_hour_now", args=[incident.pk]), headers={"HX-Request": "true"})


# Handed on -------------------------------------------------------------------------------------------------------
def test_the_sheet_is_downloaded_as_json(cast: Cast, signed_in: SignedIn, incident: Incident) -> None:
    add(cast, incident, 5, asked="The log")
    answer = signed_in(cast.reader).get(reverse("incident_hour_json", args=[incident.pk]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="incident-H-2026-001.json"'
    assert json.loads(answer.content)["entries"][0]["asked"] == "The log"
