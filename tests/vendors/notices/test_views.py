"""Pages of planned changes: the list, one of them, its forms, the vendor's page; closed to whoever still judges."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from tests.factories import Cast, make_assessment, make_incident, make_notice, make_vendor
from vendors.models import ChangeNotice, DeskLink, Service, Vendor
from vendors.notices import changes

pytestmark = pytest.mark.django_db
SENT = {
    "title": "New database",
    "starts": "2060-03-04T22:00",
    "until": "2060-03-05T02:00",
    "risks": "Slow until noon.",
    "prevention": "Two engineers stand by.",
}
SOON = timezone.now() + timedelta(days=10)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text_of(client: Client, url: str) -> str:
    """What the page says, on one line."""
    response = client.get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def sent(**changed: Any) -> dict[str, Any]:
    at = {"starts": f"{SOON:%Y-%m-%dT%H:%M}", "until": f"{SOON + timedelta(hours=2):%Y-%m-%dT%H:%M}"}
    return SENT | at | changed


# By a member ------------------------------------------------------------------------------------------------------
def test_a_member_notes_one_and_is_told_whom_it_reached(cast: Cast, vendor: Vendor, records: Service) -> None:
    client = client_of(cast.assessor)

    response = client.post(reverse("notice_add", args=[vendor.pk]), sent(services=[records.pk]))

    assert response.status_code == 302, response.context["form"].errors
    assert [message.to for message in mail.outbox] == [["assessor@example.org"]]
    page = text_of(client, response["Location"])
    assert "1 department is told." in page
    assert "In 1 department nobody could be told: tell it yourself." in page
    assert "Two engineers stand by." in page
    assert "10 days before" in page
    assert "How it is undone The notice says nothing of it." in page


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"title": ""}, "title", "Say in a few words what changes."),
        ({"until": "2020-01-01T10:00"}, "until", "It ends before it begins: enter a later moment."),
        ({"starts": "2020-01-01T10:00"}, "until", "It lasts more than 60 days: announce each part by itself."),
        (
            {"starts": "0001-01-02T10:00", "until": "0001-01-02T11:00"},
            "starts",
            "Check the year: it is more than three years ago.",
        ),
        (
            {"starts": "9999-12-31T10:00", "until": "9999-12-31T11:00"},
            "starts",
            "Check the year: it is more than three years ahead.",
        ),
        ({"announced_on": "2060-01-01"}, "announced_on", "Choose today or an earlier day."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    cast: Cast, vendor: Vendor, changed: dict[str, str], field: str, why: str
) -> None:
    response = client_of(cast.assessor).post(reverse("notice_add", args=[vendor.pk]), sent(**changed))
    assert response.context["form"].errors[field] == [why]
    assert not ChangeNotice.objects.exists()


def test_days_of_warning_count_from_when_the_vendor_said_so(cast: Cast, vendor: Vendor) -> None:
    said_on = timezone.localdate() - timedelta(days=4)
    client = client_of(cast.assessor)
    response = client.post(reverse("notice_add", args=[vendor.pk]), sent(announced_on=said_on.isoformat()))
    assert "14 days before" in text_of(client, response["Location"])


def test_a_department_confirms_on_the_page_by_one_button(cast: Cast, vendor: Vendor, records: Service) -> None:
    notice = make_notice(cast.admin, vendor, services=[records])
    client, url = client_of(cast.assessor), reverse("change_notice", args=[notice.pk])
    assert "We have read it : Procurement" in text_of(client, url)
    client.post(reverse("notice_confirm", args=[notice.pk]), {"department": cast.department.pk, "version": 1})
    page = text_of(client, url)
    assert "by Assessor" in page
    assert "We have read it" not in page
    assert "not confirmed" in page  # the wards
    assert "We have read it" not in text_of(client_of(cast.reader), url)


def test_moved_tells_again_and_the_second_of_two_reads_first(cast: Cast, vendor: Vendor, records: Service) -> None:
    notice = make_notice(cast.admin, vendor, services=[records])
    client, url = client_of(cast.assessor), reverse("notice_edit", args=[notice.pk])
    assert client.post(url, sent(services=[records.pk], version=1)).status_code == 302
    assert mail.outbox[-1].subject.startswith("Changed: Harbour Systems on ")

    response = client.post(url, sent(services=[records.pk], title="Another", version=1))

    assert "Somebody changed it since you opened this page" in response.content.decode()
    assert response.context["form"]["version"].value() == "2"


def test_withdrawn_tells_the_departments_and_stays_on_record(cast: Cast, vendor: Vendor, records: Service) -> None:
    notice = make_notice(cast.admin, vendor, services=[records])
    client = client_of(cast.assessor)
    client.post(reverse("notice_withdraw", args=[notice.pk]))
    assert mail.outbox[-1].subject.startswith("Not made: ")
    assert "the change is not made" in text_of(client, notice.get_absolute_url())


def test_how_it_went_stands_beside_an_incident_without_blaming_it(cast: Cast, vendor: Vendor, records: Service) -> None:
    starts = timezone.now() - timedelta(days=5)
    notice = make_notice(cast.admin, vendor, services=[records], starts=starts)
    make_incident(vendor, "INC-1", resolved_at=None, service=records, opened_at=starts + timedelta(minutes=40))
    client = client_of(cast.assessor)
    client.post(reverse("notice_outcome", args=[notice.pk]), {"outcome": "Took an hour longer.", "version": 1})
    page = text_of(client, notice.get_absolute_url())
    assert "Took an hour longer." in page
    assert "Incident INC-1 opened 40 minutes after it began" in page
    assert "does not say that the change caused them" in page


# Lists ------------------------------------------------------------------------------------------------------------
def test_the_next_one_comes_first_and_what_is_over_last(cast: Cast, vendor: Vendor) -> None:
    now = timezone.now()
    for title, days in (("Later", 9), ("Next", 2), ("Long ago", -90), ("Last week", -7)):
        make_notice(cast.admin, vendor, title=title, starts=now + timedelta(days=days))
    changes.withdraw(cast.admin, ChangeNotice.objects.get(title="Later"), version=1, now=now)
    page = text_of(client_of(cast.reader), "/notices/")
    found = [page.index(title, page.index("What changes When")) for title in ("Next", "Later", "Last week", "Long ago")]
    assert found == sorted(found)
    assert "Later" not in text_of(client_of(cast.reader), "/notices/?state=to_come")
    assert "Next" not in text_of(client_of(cast.reader), "/notices/?state=past")


@pytest.mark.parametrize("page", ["list", "vendor", "one"])
def test_queries_do_not_grow_with_the_notices(cast: Cast, vendor: Vendor, records: Service, page: str) -> None:
    first = make_notice(cast.admin, vendor, services=[records])
    urls = {"list": "/notices/", "vendor": vendor.get_absolute_url(), "one": first.get_absolute_url()}
    client = client_of(cast.admin)
    client.get(urls[page])
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get(urls[page])
    for days in (3, 5, -20):
        make_notice(cast.admin, vendor, services=[records], starts=timezone.now() + timedelta(days=days))
    with CaptureQueriesContext(connection) as after:
        client.get(urls[page])
    assert len(after) == len(before)


def test_the_vendors_page_says_how_many_tell_of_risks_and_prevention(cast: Cast, vendor: Vendor) -> None:
    make_notice(cast.admin, vendor, title="Whole")
    make_notice(cast.admin, vendor, title="Bare", risks="", starts=timezone.now() + timedelta(days=4))
    page = text_of(client_of(cast.reader), vendor.get_absolute_url())
    assert "Of 2 changes announced, 1 say which problems may come and what is done against them." in page
    assert "Days of warning, the middle one of all: 7." in page


def test_whoever_still_judges_finds_nothing_and_is_told_why(cast: Cast, vendor: Vendor, records: Service) -> None:
    make_assessment(cast.assessor, vendor=vendor)
    notice = make_notice(cast.admin, vendor, title="Secret update", services=[records])
    client = client_of(cast.assessor)
    for url in ("/notices/", notice.get_absolute_url(), vendor.get_absolute_url(), reverse("work")):
        assert "Secret update" not in text_of(client, url)
    assert "shown to you once you have handed in your answers" in text_of(client, notice.get_absolute_url())
    for name in ("notice_edit", "notice_withdraw", "notice_outcome"):
        assert client.get(reverse(name, args=[notice.pk])).status_code == 302
    client.post(reverse("notice_confirm", args=[notice.pk]), {"department": cast.department.pk, "version": 1})
    assert not notice.readers.filter(read_at__isnull=False).exists()


# By the vendor ----------------------------------------------------------------------------------------------------
def desk_client(desk: tuple[DeskLink, str]) -> Client:
    client = Client()
    client.post(desk[1], {"language": "en"})
    return client


def test_the_vendor_announces_moves_withdraws_and_tells_how_it_went(
    vendor: Vendor, records: Service, desk: tuple[DeskLink, str]
) -> None:
    client, link = desk_client(desk), desk[0]
    assert "Changes that you plan" in text_of(client, reverse("desk_home", args=[link.pk]))

    response = client.post(reverse("desk_notice_add", args=[link.pk]), sent(services=[records.pk]))
    assert response.status_code == 302, response.context["form"].errors
    assert mail.outbox[-1].to == ["assessor@example.org"]
    notice = ChangeNotice.objects.get()
    assert "New database" in text_of(client, reverse("desk_notices", args=[link.pk]))

    where = [link.pk, notice.pk]
    client.post(reverse("desk_notice_edit", args=where), sent(services=[records.pk], title="Newer", version=1))
    assert mail.outbox[-1].subject.startswith("Changed: ")
    client.post(reverse("desk_notice_withdraw", args=where), {"version": 2})
    notice.refresh_from_db()
    assert (notice.title, notice.version, notice.withdrawn_at is None) == ("Newer", 3, False)

    over = make_notice(link, vendor)
    ended = timezone.now() - timedelta(days=1)
    ChangeNotice.objects.filter(pk=over.pk).update(starts=ended, until=ended)
    client.post(reverse("desk_notice_outcome", args=[link.pk, over.pk]), {"outcome": "In time.", "version": 1})
    assert "In time." in text_of(client, reverse("desk_notices", args=[link.pk]))


def test_the_vendor_does_not_announce_what_is_over(desk: tuple[DeskLink, str]) -> None:
    past = {"starts": "2026-01-04T22:00", "until": "2026-01-05T02:00"}
    response = desk_client(desk).post(reverse("desk_notice_add", args=[desk[0].pk]), SENT | past)
    assert response.status_code == 422
    assert response.context["form"].errors["until"] == ["This is over already: enter a moment to come."]


def test_another_vendors_notice_is_not_found_behind_the_link(
    cast: Cast, vendor: Vendor, desk: tuple[DeskLink, str]
) -> None:
    foreign = make_notice(cast.admin, make_vendor(cast.organisation, "Another"), title="Not yours")
    client, link = desk_client(desk), desk[0]
    assert "Not yours" not in text_of(client, reverse("desk_notices", args=[link.pk]))
    for name in ("desk_notice_edit", "desk_notice_withdraw", "desk_notice_outcome"):
        assert client.get(reverse(name, args=[link.pk, foreign.pk])).status_code == 404
        assert client.post(reverse(name, args=[link.pk, foreign.pk]), sent(version=1)).status_code == 404


def test_the_vendor_does_not_learn_who_has_read_it(
    cast: Cast, vendor: Vendor, records: Service, desk: tuple[DeskLink, str]
) -> None:
    notice = make_notice(desk[0], vendor, services=[records])
    changes.confirm(cast.assessor, notice, cast.department.pk, version=1, now=timezone.now())
    client = desk_client(desk)
    for url in ("desk_notices", "desk_home"):
        page = text_of(client, reverse(url, args=[desk[0].pk]))
        assert "Procurement" not in page
        assert "Wards" not in page
