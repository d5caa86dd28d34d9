"""Which vendor a name means: nobody is chosen by likeness, and many names are read in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import (
    as_csv,
    check_input,
    checked,
    counts,
    import_input,
    options_for,
    started,
    worked,
)
from vendors.incident_import.names_form import another_of, key_of
from vendors.incident_import.rows.matching import Nearness
from vendors.models import Incident, IncidentImport, Vendor

NEAR_BUT_NOT = ("Example Support L2", "Example Support L3", "Example Hosting Nord", "Example Hosting Sud")


@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client]) -> Client:
    return signed_in(cast.assessor)


@pytest.fixture
def _register(cast: Cast) -> None:
    for name in ("Example Support L1", "Example Hosting"):
        make_vendor(cast.organisation, name)


def address(upload: IncidentImport) -> str:
    return reverse("incident_import_vendors", args=[upload.pk])


def chosen(page: Any) -> dict[str, Any]:
    return {str(row.field.label): row.field.value() for row in page.context["form"].rows}


@pytest.mark.usefixtures("_register")
def test_nothing_is_chosen_but_the_vendor_of_exactly_that_name(cast: Cast, client: Client) -> None:
    upload = check_input(cast.assessor, "near_names.csv")
    l1 = Vendor.objects.get(name="Example Support L1")
    assert chosen(client.get(address(upload))) == {"Example Support L1": str(l1.pk), **dict.fromkeys(NEAR_BUT_NOT, "")}


@pytest.mark.usefixtures("_register")
def test_all_new_ones_are_created_in_one_go_and_the_known_one_stays(cast: Cast, client: Client) -> None:
    upload = check_input(cast.assessor, "near_names.csv")
    l1 = Vendor.objects.get(name="Example Support L1")
    client.post(address(upload), {key_of("Example Support L1"): l1.pk, "rest": "new"})
    upload = worked(upload)
    started(cast.assessor, upload)
    assert counts(worked(upload)) == {"new": 25}
    assert set(Vendor.objects.values_list("name", flat=True)) == {
        "Example Support L1",
        "Example Hosting",
        *NEAR_BUT_NOT,
    }
    assert Incident.objects.filter(vendor=l1).count() == 5
    assert not Vendor.objects.get(name="Example Hosting").incidents.exists()


@pytest.mark.usefixtures("_register")
def test_what_is_alike_is_offered_and_the_most_alike_first(cast: Cast, client: Client) -> None:
    for number in range(9):
        make_vendor(cast.organisation, f"Quite other {number}")
    form = client.get(address(check_input(cast.assessor, "near_names.csv"))).context["form"]
    labels = [str(label) for _value, label in form.fields[key_of("Example Hosting Nord")].choices]
    assert labels[0] == "Example Hosting"
    assert labels[-3:] == ["New vendor", "Leave out", "Another:"]
    assert len(labels) <= 6


def test_a_name_or_reference_is_the_vendors_whatever_its_capitals_and_spaces(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example  Systems", reference="V-001")
    nearness = Nearness([vendor])
    assert [nearness.exact(text) for text in ("example systems", "v-001", "Example System")] == [vendor.pk] * 2 + [None]


def test_nothing_alike_is_offered_to_what_is_like_nobody(cast: Cast) -> None:
    nearness = Nearness([make_vendor(cast.organisation, "Example Systems")])
    assert nearness.nearest("Quäck") == []


@pytest.fixture
def upload(cast: Cast) -> IncidentImport:
    rows = [("INC-1", "2026-01-05 10:00", "", "", "", "Group 7")]
    return checked(cast.assessor, as_csv(rows), options_for())


def test_another_vendor_is_written_down_by_its_name(cast: Cast, client: Client, upload: IncidentImport) -> None:
    vendor = make_vendor(cast.organisation, "Quite Other")
    for choice in ({key_of("Group 7"): "another"}, {}):  # the words alone are enough
        IncidentImport.objects.update(state="checked", options=upload.options)
        client.post(address(upload), {**choice, another_of("Group 7"): " quite  other"})
        assert IncidentImport.objects.get().options["vendors"] == {"Group 7": {"vendor": vendor.pk}}


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "Write the name of the vendor."), ("Nobody", "There is no vendor “Nobody” in the register.")],
)
def test_a_vendor_that_is_not_there_is_said_beside_its_field(
    client: Client, upload: IncidentImport, text: str, why: str
) -> None:
    page = client.post(address(upload), {key_of("Group 7"): "another", another_of("Group 7"): text})
    assert page.context["form"].errors == {another_of("Group 7"): [why]}
    assert IncidentImport.objects.get().state == "checked"


def test_a_vendor_of_another_organisation_cannot_be_written_down(
    cast: Cast, client: Client, upload: IncidentImport
) -> None:
    make_vendor(cast.other_organisation, "Theirs")
    page = client.post(address(upload), {key_of("Group 7"): "another", another_of("Group 7"): "Theirs"})
    assert page.context["form"].errors


def test_what_was_decided_is_chosen_again(cast: Cast, client: Client, upload: IncidentImport) -> None:
    vendor = make_vendor(cast.organisation, "Quite Other")
    for decision, value in (({"vendor": vendor.pk}, str(vendor.pk)), ("new", "new"), ("skip", "skip")):
        IncidentImport.objects.update(options={**upload.options, "vendors": {"Group 7": decision}})
        assert chosen(client.get(address(upload))) == {"Group 7": value}


def test_many_names_of_many_vendors_stay_a_small_page(cast: Cast, client: Client) -> None:
    for number in range(60):
        make_vendor(cast.organisation, f"Vendor number {number}")
    rows = [(f"INC-{number}", "2026-01-05 10:00", "", "", "", f"Group number {number}") for number in range(70)]
    page = client.get(address(checked(cast.assessor, as_csv(rows), options_for())))
    text = page.content.decode()
    assert text.count('type="radio"') <= 70 * 6
    assert (text.count("<select"), text.count("<option")) == (0, 60)  # one list of vendors for all
    assert len(text) < 250_000


@pytest.mark.usefixtures("_register")
def test_a_file_goes_in_as_the_names_say(cast: Cast) -> None:
    upload = import_input(cast.assessor, "near_names.csv", vendors=dict.fromkeys(NEAR_BUT_NOT, "new"))
    assert counts(upload) == {"new": 25}
    assert Vendor.objects.count() == 6
