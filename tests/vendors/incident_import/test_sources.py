"""Which source a file comes from: proposed from what is known, decided by a person, remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from tests.factories import Cast, make_incident, make_vendor
from tests.vendors.incident_import.files import INPUTS, as_csv, counts, import_input, imported, kept, options_for
from vendors.incident_import import decisions, files, job, sources
from vendors.incident_import.columns.options import Options
from vendors.incident_import.options_check import OptionsRefused
from vendors.incident_import.sources import NEW_SOURCE, SourceSigns
from vendors.models import Incident, IncidentImport, IncidentSource, Vendor

HOSTING = {"Example Hosting": "new"}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def source(cast: Cast, key: str, name: str = "", **fields: Any) -> IncidentSource:
    return IncidentSource.objects.create(organisation=cast.organisation, key=key, name=name or key, **fields)


def rows(many: int = 10, *, first: int = 0) -> list[tuple[str, ...]]:
    return [(f"INC-{first + number}", "2026-01-05 10:00", "", "", "", "") for number in range(many)]


def signs(member: Membership, content: bytes, **given: Any) -> SourceSigns:
    upload = kept(member, content)
    return decisions.signs_of(upload, replace(Options.from_data(upload.options), **given)).source


# Proposed --------------------------------------------------------------------------------------------------------
def test_one_more_column_makes_no_new_source(cast: Cast) -> None:
    first = kept(cast.assessor, (INPUTS / "source_month1.csv").read_bytes())
    key = job.proposed_source(first, Options.from_data(first.options))
    import_input(cast.assessor, "source_month1.csv", source=key, vendors=HOSTING)
    second = kept(cast.assessor, (INPUTS / "source_month2.csv").read_bytes())
    proposed = job.proposed_source(second, Options.from_data(second.options))
    assert proposed == key
    upload = import_input(cast.assessor, "source_month2.csv", source=proposed)
    assert counts(upload) == {"changed": 30}
    assert set(Incident.objects.values_list("title", flat=True)) == {"Login fails"}


def test_what_knows_the_references_is_proposed_with_the_numbers(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", source_name="Our desk"))
    found = signs(cast.assessor, as_csv(rows(20)))
    assert (found.proposed, found.looked_at) == ("desk", 20)
    assert [(one.name, one.shared) for one in found.sharing] == [("Our desk", 10)]


def test_where_several_know_the_references_a_person_has_to_say(cast: Cast, vendor: Vendor) -> None:
    for key in ("one", "two"):
        imported(cast.assessor, as_csv(rows()), options_for(vendor, source=key, source_is_other=True))
    found = signs(cast.assessor, as_csv(rows()))
    assert (found.proposed, {one.key for one in found.sharing}) == ("", {"one", "two"})
    upload = kept(cast.assessor, as_csv(rows()))
    with pytest.raises(OptionsRefused, match="one, two"):
        job.proposed_source(upload, Options.from_data(upload.options))


def test_without_known_references_the_headings_of_earlier_files_tell(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", preset="other"))
    assert signs(cast.assessor, as_csv(rows(first=100)), preset="other").proposed == "desk"
    assert signs(cast.assessor, as_csv(rows(first=100)), preset="jira").proposed == "desk"
    other = as_csv([("1", "2026-01-05 10:00")], header=("Nummer", "Eröffnet"))
    assert signs(cast.assessor, other, preset="other").proposed == NEW_SOURCE


def test_headings_of_another_tool_tell_nothing(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", preset="glpi"))
    assert signs(cast.assessor, as_csv(rows(first=100)), preset="jira").proposed == NEW_SOURCE


def test_two_sources_of_the_same_headings_are_asked_about(cast: Cast, vendor: Vendor) -> None:
    for number, key in enumerate(("one", "two")):
        imported(cast.assessor, as_csv(rows(first=100 * number)), options_for(vendor, source=key))
    assert signs(cast.assessor, as_csv(rows(first=500))).proposed == ""


def test_a_source_that_is_used_no_more_is_not_proposed(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk"))
    IncidentSource.objects.update(ended_on=date(2026, 1, 31))
    assert signs(cast.assessor, as_csv(rows(first=100)), preset="other").proposed == NEW_SOURCE


def test_sources_of_another_organisation_are_never_seen(cast: Cast) -> None:
    theirs = make_vendor(cast.other_organisation)
    for reference, *_rest in rows():
        make_incident(theirs, reference, source="theirs")
    IncidentSource.objects.create(organisation=cast.other_organisation, key="theirs", name="Theirs")
    assert signs(cast.assessor, as_csv(rows())).candidates == []


# Decided ---------------------------------------------------------------------------------------------------------
def test_a_new_source_beside_a_known_one_with_the_same_references_is_confirmed_by_a_person(
    cast: Cast, vendor: Vendor
) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", source_name="Our desk"))
    with pytest.raises(OptionsRefused) as refused:
        imported(cast.assessor, as_csv(rows()), options_for(vendor, source="fresh"))
    assert refused.value.messages == {
        "source": "References known from “Our desk”: 10 of 10. From another source, all are new."
    }
    upload = imported(cast.assessor, as_csv(rows()), options_for(vendor, source="fresh", source_is_other=True))
    assert counts(upload) == {"new": 10}
    assert set(IncidentSource.objects.values_list("key", "name")) == {("desk", "Our desk"), ("fresh", "fresh")}


def test_a_source_is_named_in_the_trail_when_its_first_incidents_come_in(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", source_name="Our desk"))
    entry = AuditEntry.objects.get(verb="incidentsource.added")
    assert (entry.object_label, entry.after["name"], entry.actor) == ("Our desk", "Our desk", cast.assessor.user)


@pytest.mark.parametrize(
    ("name", "key"),
    [("ServiceNow", "servicenow"), ("Jira Service Management", "jira"), ("Our Desk", "our-desk"), ("工单", "source-1")],
)
def test_a_key_is_made_of_the_name(cast: Cast, name: str, key: str) -> None:
    assert sources.key_of(cast.organisation.pk, name) == key


def test_a_name_that_is_known_is_the_source_of_that_name(cast: Cast) -> None:
    source(cast, "old", "Our Desk")
    assert sources.key_of(cast.organisation.pk, "our desk") == "old"
    source(cast, "servicenow", "The first one")
    assert sources.key_of(cast.organisation.pk, "ServiceNow") == "source-1"


@pytest.mark.parametrize("name", ["manual", "own", "Manual"])
def test_no_file_is_named_as_if_people_had_written_it(cast: Cast, name: str) -> None:
    assert sources.key_of(cast.organisation.pk, name) == "source-1"


# The pages -------------------------------------------------------------------------------------------------------
@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client]) -> Client:
    return signed_in(cast.assessor)


def mapping(client: Client, cast: Cast, content: bytes) -> tuple[str, Any]:
    upload = files.keep(cast.assessor, ContentFile(content), "incidents.csv", timezone.now())
    address = reverse("incident_import_mapping", args=[upload.pk])
    return address, client.get(address)


def test_the_page_chooses_the_source_that_knows_the_references_and_says_why(
    cast: Cast, vendor: Vendor, client: Client
) -> None:
    imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", source_name="Our desk"))
    _address, page = mapping(client, cast, as_csv(rows(12)))
    assert page.context["form"]["source"].value() == "desk"
    assert "References known from “Our desk”: 10 of the 12 that were looked at." in " ".join(
        page.content.decode().split()
    )


def test_where_several_could_be_meant_the_page_chooses_none(cast: Cast, vendor: Vendor, client: Client) -> None:
    for key in ("one", "two"):
        imported(cast.assessor, as_csv(rows()), options_for(vendor, source=key, source_is_other=True))
    address, page = mapping(client, cast, as_csv(rows()))
    assert page.context["form"]["source"].value() == ""
    answer = client.post(address, {"column_reference": "Number", "column_opened": "Opened", "vendor_by": "one"})
    assert answer.context["form"].errors["source"] == ["Choose the source, or name a new one."]


def test_a_file_of_a_tool_that_nobody_knows_asks_for_a_name(cast: Cast, vendor: Vendor, client: Client) -> None:
    _address, page = mapping(client, cast, as_csv([("1", "2026-01-05 10:00")], header=("Ref", "Opened")))
    assert (page.context["form"]["source"].value(), page.context["form"]["source_name"].value()) == (NEW_SOURCE, "")


def test_a_source_is_renamed_and_ended_in_the_trail_and_keeps_its_incidents(
    cast: Cast, vendor: Vendor, client: Client
) -> None:
    row = source(cast, "desk", "Our desk")
    make_incident(vendor, "INC-1", source="desk")
    address = reverse("incident_source_edit", args=[row.pk])
    client.post(address, {"name": "  The old   desk ", "ended_on": "2026-01-31"})
    row.refresh_from_db()
    assert (row.key, row.name, row.ended_on) == ("desk", "The old desk", date(2026, 1, 31))
    entry = AuditEntry.objects.get(verb="incidentsource.changed")
    assert (entry.before, entry.after) == (
        {"ended_on": None, "name": "Our desk"},
        {"ended_on": "2026-01-31", "name": "The old desk"},
    )
    page = client.get(reverse("incident_import_list")).content.decode()
    assert "The old desk" in page
    assert "not after" in page
    assert "The old desk" in client.get(Incident.objects.get().get_absolute_url()).content.decode()


def test_saving_a_source_as_it_is_leaves_no_trail(cast: Cast, client: Client) -> None:
    row = source(cast, "desk", "Our desk")
    client.post(reverse("incident_source_edit", args=[row.pk]), {"name": "Our desk", "ended_on": ""})
    assert not AuditEntry.objects.filter(verb="incidentsource.changed").exists()


def test_two_sources_are_not_called_the_same(cast: Cast, client: Client) -> None:
    row = source(cast, "desk", "Our desk")
    source(cast, "other", "Another desk")
    answer = client.post(reverse("incident_source_edit", args=[row.pk]), {"name": "another DESK"})
    assert answer.context["form"].errors["name"] == ["Another source is called so already."]


def test_a_source_of_another_organisation_is_not_found(cast: Cast, client: Client) -> None:
    theirs = IncidentSource.objects.create(organisation=cast.other_organisation, key="theirs", name="Theirs")
    assert client.get(reverse("incident_source_edit", args=[theirs.pk])).status_code == 404
    assert "Theirs" not in client.get(reverse("incident_import_list")).content.decode()


def test_a_saved_mapping_brings_its_source_back(cast: Cast, vendor: Vendor, client: Client) -> None:
    from vendors.incident_import import saved_mappings

    first = imported(cast.assessor, as_csv(rows()), options_for(vendor, source="desk", source_name="Our desk"))
    saved_mappings.save_mapping(cast.assessor, "Every month", first)
    _address, page = mapping(client, cast, as_csv(rows(first=100)))
    assert page.context["form"]["source"].value() == "desk"
    assert IncidentImport.objects.count() == 2
