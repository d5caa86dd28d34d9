"""What is expected, from a draft to a vendor's word: published, sent, then read and acknowledged on a phone."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import expect_saved
from tests.browser.test_vendor_desk import barriers
from tests.factories import Cast, make_release, make_vendor
from vendors.expectations import editions
from vendors.models import Acknowledgement, Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def test_from_a_draft_to_the_word_of_a_vendor(visit: Visit, cast: Cast) -> None:
    make_release()
    vendor = make_vendor(cast.organisation, "Lighthouse", tier="critical")
    Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example")
    draft = editions.start_draft(cast.assessor, editions.Source.PROPOSAL)

    page = visit(draft.get_absolute_url(), cast.assessor)
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_label("A word to your vendors").fill("Our first edition.")
    page.get_by_role("button", name="Publish it for good").click()
    page.get_by_role("link", name="Send to vendors").click()
    expect(page.get_by_label("Lighthouse")).to_be_checked()  # it is critical
    page.get_by_role("button", name="Write to those that are ticked").click()
    expect(page.get_by_text("1 vendor was written to.")).to_be_visible()

    found = re.search(r"/desk-link/[^/\s]+/", str(mail.outbox[-1].body))
    assert found
    phone = visit(found[0], width=390)
    phone.get_by_role("button", name="See what concerns us").click()
    phone.get_by_role("link", name="Read it and answer").click()
    rule = phone.locator("#speed")
    rule.get_by_text("We want to talk about this").click()
    rule.get_by_label("Comment").fill("At night it takes us half an hour.")
    expect_saved(rule)
    assert phone.evaluate(FITS)
    assert barriers(phone) == []
    phone.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(phone.get_by_text("At night it takes us half an hour.")).to_be_visible()
    assert not Acknowledgement.objects.exists()
    phone.get_by_role("button", name="Accept these too, and acknowledge").click()
    expect(phone.get_by_text("Nothing waits for your word")).to_be_visible()

    page.goto(reverse("vendor_detail", args=[vendor.pk]))
    expect(page.locator("#expected")).to_be_visible()
    expect(page.get_by_text("was acknowledged on")).to_be_visible()
    expect(page.get_by_text("At night it takes us half an hour.")).to_be_visible()
