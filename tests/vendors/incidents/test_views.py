"""The pages of incidents: reading, writing down, changing, deleting; who may, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import NOW, Cast, make_feedback, make_incident, make_vendor
from vendors.incidents.changes import incident_fingerprint
from vendors.models import Incident, IncidentImport, Pulse, Vendor

FILLED = {"reference": "INC-1", "opened_at": "2026-03-02T10:30", "sla": "unknown"}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def text(client: Any, route: str, *args: Any) -> str:
    return client.get(reverse(route, args=args)).content.decode()


def sent(incident: Incident, **changes: str) -> dict[str, str]:
    """What a browser sends from the page of editing, with `changes`."""
    opened, resolved = (timezone.localtime(moment) for moment in (incident.opened_at, incident.resolved_at))
    values = {
        "reference": incident.reference,
        "opened_at": f"{opened:%Y-%m-%dT%H:%M}",
        "resolved_at": f"{resolved:%Y-%m-%dT%H:%M}",
        "mission_critical": "on",
        "sla": incident.sla,
        "seen": incident_fingerprint(incident),
    }
    return {**values, **changes}


# Writing down ----------------------------------------------------------------------------------------------------
def test_an_incident_is_written_down_and_shown(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    answer = client.post(reverse("incident_add", args=[vendor.pk]), {**FILLED, "title": "It stops", "problem": "Disk"})
    incident = Incident.objects.get()
    assert answer.url == reverse("incident_detail", args=[incident.pk])
    assert (incident.vendor, incident.source, incident.mission_critical) == (vendor, "manual", False)
    page = text(client, "incident_detail", incident.pk)
    assert "It stops" in page
    assert "Written down by hand" in page
    assert "Incident added" in page


def test_a_form_with_a_fault_keeps_what_was_typed(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_incident(vendor, "INC-1")
    url = reverse("incident_add", args=[vendor.pk])
    page = signed_in(cast.assessor).post(url, {**FILLED, "title": "It stops"}).content.decode()
    assert "of this reference already" in page
    assert "It stops" in page
    assert Incident.objects.count() == 1


def test_nothing_is_added_to_an_archived_vendor_and_the_page_says_why(
    cast: Cast, vendor: Vendor, signed_in: Any
) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(archived_at=NOW)
    client, url = signed_in(cast.assessor), reverse("incident_add", args=[vendor.pk])
    answer = client.post(url, FILLED)
    assert answer.status_code == 409
    assert "Nothing is added to an archived vendor" in answer.content.decode()
    assert "<datalist" not in client.get(url).content.decode()
    assert not Incident.objects.exists()


def test_from_the_list_one_chooses_the_vendor_first(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_vendor(cast.organisation, "Gone Systems", archived_at=NOW)
    make_vendor(cast.other_organisation, "Their Secret Vendor")
    client = signed_in(cast.assessor)
    page = text(client, "incident_vendor")
    assert vendor.name in page
    assert "Gone Systems" not in page
    assert "Secret" not in page
    answer = client.post(reverse("incident_vendor"), {"vendor": vendor.pk})
    assert answer.url == reverse("incident_add", args=[vendor.pk])
    assert client.post(reverse("incident_vendor"), {}).status_code == 200


def test_without_a_vendor_the_way_leads_to_the_register(cast: Cast, signed_in: Any) -> None:
    assert reverse("vendor_add") in text(signed_in(cast.assessor), "incident_vendor")


def test_the_list_of_one_vendor_leads_straight_to_its_form(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_incident(vendor)
    page = signed_in(cast.assessor).get(reverse("incident_list"), {"vendor": vendor.pk}).content.decode()
    assert reverse("incident_add", args=[vendor.pk]) in page


# Changing --------------------------------------------------------------------------------------------------------
def test_a_change_is_saved_and_told(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    incident = make_incident(vendor)
    client = signed_in(cast.assessor)
    answer = client.post(reverse("incident_edit", args=[incident.pk]), sent(incident, problem="Cable"))
    assert answer.url == reverse("incident_detail", args=[incident.pk])
    assert AuditEntry.objects.get().after == {"problem": "Cable"}
    assert "Incident changed" in text(client, "incident_detail", incident.pk)


def test_what_a_colleague_changed_meanwhile_is_said_once_and_then_overruled(
    cast: Cast, vendor: Vendor, signed_in: Any
) -> None:
    incident = make_incident(vendor)
    client, url = signed_in(cast.assessor), reverse("incident_edit", args=[incident.pk])
    mine = sent(incident, problem="Cable")
    Incident.objects.update(title="From the export")
    first = client.post(url, mine)
    assert "changed this incident meanwhile" in first.content.decode()
    assert Incident.objects.get().problem == ""
    again = first.context["form"]["seen"].value()
    client.post(url, {**mine, "seen": again})
    assert Incident.objects.get().problem == "Cable"


def test_an_imported_incident_says_that_the_export_wins(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    imported, by_hand = make_incident(vendor, source="servicenow"), make_incident(vendor)
    page = text(client, "incident_edit", imported.pk)
    assert "It came by import from ServiceNow" in page
    assert "source of truth" in page
    assert "source of truth" not in text(client, "incident_edit", by_hand.pk)


# Deleting --------------------------------------------------------------------------------------------------------
def test_the_confirmation_says_what_goes_and_what_stays(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    incident = make_incident(vendor, source="glpi")
    fields = {"asked_by": cast.assessor.user, "expires_at": NOW}
    Pulse.objects.create(incident=incident, name="One", token_hash="1" * 64, **fields)
    make_feedback(vendor, incident=incident)
    client, url = signed_in(cast.assessor), reverse("incident_delete", args=[incident.pk])
    page = client.get(url).content.decode()
    assert "1 pulse goes with it" in page
    assert "1 entry in the voice of the customer stays" in page
    assert "it comes back" in page
    assert Incident.objects.exists()
    assert client.post(url).url == f"{reverse('incident_list')}?vendor={vendor.pk}"
    assert not Incident.objects.exists()


# Reading ---------------------------------------------------------------------------------------------------------
def test_the_page_leads_to_the_incident_that_came_before(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    first = make_incident(vendor, opened=NOW - timedelta(days=3), problem="Disk full")
    second = make_incident(vendor, problem="disk full")
    client = signed_in(cast.reader)
    page = text(client, "incident_detail", second.pk)
    assert "It came back" in page
    assert first.get_absolute_url() in page
    assert "It came back" not in text(client, "incident_detail", first.pk)


def test_the_page_names_the_import_that_it_came_from(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    upload = IncidentImport.objects.create(
        organisation=cast.organisation, created_by=cast.assessor.user, file_name="march.csv"
    )
    incident = make_incident(vendor, source="glpi", created_in=upload, changed_in=upload)
    page = text(signed_in(cast.assessor), "incident_detail", incident.pk)
    assert page.count("march.csv") == 1


def test_what_looks_like_markup_is_shown_as_text(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    planted = "<script>alert(1)</script>"
    incident = make_incident(vendor, planted[:70], title=planted, problem=planted, handled_by=planted)
    client = signed_in(cast.assessor)
    for route, args in (
        ("incident_list", []),
        ("incident_detail", [incident.pk]),
        ("incident_edit", [incident.pk]),
        ("incident_delete", [incident.pk]),
        ("vendor_detail", [vendor.pk]),
    ):
        assert "<script>alert" not in text(client, route, *args), route


@pytest.mark.parametrize("route", ["incident_list", "incident_detail", "incident_edit", "feedback_list", "quadrant"])
def test_the_main_menu_says_that_these_are_facts(cast: Cast, vendor: Vendor, signed_in: Any, route: str) -> None:
    args = [make_incident(vendor).pk] if route in {"incident_detail", "incident_edit"} else []
    page = text(signed_in(cast.assessor), route, *args)
    here = "page" if route == "incident_list" else "true"
    assert f'<a href="/incidents/" aria-current="{here}">Facts' in page
    assert '<a href="/vendors/" aria-current="false">' in page


# On the page of the vendor ---------------------------------------------------------------------------------------
def test_the_vendors_page_shows_the_newest_and_how_many_are_open(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    for number in range(7):
        make_incident(vendor, f"INC-{number}", opened=NOW + timedelta(days=number), hours=None if number < 2 else 4)
    page = text(signed_in(cast.assessor), "vendor_detail", vendor.pk)
    assert "2 are open" in page
    assert [f">INC-{number}<" in page for number in range(7)] == [False, False, True, True, True, True, True]
    assert f"{reverse('incident_list')}?vendor={vendor.pk}" in page
    assert reverse("vendor_measures", args=[vendor.pk]) in page


def test_a_vendor_without_incidents_says_what_they_would_tell(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    assert "whether this vendor gets faster" in text(signed_in(cast.reader), "vendor_detail", vendor.pk)


# Who may, and what it costs --------------------------------------------------------------------------------------
CHANGES = ("incident_edit", "incident_delete")


def test_a_stranger_finds_no_incident(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    incident = make_incident(vendor)
    client = signed_in(cast.stranger)
    urls = [reverse(route, args=[incident.pk]) for route in ("incident_detail", *CHANGES)]
    urls.append(reverse("incident_add", args=[vendor.pk]))
    assert {client.get(url).status_code for url in urls} == {404}
    assert {client.post(url, FILLED).status_code for url in urls[1:]} == {404}
    assert Incident.objects.count() == 1
    exported = b"".join(client.get(reverse("incident_export")).streaming_content).decode()
    assert incident.reference not in exported


def test_a_reader_reads_and_changes_nothing(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    incident = make_incident(vendor)
    client = signed_in(cast.reader)
    urls = [reverse(route, args=[incident.pk]) for route in CHANGES]
    urls += [reverse("incident_add", args=[vendor.pk]), reverse("incident_vendor")]
    assert {client.post(url, FILLED).status_code for url in urls} == {403}
    pages = [
        text(client, "incident_detail", incident.pk),
        text(client, "incident_list"),
        text(client, "vendor_detail", vendor.pk),
    ]
    assert not [url for url in urls for page in pages if f'"{url}"' in page]


@pytest.mark.parametrize("route", ["incident_detail", "incident_edit", "incident_delete"])
def test_a_page_takes_the_same_queries_among_few_and_many(
    cast: Cast, vendor: Vendor, signed_in: Any, route: str
) -> None:
    client = signed_in(cast.assessor)
    incident = make_incident(vendor, problem="Disk")
    client.post(reverse("incident_edit", args=[incident.pk]), sent(incident, title="It stops", problem="Disk"))
    make_incident(vendor, problem="Disk", opened=NOW - timedelta(days=2))

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(route, args=[incident.pk])).status_code == 200
        return len(caught)

    queries()
    few = queries()
    for number in range(12):
        make_incident(vendor, f"MORE-{number}", problem="Disk", opened=NOW - timedelta(days=3))
        incident.refresh_from_db()
        client.post(
            reverse("incident_edit", args=[incident.pk]), sent(incident, problem="Disk", title=f"Title {number}")
        )
    assert queries() == few
