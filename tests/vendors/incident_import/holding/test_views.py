"""The one question about a file: asked with the check, refused in words, put right later."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, imported, options_for, undone
from vendors.incident_import.holding import answers
from vendors.models import ImportState, IncidentImport, Vendor

ROWS = [
    ("INC-1", "1/2/2016 08:00", "2/2/2016 10:00", "", "", ""),
    ("INC-2", "20/2/2016 08:00", "", "", "", ""),
]
SAID = {"selection": "resolved", "first": "2016-02-01", "last": "2016-02-29", "exported_on": "2016-03-01"}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


@pytest.fixture
def upload(cast: Cast, vendor: Vendor) -> IncidentImport:
    return checked(cast.assessor, as_csv(ROWS), options_for(vendor))


@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client]) -> Client:
    return signed_in(cast.assessor)


def address_of(upload: IncidentImport) -> str:
    return reverse("incident_import_holds", args=[upload.pk])


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_check_asks_what_the_file_holds_and_proposes_an_answer_with_its_reasons(
    client: Client, upload: IncidentImport
) -> None:
    response = client.get(upload.get_absolute_url())

    form, text = response.context["form"], text_of(response)
    assert {name: form[name].value() for name in ("selection", "first", "last", "exported_on")} == {
        "selection": "opened",
        "first": date(2016, 2, 1),
        "last": date(2016, 2, 20),
        "exported_on": date(2016, 2, 20),
    }
    assert "The first incident was opened on 1 February 2016, the last on 20 February 2016." in text
    assert "Still open: 1 of 2. Resolutions begin soon after the first openings." in text
    assert "This looks like a file of all incidents opened in these days" in text
    assert "Import 2 rows" not in text


def test_to_look_at_the_question_says_nothing_yet(client: Client, upload: IncidentImport) -> None:
    client.get(upload.get_absolute_url())
    client.get(address_of(upload))

    upload.refresh_from_db()
    assert upload.selection == ""


def test_once_it_is_said_the_file_can_go_in(client: Client, upload: IncidentImport) -> None:
    response = client.post(address_of(upload), SAID, follow=True)

    text = text_of(response)
    assert (
        "Incidents resolved between two days: 1 February – 29 February 2016. Known until 1 March 2016, 23:59." in text
    )
    assert "Import 2 rows" in text
    upload.refresh_from_db()
    assert (upload.selection, upload.holds_to) == ("resolved", date(2016, 2, 29))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"selection": ""}, "Say what the file holds."),
        ({"selection": "everything"}, "Select a valid choice"),
        ({"first": ""}, "Say from which day on."),
        ({"last": "2016-01-01"}, "This day lies before the first one."),
        ({"exported_on": ""}, "Say on which day the file was exported."),
        ({"exported_on": "2016-02-19"}, "it cannot have been exported earlier"),
        ({"exported_on": "2199-01-01"}, "it cannot have been exported later"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    client: Client, upload: IncidentImport, wrong: dict[str, str], words: str
) -> None:
    response = client.post(address_of(upload), {**SAID, **wrong})

    assert response.status_code == 200
    assert words in text_of(response)
    assert set(response.context["form"].errors) == set(wrong)
    upload.refresh_from_db()
    assert upload.selection == ""


def test_what_was_said_is_put_right_after_the_import(client: Client, cast: Cast, vendor: Vendor) -> None:
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))

    asked = client.get(address_of(upload))
    client.post(address_of(upload), SAID)

    assert asked.context["form"]["selection"].value() == "opened"
    upload.refresh_from_db()
    assert (upload.state, upload.selection) == (ImportState.DONE, "resolved")


def test_an_import_of_earlier_days_says_that_nobody_was_asked(client: Client, cast: Cast, vendor: Vendor) -> None:
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    IncidentImport.objects.update(summary={}, **answers.NOTHING_SAID)

    before = text_of(client.get(upload.get_absolute_url()))
    client.post(address_of(upload), SAID)
    after = text_of(client.get(upload.get_absolute_url()))

    assert "Nobody was asked what this file holds" in before
    assert "Nobody was asked" not in after and "Incidents resolved between two days" in after


def test_where_nothing_is_to_be_said_the_page_leads_back(client: Client, cast: Cast, vendor: Vendor) -> None:
    upload = undone(cast.assessor, imported(cast.assessor, as_csv(ROWS), options_for(vendor)))

    assert client.get(address_of(upload))["Location"] == upload.get_absolute_url()
    assert client.post(address_of(upload), SAID)["Location"] == upload.get_absolute_url()
