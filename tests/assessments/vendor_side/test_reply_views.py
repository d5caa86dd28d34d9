"""The right of reply as people meet it: the customer asks, the vendor reads the result and replies, both are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.independence import those_who_know
from assessments.lifecycle import transitions
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Reply,
    ReplyRequest,
    Response,
    ResponseKind,
    VendorLink,
)
from assessments.schedule import inbox
from assessments.score.reading import current_score
from assessments.vendor_side import links, reply
from manifesto.models import Question
from tests.assessments.vendor_side.test_answer_views import but_the_asker
from tests.factories import Cast, add_rater, make_assessment, make_vendor
from vendors.models import Contact

SECRETS = ("Customer comment", "Customer vendor note", "Assessor", "Colleague", "Hidden Vendor", "Procurement")
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    make_vendor(cast.organisation, "Hidden Vendor")
    vendor = make_vendor(cast.organisation, "Example Systems")
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=3)
    add_rater(assessment, cast.colleague, grade=2, submitted_at=timezone.now())
    Answer.objects.update(comment="Customer comment", vendor_says="Customer vendor note")
    transitions.submit(cast.assessor, assessment)
    assessment.refresh_from_db()
    return assessment


@pytest.fixture
def contact(assessment: Assessment) -> Contact:
    return Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")


@pytest.fixture
def asked(cast: Cast, assessment: Assessment, contact: Contact) -> ReplyRequest:
    return reply.open_request(cast.assessor, assessment, contact=contact, due_on=in_days(10))


@pytest.fixture
def link(asked: ReplyRequest) -> VendorLink:
    return VendorLink.objects.get(reply_request=asked)


@pytest.fixture
def visitor(cast: Cast, link: VendorLink) -> Client:
    _link, token = links.renew(cast.assessor, link)
    client = Client()
    client.post(reverse("vendor_link", args=[token]), {"language": "en"})
    return client


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def posted(**rules: dict[str, str]) -> dict[str, str]:
    data = {}
    for rule, fields in rules.items():
        for name, value in ({"version": "0", "stance": "", "text": ""} | fields).items():
            data[f"{rule}-{name}"] = value
    return data


def page(link: VendorLink) -> str:
    return reverse("vendor_reply", args=[link.pk])


def send_page(link: VendorLink) -> str:
    return reverse("vendor_reply_send", args=[link.pk])


def send(visitor: Client, link: VendorLink, data: dict[str, str]) -> str:
    """Both steps, as the buttons lead; the page after them."""
    asked = visitor.post(page(link), data | {"then": "send"})
    assert (asked.status_code, asked["Location"]) == (302, send_page(link))
    return visitor.post(send_page(link), follow=True).content.decode()


def test_the_vendor_reads_the_result_per_rule_and_nothing_beneath_it(visitor: Client, link: VendorLink) -> None:
    html = visitor.get(page(link)).content.decode()

    assert "0 of 7 rules met" in html
    assert html.count("62.5%") >= 7
    assert "Partly met" in html
    assert [word for word in SECRETS if word in but_the_asker(html)] == []
    assert "support question 1" in html  # what was asked, and not how it was graded
    assert "what you answered" not in html  # the vendor handed nothing in


@pytest.mark.parametrize(("language", "percent"), [("fr", "62,5\u00a0%"), ("nl", "62,5%")])
def test_numbers_and_names_follow_the_language(visitor: Client, link: VendorLink, language: str, percent: str) -> None:
    visitor.post(reverse("set_language"), {"language": language})

    html = visitor.get(page(link)).content.decode()

    assert percent in html
    assert f"Support ({language})" in html


def test_it_saves_for_later_and_sends(visitor: Client, link: VendorLink, asked: ReplyRequest) -> None:
    before = current_score(asked.assessment)
    data = posted(support={"stance": "agrees"}, proof={"stance": "contests", "text": "We proved it."})

    saved = visitor.post(page(link), data | {"then": "stay"}, follow=True).content.decode()
    assert "Your customer reads it once you send it" in saved
    assert reply.replies_of(asked.assessment) == ()
    data = posted(support={"stance": "agrees", "version": "1"})
    sent = send(visitor, link, data)

    assert "Your reply is sent" in sent
    assert "We proved it." in sent
    assert "<textarea" not in sent
    assert [one.stance for one in reply.replies_of(asked.assessment)] == ["agrees", "contests"]
    assert current_score(asked.assessment) == before


def test_to_contest_needs_a_text_and_what_was_typed_stays(visitor: Client, link: VendorLink) -> None:
    data = posted(support={"stance": "contests"}, speed={"text": "Half a thought"}, proof={"stance": "agrees"})

    response = visitor.post(page(link), data | {"then": "send"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "Say what you see differently" in html
    assert "Nothing is sent yet" in html
    assert "Half a thought" in html
    assert Reply.objects.get(rule="proof").stance == "agrees"
    assert ReplyRequest.objects.get().submitted_at is None


def test_sending_asks_first_says_which_rules_are_empty_and_only_its_post_sends(
    visitor: Client, link: VendorLink
) -> None:
    html = visitor.get(send_page(link)).content.decode()
    assert "Nothing is said yet" in html
    assert "Send for good" not in html

    visitor.post(page(link), posted(support={"stance": "agrees"}) | {"then": "send"})
    html = visitor.get(send_page(link)).content.decode()
    assert "After that you cannot change it." in html
    assert html.count(f'href="{page(link)}#') == 6
    assert f'href="{page(link)}#support"' not in html
    assert ReplyRequest.objects.get().submitted_at is None

    visitor.post(send_page(link))
    assert ReplyRequest.objects.get().submitted_at is not None
    assert "can no longer be changed" in visitor.get(send_page(link), follow=True).content.decode()


@pytest.mark.parametrize(("language", "name"), [("en", "reply"), ("fr", "reaction"), ("nl", "reactie")])
def test_the_file_of_the_reply_is_named_in_the_readers_language(
    visitor: Client, link: VendorLink, language: str, name: str
) -> None:
    send(visitor, link, posted(support={"stance": "agrees"}))
    visitor.post(reverse("set_language"), {"language": language})
    kept = visitor.get(reverse("vendor_reply_copy", args=[link.pk]))
    assert kept["Content-Disposition"] == f'attachment; filename="{name}-{link.assessment.reference}.txt"'


def test_the_landing_says_how_far_the_reply_is_and_later_that_it_is_sent(
    cast: Cast, link: VendorLink, visitor: Client
) -> None:
    visitor.post(page(link), posted(support={"stance": "agrees"}, proof={"stance": "agrees"}))
    link.refresh_from_db()
    _link, token = links.renew(cast.assessor, link)
    landing = reverse("vendor_link", args=[token])
    html = visitor.get(landing).content.decode()
    assert "Continue your reply: 2 of 7" in html
    visitor.post(landing, {"language": "en"})
    visitor.post(send_page(link))
    html = visitor.get(landing).content.decode()
    assert "<title>Your reply is sent" in " ".join(html.split()).replace("<title> ", "<title>")
    assert "Reply until" not in html
    assert "Everything is saved as you go" not in html


def test_two_windows_are_shown_both_texts(visitor: Client, link: VendorLink) -> None:
    visitor.post(page(link), posted(support={"stance": "agrees", "text": "From the first window"}))
    mine = posted(support={"stance": "contests", "text": "From the second"})

    response = visitor.post(page(link), mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "From the first window" in html
    assert "From the second" in html

    visitor.post(page(link), mine | {"keep": "support:1"})
    assert Reply.objects.get(rule="support").text == "From the second"


def test_after_the_last_day_the_page_says_so_and_what_was_typed_stays(
    visitor: Client, link: VendorLink, asked: ReplyRequest
) -> None:
    ReplyRequest.objects.filter(pk=asked.pk).update(due_on=in_days(-1))

    shown = visitor.get(page(link)).content.decode()
    response = visitor.post(page(link), posted(support={"stance": "contests", "text": "Too late"}))

    assert "The time to reply ended" in shown
    assert "<textarea" not in shown
    assert response.status_code == 423
    assert "Too late" in response.content.decode()
    assert Reply.objects.get(rule="support").text == ""


def test_after_the_approval_the_page_says_so(visitor: Client, link: VendorLink) -> None:
    Assessment.objects.update(state=AssessmentState.APPROVED)

    html = visitor.get(page(link)).content.decode()

    assert "approved" in html
    assert "Send the reply" not in html


def test_a_link_to_answer_opens_no_reply_and_the_reverse(visitor: Client, link: VendorLink) -> None:
    assert visitor.get(reverse("vendor_desk", args=[link.pk])).status_code == 404
    assert visitor.get(reverse("vendor_reply", args=[link.pk + 1])).status_code == 404


def test_the_customer_asks_from_the_review(
    signed_in: SignedIn, cast: Cast, assessment: Assessment, contact: Contact
) -> None:
    client = signed_in(cast.assessor)
    review = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    url = reverse("vendor_reply_open", args=[assessment.pk])
    shown = client.get(url).content.decode()

    response = client.post(url, {"contact": contact.pk, "due_on": in_days(5).isoformat()}, follow=True)

    assert url in review
    assert "Robin Example" in shown
    assert ReplyRequest.objects.get().due_on == in_days(5)
    assert "Waiting for the vendor" in response.content.decode()


def test_the_day_is_tomorrow_at_least(
    signed_in: SignedIn, cast: Cast, assessment: Assessment, contact: Contact
) -> None:
    url = reverse("vendor_reply_open", args=[assessment.pk])

    response = signed_in(cast.assessor).post(url, {"contact": contact.pk, "due_on": in_days(0).isoformat()})

    assert "until tomorrow at least" in response.content.decode()
    assert not ReplyRequest.objects.exists()


def test_without_a_contact_the_page_says_what_to_do(signed_in: SignedIn, cast: Cast, assessment: Assessment) -> None:
    html = signed_in(cast.assessor).get(reverse("vendor_reply_open", args=[assessment.pk])).content.decode()

    assert "No contact at the vendor yet" in html


def test_a_contact_of_another_vendor_cannot_be_chosen(signed_in: SignedIn, cast: Cast, assessment: Assessment) -> None:
    other = Contact.objects.create(vendor=make_vendor(cast.organisation, "Other"), name="Other")
    url = reverse("vendor_reply_open", args=[assessment.pk])

    signed_in(cast.assessor).post(url, {"contact": other.pk, "due_on": in_days(5).isoformat()})

    assert not ReplyRequest.objects.exists()


def test_more_time_and_withdrawing(
    signed_in: SignedIn, cast: Cast, visitor: Client, link: VendorLink, asked: ReplyRequest
) -> None:
    client = signed_in(cast.approver)
    extend = reverse("vendor_reply_extend", args=[asked.assessment_id])
    withdraw = reverse("vendor_reply_withdraw", args=[asked.assessment_id])

    assert client.get(extend).status_code == 200
    client.post(extend, {"due_on": in_days(20).isoformat()})
    asked.refresh_from_db()
    assert asked.due_on == in_days(20)

    assert client.get(withdraw).status_code == 200
    client.post(withdraw)
    asked.refresh_from_db()
    assert asked.withdrawn_at is not None
    assert visitor.get(page(link)).status_code == 410


def test_the_review_shows_the_reply_only_once_it_is_sent(
    signed_in: SignedIn, cast: Cast, visitor: Client, link: VendorLink, asked: ReplyRequest
) -> None:
    review = reverse("assessment_review", args=[asked.assessment_id])
    visitor.post(page(link), posted(support={"stance": "contests", "text": "We stayed all night."}))
    client = signed_in(cast.approver)
    assert "We stayed all night." not in client.get(review).content.decode()

    send(visitor, link, posted(support={"version": "1", "stance": "contests", "text": "x"}))

    html = client.get(review).content.decode()
    assert "Replied" in html
    assert "contested" in html


@pytest.fixture
def sent_back(cast: Cast, visitor: Client, link: VendorLink, asked: ReplyRequest) -> Assessment:
    """The vendor has replied, and the answers are wanted anew."""
    send(visitor, link, posted(support={"stance": "contests", "text": "Half of it is unfair."}))
    transitions.send_back(cast.approver, asked.assessment, reason="Look at it again.")
    return asked.assessment


TELLING = ("assessment_vendor", "assessment_review", "assessment_history")  # pages on which a reply stands


@pytest.mark.parametrize("name", TELLING)
def test_whoever_still_judges_reads_no_reply_to_an_earlier_result(
    name: str, signed_in: SignedIn, cast: Cast, sent_back: Assessment
) -> None:
    add_rater(sent_back, cast.reader)
    html = signed_in(cast.reader).get(reverse(name, args=[sent_back.pk])).content.decode()
    assert "Half of it is unfair." not in html


@pytest.mark.parametrize("name", TELLING)
def test_whoever_reads_a_reply_is_known_to_know_the_result(
    name: str, signed_in: SignedIn, cast: Cast, sent_back: Assessment
) -> None:
    sent_back.responses.update(submitted_at=timezone.now())
    html = signed_in(cast.reader).get(reverse(name, args=[sent_back.pk])).content.decode()
    assert "Half of it is unfair." in html
    assert cast.reader.user_id in those_who_know(sent_back.pk)


def test_a_reader_sees_the_state_and_changes_nothing(signed_in: SignedIn, cast: Cast, asked: ReplyRequest) -> None:
    client = signed_in(cast.reader)

    html = client.get(reverse("assessment_review", args=[asked.assessment_id])).content.decode()

    assert "Waiting for the vendor" in html
    assert "Withdraw the request" not in html
    for name in ("vendor_reply_open", "vendor_reply_extend", "vendor_reply_withdraw"):
        assert client.post(reverse(name, args=[asked.assessment_id])).status_code == 403


def test_the_page_takes_the_same_few_queries(
    visitor: Client, link: VendorLink, django_assert_max_num_queries: Any
) -> None:
    visitor.get(page(link))

    with django_assert_max_num_queries(7):  # two of them: whom to write to, and another link of theirs
        visitor.get(page(link))


class TestByItself:
    """As autosave.js sends it."""

    def save(self, visitor: Client, link: VendorLink, rule: str = "support", **fields: Any) -> Any:
        url = reverse("vendor_reply_save", args=[link.pk, rule])
        return visitor.post(url, posted(**{rule: fields}), headers={"accept": "application/json"})

    def test_a_reply_saves_by_itself_and_says_when(self, visitor: Client, link: VendorLink) -> None:
        answer = self.save(visitor, link, stance="contests", text="We stayed.")
        assert answer.status_code == 200
        assert answer.json()["version"] == 1
        assert answer.json()["message"].startswith("Saved ")
        stored = Reply.objects.get(request__links=link, rule="support")
        assert (stored.stance, stored.text, stored.version) == ("contests", "We stayed.", 1)
        html = visitor.get(page(link)).content.decode()
        assert reverse("vendor_reply_save", args=[link.pk, "support"]) in html
        assert "data-autosave" in html

    def test_half_a_reply_is_not_saved_and_says_what_is_missing(self, visitor: Client, link: VendorLink) -> None:
        answer = self.save(visitor, link, stance="contests")
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["text"]

    def test_of_two_at_once_the_second_sees_both(self, visitor: Client, link: VendorLink) -> None:
        self.save(visitor, link, stance="agrees", text="First.")
        answer = self.save(visitor, link, stance="contests", text="Second.")
        assert answer.status_code == 409
        assert answer.json()["stored"] == {"version": 1, "stance": "agrees", "text": "First."}
        assert "<strong>We agree</strong>" in answer.json()["html"]
        assert 'value="support:1"' in answer.json()["html"]

    def test_after_the_last_day_nothing_is_taken(self, visitor: Client, link: VendorLink, asked: ReplyRequest) -> None:
        ReplyRequest.objects.filter(pk=asked.pk).update(due_on=in_days(-1))
        answer = self.save(visitor, link, stance="agrees")
        assert answer.status_code == 423
        assert "The time to reply ended" in answer.json()["message"]

    def test_a_rule_that_was_not_shown_is_not_found(self, visitor: Client, link: VendorLink) -> None:
        assert self.save(visitor, link, "nothing").status_code == 404


def test_its_own_answers_stand_beside_the_percent_once_it_has_handed_them_in(
    visitor: Client, link: VendorLink, assessment: Assessment
) -> None:
    own = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR)
    question = Question.objects.get(release=assessment.release_id, key="support-1")
    Answer.objects.create(response=own, question=question, vendor_says="We stay until it runs.", grade=4)
    assert "We stay until it runs." not in visitor.get(page(link)).content.decode()

    Response.objects.filter(pk=own.pk).update(submitted_at=timezone.now())
    html = visitor.get(page(link)).content.decode()
    assert "The questions, and what you answered" in html
    assert "We stay until it runs." in html
    assert [word for word in SECRETS if word in but_the_asker(html)] == []


def test_the_vendor_keeps_a_copy_of_what_it_sent(visitor: Client, link: VendorLink) -> None:
    url = reverse("vendor_reply_copy", args=[link.pk])
    assert "Send your reply first" in visitor.get(url, follow=True).content.decode()
    send(visitor, link, posted(support={"stance": "contests", "text": "We stayed."}))
    assert url in visitor.get(page(link)).content.decode()
    reply_sent = visitor.get(url)
    assert reply_sent["Content-Disposition"].startswith("attachment")
    text = reply_sent.content.decode()
    assert "1. Support (en): Partly met, 62.5%\nWe see it differently\nWe stayed." in text
    assert text.count("No reply to this rule") == 6
    assert [word for word in SECRETS if word in text] == []
    mailed = mail.outbox[-1]  # and without a download
    assert (mailed.to, mailed.reply_to) == ([link.email], ["Assessor <assessor@example.org>"])
    assert "1. Support (en): Partly met, 62.5%\nWe see it differently\nWe stayed." in str(mailed.body)


def test_those_who_wait_to_decide_hear_of_it_and_find_it_under_my_work(
    visitor: Client, link: VendorLink, cast: Cast, assessment: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    assert [item.kind for item in inbox.waiting_for(cast.approver, timezone.localdate())] == ["decide"]
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        send(visitor, link, posted(support={"stance": "agrees"}))
    told = {to: sent for sent in mail.outbox for to in sent.to}
    assert set(told) == {cast.assessor.user.email, cast.approver.user.email, link.email}
    review = reverse("assessment_review", args=[assessment.pk])
    assert review in str(told[cast.approver.user.email].body)
    items = inbox.waiting_for(cast.approver, timezone.localdate())
    assert {(item.kind, item.url) for item in items} == {("decide", review), ("vendor_replied", review)}
    assert inbox.waiting_for(cast.reader, timezone.localdate()) == []


def test_what_was_typed_when_the_link_was_made_anew_stands_in_the_form_again_by_the_new_one(
    visitor: Client, link: VendorLink, cast: Cast
) -> None:
    end = re.findall(r'name="form_end" value="([^"]+)"', visitor.get(page(link)).content.decode())[-1]
    _link, token = links.renew(cast.assessor, link)
    sent = visitor.post(page(link), posted(support={"stance": "contests", "text": "We stayed."}) | {"form_end": end})
    assert sent.status_code == 410
    assert "It is kept for a day" in sent.content.decode()
    assert not Reply.objects.exclude(stance="").exists()

    entered = visitor.post(reverse("vendor_link", args=[token]), {"language": "en"})
    html = visitor.get(entered["Location"]).content.decode()
    assert "Not sent yet" in html
    assert "We stayed.</textarea>" in html
    assert "We stayed." not in visitor.get(page(link)).content.decode()  # on this page only where it was asked for
