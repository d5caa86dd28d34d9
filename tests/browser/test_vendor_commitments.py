"""The vendor's contact on a phone: in by the link, it agrees, tells how far it is with a file, and reports it done."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Commitment, CommitmentFile, CommitmentState
from assessments.vendor_commitments import links
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.test_vendor_desk import barriers
from tests.factories import Cast, make_commitment, make_release, make_vendor
from vendors.models import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def test_on_a_phone_a_contact_agrees_and_reports_it_done(visit: Visit, cast: Cast) -> None:
    make_release()
    vendor = make_vendor(cast.organisation)
    commitment = make_commitment(cast.assessor, vendor)
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, contact, now=timezone.now())

    page = visit(reverse("vendor_commitments_link", args=[token]), width=320)
    assert page.evaluate(FITS)
    page.get_by_role("button", name="See the commitments").click()
    page.get_by_role("link", name="Read it and answer").click()
    expect(page.get_by_label("Who agrees")).to_have_value("Robin Example")
    page.get_by_role("button", name="We do not agree").click()  # by mistake, and without a reason
    expect(page.locator("main")).to_contain_text("Say why you do not agree")
    page.get_by_role("button", name="We agree").click()
    expect(page.get_by_text("Agreed. Thank you: your customer is told.")).to_be_visible()

    page.get_by_label("How far are you?").fill("The restore was practised twice.")
    page.get_by_label("Files that show it").set_input_files(
        {"name": "practice.txt", "mimeType": "text/plain", "buffer": b"Restored in six hours."}
    )
    page.get_by_role("button", name="Report it done").click()
    expect(page.get_by_role("link", name="practice.txt")).to_be_visible()
    expect(page.get_by_text("The restore was practised twice.")).to_be_visible()
    assert page.evaluate(FITS)
    assert barriers(page) == []

    row = Commitment.objects.get(pk=commitment.pk)
    assert (row.state, row.agreed_by) == (CommitmentState.REPORTED, "Robin Example")
    assert CommitmentFile.objects.get().uploaded_through == link
