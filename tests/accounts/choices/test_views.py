"""The matches of a text, as a field asks for them while somebody types."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from groundwork.choices import MATCHES, SOURCES
from tests.factories import Cast, make_member, make_vendor
from vendors.models import Service, Vendor


def found(client: Any, source: str, text: str = "") -> list[str]:
    answer = client.get(reverse("choice_matches", args=[source]), {"q": text})
    assert answer.status_code == 200
    return [match["label"] for match in answer.json()["matches"]]


def test_matches_come_with_their_number_in_words(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation, "Harbour Systems", reference="V-7")
    answer = signed_in(cast.reader).get(reverse("choice_matches", args=["vendors"]), {"q": "v-7"})
    assert answer.json() == {"matches": [{"key": str(vendor.pk), "label": "Harbour Systems"}], "said": "1 match"}
    assert "no-store" in answer["Cache-Control"]


def test_at_most_twenty_are_told(cast: Cast, signed_in: Any) -> None:
    Vendor.objects.bulk_create(Vendor(organisation=cast.organisation, name=f"Quay {at:02}") for at in range(30))
    answer = signed_in(cast.reader).get(reverse("choice_matches", args=["vendors"]), {"q": "quay"}).json()
    assert (len(answer["matches"]), answer["said"]) == (MATCHES, "There are more: go on typing.")


def test_an_archived_vendor_is_no_choice_for_something_new(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.organisation, "Harbour Archive", archived_at="2026-01-01T00:00Z")
    client = signed_in(cast.assessor)
    assert found(client, "vendors", "archive") == ["Harbour Archive"]
    assert found(client, "active-vendors", "archive") == []


def test_a_service_is_told_with_its_vendor(cast: Cast, signed_in: Any) -> None:
    Service.objects.create(vendor=make_vendor(cast.organisation, "Harbour Systems"), name="Gate")
    assert found(signed_in(cast.reader), "services", "gate harb") == ["Gate (Harbour Systems)"]


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_nothing_of_others_is_found(cast: Cast, signed_in: Any, source: str) -> None:
    vendor = make_vendor(cast.other_organisation, "Strange Quay")
    Service.objects.create(vendor=vendor, name="Strange gate")
    labels = found(signed_in(cast.reader), source)
    assert not any("Strange" in label for label in labels)
    assert str(cast.stranger.user) not in labels


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_an_outside_rater_finds_nothing(cast: Cast, signed_in: Any, source: str) -> None:
    make_vendor(cast.organisation)
    outsider = make_member(cast.organisation, "outside", role="rater")
    assert found(signed_in(outsider), source) == []


def test_a_word_that_is_no_source_is_not_found(cast: Cast, signed_in: Any) -> None:
    assert signed_in(cast.reader).get(reverse("choice_matches", args=["secrets"])).status_code == 404
