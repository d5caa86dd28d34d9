"""The main job from the sign-in to the PDF, as three people do it in a browser without JavaScript. With it, a whole
assessment is gone through beside this."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from assessments.models import Answer, Assessment, AssessmentState
from manifesto.models import Question, Release, Rule
from reports.models import Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import Job, begin, click_grade, expect_saved, fetch_pdf, plain
from tests.factories import PASSWORD, Cast, make_vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
VENDOR = "Example Hosting"
WEAK = "proof"  # the one rule that this vendor breaks


@pytest.fixture
def job(visit: Visit, cast: Cast, language: str, with_script: bool, monkeypatch: pytest.MonkeyPatch) -> Job:
    made = begin(visit, cast, language, monkeypatch, with_script=with_script)
    make_vendor(cast.organisation, VENDOR)
    user = cast.assessor.user
    user.language = language
    user.set_password(PASSWORD)
    user.save()
    return made


@pytest.mark.parametrize(("language", "with_script"), [("nl", False)])
def test_from_the_sign_in_to_the_scorecard_on_paper(job: Job, tmp_path: Path) -> None:
    page = sign_in(job)
    start_assessment(job, page)
    answer_all(job, page)
    submit(job, page)
    assert Assessment.objects.get().state == AssessmentState.IN_REVIEW
    assert Answer.objects.filter(grade__isnull=False).counting().count() == 22
    approve(job)
    assert (Scorecard.objects.get().rules_met, Scorecard.objects.get().verdict) == (6, "not_met")
    paper = PdfReader(BytesIO(download(job, tmp_path)))
    words = " ".join(paper.pages[0].extract_text().split())
    assert plain(job.headline(6)) in words
    assert plain(weak_rule(job)) in words
    assert paper.trailer["/Root"]["/Lang"].startswith(job.language)


def sign_in(job: Job) -> Page:
    page = job.open(reverse("account_login"))
    expect(page.locator("html")).to_have_attribute("lang", job.language)
    page.locator("[name=login]").fill(job.cast.assessor.user.email)
    page.locator("[name=password]").fill(PASSWORD)
    job.press(page, "Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text(job.say("My work"))
    return page


def start_assessment(job: Job, page: Page) -> None:
    page.locator(".topnav").get_by_role("link", name=job.say("Vendors"), exact=True).click()
    page.get_by_role("link", name=VENDOR).click()
    page.get_by_role("link", name=job.say("Assess this vendor")).click()
    expect(page.locator("[name=vendor] option:checked")).to_have_text(VENDOR)
    job.press(page, "Start answering")


def answer_all(job: Job, page: Page) -> None:
    for position, rule in enumerate(Release.objects.get().rules.order_by("position"), start=1):
        expect(page.get_by_role("heading", level=1)).to_have_text(job.text_of(rule, "name"))
        questions = list(rule.questions.order_by("position"))
        expect(page.locator("section.q")).to_have_count(len(questions))
        for number, question in enumerate(questions):
            grade(job, page.locator("section.q").nth(number), question, "1" if rule.key == WEAK else "3")
        if job.with_script:
            met = position - (position > 5)
            said = job.so_far(position, met) if position < 7 else job.headline(met)
            expect(page.locator("#score-title")).to_have_text(said)
        job.press(page, "Save and next rule" if position < 7 else "Save and review")


def grade(job: Job, row: Locator, question: Question, value: str) -> None:
    """By a click on the card; the last question of a rule by its digit, where there is script to hear it."""
    expect(row.get_by_role("heading")).to_contain_text(job.text_of(question, "text"))
    card = row.locator(f"input[type=radio][value='{value}']")
    if job.with_script and question.position == 3:
        row.locator("input[type=radio][value='']").focus()
        row.page.keyboard.press(value)
    else:
        click_grade(row, int(value))
    expect(card).to_be_checked()
    if job.with_script:
        expect_saved(row)


def submit(job: Job, page: Page) -> None:
    expect(page.locator(".headline-number")).to_have_text(job.headline(6))
    expect(page.locator("#proof ~ .verdict")).to_have_class(re.compile("verdict-broken"))
    job.confirm(page, "Submit for approval")
    expect(page.get_by_role("main")).to_contain_text(job.say("Submitted. An approver now reads it and decides."))


def approve(job: Job) -> None:
    page = job.open(reverse("work"), "approver")
    page.get_by_role("main").get_by_role("link", name=VENDOR).click()
    expect(page.locator(".headline-number")).to_have_text(job.headline(6))
    job.confirm(page, "Approve")
    expect(page.get_by_role("main")).to_contain_text(job.say("Approved. The scorecard is made and no longer changes."))


def download(job: Job, folder: Path) -> bytes:
    page = job.open(reverse("assessment_list"), "reader")
    page.get_by_role("main").get_by_role("link", name=VENDOR).first.click()
    page.get_by_role("link", name=job.say("See the scorecard")).click()
    expect(page.locator(".card-sentence")).to_contain_text(job.headline(6))
    expect(page.locator(".card-weakest")).to_contain_text(weak_rule(job))
    return fetch_pdf(job, page, folder)


def weak_rule(job: Job) -> str:
    return job.text_of(Rule.objects.get(key=WEAK), "name")
