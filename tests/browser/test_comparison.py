"""Comparing vendors in a browser, without JavaScript and by the keys alone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.models import Comparison, Rendering
from tests.browser.conftest import Visit
from tests.factories import Cast, make_vendor
from tests.reports import cards

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_vendors_are_ticked_compared_put_in_another_order_and_printed_by_the_keys(visit: Visit, cast: Cast) -> None:
    for name, grade in (("Alder", 4), ("Birch", 1), ("Cedar", 2)):
        cards.approved(cast, grade=grade, vendor=make_vendor(cast.organisation, name))
    page = visit(reverse("vendor_list"), cast.reader, java_script_enabled=False)
    for name in ("Alder", "Birch"):
        page.get_by_label(f"Compare {name}").focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Compare those ticked").focus()
    page.keyboard.press("Enter")
    heads = page.get_by_role("table", name="What each vendor’s scorecard says and rests on").get_by_role("columnheader")
    expect(heads).to_have_text(["Birch", "Alder"])  # as the list has them: what needs attention first

    page.get_by_label("Cedar", exact=True).check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(heads).to_have_text(["Birch", "Alder", "Cedar"])

    page.get_by_role("link", name="Move forward Cedar").click()
    expect(heads).to_have_text(["Birch", "Cedar", "Alder"])

    answers = page.get_by_role("table", name="The questions of “Speed (en)”")
    expect(answers).to_be_hidden()
    page.locator("summary", has_text="Speed (en)").focus()
    page.keyboard.press("Enter")
    expect(answers).to_be_visible()

    page.get_by_role("button", name="Make the PDF English").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#document-en")).to_contain_text("Waiting for its turn.")
    compared = [place.scorecard.assessment.vendor.name for place in Comparison.objects.get().places.all()]
    assert compared == ["Birch", "Cedar", "Alder"]
    assert Rendering.objects.get().language == "en"
