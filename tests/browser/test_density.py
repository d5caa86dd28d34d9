"""How much a page asks to scroll: what is read on demand is folded, and a row takes the lines that it needs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.factories import NOW, Cast, make_incident, make_vendor
from tests.reports import cards
from tests.reports.standing_cards import stand
from vendors.incidents.views import PER_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = 390, 1280
LONGEST_ON_A_PHONE = 4000  # px
LETTERS = "drawn => 15 * drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width"  # px, of the names


def heights(page: Page, rows: str) -> set[int]:
    found: list[float] = page.locator(rows).evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    return {round(height) for height in found}


def test_an_incident_takes_one_line_at_a_desk_and_two_on_a_phone(visit: Visit, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example Systems for Hospitals and their Laboratories")
    for number in range(PER_PAGE + 1):
        opened = NOW - timedelta(days=number)
        title = "The medication list of the wards is empty after the change of the night before"
        make_incident(vendor, f"INC{number:07}", title=title, opened_at=opened, sla="missed", mission_critical=True)
    page = visit(reverse("incident_list"), cast.reader, width=DESK)
    assert max(heights(page, "tbody tr")) <= 45

    page.set_viewport_size({"width": PHONE, "height": 800})
    assert max(heights(page, "tbody tr")) <= 68
    assert page.evaluate("document.documentElement.scrollHeight") <= LONGEST_ON_A_PHONE


def test_a_scorecard_on_a_phone_folds_what_is_kept_and_draws_what_can_be_read(visit: Visit, cast: Cast) -> None:
    page = visit(reverse("scorecard_detail", args=[cards.approved(cast, grade=3).pk]), cast.reader, width=PHONE)
    expect(page.locator(".card-radar")).to_be_hidden()
    expect(page.locator(".card-narrow svg")).to_be_visible()
    assert page.locator(".card-narrow svg").evaluate(LETTERS) >= 14
    assert page.locator("[aria-labelledby=arithmetic] > details[open]").count() == 0  # every rule is met
    assert max(heights(page, ".card-rules tbody tr")) <= 68
    assert page.evaluate("document.documentElement.scrollHeight") <= 1.2 * LONGEST_ON_A_PHONE  # it was four times that

    page.evaluate("location.hash = '#question-support-1'")  # a link to a question unfolds it and its rule
    expect(page.locator(".card-question .card-body").first).to_be_visible()


def test_a_broken_rule_stands_open_and_its_answers_are_read_on_demand(visit: Visit, cast: Cast) -> None:
    page = visit(reverse("scorecard_detail", args=[cards.approved(cast, grade=1).pk]), cast.reader, width=DESK)
    expect(page.locator(".card-radar")).to_be_visible()
    expect(page.locator(".card-narrow")).to_be_hidden()
    rules = page.locator("[aria-labelledby=arithmetic] > details")
    assert rules.count() == page.locator("[aria-labelledby=arithmetic] > details[open]").count() > 0
    assert page.locator(".card-question[open]").count() == 0


def test_a_vendor_of_the_portfolio_takes_two_lines_at_a_desk_and_a_small_card_on_a_phone(
    visit: Visit, cast: Cast
) -> None:
    for number in range(6):
        vendor = make_vendor(cast.organisation, f"Example Records {number}")
        stand(cast, vendor, "bpmmbm-", at=NOW, lowest="10", findings=["contradicted", "better_than_rated"])
    page = visit(reverse("portfolio"), cast.reader, width=1600)  # the fonts of tests are a fifth wider than ours
    assert max(heights(page, "tbody tr")) <= 60
    box, name = (page.locator(at).first.bounding_box() for at in (".heat-choose", ".heat-name"))
    assert box and name and box["x"] + box["width"] < name["x"]  # it once stood over the name

    page.set_viewport_size({"width": PHONE, "height": 800})
    assert max(heights(page, "tbody tr")) <= 200  # it was 450
    expect(page.locator(".portfolio-filter form")).to_be_hidden()
