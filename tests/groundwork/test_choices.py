"""A choice of many rows: a select while it is short, a field to search in where it is not."""

from __future__ import annotations

import pytest
from django import forms
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from groundwork.choices import MATCHES, SHORT, SearchedChoiceField, SearchedFilterField, is_asked
from tests.factories import Cast, make_vendor
from vendors.choices import VENDORS
from vendors.models import Vendor

MANY = SHORT + 1


class ChoosingForm(forms.Form):
    vendor = SearchedChoiceField(Vendor.objects.none(), source=VENDORS, empty_label="Choose a vendor")


class NarrowingForm(forms.Form):
    vendor = SearchedFilterField(Vendor.objects.none(), source=VENDORS, required=False, empty_label="All vendors")


def form_of(cast: Cast, sent: str | None = None, kind: type[forms.Form] = ChoosingForm) -> forms.Form:
    form = kind(None if sent is None else QueryDict(sent))
    form.fields["vendor"].queryset = VENDORS.rows(cast.assessor)
    return form


@pytest.fixture
def vendors(cast: Cast) -> list[Vendor]:
    rows = [Vendor(organisation=cast.organisation, name=f"Harbour {number:02}") for number in range(MANY)]
    return Vendor.objects.bulk_create(rows)


def test_what_is_short_is_the_select_that_it_was(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    with CaptureQueriesContext(connection) as queries:
        drawn = str(form_of(cast)["vendor"])
    assert "<select" in drawn
    assert f'<option value="{vendor.pk}">{vendor.name}</option>' in drawn
    assert '<option value="" selected>Choose a vendor</option>' in drawn
    assert len(queries) == 1


def test_fifty_are_a_select_and_one_more_is_a_field_to_search_in(cast: Cast, vendors: list[Vendor]) -> None:
    drawn = str(form_of(cast)["vendor"])
    assert "<select" not in drawn
    assert 'name="vendor-typed"' in drawn
    assert 'data-search-field="/choices/vendors/"' in drawn
    vendors[0].delete()
    assert "<select" in str(form_of(cast)["vendor"])


def test_a_field_to_search_in_does_not_grow_with_its_rows(cast: Cast, vendors: list[Vendor]) -> None:
    before = len(str(form_of(cast)["vendor"]))
    Vendor.objects.bulk_create(Vendor(organisation=cast.organisation, name=f"Quay {at}") for at in range(200))
    with CaptureQueriesContext(connection) as queries:
        assert len(str(form_of(cast)["vendor"])) == before
    assert len(queries) == 1
    assert f"LIMIT {MANY}" in queries[0]["sql"]


@pytest.mark.parametrize("text", ["Harbour 07", "harbour 07", "07", "07 harb"])
def test_a_text_that_means_one_row_is_enough(cast: Cast, vendors: list[Vendor], text: str) -> None:
    form = form_of(cast, f"vendor=&vendor-typed={text}")
    assert form.is_valid()
    assert form.cleaned_data["vendor"] == vendors[7]


def test_a_name_is_itself_although_others_begin_with_it(cast: Cast, vendors: list[Vendor]) -> None:
    whole = make_vendor(cast.organisation, "Harbour")
    assert form_of(cast, "vendor-typed=harbour 0 ").is_valid() is False
    form = form_of(cast, "vendor-typed=harbour")
    assert form.is_valid()
    assert form.cleaned_data["vendor"] == whole


def test_what_matches_several_is_offered_and_the_text_stays(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, "vendor=&vendor-typed=Harbour 0")
    assert form.errors == {"vendor": ["Choose one of the matches."]}
    drawn = str(form["vendor"])
    assert drawn.count('type="radio"') == 15
    assert 'value="Harbour 0"' in drawn
    assert 'type="hidden"' not in drawn


def test_many_matches_are_cut_and_it_is_said(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, "vendor-typed=Harbour")
    form.is_valid()
    drawn = str(form["vendor"])
    assert drawn.count('type="radio"') == MATCHES
    assert "There are more: go on typing." in drawn


def test_what_was_offered_is_chosen_beside_the_text_that_found_it(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, f"vendor-typed=Harbour 0&vendor={vendors[3].pk}")
    assert form.is_valid()
    assert form.cleaned_data["vendor"] == vendors[3]


def test_another_text_than_that_of_the_choice_counts(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, f"vendor={vendors[3].pk}&vendor-typed=Harbour 09")
    assert form.is_valid()
    assert form.cleaned_data["vendor"] == vendors[9]


def test_an_emptied_text_chooses_nothing(cast: Cast, vendors: list[Vendor]) -> None:
    assert form_of(cast, f"vendor={vendors[3].pk}&vendor-typed=").errors == {"vendor": ["This field is required."]}
    form = form_of(cast, f"vendor={vendors[3].pk}&vendor-typed=", NarrowingForm)
    assert form.is_valid()
    assert form.cleaned_data["vendor"] is None


def test_a_text_that_matches_nothing_says_so(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, "vendor-typed=<Quay>")
    assert form.errors["vendor"] == ["Nothing matches “<Quay>”. Try fewer or other letters."]
    assert "&lt;Quay&gt;" in str(form["vendor"])


def test_the_button_never_sends_the_form(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, "vendor-typed=Harbour 07&vendor-search=1")
    assert not form.is_valid()
    assert f'value="{vendors[7].pk}"' in str(form["vendor"])
    assert " checked" in str(form["vendor"])


def test_a_filter_takes_the_only_match_at_once(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, "vendor-typed=Harbour 07&vendor-search=1", NarrowingForm)
    assert form.is_valid()
    assert form.cleaned_data["vendor"] == vendors[7]


def test_a_key_alone_is_chosen_and_shown_by_its_name(cast: Cast, vendors: list[Vendor]) -> None:
    form = form_of(cast, f"vendor={vendors[3].pk}")
    assert form.is_valid()
    drawn = str(form["vendor"])
    assert 'value="Harbour 03"' in drawn
    assert f'<input type="hidden" name="vendor" value="{vendors[3].pk}"' in drawn


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999999"])
def test_a_key_that_is_nobodys_is_refused(cast: Cast, vendors: list[Vendor], key: str) -> None:
    assert not form_of(cast, f"vendor={key}").is_valid()
    assert "Harbour" not in str(form_of(cast, f"vendor={key}")["vendor"])


def test_rows_of_others_are_neither_found_nor_chosen(cast: Cast, vendors: list[Vendor]) -> None:
    theirs = make_vendor(cast.other_organisation, "Strange Quay")
    assert not form_of(cast, "vendor-typed=Strange Quay").is_valid()
    assert not form_of(cast, f"vendor={theirs.pk}").is_valid()
    assert "Strange" not in str(form_of(cast, f"vendor={theirs.pk}")["vendor"])


def test_a_text_beside_an_empty_choice_counts_as_asked() -> None:
    assert is_asked(QueryDict("vendor=&vendor-typed=a"), "state", "vendor")
    assert not is_asked(QueryDict("vendor=&vendor-typed="), "state", "vendor")
