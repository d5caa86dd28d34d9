"""The list: search, filter, sort, pages, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.lifecycle import transitions
from assessments.models import Assessment
from reports.models import Scorecard
from tests.factories import NOW, Cast, make_assessment, make_vendor
from vendors.models import Contact, Service, Vendor
from vendors.register import views

URL = "/vendors/"


def names(client: Any, query: str = "") -> list[str]:
    return [row.vendor.name for row in client.get(f"{URL}?{query}").context["page"]]


@pytest.fixture
def reader(cast: Cast, signed_in: Any) -> Any:
    """Three vendors, one of them archived, as the reader sees them."""
    alpha = make_vendor(cast.organisation, "alpha", reference="R-9", tier="standard")
    make_vendor(cast.organisation, "Beta", reference="R-1", tier="critical")
    make_vendor(cast.organisation, "Gamma", archived_at=NOW)
    Service.objects.create(vendor=alpha, name="Payroll run")
    return signed_in(cast.reader)


def test_the_list_shows_active_vendors_by_name_in_capitals_or_not(reader: Any) -> None:
    assert names(reader, "sort=name") == ["alpha", "Beta"]


@pytest.mark.parametrize(
    ("query", "found"),  # the critical first, then by name
    [
        ("q=ALPH", ["alpha"]),
        ("q=r-1", ["Beta"]),
        ("q=payroll", ["alpha"]),
        ("q=%20payroll%20%20run", ["alpha"]),
        ("q=nothing", []),
        ("q=%25", []),
        ("tier=critical", ["Beta"]),
        ("state=archived", ["Gamma"]),
        ("state=all", ["Beta", "alpha", "Gamma"]),
        ("state=all&q=a&tier=standard", ["alpha", "Gamma"]),
        ("tier=unheard-of", ["Beta", "alpha"]),
        ("q=%00", ["Beta", "alpha"]),
    ],
)
def test_search_and_filters_narrow_the_list(reader: Any, query: str, found: list[str]) -> None:
    assert names(reader, query) == found


def test_many_are_not_sorted_by_what_is_computed_of_all(reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "sort=due" in reader.get(URL).content.decode()
    monkeypatch.setattr(views, "COMPUTED_OF", 1)
    page = reader.get(f"{URL}?sort=-due").content.decode()
    assert "First what needs attention" in page
    assert "Next date" in page
    assert "?sort=due" not in page


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["alpha", "Beta"]),
        ("-name", ["Beta", "alpha"]),
        ("-tier", ["alpha", "Beta"]),
        ("tier", ["Beta", "alpha"]),
        ("password", ["Beta", "alpha"]),  # no column: what needs attention, of two unknown ones the critical
    ],
)
def test_the_list_is_sorted_by_its_headings(reader: Any, sort: str, found: list[str]) -> None:
    assert names(reader, f"sort={sort}") == found


def test_a_heading_tells_how_it_sorts_and_turns_the_order(reader: Any) -> None:
    page = reader.get(f"{URL}?q=a&sort=name").content.decode()
    assert 'aria-sort="ascending"' in page
    assert "?q=a&amp;sort=-name" in page


def test_pages_share_no_row_even_when_all_rows_are_equal(cast: Cast, signed_in: Any) -> None:
    for number in range(60):
        make_vendor(cast.organisation, f"Vendor {number:02}")
    client = signed_in(cast.reader)
    pages = [names(client, f"sort=tier&page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({name for page in pages for name in page}) == 60


def test_a_page_that_is_not_there_shows_the_nearest(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.organisation)
    assert names(signed_in(cast.reader), "page=99") == ["Example Systems"]
    assert names(signed_in(cast.reader), "page=first") == ["Example Systems"]


def test_an_empty_register_says_what_to_do_next(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.assessor).get(URL).content.decode()
    assert reverse("vendor_add") in page
    assert reverse("vendor_import") in page
    assert reverse("vendor_add") not in signed_in(cast.reader).get(URL).content.decode()


def test_a_register_of_archived_vendors_is_not_called_empty(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.organisation, archived_at=NOW)
    assert not signed_in(cast.reader).get(URL).context["is_empty"]


def queries(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_one_vendor_and_sixty_take_the_same_queries(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    Service.objects.create(vendor=make_vendor(cast.organisation), name="Payroll")
    one = queries(client, URL)
    vendors = [make_vendor(cast.organisation, f"Vendor {number}") for number in range(60)]
    Service.objects.bulk_create(Service(vendor=vendor, name=name) for vendor in vendors for name in "abcd")
    assert queries(client, URL) == one
    assert one <= 12  # one counts the pages; the last names who may start an assessment, to whoever may not


def test_a_vendor_with_much_takes_the_queries_of_one_with_little(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    vendor = make_vendor(cast.organisation)
    url = reverse("vendor_detail", args=[vendor.pk])

    def fill(rounds: int) -> None:
        for number in range(rounds):
            made = Vendor.objects.get(pk=vendor.pk)
            name = f"{rounds} {number}"
            Service.objects.create(vendor=made, name=name, department=cast.department)
            Contact.objects.create(vendor=made, name=name)
            make_assessment(cast.assessor, vendor=made)

    fill(1)
    few = queries(client, url)
    fill(5)
    assert queries(client, url) == few


def approved(cast: Cast, vendor: Vendor) -> Assessment:
    """Through the lifecycle, so that it has its scorecard."""
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    transitions.submit(cast.assessor, assessment)
    return transitions.approve(cast.approver, assessment)


def test_a_vendors_page_shows_what_came_out_and_leads_to_the_scorecard(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    done = approved(cast, vendor)
    make_assessment(cast.assessor, vendor=vendor)
    page = signed_in(cast.reader).get(reverse("vendor_detail", args=[vendor.pk])).content.decode()
    scorecard = Scorecard.objects.get(assessment=done)
    # At the head, and in the list of its assessments.
    assert page.count("7 of 7") == page.count("Rule 7: Met") == 2
    assert page.count(f'href="{reverse("scorecard_detail", args=[scorecard.pk])}"') == 2
    assert page.count("1\u00a0January – 31\u00a0March 2026") == 3


def test_a_vendor_with_many_scorecards_takes_the_queries_of_one(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    vendor = make_vendor(cast.organisation)
    url = reverse("vendor_detail", args=[vendor.pk])
    approved(cast, vendor)
    few = queries(client, url)
    for _ in range(4):
        approved(cast, vendor)
    with CaptureQueriesContext(connection) as caught:
        client.get(url)
    assert len(caught) == few
    assert not any('"snapshot"' in query["sql"] for query in caught)
