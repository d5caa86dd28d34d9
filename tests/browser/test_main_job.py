"""The main job from the sign-in to the PDF, as three people do it in a browser: once in each language, once without
JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from assessments.models import Answer, Assessment, AssessmentState
from manifesto.models import Question, Release, Rule
from reports import press, rendering
from reports.models import Rendering, Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import PASSWORD, Cast, make_vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
VENDOR = "Example Hosting"
WEAK = "proof"  # the one rule that this vendor breaks


@dataclass(frozen=True, kw_only=True)
class Job:
    """The same vendor, bank and people in each language; `say` gives a text of the pages as they show it."""

    visit: Visit
    cast: Cast
    language: str
    with_script: bool = True

    def say(self, message: str, **values: object) -> str:
        with translation.override(self.language):
            return gettext(message) % values if values else gettext(message)

    def headline(self, met: int) -> str:
        message = "%(met)s of %(total)s rules met"
        with translation.override(self.language):
            return ngettext(message, message, met) % {"met": met, "total": 7}

    def open(self, path: str, who: str = "") -> Page:
        member = getattr(self.cast, who) if who else None
        return self.visit(path, member, locale=self.language, java_script_enabled=self.with_script)

    def press(self, page: Page, name: str) -> None:
        page.get_by_role("main").get_by_role("button", name=self.say(name), exact=True).click()


@pytest.fixture
def job(visit: Visit, cast: Cast, language: str, with_script: bool, monkeypatch: pytest.MonkeyPatch) -> Job:
    call_command("load_bank", "--publish", verbosity=0)
    make_vendor(cast.organisation, VENDOR)
    user = cast.assessor.user
    user.language = language
    user.set_password(PASSWORD)
    user.save()
    monkeypatch.setattr(rendering, "nudge", press.render)  # a worker that is always at hand
    return Job(visit=visit, cast=cast, language=language, with_script=with_script)


@pytest.mark.parametrize(("language", "with_script"), [("en", True), ("fr", True), ("nl", True), ("en", False)])
def test_from_the_sign_in_to_the_scorecard_on_paper(job: Job, tmp_path: Path) -> None:
    page = sign_in(job)
    start_assessment(job, page)
    answer_all(job, page)
    submit(job, page)
    assert Assessment.objects.get().state == AssessmentState.IN_REVIEW
    assert Answer.objects.filter(grade__isnull=False).count() == 22
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
        expect(page.get_by_role("heading", level=1)).to_have_text(text_of(rule, "name", job.language))
        questions = list(rule.questions.order_by("position"))
        expect(page.locator("section.q")).to_have_count(len(questions))
        for number, question in enumerate(questions):
            grade(job, page.locator("section.q").nth(number), question, "1" if rule.key == WEAK else "3")
        if job.with_script:
            expect(page.locator("#score-title")).to_have_text(job.headline(position - (position > 5)))
        job.press(page, "Save and next rule" if position < 7 else "Save and review")


def grade(job: Job, row: Locator, question: Question, value: str) -> None:
    """By a click on the card; the last question of a rule by its digit, where there is script to hear it."""
    expect(row.get_by_role("heading")).to_contain_text(text_of(question, "text", job.language))
    card = row.locator(f"input[type=radio][value='{value}']")
    if job.with_script and question.position == 3:
        row.locator("input[type=radio][value='']").focus()
        row.page.keyboard.press(value)
    else:
        row.locator(".grade").nth(int(value)).click()
    expect(card).to_be_checked()
    if job.with_script:
        expect(row.locator("[data-status]")).to_have_attribute("data-state", "saved")


def submit(job: Job, page: Page) -> None:
    expect(page.locator(".headline-number")).to_have_text(job.headline(6))
    expect(page.locator("#proof ~ .chip")).to_have_class(re.compile("chip-broken"))
    job.press(page, "Submit for approval")
    expect(page.get_by_role("main")).to_contain_text(job.say("Submitted. An approver now reads it and decides."))


def approve(job: Job) -> None:
    page = job.open(reverse("work"), "approver")
    page.get_by_role("main").get_by_role("link", name=VENDOR).click()
    expect(page.locator(".headline-number")).to_have_text(job.headline(6))
    job.press(page, "Approve")
    expect(page.get_by_role("main")).to_contain_text(job.say("Approved. The scorecard is made and no longer changes."))


def download(job: Job, folder: Path) -> bytes:
    page = job.open(reverse("assessment_list"), "reader")
    page.get_by_role("main").get_by_role("link", name=VENDOR).first.click()
    page.get_by_role("link", name=job.say("See the scorecard")).click()
    expect(page.locator(".card-sentence")).to_contain_text(job.headline(6))
    expect(page.locator(".card-weakest")).to_contain_text(weak_rule(job))
    wish = page.locator(f"#document-{job.language}")
    wish.get_by_role("button").click()
    expect(wish.locator(".chip-ready")).to_be_visible()
    with page.expect_download() as arriving:
        wish.get_by_role("link", name=job.say("Download")).click()
    arriving.value.save_as(folder / arriving.value.suggested_filename)
    content = (folder / arriving.value.suggested_filename).read_bytes()
    assert content == bytes(Rendering.objects.get().document.content)
    return content


def weak_rule(job: Job) -> str:
    return text_of(Rule.objects.get(key=WEAK), "name", job.language)


def text_of(row: Rule | Question, name: str, language: str) -> str:
    text: str = getattr(row, f"{name}_{language}")
    assert text
    return text


def plain(text: str) -> str:
    """With single ordinary spaces, as the text of a page is compared."""
    return " ".join(text.split())
