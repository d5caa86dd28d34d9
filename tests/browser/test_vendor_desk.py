"""The vendor's contact in a browser: in by its link, it answers, is saved by itself, hands in, and replies."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.lifecycle import transitions
from assessments.models import Answer, Evidence, Response
from assessments.vendor_side import links, reply
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import Cast, make_assessment
from vendors.models import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
SAVED = re.compile(r"^Saved \d\d:\d\d")


def come_in(visit: Visit, token: str, **options: Any) -> Page:
    page = visit(reverse("vendor_link", args=[token]), **options)
    page.locator("main .form-actions button").click()
    return page


def barriers(page: Page) -> list[str]:
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_contact_answers_is_saved_by_itself_and_hands_in(visit: Visit, cast: Cast, width: int) -> None:
    assessment = make_assessment(cast.assessor, grade=1)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, assessment, contact)
    page = come_in(visit, token, width=width)
    assert barriers(page) == []

    page.get_by_role("link", name="Start with the first rule").click()
    question = page.locator("#question-support-1")
    question.get_by_label("Your answer").fill("We stay until you invoice again.")
    question.locator(".grade").nth(4).click()
    expect(question.locator("[data-status-text]")).to_have_text(SAVED)
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("1 of 2")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "runbook.txt", "mimeType": "text/plain", "buffer": b"1. Stay."}
    )
    expect(question.get_by_role("link", name="runbook.txt")).to_be_visible()
    assert barriers(page) == []
    page.reload()
    expect(question.get_by_label("Your answer")).to_have_value("We stay until you invoice again.")
    answer = Answer.objects.get(response=link.response_id, question__key="support-1")
    assert (answer.grade, answer.updated_through) == (4, link)
    assert Evidence.objects.get(answer=answer).uploaded_through == link

    page.get_by_role("button", name="Save and see the overview").click()
    page.get_by_role("link", name="Hand in").click()
    expect(page.get_by_text("13 questions are still blank")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Hand in").click()

    expect(page.get_by_role("heading", name="Your answers are handed in")).to_be_visible()
    expect(page.get_by_text("We stay until you invoice again.")).to_be_visible()
    assert barriers(page) == []
    assert Response.objects.get(pk=link.response_id).submitted_at is not None


def test_a_contact_reads_the_result_and_replies(visit: Visit, cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    transitions.submit(cast.assessor, assessment)
    asked = reply.open_request(cast.assessor, assessment, contact=contact, due_on=reply.usual_day(timezone.localdate()))
    _link, token = links.renew(cast.assessor, asked.links.get())
    page = come_in(visit, token)
    expect(page.get_by_text("7 of 7 rules met")).to_be_visible()
    assert barriers(page) == []

    page.locator("#support").get_by_text("We see it differently").click()
    expect(page.locator("#support [data-status]")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#support [data-error=text]")).to_be_hidden()
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".error-summary")).to_contain_text("Say what you see differently")
    assert barriers(page) == []
    page.locator("#support").get_by_label("Why").fill("We do more than that.")
    expect(page.locator("#support [data-status-text]")).to_have_text(SAVED)
    expect(page.locator(".error-summary")).to_have_count(0)
    page.goto(page.url)  # to load it again would send the refused form again
    expect(page.locator("#support").get_by_label("Why")).to_have_value("We do more than that.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_role("heading", name="Rules without a reply")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Send for good").click()

    expect(page.get_by_role("heading", name="Your reply is sent")).to_be_visible()
    assert barriers(page) == []
    assert [one.text for one in reply.replies_of(asked.assessment)] == ["We do more than that."]
