"""A proof of cause on a phone: typed, saved by itself, returned, handed in again, accepted; then it comes back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Visit
from tests.browser.test_vendor_desk import barriers
from tests.factories import Cast, make_incident, make_proof, make_vendor
from vendors.desk import links
from vendors.models import CauseProof, Contact, ProofState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
WORDS = {
    "The cause": "The disk of the log server was full.",
    "How you know that this is it": "It was the last to answer.",
    "What that rests on: your assumptions": "None.",
    "What keeps it from coming back": "It rings at 80 percent.",
    "Which other systems need the same": "None: we looked at all four.",
}


def test_a_proof_from_its_first_word_on_a_phone_to_a_cause_that_comes_back(visit: Visit, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example")
    proof = make_proof(cast.assessor, make_incident(vendor, "INC-7", title="No orders"), contact=contact)
    _link, token = links.create(cast.assessor, contact, now=timezone.now())

    phone = visit(reverse("desk_link", args=[token]), width=390)
    phone.get_by_role("button").last.click()
    phone.get_by_role("link", name="What caused INC-7").click()
    type_and_see_it_saved(phone)
    assert phone.evaluate(FITS) and barriers(phone) == []
    hand_in(phone)

    desk = visit(reverse("proof_return", args=[proof.pk]), cast.assessor)
    desk.get_by_label("What is missing").fill("How do you know it was that disk?")
    desk.get_by_role("button", name="Return it").click()
    expect(desk.locator("main")).to_contain_text("How do you know it was that disk?")

    phone.reload()
    expect(phone.get_by_text("How do you know it was that disk?")).to_be_visible()
    how = phone.get_by_role("textbox", name="How you know that this is it")
    expect(how).to_have_value("It was the last to answer.")
    how.fill("We filled it again, and it stopped again.")
    hand_in(phone)

    desk.goto(reverse("proof_accept", args=[proof.pk]))
    desk.get_by_role("button", name="Accept it").click()
    expect(desk.locator("main")).to_contain_text("We filled it again, and it stopped again.")
    phone.reload()
    expect(phone.locator(".lead")).to_contain_text("Accepted on")
    proof = CauseProof.objects.select_related("incident").get(pk=proof.pk)
    assert (proof.state, proof.incident.problem) == (ProofState.ACCEPTED, WORDS["The cause"])

    again = timezone.now()  # after it was accepted, and not ahead of the page that is read now
    make_incident(vendor, "INC-8", opened=again, hours=None, problem=proof.incident.problem)
    desk.goto(reverse("proof_detail", args=[proof.pk]))
    expect(desk.locator("main")).to_contain_text("came back")
    expect(desk.get_by_role("link", name="INC-8").first).to_be_visible()


def type_and_see_it_saved(page: Page) -> None:
    """Nobody presses a button: what is missing shrinks as it is written, and all is there after the page is closed."""
    missing = page.locator("#what-is-missing li")
    expect(missing).to_have_count(6)
    for label, words in WORDS.items():
        page.get_by_role("textbox", name=label).fill(words)
    page.get_by_role("textbox", name="Another cause that you considered").fill("The network")
    page.get_by_role("textbox", name="The fact that ruled it out").fill("It carried other calls.")
    expect(missing).to_have_count(0)
    page.get_by_label("Attach files").set_input_files(
        {"name": "monitor.txt", "mimeType": "text/plain", "buffer": b"100 percent at 07:38"}
    )
    expect(page.get_by_role("link", name="monitor.txt")).to_be_visible()
    page.reload()
    expect(page.get_by_label("The fact that ruled it out")).to_have_value("It carried other calls.")


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="This is what you hand in")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in. Thank you")).to_be_visible()
