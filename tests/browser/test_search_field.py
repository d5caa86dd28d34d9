"""A choice of many vendors: by keyboard, as screen readers are told of it, and without JavaScript."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from groundwork.choices import SHORT
from tests.browser.axe import DESK, PHONE, faults_of, load_axe
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import Cast
from vendors.models import Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
def harbours(cast: Cast) -> list[Vendor]:
    names = [f"Harbour {number:02}" for number in range(SHORT)] + [LONG]
    return Vendor.objects.bulk_create(Vendor(organisation=cast.organisation, name=name) for name in names)


def field_of(page: Page) -> Locator:
    return page.locator("input[name=vendor-typed]")


def test_the_keys_find_choose_and_close(visit: Visit, cast: Cast, harbours: list[Vendor]) -> None:
    page = visit(reverse("incident_vendor"), cast.assessor, width=PHONE["width"], theme="dark")
    text = page.get_by_role("combobox", name="Vendor")
    text.press_sequentially("harbour 0")
    options = page.get_by_role("option")
    expect(options).to_have_count(14)
    expect(page.get_by_role("status").filter(has_text="14 matches")).to_be_visible()
    text.press("ArrowDown")
    text.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    assert text.get_attribute("aria-activedescendant") == options.last.get_attribute("id")
    load_axe(page)
    assert faults_of(page) == []

    text.press("Escape")
    expect(text).to_have_attribute("aria-expanded", "false")
    expect(text).to_have_value("harbour 0")
    expect(page.get_by_role("listbox")).to_be_hidden()

    text.fill("donau")
    expect(options).to_have_text([LONG])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    text.press("ArrowDown")
    text.press("Enter")
    expect(text).to_have_value(LONG)
    assert page.locator("input[name=vendor]").input_value() == str(harbours[-1].pk)
    text.press("Enter")
    page.wait_for_url(f"**{reverse('incident_add', args=[harbours[-1].pk])}")


def test_it_opens_as_a_select_does_and_says_that_there_are_more(
    visit: Visit, cast: Cast, harbours: list[Vendor]
) -> None:
    page = visit(reverse("incident_vendor"), cast.assessor, width=DESK["width"])
    text = page.get_by_role("combobox", name="Vendor")
    text.click()
    expect(page.get_by_text("There are more: go on typing.")).to_be_visible()
    page.get_by_role("option").nth(2).click()
    expect(text).to_have_value("Harbour 01")
    text.fill("nobody")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    text.press("Enter")
    expect(page.get_by_text("Nothing matches “nobody”. Try fewer or other letters.").first).to_be_visible()
    expect(field_of(page)).to_have_value("nobody")


def test_without_script_a_button_brings_the_matches(visit: Visit, cast: Cast, harbours: list[Vendor]) -> None:
    page = visit(reverse("incident_vendor"), cast.assessor, width=PHONE["width"], java_script_enabled=False)
    field_of(page).fill("harbour 0")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main").get_by_role("radio")).to_have_count(14)
    expect(field_of(page)).to_have_value("harbour 0")
    page.get_by_role("radio", name="Harbour 07").check()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(f"**{reverse('incident_add', args=[harbours[7].pk])}")
