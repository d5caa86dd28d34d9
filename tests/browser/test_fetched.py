"""What a disclosure fetches when it is opened: by keyboard, by an address into it, for search and print, and without
JavaScript by a page of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_by_day_and_night
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import Cast, make_incident, make_vendor
from tests.reports import cards
from vendors.models import Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
UNFETCHED = "[data-fetched]"
TABLE = "#duration_mean .measure-table"


@pytest.fixture
def measured(cast: Cast) -> Vendor:
    vendor, today = make_vendor(cast.organisation), timezone.localdate()
    for ago in range(1, 9):
        month = today.year * 12 + today.month - 1 - ago
        opened = datetime(month // 12, month % 12 + 1, 10, 9, tzinfo=UTC)
        for day in range(2):
            make_incident(vendor, f"M-{ago}-{day}", opened=opened + timedelta(days=day), hours=9 - ago)
    return vendor


def opened_by_keyboard(page: Page) -> None:
    page.locator(f"{TABLE} > summary").focus()
    page.keyboard.press("Enter")


def test_the_table_of_a_measure_is_opened_by_keyboard(visit: Visit, cast: Cast, measured: Vendor) -> None:
    page = visit(reverse("vendor_measures", args=[measured.pk]), cast.reader, width=320)
    expect(page.locator(f"{TABLE} table")).to_have_count(0)
    opened_by_keyboard(page)
    expect(page.locator(f"{TABLE} tbody tr").first).to_be_visible()
    expect(page.locator(f"{TABLE} > summary")).to_be_focused()
    expect(page.locator("#duration_mean-chart .chart-links a").first).to_be_attached()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "measure-open"
    assert faults_by_day_and_night(page) == []


def test_without_script_the_table_is_a_page_of_its_own(visit: Visit, cast: Cast, measured: Vendor) -> None:
    path = reverse("vendor_measures", args=[measured.pk])
    page = visit(path, cast.reader, width=320, java_script_enabled=False)
    opened_by_keyboard(page)
    page.locator(TABLE).get_by_role("link", name="How it is computed, and each period").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mean time to resolve")
    expect(page.locator("tbody tr .measure-open").first).to_be_visible()


def test_whoever_points_at_a_chart_finds_its_periods_linked(visit: Visit, cast: Cast, measured: Vendor) -> None:
    page = visit(reverse("vendor_measures", args=[measured.pk]), cast.reader)
    page.locator("#duration_mean-chart").hover()
    expect(page.locator("#duration_mean-chart .chart-links a").first).to_be_attached()
    expect(page.locator(f"{TABLE} table")).to_have_count(1)


def test_whoever_searches_the_page_searches_what_was_not_opened_yet(visit: Visit, cast: Cast) -> None:
    page = visit(reverse("scorecard_detail", args=[cards.approved(cast, grade=3).pk]), cast.reader)
    assert page.locator(UNFETCHED).count() == 7
    page.keyboard.press("Control+f")
    expect(page.locator(UNFETCHED)).to_have_count(0)
    expect(page.locator(".card-question")).not_to_have_count(0)


def test_what_was_not_opened_is_printed_all_the_same(visit: Visit, cast: Cast, measured: Vendor) -> None:
    page = visit(reverse("vendor_measures", args=[measured.pk]), cast.reader)
    assert page.locator(UNFETCHED).count() > 1
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(UNFETCHED).count() == 0
    page.emulate_media(media="print")
    expect(page.locator(f"{TABLE} tbody tr").first).to_be_visible()


def test_an_address_into_a_rule_opens_it_and_leads_to_its_place(visit: Visit, cast: Cast) -> None:
    path = reverse("scorecard_detail", args=[cards.approved(cast, grade=3).pk])
    page = visit(f"{path}#question-speed-1", cast.reader)
    expect(page.locator("div#question-speed-1")).to_be_in_viewport()
    assert page.locator(".card-question[open]").count() == 1
    page.evaluate("location.hash = '#question-proof-1'")
    expect(page.locator("div#question-proof-1")).to_be_in_viewport()


def test_without_script_an_address_into_a_rule_shows_the_way_to_its_page(visit: Visit, cast: Cast) -> None:
    path = reverse("scorecard_detail", args=[cards.approved(cast, grade=3).pk])
    page = visit(f"{path}#question-speed-1", cast.reader, java_script_enabled=False)
    page.locator("a#question-speed-1").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("5. Speed (en)")
    expect(page.locator("div#question-speed-1")).to_be_visible()
