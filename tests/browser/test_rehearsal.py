"""From a rehearsal that was held long ago to a finding on paper: what a vendor says of how often it practises is held
against what is on record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from assessments.models import Answer, Assessment, FrequencyUnit, Response, ResponseKind
from manifesto.models import Question
from reports.models import Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import Job, begin, fetch_pdf, plain
from tests.factories import Cast, make_assessment, make_vendor
from vendors.models import Rehearsal, RehearsalState, Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
FOUND = "the vendor says 2 times a year, yet the last rehearsal with us, or shown to us, was 14 months ago"


@pytest.fixture
def job(visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Job:
    return begin(visit, cast, "en", monkeypatch)


def claimed(cast: Cast, vendor: Vendor) -> Assessment:
    """To today; the vendor itself has handed in that it practises twice a year."""
    today = timezone.localdate()
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=3)
    Assessment.objects.filter(pk=assessment.pk).update(period_start=today.replace(day=1), period_end=today)
    own = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=timezone.now())
    for question in Question.objects.filter(release=assessment.release_id):
        fact = (Decimal(2), FrequencyUnit.YEAR.value) if question.key == "speed-practice" else (None, "")
        Answer.objects.create(response=own, question=question, grade=2, fact_value=fact[0], fact_unit=fact[1])
    return assessment


def test_a_rehearsal_of_long_ago_contradicts_what_the_vendor_says(job: Job, cast: Cast, tmp_path: Path) -> None:
    vendor = make_vendor(cast.organisation, "Example Records")
    assessment = claimed(cast, vendor)
    hold_long_ago(job, vendor)
    plan_the_next(job, vendor)

    page = job.open(reverse("assessment_review", args=[assessment.pk]), "assessor")
    job.confirm(page, "Submit for approval")
    page = job.open(reverse("assessment_review", args=[assessment.pk]), "approver")
    expect(page.get_by_role("main")).to_contain_text("Less often than claimed")
    expect(page.get_by_role("main")).to_contain_text(FOUND)
    job.confirm(page, "Approve")

    card = Scorecard.objects.get(assessment=assessment)
    page = job.open(reverse("scorecard_detail", args=[card.pk]), "reader")
    expect(page.get_by_role("main")).to_contain_text(FOUND)
    paper = PdfReader(BytesIO(fetch_pdf(job, page, tmp_path)))
    words = plain(" ".join(sheet.extract_text() for sheet in paper.pages))
    assert "Less often than claimed" in words
    assert "14 months ago" in words


def hold_long_ago(job: Job, vendor: Vendor) -> None:
    """It was never planned here; and all of them are on record for two years."""
    today = timezone.localdate()
    page = job.open(reverse("rehearsal_note", args=[vendor.pk]), "assessor")
    page.locator("[name=held_on]").fill((today - timedelta(days=430)).isoformat())
    page.locator("[name=went_wrong]").fill("The number for the night was out of date.")
    job.press(page, "Save")
    # Whoever still judges the vendor has written it down and leads it: nobody else of them would read it.
    expect(page.get_by_role("main")).to_contain_text("The number for the night was out of date.")
    page = job.open(reverse("rehearsal_since"), "assessor")
    page.locator("[name=since]").fill((today - timedelta(days=730)).isoformat())
    job.press(page, "Save")
    expect(page.get_by_role("main")).to_contain_text("Every rehearsal and review is on record since")


def plan_the_next(job: Job, vendor: Vendor) -> Page:
    """From a proposal; a guest by name and address is invited."""
    page = job.open(reverse("rehearsal_add", args=[vendor.pk]), "assessor")
    page.locator("summary", has_text="Begin with a proposal").click()
    page.get_by_role("link", name="The payment run stops on the last day").click()
    page.locator("[name=planned_at]").fill(f"{timezone.localdate() + timedelta(days=30)}T14:00")
    page.locator("[name=others]").fill("Robin Example <robin@vendor.example>")
    job.press(page, "Plan it")
    expect(page.get_by_role("main")).to_contain_text("The payment run stops half-way")
    assert Rehearsal.objects.filter(state=RehearsalState.PLANNED).count() == 1
    assert [message.to for message in mail.outbox] == [["robin@vendor.example"]]
    return page
