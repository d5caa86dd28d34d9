"""The whole assessment of test_whole_assessment.py in the other languages: the same way from page to page, each form
sent as it stands, each text read. What takes a browser to see is seen there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from assessments.models import Answer, AssessmentState, Response
from manifesto.models import Question, Rule
from reports.models import Rendering, Scorecard
from tests.browser.job import Words, load_bank_and_worker, plain, unbroken
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
from tests.browser.sheet import Sheet, text_of
from tests.factories import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, kw_only=True)
class Scene:
    words: Words
    things: Things

    def open(self, route: str, who: str) -> Sheet:
        client = Client()
        client.force_login(getattr(self.words.cast, who).user)
        return Sheet(client, self.path(route), self.words)

    def path(self, route: str) -> str:
        return reverse(route, args=[self.things.assessment.pk])

    def go(self, page: Sheet, route: str) -> None:
        page.go(self.path(route))


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_whole_assessment_says_the_same(language: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    load_bank_and_worker(monkeypatch)
    scene = Scene(words=Words(cast=cast, language=language), things=make_things(cast, language))
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


def start(scene: Scene) -> Sheet:
    client = Client()
    client.force_login(scene.words.cast.assessor.user)
    page = Sheet(client, f"{reverse('assessment_add')}?vendor={scene.things.vendor.pk}", scene.words)
    assert page.language == scene.words.language
    page.press("Start answering")
    assert len(page.all("section.q")) == 3 + 1  # and one that is also asked
    return page


def ask_raters(scene: Scene, page: Sheet) -> None:
    words = scene.words
    scene.go(page, "assessment_raters")
    page.check(f"[name=people][value='{words.cast.colleague.pk}']")
    page.press("Ask to rate")
    assert words.say("Asked to rate: %(names)s.", names=words.cast.colleague.user) in page.text()
    page.check(f"[name=people][value='{words.cast.reader.pk}']")
    for rule in Rule.objects.exclude(key__in=(CLICKED, "proof")):
        page.uncheck(f"[name=rules][value='{rule.key}']")
    page.press("Ask to rate")
    rows = [text_of(row) for row in page.all("table tbody tr")]
    assert len(rows) == 3
    its = next(row for row in rows if str(words.cast.reader.user) in row)
    assert IT in its
    assert words.say("%(done)s of %(all)s", done=0, all=6) in its
    assert Response.objects.get(rater=words.cast.reader.user).answers.counting().count() == 6
    assert Response.objects.get(rater=words.cast.colleague.user).answers.counting().count() == 22


def make_link(scene: Scene, page: Sheet) -> str:
    scene.go(page, "assessment_vendor")
    page.fill("[name=contact]", str(scene.things.contact.pk))
    page.press("Show the link to copy")
    link = str(page.one("main input[readonly]").etree_element.get("value"))
    assert CONTACT not in link
    return urlsplit(link).path


def come_in(scene: Scene, link: str) -> Sheet:
    page = Sheet(Client(), link, scene.words)
    assert page.language == scene.things.contact.language
    page.check(f"input[name=language][value={scene.words.language}]")
    page.press_button("main .form-actions")
    assert page.language == scene.words.language
    return page


def let_vendor_answer(scene: Scene, link: str) -> None:
    words, page = scene.words, come_in(scene, link)
    asks = words.say("%(organisation)s asks about your support", organisation=words.cast.organisation)
    assert page.text("h1") == asks
    page.go(page.link(words.say("Start with the first rule")))
    for number, question in enumerate(Question.objects.filter(rule__key=CLICKED).order_by("position")):
        row = f"#question-{question.key}"
        assert words.text_of(question, "text") in page.text(f"{row} h2")
        if not number:
            assert words.say("Your answer") in page.text(row)
            page.fill(f"{row} textarea[name$=vendor_says]", WORDS)
            page.attach(f"{row} input[type=file]", FILE, b"1. Stay. 2. Hand over.")
        page.check(f"{row} input[type=radio][value='4']")
    page.press("Save and see the overview")
    page.go(page.link(words.say("Hand in")))
    page.press("Hand in")
    assert page.text("h1") == words.say("Your answers are handed in")
    assert WORDS in page.text()
    assert FILE in page.text()


def let_everybody_rate(scene: Scene, owner: Sheet) -> None:
    cast = scene.words.cast
    fill(cast.colleague, {SPREAD: 1, GAP: 2})
    Answer.objects.filter(response__rater=cast.colleague.user, question__key=SPREAD).update(comment=SECRET)
    hand_in(scene, scene.open("assessment_review", "colleague"), "Hand in my answers")
    rate_on_the_pages(scene)
    fill(cast.assessor, {SPREAD: 4, GAP: 2})
    scene.go(owner, "assessment_review")
    hand_in(scene, owner, "Hand in my answers")
    assert not Response.objects.of_customer().outstanding().exists()


def rate_on_the_pages(scene: Scene) -> None:
    words, page = scene.words, scene.open("assessment_detail", "reader")
    fill(words.cast.reader, {}, rule="proof")
    page.go(page.link(words.text_of(Rule.objects.get(key=CLICKED), "name")))
    assert WORDS in text_of(page.all("section.q .q-vendor")[0])
    for question in Question.objects.filter(rule__key=CLICKED):
        grade = 2 if question.key == GAP else 3
        page.check(f"#question-{question.key} input[type=radio][value='{grade}']")
    page.press("Save and next rule")
    look_for_others_answers(scene, page)
    scene.go(page, "assessment_review")
    hand_in(scene, page, "Hand in my answers")
    scene.go(page, "assessment_review")
    assert str(words.cast.assessor.user) not in page.text("main")  # who has not handed in yet


def look_for_others_answers(scene: Scene, page: Sheet) -> None:
    for route in ("assessment_review", "assessment_raters", "assessment_history", "assessment_vendor"):
        scene.go(page, route)
        assert SECRET not in page.content, route
    page.go(scene.path("assessment_consensus"), status=403)
    assert page.text("h1") == scene.words.say("Hand in your own answers first")
    assert SECRET not in page.content


def hand_in(scene: Scene, page: Sheet, button: str) -> None:
    page.press(button)
    assert scene.words.say("Handed in. Thank you: your answers count from now on.") in page.text()


def agree(scene: Scene, page: Sheet) -> None:
    words = scene.words
    scene.go(page, "assessment_consensus")
    cards = [card.etree_element.get("id") for card in page.all("article.consensus-card")]
    assert cards == [f"question-{GAP}", f"question-{SPREAD}"]
    assert SECRET in page.text(f"#question-{SPREAD}")
    assert words.say("Begin the meeting: who is there?") in page.text("main")
    page.check(f"[name=attendees][value='{words.cast.colleague.user.pk}']")
    page.fill("[name=others]", OUTSIDER)
    page.press("Begin the meeting")
    card = f"#question-{SPREAD}"
    page.check(f"{card} input[type=radio][value='2']")
    page.fill(f"{card} [name=reason]", REASON)
    page.press("Record the agreement", within=card)
    assert REASON in page.text(f"{card} .consensus-agreed")
    assert words.say("%(done)s of %(all)s", done=1, all=2) in page.text("#consensus-settled")


def submit(scene: Scene, page: Sheet) -> None:
    scene.go(page, "assessment_review")
    assert page.text(".headline-number") == scene.words.headline(5)
    page.confirm("Submit for approval")
    said = scene.words.say("Submitted. It now waits for the level “%(level)s”.", level=LEVELS[0])
    assert said in page.text()


def approve_first_level(scene: Scene) -> None:
    page = scene.open("assessment_review", "approver")
    page.confirm("Approve as %(level)s", level=LEVELS[0])
    assert scene.words.say("Approved. The next level decides now: %(level)s.", level=LEVELS[1]) in page.text()
    assert scene.things.assessment.state == AssessmentState.IN_REVIEW


def ask_for_reply(scene: Scene, page: Sheet) -> None:
    scene.go(page, "vendor_reply_open")
    assert CONTACT in page.text("[name=contact] option[selected]")
    page.press("Ask for a reply")
    assert scene.words.say("Asked. The link went to %(email)s.", email=scene.things.contact.email) in page.text()


def let_vendor_reply(scene: Scene) -> None:
    sent = next(one for one in reversed(mail.outbox) if one.to == [scene.things.contact.email])
    found = re.search(r"https?://\S+/vendor-link/\S+", str(sent.body))
    assert found
    words, page = scene.words, come_in(scene, urlsplit(found[0]).path)
    assert page.text(".headline-calm") == words.headline(5)
    assert SECRET not in page.content
    page.check(f"#{CONTESTED} input[value=contests]")
    page.fill(f"#{CONTESTED} textarea", OBJECTION)
    page.check(f"#{CLICKED} input[value=agrees]")
    page.press("Send the reply")
    page.press("Send for good")
    assert page.text("h1") == words.say("Your reply is sent")


def approve_last_level(scene: Scene) -> None:
    page = scene.open("assessment_review", "admin")
    assert OBJECTION in page.text("main")
    page.confirm("Approve as %(level)s", level=LEVELS[1])
    assert scene.words.say("Approved. The scorecard is made and no longer changes.") in page.text()
    assert (Scorecard.objects.get().rules_met, Scorecard.objects.get().verdict) == (5, "not_met")


def read_scorecard(scene: Scene) -> None:
    """On the page and on paper: the same voices."""
    words = scene.words
    client = Client()
    client.force_login(words.cast.reader.user)
    page = Sheet(client, reverse("scorecard_detail", args=[Scorecard.objects.get().pk]), words)
    assert words.headline(5) in page.text(".card-sentence")
    folded = [fetched.etree_element.attrib["hx-get"] for fetched in page.all("[data-fetched]")]
    shown = " ".join([page.text("main"), *(Sheet(client, address, words).text("main") for address in folded)])
    paper = PdfReader(BytesIO(fetch_pdf(words, page, client)))
    printed = unbroken(" ".join(sheet.extract_text() for sheet in paper.pages))
    for said in what_it_says(words, scene.things.assessment):
        assert plain(said) in shown
        assert unbroken(said) in printed
    assert paper.trailer["/Root"]["/Lang"].startswith(words.language)


def fetch_pdf(words: Words, page: Sheet, client: Client) -> bytes:
    wish = f"#document-record-{words.language}"
    page.press_button(wish)
    assert page.all(f"{wish} .chip-ready")
    content = b"".join(client.get(page.link(words.say("Download"), within=wish)))
    assert content == bytes(Rendering.objects.get().document.content)
    return content
