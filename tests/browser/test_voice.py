"""The voice of the customer on a phone: an entry in a few taps, and a pulse answered by its link."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_by_day_and_night
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import Cast, make_incident, make_vendor
from vendors.models import Feedback, Pulse, Service, Sla
from vendors.voice import pulses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_how_it_went_is_said_in_three_taps_and_a_sentence(visit: Visit, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    page = visit(f"{reverse('feedback_add')}?vendor={vendor.pk}", cast.reader, width=390)
    box = page.locator(".feeling").first.bounding_box()
    assert box and min(box["width"], box["height"]) >= 44
    assert fits(page)

    page.get_by_role("radio", name="Unhappy").check()
    page.get_by_label("What happened?").fill("Slow all day.")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert faults_by_day_and_night(page) == []
    said = Feedback.objects.get()
    assert (said.vendor, said.feeling, said.comment, said.name) == (vendor, 2, "Slow all day.", "Reader")


def test_another_vendor_brings_its_own_services_and_incidents(visit: Visit, cast: Cast) -> None:
    vendor, other = make_vendor(cast.organisation), make_vendor(cast.organisation, "Sample Works")
    Service.objects.create(vendor=vendor, name="Records")
    Service.objects.create(vendor=other, name="Archive")
    incident = make_incident(other, "INC-7", sla=Sla.MET)
    page = visit(f"{reverse('feedback_add')}?vendor={vendor.pk}", cast.assessor)
    page.locator(".feeling").nth(4).click()
    page.get_by_text("More", exact=True).click()
    expect(page.get_by_label("Service", exact=False).locator("option", has_text="Records")).to_have_count(1)

    page.get_by_label("Vendor").select_option(label="Sample Works")
    service = page.get_by_label(re.compile(r"^\s*Service\s+\("))
    expect(service.locator("option", has_text="Archive")).to_have_count(1)
    assert faults_by_day_and_night(page) == []
    page.get_by_label("Incident").fill("INC-7")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    said = Feedback.objects.get()
    assert (said.feeling, said.incident, said.sla) == (5, incident, Sla.MET)


def test_a_pulse_is_answered_on_a_phone_without_an_account(visit: Visit, cast: Cast) -> None:
    incident = make_incident(make_vendor(cast.organisation), "INC-7", title="Records stand still")
    receiver = pulses.Receiver(name="Demo Nurse", email="nurse@example.org")
    _pulse, token = pulses.ask(cast.assessor, incident, [receiver], language="en", now=timezone.now())[0]
    page = visit(reverse("pulse_answer", args=[token]), width=390)
    assert fits(page)

    page.get_by_role("button", name="Send").click()
    expect(page.locator(".error-summary")).to_contain_text("5 things need your attention")
    page.locator(".error-summary").get_by_role("link", name="Was it fast?").click()
    expect(page.locator("#id_was_fast")).to_be_focused()
    assert faults_by_day_and_night(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    for number, said in enumerate(("No", "Yes", "Partly", "Don’t know")):
        page.locator(".pulse-question").nth(number).get_by_role("radio", name=said, exact=True).check()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    pulse = Pulse.objects.get()
    assert (pulse.told_why, pulse.fixes_thrown, pulse.was_fast, pulse.cause_proven) == (
        "no",
        "yes",
        "partly",
        "dont_know",
    )
    assert pulse.feedback is not None
    assert (pulse.feedback.feeling, pulse.feedback.name) == (2, "Demo Nurse")
    page.goto(reverse("pulse_answer", args=[token]))
    expect(page.get_by_role("heading", name="This is already answered")).to_be_visible()
    assert faults_by_day_and_night(page) == []
