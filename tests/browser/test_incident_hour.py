"""The hour of an incident on a phone: begun in one click, an entry in two taps, and nothing typed is lost without a
network."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_by_day_and_night
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import Cast, make_vendor
from vendors.models import Contact, Service, TimelineEntry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_hour_is_begun_and_filled_on_a_phone_with_a_network_that_fails(visit: Visit, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Patient records")
    Contact.objects.create(vendor=vendor, name="Ann Example")
    page = visit(f"{reverse('incident_hour_start')}?service={service.pk}", cast.assessor, width=390)
    page.get_by_role("button", name="Yes, it is broken now").click()
    expect(page.get_by_text("Standing still for")).to_be_visible()
    assert fits(page)
    save = page.get_by_role("button", name="Save the entry")
    box = save.bounding_box()
    assert box and box["height"] >= 44
    assert box["y"] + box["height"] <= 900  # in reach, without a scroll

    page.get_by_role("radio", name="Ann Example").check()
    save.click()
    expect(page.get_by_text("First response of a person")).to_be_visible()

    page.get_by_label("What they asked of you").fill("The log of the server")
    page.context.set_offline(True)
    save.click()
    expect(page.get_by_text("No network. What you typed is kept on this device")).to_be_visible()
    first_tried = page.locator("[name=written_at]").input_value()
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("What they asked of you")).to_have_value("The log of the server")
    expect(page.get_by_text("Not saved yet, but kept on this device")).to_be_visible()
    assert page.locator("[name=written_at]").input_value() == first_tried
    page.get_by_role("button", name="Save the entry").click()
    expect(page.locator(".hour-entry")).to_have_count(2)
    expect(page.get_by_label("What they asked of you")).to_have_value("")
    assert page.locator("[data-status]").is_hidden()

    page.get_by_role("radio", name="The business runs again").check()
    expect(page.get_by_label("What they asked of you")).to_be_hidden()
    page.get_by_role("button", name="Save the entry").click()
    expect(page.get_by_text("The business runs again since")).to_be_visible()
    assert faults_by_day_and_night(page) == []
    kinds = TimelineEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["contact", "contact", "restored"]
