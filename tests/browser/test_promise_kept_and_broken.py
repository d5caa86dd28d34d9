"""From two scorecards to a commitment that is opened again, in three languages: an English assessor reads what fell and
why, and asks for better; the vendor agrees and reports it done in Dutch, by its link, on a phone; a French colleague
finds it kept by the measure; the facts fall back, the daily job looks, and it is open again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from accounts.models import Membership
from assessments.models import Answer, Commitment, CommitmentState, CommitmentStep, KeptBy
from assessments.tasks import read_commitments
from reports.models import Scorecard
from tests.browser.axe import PHONE, faults_by_day, faults_by_night, load_axe, unfold
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import Words
from tests.factories import Cast, make_assessment, make_incident, make_vendor
from tests.reports import cards
from vendors.measures.catalogue import Unit
from vendors.measures.words import figure
from vendors.models import Contact, Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
FELL = "speed"
WHAT = "Resolve critical incidents within twelve hours."
DONE = "Sinds juli staat er dag en nacht iemand klaar."
FILE = "rooster.txt"
# Hours, by months from that of the agreement; the first month of all is not known whole, and does not count.
BEFORE = {month: 18 + month % 3 for month in range(-7, 0)}
GOOD = {month: 9 + month % 2 / 2 for month in range(1, 8)}
KEPT_IN = 8
BAD = {month: 17 + month % 2 for month in range(9, 16)}
BACK_IN = 16


class Clock:
    """Today's, until it is put forward."""

    def __init__(self) -> None:
        self.ahead, self.began = timedelta(), datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def month(self, number: int, day: int) -> datetime:
        """A morning, `number` months after that in which it began."""
        months = self.began.year * 12 + self.began.month - 1 + number
        return datetime(months // 12, months % 12 + 1, day, 9, tzinfo=UTC)

    def put_forward(self, *, to: datetime) -> None:
        assert to > self()
        self.ahead = to - datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Story:
    """`english`, `french`, `dutch`: who speaks it, and the words that their pages use."""

    cast: Cast
    visit: Visit
    clock: Clock
    vendor: Vendor
    contact: Contact
    english: Words
    french: Words
    dutch: Words
    faults: list[str] = field(default_factory=list)

    def open(self, path: str, member: Membership | None = None, **options: object) -> Page:
        return self.visit(path, member, locale=member.user.language if member else "en", **options)

    def look(self, page: Page, language: str) -> None:
        """No page on the way shuts anybody out, and each speaks the language of whoever reads it."""
        expect(page.locator("html")).to_have_attribute("lang", language)
        load_axe(page)
        unfold(page)
        is_phone = (page.viewport_size or {}).get("width") == PHONE["width"]
        self.faults.extend(f"{page.url}: {fault}" for fault in (faults_by_night if is_phone else faults_by_day)(page))


@pytest.fixture
def story(visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Story:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    for member, language in ((cast.assessor, "en"), (cast.colleague, "fr")):
        member.user.language = language
        member.user.save()
    vendor = make_vendor(cast.organisation, "Example Records")
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example", language="nl")
    english, french, dutch = (Words(cast=cast, language=language) for language in ("en", "fr", "nl"))
    made = Story(
        cast=cast,
        visit=visit,
        clock=clock,
        vendor=vendor,
        contact=contact,
        english=english,
        french=french,
        dutch=dutch,
    )
    for grade in (4, 1):
        approve(made, grade)
    facts(made, BEFORE)
    return made


def test_a_promise_is_made_kept_and_open_again_when_its_measure_falls_back(story: Story) -> None:
    """Takes its time: some fifteen pages of three people in three languages, each looked at by axe, and SciPy, which
    is loaded once."""
    read_what_changed(story)
    commitment = ask(story)
    agree_and_report(story, show_to_vendor(story))
    keep_by_the_measure(story, commitment)
    fall_back(story)
    read_why_it_is_open(story, commitment)
    assert story.faults == []


# What was before ----------------------------------------------------------------------------------------------------
def approve(story: Story, grade: int) -> Scorecard:
    """4 on each question, but for those of the rule that falls."""
    assessment = make_assessment(story.cast.assessor, vendor=story.vendor, grade=4)
    Answer.objects.filter(response__assessment=assessment, question__rule__key=FELL).update(
        grade=grade, comment=f"We gave {grade} for a reason."
    )
    return cards.approve(story.cast, assessment)


def facts(story: Story, hours: Mapping[int, float]) -> None:
    """Three incidents a month, which take so many hours."""
    for month, took in hours.items():
        for day in (5, 11, 17):
            make_incident(story.vendor, f"INC{month:+03}-{day}", opened=story.clock.month(month, day), hours=took)
    Vendor.objects.filter(pk=story.vendor.pk).update(facts_revision=story.vendor.facts_revision + 1)
    story.vendor.refresh_from_db()


# In English ---------------------------------------------------------------------------------------------------------
def read_what_changed(story: Story) -> None:
    """From the scorecard to the answers that moved, with their words then and now."""
    card = Scorecard.objects.latest("pk")
    page = story.open(reverse("scorecard_detail", args=[card.pk]), story.cast.assessor)
    since = page.get_by_role("region", name="What changed", exact=True)
    expect(since).to_contain_text("5. Speed (en)")
    expect(since).to_contain_text("Met → Broken (100% → 25%)")
    story.look(page, "en")
    since.get_by_role("link", name="Why did it move?").click()
    moved = page.get_by_role("region", name="5. Speed (en)")
    expect(moved).to_contain_text("4 → 1 by Assessor")
    expect(moved.locator("tfoot")).to_contain_text("−75.00")
    story.look(page, "en")
    expect(moved).to_contain_text("We gave 4 for a reason.")
    expect(moved).to_contain_text("We gave 1 for a reason.")


def ask(story: Story) -> Commitment:
    """From the rule that is broken, for a colleague to follow up."""
    card = Scorecard.objects.latest("pk")
    page = story.open(reverse("scorecard_detail", args=[card.pk]), story.cast.assessor)
    rule = page.get_by_role("row").filter(has_text="Speed (en)")
    rule.get_by_role("link", name="Ask for a commitment").click()
    expect(page.get_by_label("Why (the vendor reads this)")).to_have_value("5 Speed (en)")
    page.get_by_label("What will be done").fill(WHAT)
    page.get_by_label("Why (the vendor reads this)").fill("Three nights without records.")
    page.locator("[name=contact]").select_option(str(story.contact.pk))
    page.locator("[name=owner]").select_option(str(story.cast.colleague.user_id))
    page.locator("[name=due_on]").fill(story.clock.month(2, 15).date().isoformat())
    page.locator("[name=measure]").select_option("duration_mean")
    page.locator("[name=target]").fill("12")
    story.look(page, "en")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("is written down. Next: the vendor agrees.")).to_be_visible()
    story.look(page, "en")
    return Commitment.objects.get()


def show_to_vendor(story: Story) -> str:
    page = story.open(Commitment.objects.get().get_absolute_url(), story.cast.assessor)
    page.get_by_role("link", name="Show it to the vendor").click()
    page.locator("[name=contact]").select_option(str(story.contact.pk))
    story.look(page, "en")
    page.get_by_role("button", name="Show the link to copy").click()
    link = page.locator("input[readonly]").input_value()
    story.look(page, "en")
    return urlsplit(link).path


# In Dutch -----------------------------------------------------------------------------------------------------------
def agree_and_report(story: Story, link: str) -> None:
    """By the link alone, on a phone; five weeks lie between."""
    say = story.dutch.say
    page = story.open(link, width=PHONE["width"])
    story.look(page, "nl")
    page.get_by_role("button", name=say("See the commitments")).click()
    story.look(page, "nl")
    page.get_by_role("link", name=say("Read it and answer")).click()
    expect(page.get_by_role("main")).to_contain_text(WHAT)
    story.look(page, "nl")
    page.get_by_role("button", name=say("We agree"), exact=True).click()
    expect(page.get_by_text(say("Agreed. Thank you: your customer is told."))).to_be_visible()

    story.clock.put_forward(to=story.clock() + timedelta(days=35))
    page.get_by_label(say("How far are you?")).fill(DONE)
    page.locator("[type=file]").set_input_files({"name": FILE, "mimeType": "text/plain", "buffer": b"Dag en nacht."})
    page.get_by_role("button", name=say("Report it done")).click()
    expect(page.get_by_text(say("Reported done. Your customer looks at it, and you are told here."))).to_be_visible()
    expect(page.get_by_role("link", name=FILE)).to_be_visible()
    story.look(page, "nl")


# In French ----------------------------------------------------------------------------------------------------------
def keep_by_the_measure(story: Story, commitment: Commitment) -> None:
    """From My work, months after it was due."""
    say = story.french.say
    facts(story, GOOD)
    story.clock.put_forward(to=story.clock.month(KEPT_IN, 15))
    page = story.open(reverse("work"), story.cast.colleague)
    story.look(page, "fr")
    asked = say("The vendor reports it done: accept it, or say what is missing")
    expect(page.get_by_role("main")).to_contain_text(asked)
    page.locator(f"main a[href='{commitment.get_absolute_url()}']").first.click()
    expect(page.get_by_role("main")).to_contain_text(DONE)
    expect(page.get_by_role("main")).to_contain_text(moved(story.french))
    story.look(page, "fr")
    page.get_by_role("link", name=say("Accept as kept"), exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(moved(story.french))
    story.look(page, "fr")
    page.get_by_role("button", name=say("Accept it as kept"), exact=True).click()
    expect(page.locator("body")).to_contain_text(say("%(number)s is kept.", number=commitment.number))
    row = Commitment.objects.get()
    assert (row.state, row.kept_by) == (CommitmentState.KEPT, KeptBy.MEASURE)


def moved(words: Words) -> str:
    """“Moved from 19 hours to 9.3 hours; agreed: at most 12 hours.”"""
    with translation.override(words.language):
        before, after, most = (figure(value, Unit.HOURS) for value in (19.0, 9.3, 12.0))
    agreed = words.say("agreed: at most %(value)s", value=most)
    return words.say("Moved from %(before)s to %(after)s; %(agreed)s.", before=before, after=after, agreed=agreed)


# It falls back ------------------------------------------------------------------------------------------------------
def fall_back(story: Story) -> None:
    """Half a year later nobody looks but the daily job."""
    facts(story, BAD)
    story.clock.put_forward(to=story.clock.month(BACK_IN, 15))
    mail.outbox.clear()
    read_commitments()
    row = Commitment.objects.get()
    assert (row.state, row.ended_on, row.kept_by) == (CommitmentState.AGREED, None, "")
    assert row.reopened_on == timezone.localdate()
    assert {name for message in mail.outbox for name in message.to} == {
        story.cast.assessor.user.email,
        story.cast.colleague.user.email,
    }


def read_why_it_is_open(story: Story, commitment: Commitment) -> None:
    """In English, by the mail that told of it."""
    told = next(one for one in mail.outbox if one.to == [story.cast.assessor.user.email])
    assert told.subject == f"Example Records: the commitment {commitment.number} is open again"
    found = re.search(rf"https?://\S+{commitment.get_absolute_url()}", str(told.body))
    assert found
    page = story.open(urlsplit(found[0]).path, story.cast.assessor)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Fell back from 9.3 hours to 17.6 hours")
    expect(main).to_contain_text("agreed: at most 12 hours")
    expect(main).to_contain_text("Its measure fell back, so it was opened again.")
    story.look(page, "en")
    assert CommitmentStep.objects.latest("pk").by == ""
