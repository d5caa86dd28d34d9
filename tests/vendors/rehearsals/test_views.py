"""Pages of rehearsals and reviews: what a member sees and does, and from whom it is kept until they have answered."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation
from assessments.models import AssessmentState, Commitment, CommitmentSource
from tests.factories import Cast, add_rater, make_assessment, make_rehearsal, make_release
from vendors.models import Contact, Rehearsal, RehearsalState, Vendor

pytestmark = pytest.mark.django_db
LIST = "/rehearsals/"


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text_of(client: Client, url: str) -> str:
    """What the page says, on one line."""
    response = client.get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def planned(cast: Cast, **changed: Any) -> dict[str, Any]:
    """What the form of a plan sends."""
    return {
        "kind": "rehearsal",
        "planned_at": "2060-03-04T14:00",
        "minutes": "90",
        "owner": cast.assessor.user_id,
        "language": "nl",
        "send": "on",
        **changed,
    }


# Planning ---------------------------------------------------------------------------------------------------------
def test_a_rehearsal_is_planned_and_its_guests_are_invited(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    client = client_of(cast.assessor)
    guests = {"members": [cast.reader.user_id], "contacts": [contact.pk], "others": "Ann <ann@example.org>\nBen"}

    response = client.post(reverse("rehearsal_add", args=[vendor.pk]), planned(cast, **guests, place="Room 4"))

    assert response.status_code == 302, response.context["form"].errors
    made = Rehearsal.objects.get()
    assert response["Location"] == made.get_absolute_url()
    assert {message.to[0]: message.subject[:8] for message in mail.outbox} == {
        "reader@example.org": "Rehearsa",
        "camille@vendor.example": mail.outbox[1].subject[:8],
        "ann@example.org": mail.outbox[2].subject[:8],
    }
    page = text_of(client, made.get_absolute_url())
    assert "4 March 2060, 14:00, for 1 hour 30 minutes" in page
    assert "Room 4" in page
    assert "Ben no address: tell them yourself" in page
    assert page.count("invited on") == 3


def test_a_proposal_is_taken_over_in_the_readers_language(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    page = text_of(client, reverse("rehearsal_add", args=[vendor.pk]))
    assert "The payment run stops on the last day" in page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    form = client.get(f"{reverse('rehearsal_add', args=[vendor.pk])}?scenario=last-incidents").context["form"]
    assert form.initial["kind"] == "review"
    assert form.initial["scenario"].startswith("Nous mettons côte à côte")


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"planned_at": ""}, "planned_at", "Say on which day, and at what time."),
        ({"planned_at": "9999-12-31T10:00"}, "planned_at", "Check the year: this day is too far away."),
        ({"planned_at": "0001-01-02T10:00"}, "planned_at", "Check the year: this day is too far away."),
        ({"minutes": "1000000000"}, "minutes", "Enter 15 to 2880 minutes."),
        ({"minutes": "5"}, "minutes", "Enter 15 to 2880 minutes."),
        ({"others": "ann@example"}, "others", "“ann@example” is not an e-mail address."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(
    cast: Cast, vendor: Vendor, changes: dict[str, str], field: str, why: str
) -> None:
    response = client_of(cast.assessor).post(reverse("rehearsal_add", args=[vendor.pk]), planned(cast, **changes))
    assert response.context["form"].errors[field] == [why]
    assert not Rehearsal.objects.exists()


def test_another_day_is_told_to_those_who_were_invited_and_who_is_gone_is_told_too(
    cast: Cast, vendor: Vendor, contact: Contact
) -> None:
    client = client_of(cast.assessor)
    guests = {"members": [cast.reader.user_id], "contacts": [contact.pk]}
    client.post(reverse("rehearsal_add", args=[vendor.pk]), planned(cast, **guests))
    made = Rehearsal.objects.get()
    mail.outbox.clear()

    sent = planned(cast, members=[cast.reader.user_id], planned_at="2060-03-05T14:00", version=made.version)
    response = client.post(reverse("rehearsal_edit", args=[made.pk]), sent)

    assert response.status_code == 302, response.context["form"].errors
    assert [(message.to, message.subject) for message in mail.outbox[1:]] == [
        (["reader@example.org"], "Changed: Rehearsal with Harbour Systems, 5 March 2060")
    ]
    assert mail.outbox[0].to == ["camille@vendor.example"]
    assert [part.mimetype for part in mail.outbox[0].alternatives][-1] == "text/calendar; method=CANCEL"


def test_of_two_who_change_it_the_second_reads_first(cast: Cast, vendor: Vendor) -> None:
    made = make_rehearsal(cast.assessor, vendor)
    client, url = client_of(cast.assessor), reverse("rehearsal_edit", args=[made.pk])
    assert client.post(url, planned(cast, place="Room 4", version=1)).status_code == 302

    response = client.post(url, planned(cast, place="Room 5", version=1))

    assert "Somebody changed it since you opened this page" in response.content.decode()
    assert response.context["form"]["version"].value() == "2"
    made.refresh_from_db()
    assert made.place == "Room 4"


def test_it_is_called_off_with_a_reason(cast: Cast, vendor: Vendor) -> None:
    made = make_rehearsal(cast.assessor, vendor)
    client, url = client_of(cast.assessor), reverse("rehearsal_call_off", args=[made.pk])
    assert client.post(url, {"reason": "", "version": 1}).context["form"].errors["reason"]
    client.post(url, {"reason": "The engineer is ill.", "version": 1})
    page = text_of(client, made.get_absolute_url())
    assert "Called off The engineer is ill." in page
    assert client.get(reverse("rehearsal_calendar", args=[made.pk])).status_code == 404


def test_its_appointment_is_there_to_be_kept(cast: Cast, vendor: Vendor) -> None:
    made = make_rehearsal(cast.assessor, vendor)
    response = client_of(cast.reader).get(reverse("rehearsal_calendar", args=[made.pk]))
    assert response["Content-Type"].startswith("text/calendar")
    assert b"METHOD:PUBLISH" in b"".join(response)


# Held -------------------------------------------------------------------------------------------------------------
def test_writing_down_one_that_is_still_to_come_says_that_the_guests_keep_its_day(cast: Cast, vendor: Vendor) -> None:
    client, warning = client_of(cast.assessor), "the guests have that day in their calendars"
    ahead = make_rehearsal(cast.assessor, vendor)
    over = make_rehearsal(cast.assessor, vendor, planned_at=timezone.now() + timedelta(days=10))
    Rehearsal.objects.filter(pk=over.pk).update(planned_at=timezone.now() - timedelta(days=1))
    assert warning in text_of(client, reverse("rehearsal_hold", args=[ahead.pk]))
    assert warning not in text_of(client, reverse("rehearsal_hold", args=[over.pk]))


def test_what_it_showed_is_written_down_and_becomes_a_commitment(cast: Cast, vendor: Vendor) -> None:
    make_release("2")
    made = make_rehearsal(cast.assessor, vendor, now=timezone.now() - timedelta(days=11))
    client = client_of(cast.assessor)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "Its day is over." in text_of(client, made.get_absolute_url())

    told = {"held_on": yesterday, "went_wrong": "The number in the plan was wrong.", "version": 1}
    client.post(reverse("rehearsal_hold", args=[made.pk]), told)

    page = text_of(client, made.get_absolute_url())
    assert "What went wrong The number in the plan was wrong." in page
    ask = f"{reverse('commitment_add', args=[vendor.pk])}?rehearsal={made.pk}"
    response = client.get(ask)
    assert "The number in the plan was wrong." in response.content.decode()
    assert (response.context["form"]["rule"].value(), response.context["origin"].source) == ("support", "rehearsal")
    sent = {
        "rule": "support",
        "what": "The vendor’s plan has the right number.",
        "owner": cast.assessor.user_id,
        "due_on": timezone.localdate() + timedelta(days=30),
    }
    response = client.post(ask, sent)
    assert response.status_code == 302, response.context["form"].errors
    commitment = Commitment.objects.get()
    assert (commitment.source, commitment.rehearsal) == (CommitmentSource.REHEARSAL, made)
    assert commitment.number in text_of(client, made.get_absolute_url())


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"held_on": ""}, "held_on", "Say on which day it was held."),
        (
            {"held_on": "2060-01-01"},
            "held_on",
            "Choose today or an earlier day: what is still to come has not been held.",
        ),
        ({"went_well": ""}, "went_wrong", "Write what went well or what went wrong, in a sentence at least."),
        (
            {"held_by": "alone"},
            "evidence",
            "Write what shows it: without that, nobody can tell that it was held.",
        ),
        (
            {"evidence": "A report"},
            "evidence",
            "Leave it empty for one that you held together, or choose the vendor alone.",
        ),
    ],
)
def test_a_record_that_cannot_be_is_refused_beside_its_field(
    cast: Cast, vendor: Vendor, changes: dict[str, str], field: str, why: str
) -> None:
    sent = {"kind": "review", "held_on": "2026-01-05", "held_by": "with_us", "went_well": "All", **changes}
    response = client_of(cast.assessor).post(reverse("rehearsal_note", args=[vendor.pk]), sent)
    assert response.context["form"].errors[field] == [why]


def test_one_that_the_vendor_held_alone_is_kept_with_what_shows_it(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    sent = {
        "kind": "rehearsal",
        "held_on": "2026-01-05",
        "held_by": "alone",
        "evidence": "Their report of 6 January.",
        "went_well": "All teams took part.",
    }
    response = client.post(reverse("rehearsal_note", args=[vendor.pk]), sent)
    assert response.status_code == 302, response.context["form"].errors
    page = text_of(client, response["Location"])
    assert "Rehearsal of Harbour Systems without us" in page
    assert "Held by the vendor alone: what shows it Their report of 6 January." in page


def test_people_say_since_when_all_of_them_are_on_record(cast: Cast) -> None:
    client = client_of(cast.admin)
    client.post(reverse("rehearsal_since"), {"since": "2024-02-01"})
    assert Organisation.objects.get(pk=cast.organisation.pk).rehearsals_recorded_since == date(2024, 2, 1)
    assert "on record since 1 February 2024" in text_of(client, LIST)
    errors = client.post(reverse("rehearsal_since"), {"since": "2060-02-01"}).context["form"].errors
    assert errors["since"] == ["Choose today or an earlier day."]


# Rights and secrecy -----------------------------------------------------------------------------------------------
def test_a_reader_changes_only_what_they_lead(cast: Cast, vendor: Vendor) -> None:
    led = make_rehearsal(cast.assessor, vendor, owner=cast.reader.user)
    other = make_rehearsal(cast.assessor, vendor)
    client = client_of(cast.reader)
    for route in ("rehearsal_edit", "rehearsal_hold", "rehearsal_call_off"):
        got = [client.get(reverse(route, args=[one.pk])).status_code for one in (led, other)]
        assert got == [200, 403], route
    assert client.post(reverse("rehearsal_invite", args=[other.pk])).status_code == 403


@pytest.fixture
def judged(cast: Cast, vendor: Vendor) -> Vendor:
    """The colleague still judges it."""
    assessment = make_assessment(cast.assessor, vendor=vendor, state=AssessmentState.COLLECTING)
    add_rater(assessment, cast.colleague)
    return vendor


def test_whoever_still_judges_sees_when_one_is_planned_and_nothing_of_what_was_held(cast: Cast, judged: Vendor) -> None:
    held = make_rehearsal(
        cast.admin, judged, held_on=date(2026, 1, 5), went_wrong="SECRET", scenario="SECRET", place="SECRET"
    )
    to_come = make_rehearsal(cast.admin, judged, place="Room 4", scenario="SECRET")
    client = client_of(cast.colleague)

    page = text_of(client, held.get_absolute_url())
    assert "You are still rating Harbour Systems" in page
    assert "SECRET" not in page and "2026" not in page
    page = text_of(client, to_come.get_absolute_url())
    assert "Room 4" in page and "SECRET" not in page
    listed = text_of(client, LIST)
    assert "Left out, because you still rate them : Harbour Systems" in re.sub(r" ?: ?", " : ", listed)
    assert "5 Jan 2026" not in listed
    assert "What was rehearsed and reviewed with it is shown to you once" in text_of(client, judged.get_absolute_url())
    for route in ("rehearsal_edit", "rehearsal_hold", "rehearsal_call_off"):
        assert client.get(reverse(route, args=[held.pk])).status_code == 403
    make_release("9")
    assert client.get(f"{reverse('commitment_add', args=[judged.pk])}?rehearsal={held.pk}").status_code == 404
    assert "SECRET" in text_of(client_of(cast.reader), held.get_absolute_url())


# The list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_what_is_planned_first_and_what_is_asked_for(cast: Cast, vendor: Vendor) -> None:
    make_rehearsal(cast.assessor, vendor, held_on=date(2026, 1, 5))
    make_rehearsal(cast.assessor, vendor)
    client = client_of(cast.reader)
    rows = client.get(LIST).context["rows"]
    assert [row.rehearsal.state for row in rows] == [RehearsalState.PLANNED, RehearsalState.HELD]
    rows = client.get(f"{LIST}?state=held&vendor={vendor.pk}").context["rows"]
    assert [row.day for row in rows] == [date(2026, 1, 5)]
    assert len(client.get(f"{LIST}?state=nonsense").context["rows"]) == 2


def test_the_list_has_a_way_to_plan_one(cast: Cast, vendor: Vendor) -> None:
    make_rehearsal(cast.assessor, vendor)
    assert "To plan one, choose its vendor above" in text_of(client_of(cast.assessor), LIST)
    chosen = f"{LIST}?vendor={vendor.pk}"
    add = reverse("rehearsal_add", args=[vendor.pk])
    assert add in client_of(cast.assessor).get(chosen).content.decode()
    assert add not in client_of(cast.reader).get(chosen).content.decode()


def test_an_empty_list_says_what_it_is_for(cast: Cast) -> None:
    assert "A rehearsal finds wrong numbers" in text_of(client_of(cast.reader), LIST)


def test_one_rehearsal_and_thirty_take_the_same_queries(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    first = make_rehearsal(cast.assessor, vendor, held_on=date(2026, 1, 5))
    pages = [LIST, vendor.get_absolute_url(), first.get_absolute_url(), reverse("work")]

    def queries(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    make_rehearsal(cast.assessor, vendor)
    few = {url: queries(url) for url in pages}
    for number in range(15):
        make_rehearsal(cast.assessor, vendor, held_on=date(2025, 1, 1 + number))
        make_rehearsal(cast.assessor, vendor)
    assert {url: queries(url) for url in pages} == few
