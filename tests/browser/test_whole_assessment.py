"""A whole assessment in a browser: three raters of three departments, the vendor about itself, the consensus, two
levels of approval, the right of reply, and the scorecard with all of it. In the other languages, the same way is gone
without a browser: test_whole_assessment_in_words.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from assessments.models import Answer, Assessment, AssessmentState, Response
from manifesto.models import Question, Rule
from reports.models import Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import Job, begin, click_grade, expect_saved, fetch_pdf, plain, unbroken
from tests.browser.scene import (
    CLICKED,
    CONTACT,
    CONTESTED,
    FILE,
    GAP,
    IT,
    LEVELS,
    OBJECTION,
    OUTSIDER,
    REASON,
    SECRET,
    SPREAD,
    WORDS,
    Things,
    fill,
    make_things,
    what_it_says,
)
from tests.factories import Cast
from vendors.models import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
LANGUAGE = "fr"  # the longest texts


@dataclass(frozen=True, kw_only=True)
class Scene:
    job: Job
    things: Things
    folder: Path

    @property
    def assessment(self) -> Assessment:
        return self.things.assessment

    @property
    def contact(self) -> Contact:
        return self.things.contact

    def open(self, route: str, who: str) -> Page:
        return self.job.open(reverse(route, args=[self.assessment.pk]), who)

    def go(self, page: Page, route: str) -> None:
        page.goto(reverse(route, args=[self.assessment.pk]))


@pytest.fixture
def scene(visit: Visit, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    job = begin(visit, cast, LANGUAGE, monkeypatch)
    return Scene(job=job, things=make_things(cast, LANGUAGE), folder=tmp_path)


def play(scene: Scene) -> None:
    owner = start(scene)
    ask_raters(scene, owner)
    link = make_link(scene, owner)
    let_vendor_answer(scene, link)
    let_everybody_rate(scene, owner)
    agree(scene, owner)
    submit(scene, owner)
    approve_first_level(scene)
    ask_for_reply(scene, owner)
    let_vendor_reply(scene)
    approve_last_level(scene)
    read_scorecard(scene)


def test_a_whole_assessment(scene: Scene) -> None:
    """Takes its time: some forty pages, opened by seven people and by a contact of the vendor."""
    play(scene)


def start(scene: Scene) -> Page:
    page = scene.job.open(f"{reverse('assessment_add')}?vendor={scene.things.vendor.pk}", "assessor")
    scene.job.press(page, "Start answering")
    expect(page.locator("section.q")).to_have_count(3 + 1)  # and one that is also asked
    return page


def ask_raters(scene: Scene, page: Page) -> None:
    """A colleague of Operations for all rules, and one of the IT for two of them."""
    job = scene.job
    scene.go(page, "assessment_raters")
    page.locator(f"[name=people][value='{job.cast.colleague.pk}']").check()
    job.press(page, "Ask to rate")
    expect(page.locator("body")).to_contain_text(job.say("Asked to rate: %(names)s.", names=job.cast.colleague.user))
    page.locator(f"[name=people][value='{job.cast.reader.pk}']").check()
    for rule in Rule.objects.exclude(key__in=(CLICKED, "proof")):
        page.locator(f"[name=rules][value='{rule.key}']").uncheck()
    job.press(page, "Ask to rate")
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(3)
    its = rows.filter(has_text=str(job.cast.reader.user))
    expect(its).to_contain_text(IT)
    expect(its).to_contain_text(job.say("%(done)s of %(all)s", done=0, all=6))
    assert Response.objects.get(rater=job.cast.reader.user).answers.counting().count() == 6
    assert Response.objects.get(rater=job.cast.colleague.user).answers.counting().count() == 22


def make_link(scene: Scene, page: Page) -> str:
    """Made to be handed over: it stands on the page this one time."""
    scene.go(page, "assessment_vendor")
    page.locator("[name=contact]").select_option(str(scene.contact.pk))
    scene.job.press(page, "Show the link to copy")
    link = page.locator("input[readonly]").input_value()
    assert CONTACT not in link
    return urlsplit(link).path


def let_vendor_answer(scene: Scene, link: str) -> None:
    job, page = scene.job, come_in(scene, link)
    asks = job.say("%(organisation)s asks about your support", organisation=job.cast.organisation)
    expect(page.get_by_role("heading", level=1)).to_have_text(asks)
    page.get_by_role("link", name=job.say("Start with the first rule")).click()
    for number, question in enumerate(Question.objects.filter(rule__key=CLICKED).order_by("position")):
        row = page.locator("section.q").nth(number)
        expect(row.get_by_role("heading")).to_contain_text(job.text_of(question, "text"))
        if not number:
            row.get_by_label(job.say("Your answer")).fill(WORDS)
        click_grade(row, 4)
        expect_saved(row)
    first = page.locator("section.q").first
    first.locator("input[type=file]").set_input_files(
        {"name": FILE, "mimeType": "text/plain", "buffer": b"1. Stay. 2. Hand over."}
    )
    expect(first.get_by_role("link", name=FILE)).to_be_visible()
    job.press(page, "Save and see the overview")
    page.get_by_role("link", name=job.say("Hand in"), exact=True).click()
    job.press(page, "Hand in")
    expect(page.get_by_role("heading", level=1)).to_have_text(job.say("Your answers are handed in"))
    expect(page.get_by_text(WORDS)).to_be_visible()


def come_in(scene: Scene, link: str) -> Page:
    """By the link alone, in a browser that nobody has signed in; the page speaks the contact's language until it is
    told another one."""
    job, page = scene.job, scene.job.open(link)
    expect(page.locator("html")).to_have_attribute("lang", scene.contact.language)
    page.locator(f"input[name=language][value={job.language}]").check()
    page.locator("main .form-actions button").click()
    expect(page.locator("html")).to_have_attribute("lang", job.language)
    return page


def let_everybody_rate(scene: Scene, owner: Page) -> None:
    cast = scene.job.cast
    fill(cast.colleague, {SPREAD: 1, GAP: 2})
    Answer.objects.filter(response__rater=cast.colleague.user, question__key=SPREAD).update(comment=SECRET)
    hand_in(scene, scene.open("assessment_review", "colleague"), "Hand in my answers")
    rate_in_the_browser(scene)
    fill(cast.assessor, {SPREAD: 4, GAP: 2})
    scene.go(owner, "assessment_review")
    hand_in(scene, owner, "Hand in my answers")
    assert not Response.objects.of_customer().outstanding().exists()


def rate_in_the_browser(scene: Scene) -> None:
    """The reader of the IT: by clicks, with the vendor's words beside them, and nothing of the others before."""
    job, page = scene.job, scene.open("assessment_detail", "reader")
    fill(job.cast.reader, {}, rule="proof")
    page.get_by_role("link", name=re.compile(re.escape(job.text_of(Rule.objects.get(key=CLICKED), "name")))).click()
    rows = page.locator("section.q")
    expect(rows.first.locator(".q-vendor")).to_contain_text(WORDS)
    for number, question in enumerate(Question.objects.filter(rule__key=CLICKED).order_by("position")):
        click_grade(rows.nth(number), 2 if question.key == GAP else 3)
        expect_saved(rows.nth(number))
    look_for_others_answers(scene, page)
    scene.go(page, "assessment_review")
    hand_in(scene, page, "Hand in my answers")
    scene.go(page, "assessment_review")
    expect(page.get_by_role("main")).not_to_contain_text(str(job.cast.assessor.user))  # who has not handed in yet


def look_for_others_answers(scene: Scene, page: Page) -> None:
    """Whoever still rates finds no answer of anybody, wherever they look."""
    for route in ("assessment_review", "assessment_raters", "assessment_history", "assessment_vendor"):
        scene.go(page, route)
        assert SECRET not in page.content(), route
    scene.go(page, "assessment_consensus")
    expect(page.get_by_role("heading", level=1)).to_have_text(scene.job.say("Hand in your own answers first"))
    assert SECRET not in page.content()


def hand_in(scene: Scene, page: Page, button: str) -> None:
    scene.job.press(page, button)
    said = scene.job.say("Handed in. Thank you: your answers count from now on.")
    expect(page.locator("body")).to_contain_text(said)


def agree(scene: Scene, page: Page) -> None:
    """On one of the two questions that need talk; the other stays open."""
    job = scene.job
    scene.go(page, "assessment_consensus")
    cards = page.locator("article.consensus-card")
    expect(cards).to_have_count(2)
    assert [card.get_attribute("id") for card in cards.all()] == [f"question-{GAP}", f"question-{SPREAD}"]
    expect(page.locator(f"#question-{SPREAD}")).to_contain_text(SECRET)
    expect(page.get_by_text(job.say("Begin the meeting: who is there?"))).to_be_visible()
    expect(page.locator("[name=choice]")).to_have_count(0)
    page.locator(f"[name=attendees][value='{job.cast.colleague.user.pk}']").check()
    page.locator("[name=others]").fill(OUTSIDER)
    job.press(page, "Begin the meeting")
    card = page.locator(f"#question-{SPREAD}")
    click_grade(card, 2)
    card.locator("[name=reason]").fill(REASON)
    card.get_by_role("button", name=job.say("Record the agreement")).click()
    expect(card.locator(".consensus-agreed")).to_contain_text(REASON)
    expect(page.locator("#consensus-settled")).to_contain_text(job.say("%(done)s of %(all)s", done=1, all=2))


def submit(scene: Scene, page: Page) -> None:
    scene.go(page, "assessment_review")
    expect(page.locator(".headline-number")).to_have_text(scene.job.headline(5))
    scene.job.confirm(page, "Submit for approval")
    said = scene.job.say("Submitted. It now waits for the level “%(level)s”.", level=LEVELS[0])
    expect(page.locator("body")).to_contain_text(said)


def approve_first_level(scene: Scene) -> None:
    page = scene.open("assessment_review", "approver")
    scene.job.confirm(page, "Approve as %(level)s", level=LEVELS[0])
    said = scene.job.say("Approved. The next level decides now: %(level)s.", level=LEVELS[1])
    expect(page.locator("body")).to_contain_text(said)
    assert scene.assessment.state == AssessmentState.IN_REVIEW


def ask_for_reply(scene: Scene, page: Page) -> None:
    scene.go(page, "vendor_reply_open")
    expect(page.locator("[name=contact] option:checked")).to_contain_text(CONTACT)
    scene.job.press(page, "Ask for a reply")
    said = scene.job.say("Asked. The link went to %(email)s.", email=scene.contact.email)
    expect(page.locator("body")).to_contain_text(said)


def let_vendor_reply(scene: Scene) -> None:
    """By the link that was mailed."""
    sent = next(one for one in reversed(mail.outbox) if one.to == [scene.contact.email])
    found = re.search(r"https?://\S+/vendor-link/\S+", str(sent.body))
    assert found
    job, page = scene.job, come_in(scene, urlsplit(found[0]).path)
    expect(page.locator(".headline-calm")).to_have_text(job.headline(5))
    assert SECRET not in page.content()
    contested = page.locator(f"#{CONTESTED}")
    contested.locator("input[value=contests]").check()
    contested.get_by_role("textbox").fill(OBJECTION)
    page.locator(f"#{CLICKED} input[value=agrees]").check()
    job.press(page, "Send the reply")
    job.press(page, "Send for good")
    expect(page.get_by_role("heading", level=1)).to_have_text(job.say("Your reply is sent"))


def approve_last_level(scene: Scene) -> None:
    page = scene.open("assessment_review", "admin")
    expect(page.get_by_role("main")).to_contain_text(OBJECTION)
    scene.job.confirm(page, "Approve as %(level)s", level=LEVELS[1])
    said = scene.job.say("Approved. The scorecard is made and no longer changes.")
    expect(page.locator("body")).to_contain_text(said)
    assert (Scorecard.objects.get().rules_met, Scorecard.objects.get().verdict) == (5, "not_met")


def read_scorecard(scene: Scene) -> None:
    """On the page and on paper: the same voices."""
    job = scene.job
    page = job.open(reverse("scorecard_detail", args=[Scorecard.objects.get().pk]), "reader")
    expect(page.locator(".card-sentence")).to_contain_text(job.headline(5))
    page.keyboard.press("Control+f")  # what is folded away is fetched
    expect(page.locator("[data-fetched]")).to_have_count(0)
    shown = plain(page.get_by_role("main").text_content() or "")
    paper = PdfReader(BytesIO(fetch_pdf(job, page, scene.folder)))
    printed = unbroken(" ".join(sheet.extract_text() for sheet in paper.pages))
    for said in what_it_says(job, scene.assessment):
        assert plain(said) in shown
        assert unbroken(said) in printed
    assert paper.trailer["/Root"]["/Lang"].startswith(job.language)
