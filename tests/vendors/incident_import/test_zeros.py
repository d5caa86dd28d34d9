"""References that a spreadsheet has taken for numbers: with their zeros they are known, and a person says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Cast, make_incident, make_vendor
from tests.vendors.incident_import.files import (
    INPUTS,
    as_csv,
    check_input,
    counts,
    import_input,
    imported,
    kept,
    options_for,
    undone,
)
from vendors.incident_import import decisions
from vendors.incident_import.columns.options import Options
from vendors.incident_import.options_check import OptionsRefused
from vendors.incident_import.zeros import Zeros, ZeroSigns, signs_of_zeros
from vendors.models import Incident, Vendor

DOWNLOAD = "30-own-download-after-a-spreadsheet.csv"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Example Patient Records")


def test_our_own_download_after_a_spreadsheet_is_asked_about_with_the_numbers(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "0000123", source="servicenow")
    upload = kept(cast.assessor, (INPUTS / DOWNLOAD).read_bytes())
    seen = decisions.signs_of(upload, Options.from_data(upload.options)).zeros
    assert seen == ZeroSigns(alike=1, looked_at=1, here="123", was="0000123")
    with pytest.raises(OptionsRefused) as refused:
        check_input(cast.assessor, DOWNLOAD)
    assert set(refused.value.messages) == {"leading_zeros"}


@pytest.mark.parametrize(("choice", "new"), [("match", 0), ("new", 1)])
def test_a_person_says_whether_they_are_the_same(cast: Cast, vendor: Vendor, choice: Any, new: int) -> None:
    make_incident(vendor, "0000123", source="servicenow")
    upload = import_input(cast.assessor, DOWNLOAD, leading_zeros=choice)
    assert upload.counts["new"] == new
    assert Incident.objects.count() == 1 + new
    assert (Incident.objects.get(reference="0000123").title == "zeros in front") == (choice == "match")


def test_matched_once_it_is_known_the_next_time_and_comes_back_with_an_undo(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "0000123", source="servicenow", title="Before", hours=None)
    before = list(Incident.objects.values())
    upload = import_input(cast.assessor, DOWNLOAD, leading_zeros="match")
    again = import_input(cast.assessor, DOWNLOAD, leading_zeros="match")
    assert counts(again) == {"unchanged": 1}
    undone(cast.assessor, upload)
    after = list(Incident.objects.values())
    assert [{**one, "updated_at": None} for one in after] == [{**one, "updated_at": None} for one in before]


def test_zeros_that_the_file_has_and_the_register_lacks_are_the_same_question(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "123", source="other")
    assert signs_of_zeros(cast.organisation.pk, {"other"}, ["0123", "77"]) == ZeroSigns(
        alike=1, looked_at=2, here="0123", was="123"
    )


@pytest.mark.parametrize("reference", ["123", "INC0123", "000", "12345678901234567890", "0124"])
def test_what_is_known_as_it_is_or_is_no_number_is_no_question(cast: Cast, vendor: Vendor, reference: str) -> None:
    make_incident(vendor, "123", source="other")
    assert signs_of_zeros(cast.organisation.pk, {"other"}, [reference]) is None


def test_another_source_or_organisation_is_not_asked(cast: Cast, vendor: Vendor) -> None:
    make_incident(make_vendor(cast.other_organisation), "0123", source="other")
    make_incident(vendor, "0123", source="glpi")
    assert signs_of_zeros(cast.organisation.pk, {"other"}, ["123"]) is None


def test_where_two_are_known_each_is_itself(cast: Cast, vendor: Vendor) -> None:
    for reference in ("0123", "00123"):
        make_incident(vendor, reference, source="other")
    zeros = Zeros(cast.organisation.pk)
    assert [zeros.known_as("other", text) for text in ("0123", "00123", "123")] == ["0123", "00123", "123"]


def test_two_of_a_file_that_are_one_are_told(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "0123", source="other")
    rows = [(reference, "2026-01-05 10:00", "", reference, "", "") for reference in ("123", "0123")]
    upload = imported(cast.assessor, as_csv(rows), options_for(vendor, leading_zeros="match"))
    assert counts(upload) == {"changed": 1, "error": 1, "problems": 1}


@given(known=st.sets(st.from_regex(r"0{0,3}[1-9][0-9]{0,2}", fullmatch=True), max_size=8), asked=st.integers(1, 999))
def test_a_reference_is_known_as_one_that_is_there_or_as_itself(known: set[str], asked: int) -> None:
    zeros = Zeros(0)
    found: dict[str, str | None] = {}
    for reference in known:
        digits = reference.lstrip("0")
        found[digits] = None if digits in found else reference
    zeros._of_source = {"other": found}
    same = [reference for reference in known if int(reference) == asked]
    assert zeros.known_as("other", str(asked)) == (same[0] if len(same) == 1 else str(asked))
