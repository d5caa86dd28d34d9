"""From an export of the ticket tool to a contradiction on paper: what is claimed is held against what is measured."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from assessments.findings.findings import Finding
from assessments.findings.words import FINDINGS
from assessments.models import Assessment
from reports.models import Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import Job, begin, fetch_pdf, unbroken
from tests.factories import Cast, make_assessment, make_vendor
from vendors.incident_import import job as import_job
from vendors.incident_import import worker
from vendors.models import Incident, Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
MONTHS = 12


@pytest.fixture
def job(visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(import_job.IMPORTS, "nudge", worker.work_on)
    for member in (cast.assessor, cast.approver, cast.reader):
        member.user.language = "nl"
        member.user.save()
    return begin(visit, cast, "nl", monkeypatch)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Example Records")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A year of critical incidents, three a month, each month an hour slower than the one before."""
    path, today = tmp_path / "incidents.csv", timezone.localdate()
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Number", "Short description", "Opened", "Resolved", "Priority"])
        for ago in range(MONTHS, 0, -1):
            months = today.year * 12 + today.month - 1 - ago
            for day in (4, 11, 18):
                opened = datetime(months // 12, months % 12 + 1, day, 9, 0)
                resolved = opened + timedelta(hours=MONTHS - ago + 2)
                written = [f"{moment:%Y-%m-%d %H:%M}" for moment in (opened, resolved)]
                rows.writerow([f"INC{ago:02}{day:02}", "Records do not open", *written, "1 - Critical"])
    return path


def test_an_export_becomes_a_contradiction_on_the_scorecard(
    job: Job, cast: Cast, vendor: Vendor, export: Path, tmp_path: Path
) -> None:
    today = timezone.localdate()
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=3)
    Assessment.objects.filter(pk=assessment.pk).update(period_start=today.replace(day=1), period_end=today)
    upload(job, vendor, export)
    assert Incident.objects.filter(vendor=vendor, mission_critical=True).count() == MONTHS * 3

    figures = job.open(reverse("vendor_measures", args=[vendor.pk]), "assessor")
    expect(figures.get_by_role("main")).to_contain_text(job.say("You are still rating %(name)s", name=vendor.name))
    expect(figures.locator("svg.chart-trend")).to_have_count(0)

    submit(job, assessment)
    figures.reload()
    expect(figures.get_by_role("main")).to_contain_text(job.say("Getting worse"))
    page = job.open(reverse("assessment_review", args=[assessment.pk]), "approver")
    expect(page.get_by_role("main")).to_contain_text(sentence(job))
    expect(page.get_by_role("main")).to_contain_text(contradicted(job))
    job.confirm(page, "Approve")
    expect(page.get_by_role("main")).to_contain_text(job.say("Approved. The scorecard is made and no longer changes."))

    card = Scorecard.objects.get(assessment=assessment)
    page = job.open(reverse("scorecard_detail", args=[card.pk]), "reader")
    expect(page.get_by_role("main")).to_contain_text(sentence(job))
    expect(page.get_by_role("main")).to_contain_text(contradicted(job))
    paper = PdfReader(BytesIO(fetch_pdf(job, page, tmp_path, kind="scorecard")))
    first = unbroken(paper.pages[0].extract_text())
    assert unbroken(contradicted(job)) in first
    assert unbroken(sentence(job)) in first


def upload(job: Job, vendor: Vendor, export: Path) -> Page:
    page = job.open(reverse("incident_import"), "assessor")
    page.locator("[type=file]").set_input_files(export)
    job.press(page, "Read the file")
    page.get_by_label(job.say("All of one vendor")).check()
    page.locator("select[name=vendor]").select_option(label=vendor.name)
    expect(page.get_by_label("1 - Critical")).to_be_checked()
    job.press(page, "Check the whole file")
    expect(page.get_by_role("heading", level=1)).to_have_text(job.say("What the import would do"))
    job.press(page, "That is what it holds")
    page.get_by_role("main").locator("button.btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(job.say("The import is done"))
    return page


def submit(job: Job, assessment: Assessment) -> None:
    page = job.open(reverse("assessment_review", args=[assessment.pk]), "assessor")
    job.confirm(page, "Submit for approval")
    expect(page.get_by_role("main")).to_contain_text(job.say("Submitted. An approver now reads it and decides."))


def sentence(job: Job) -> str:
    """What is said of rule 5: rated met, and slower from month to month."""
    return job.say("the mean duration of critical incidents")


def contradicted(job: Job) -> str:
    with translation.override(job.language):
        return str(FINDINGS[Finding.CONTRADICTED])
