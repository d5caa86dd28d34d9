"""Pages of a list that may be huge."""

from __future__ import annotations

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from groundwork import pagination
from groundwork.pagination import BoundedPaginator, InTurn
from tests.factories import Cast
from vendors.models import Vendor


@pytest.fixture
def rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight, of which six are counted."""
    monkeypatch.setattr(pagination, "COUNTED", 6)
    Vendor.objects.bulk_create(Vendor(organisation=cast.organisation, name=f"Vendor {at}") for at in range(8))


def nav(page: object) -> str:
    request = RequestFactory().get("/")
    return " ".join(render_to_string("_pagination.html", {"page_obj": page}, request).split())


@pytest.mark.usefixtures("rows")
def test_what_lies_beyond_the_bound_is_neither_counted_nor_shown() -> None:
    pages = BoundedPaginator(Vendor.objects.all(), 3)
    with CaptureQueriesContext(connection) as queries:
        assert (pages.count, pages.num_pages, pages.goes_on) == (6, 2, True)
    assert len(queries) == 1
    assert "LIMIT 7" in queries[0]["sql"]
    assert "ORDER BY" not in queries[0]["sql"]
    assert [one.name for one in pages.get_page("99")] == ["Vendor 3", "Vendor 4", "Vendor 5"]


@pytest.mark.usefixtures("rows")
def test_the_page_says_that_the_list_goes_on_and_names_no_last_page() -> None:
    pages = BoundedPaginator(Vendor.objects.all(), 3)
    assert "Page 1 <" in nav(pages.get_page(1))
    assert " of " not in nav(pages.get_page(1))
    assert "The list goes on: filter it to see the rest." not in nav(pages.get_page(1))
    assert "The list goes on: filter it to see the rest." in nav(pages.get_page(2))


@pytest.mark.usefixtures("rows")
def test_a_list_within_the_bound_is_counted_whole() -> None:
    pages = BoundedPaginator(Vendor.objects.filter(name__lt="Vendor 5"), 3)
    assert (pages.count, pages.words, pages.goes_on) == (5, "5", False)
    assert "Page 1 of 2" in nav(pages.get_page(1))


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(("start", "end"), [(0, 3), (3, 6), (6, 9), (4, 5), (8, 9)])
def test_rows_behind_others_are_cut_as_if_they_were_one_list(start: int, end: int) -> None:
    first = Vendor.objects.filter(name__lt="Vendor 4").order_by("-name")
    then = Vendor.objects.filter(name__gte="Vendor 4").order_by("name")
    whole = ["3", "2", "1", "0", "4", "5", "6", "7"]
    assert [one.name for one in InTurn(first, then)[start:end]] == [f"Vendor {at}" for at in whole[start:end]]


def test_the_bound_is_written_as_the_language_writes_numbers() -> None:
    pages = BoundedPaginator(range(20_000), 3)
    assert pages.words == "more than 10,000"
    with translation.override("nl"):
        assert "10.000" in pages.words
