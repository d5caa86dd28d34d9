"""The vendor's pages: what its contact reads and does there, and what it never finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.models import Answer, Assessment, AssessmentState, Evidence, Response, VendorLink
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links
from manifesto.models import Question, Release, ReleaseState
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release, make_vendor
from vendors.models import Contact

SECRETS = (
    "Customer comment",
    "Customer reason",
    "Customer vendor note",
    "customer-note.txt",
    "Assessor",
    "Colleague",
    "Hidden Vendor",
    "Procurement",
)
JSON = {"HTTP_ACCEPT": "application/json"}
ComeIn = Callable[..., Client]


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """With two raters' answers, comments and a file: none of it is the vendor's to see."""
    make_vendor(cast.organisation, "Hidden Vendor")
    assessment = make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, "Example Systems"), grade=1)
    add_rater(assessment, cast.colleague, grade=3, submitted_at="2026-03-02T09:30Z")
    Answer.objects.update(comment="Customer comment", vendor_says="Customer vendor note", reason="Customer reason")
    Evidence.objects.create(
        answer=Answer.objects.first(),
        file="evidence/customer-note.txt",
        name="customer-note.txt",
        content_type="text/plain",
        size=4,
        sha256="0" * 64,
    )
    return assessment


@pytest.fixture
def linked(cast: Cast, assessment: Assessment) -> tuple[VendorLink, str]:
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    return links.create(cast.assessor, assessment, contact)


@pytest.fixture
def link(linked: tuple[VendorLink, str]) -> VendorLink:
    return linked[0]


@pytest.fixture
def visitor(linked: tuple[VendorLink, str], client: Client) -> Client:
    """The contact, who came in by the link."""
    client.post(reverse("vendor_link", args=[linked[1]]), {"language": "en"})
    return client


def but_the_asker(html: str) -> str:
    """Without the one person that the vendor is told of: whoever asked it. Fails where that is not said."""
    html = " ".join(html.split())
    for said in ("Write to Assessor at Harbour Hospital:", "mailto:assessor@example.org", ">assessor@example.org<"):
        assert said in html
        html = html.replace(said, "")
    return html


def first(link: VendorLink, key: str = "support-1") -> Answer:
    return Answer.objects.get(response=link.response_id, question__key=key)


def posted(answer: Answer, **fields: str) -> dict[str, Any]:
    values = {"version": str(answer.version), "vendor_says": "", "choice": "", "reason": ""} | fields
    return {f"a{answer.pk}-{name}": value for name, value in values.items()}


def page(link: VendorLink, name: str, *args: Any) -> str:
    return reverse(name, args=[link.pk, *args])


def test_the_overview_says_what_is_asked_and_how_far_it_is(visitor: Client, link: VendorLink) -> None:
    Answer.objects.filter(pk=first(link).pk).update(vendor_says="Yes.")

    html = visitor.get(page(link, "vendor_desk")).content.decode()

    assert "Harbour Hospital" in html
    assert "1 of 14" in html
    assert "Answered: 1 of 2" in html
    assert "Continue (answered: 1 of 14)" in html
    assert f"{page(link, 'vendor_questionnaire', 'support')}#question-support-2" in html


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_questions_come_in_the_language_that_it_picks(visitor: Client, link: VendorLink, language: str) -> None:
    visitor.cookies["django_language"] = language
    visitor.cookies["language"] = language
    visitor.post(reverse("set_language"), {"language": language})

    html = visitor.get(page(link, "vendor_questionnaire", "support")).content.decode()

    assert f'<html lang="{language}"' in html
    assert f"support question 1 ({language})" in html
    assert f"support question 1 level 4 ({language})" in html


def test_a_page_saves_without_javascript_and_goes_on(visitor: Client, link: VendorLink) -> None:
    answer, second = first(link), first(link, "support-2")
    data = posted(answer, vendor_says="We stay.", choice="4") | posted(second, choice="not_applicable", reason="Sold.")

    response = visitor.post(page(link, "vendor_questionnaire", "support"), data | {"then": "next"})

    assert response.headers["Location"] == page(link, "vendor_questionnaire", "consistency")
    answer.refresh_from_db()
    second.refresh_from_db()
    assert (answer.vendor_says, answer.grade, answer.updated_by, answer.updated_through) == ("We stay.", 4, None, link)
    assert (second.blank, second.reason) == ("not_applicable", "Sold.")


def test_after_the_last_rule_comes_the_overview(visitor: Client, link: VendorLink) -> None:
    answer, second = first(link, "prevention-1"), first(link, "prevention-2")

    response = visitor.post(
        page(link, "vendor_questionnaire", "prevention"), posted(answer) | posted(second) | {"then": "next"}
    )

    assert response.headers["Location"] == page(link, "vendor_desk")


def test_what_is_missing_is_said_and_what_was_typed_stays(visitor: Client, link: VendorLink) -> None:
    answer, second = first(link), first(link, "support-2")
    data = posted(answer, choice="not_applicable", vendor_says="Half a thought") | posted(second, choice="2")

    response = visitor.post(page(link, "vendor_questionnaire", "support"), data)

    assert response.status_code == 422
    html = response.content.decode()
    assert "Say why it does not apply." in html
    assert "Half a thought" in html
    second.refresh_from_db()
    assert second.grade == 2


def test_one_answer_saves_by_itself(visitor: Client, link: VendorLink) -> None:
    answer = first(link)

    response = visitor.post(
        page(link, "vendor_answer_edit", answer.pk), posted(answer, vendor_says="We stay.", choice="3"), **JSON
    )

    said = json.loads(response.content)
    assert (said["state"], said["version"], said["scored"]) == ("saved", 1, True)
    answer.refresh_from_db()
    assert (answer.vendor_says, answer.grade) == ("We stay.", 3)


def test_two_contacts_in_one_answer_are_shown_both_texts(
    visitor: Client, link: VendorLink, cast: Cast, assessment: Assessment
) -> None:
    contact = Contact.objects.create(vendor=assessment.vendor, name="Kim Sample", email="kim@vendor.example")
    other, token = links.create(cast.assessor, assessment, contact)
    second = Client()
    second.post(reverse("vendor_link", args=[token]), {"language": "en"})
    answer = first(link)
    second.post(page(other, "vendor_answer_edit", answer.pk), posted(answer, vendor_says="From Kim"), **JSON)

    mine = posted(answer, vendor_says="From Robin")
    response = visitor.post(page(link, "vendor_answer_edit", answer.pk), mine, **JSON)
    said = json.loads(response.content)
    plain = visitor.post(page(link, "vendor_questionnaire", "support"), mine | posted(first(link, "support-2")))

    assert (response.status_code, said["state"], said["stored"]["vendor_says"]) == (409, "conflict", "From Kim")
    assert "Kim Sample" in said["html"]
    assert plain.status_code == 409
    shown = [text.strip() for text in plain.content.decode().replace("<", ">").split(">")]
    assert {"From Kim", "From Robin"} <= set(shown)


def test_evidence_is_attached_fetched_and_deleted(visitor: Client, link: VendorLink) -> None:
    answer = first(link)
    file = SimpleUploadedFile("runbook.txt", b"1. Stay.")

    added = visitor.post(page(link, "vendor_evidence_add", answer.pk), {f"a{answer.pk}-evidence": file}, **JSON)
    evidence = Evidence.objects.get(answer=answer)
    fetched = visitor.get(page(link, "vendor_evidence_download", evidence.pk))

    assert added.status_code == 200
    assert page(link, "vendor_evidence_download", evidence.pk) in json.loads(added.content)["html"]
    assert (evidence.uploaded_by, evidence.uploaded_through) == (None, link)
    assert b"".join(fetched.streaming_content) == b"1. Stay."  # type: ignore[attr-defined]
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    visitor.post(page(link, "vendor_evidence_delete", evidence.pk), **JSON)
    assert not Evidence.objects.filter(answer=answer).exists()


def test_a_file_goes_with_the_page_too(visitor: Client, link: VendorLink) -> None:
    answer, second = first(link), first(link, "support-2")
    data = posted(answer) | posted(second) | {f"a{answer.pk}-evidence": SimpleUploadedFile("plan.txt", b"Plan")}

    visitor.post(page(link, "vendor_questionnaire", "support"), data)

    assert Evidence.objects.get(answer=answer).name == "plan.txt"


def test_handing_in_lists_what_is_blank_and_ends_the_writing(visitor: Client, link: VendorLink) -> None:
    answer = first(link)
    visitor.post(page(link, "vendor_answer_edit", answer.pk), posted(answer, vendor_says="We stay."), **JSON)

    asked = visitor.get(page(link, "vendor_hand_in")).content.decode()
    done = visitor.post(page(link, "vendor_hand_in"), follow=True).content.decode()

    assert "13 questions are still blank" in asked
    assert "support question 2 (en)" in asked
    assert "Your answers are handed in" in done
    assert "We stay." in done
    assert Response.objects.get(pk=link.response_id).submitted_at is not None
    assert visitor.get(page(link, "vendor_questionnaire", "support")).headers["Location"] == page(link, "vendor_desk")


def test_handing_in_tells_of_answers_without_a_grade(visitor: Client, link: VendorLink) -> None:
    Answer.objects.filter(response=link.response_id, question__key="support-1").update(vendor_says="We do.")
    Answer.objects.filter(response=link.response_id, question__key="support-2").update(vendor_says="Yes.", grade=2)
    assert "1 answer without a grade of your own" in visitor.get(page(link, "vendor_hand_in")).content.decode()


def test_what_a_knock_out_question_does_is_said_where_it_is_asked(cast: Cast, client: Client) -> None:
    release = make_release("9", state=ReleaseState.DRAFT)
    Question.objects.filter(release=release, key="support-1").update(knockout=True)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.PUBLISHED, published_at=NOW)
    release.refresh_from_db()
    assessment = make_assessment(cast.assessor, release=release)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, assessment, contact)
    client.post(reverse("vendor_link", args=[token]), {"language": "en"})
    html = client.get(page(link, "vendor_questionnaire", "support")).content.decode()
    assert html.count("The rule is broken where your customer gives this one question too low a grade.") == 1


def test_nothing_at_all_is_not_handed_in(visitor: Client, link: VendorLink) -> None:
    asked = visitor.get(page(link, "vendor_hand_in")).content.decode()
    refused = visitor.post(page(link, "vendor_hand_in"), follow=True).content.decode()

    assert "Nothing is answered yet" in asked
    assert "Nothing is answered yet" in refused
    assert Response.objects.get(pk=link.response_id).submitted_at is None


def test_when_it_is_closed_the_page_says_why_and_what_was_typed_stays(visitor: Client, link: VendorLink) -> None:
    Assessment.objects.update(state=AssessmentState.IN_REVIEW)
    answer, second = first(link), first(link, "support-2")

    response = visitor.post(
        page(link, "vendor_questionnaire", "support"), posted(answer, vendor_says="Too late") | posted(second)
    )
    alone = visitor.post(page(link, "vendor_answer_edit", answer.pk), posted(answer, vendor_says="Too late"), **JSON)

    assert response.status_code == 423
    assert "Your customer closed the questions before you had handed in" in response.content.decode()
    assert "Too late" in response.content.decode()
    assert "Your customer closed the questions before you had handed in" in json.loads(alone.content)["message"]
    answer.refresh_from_db()
    assert answer.vendor_says == ""


def test_the_link_opens_no_answer_but_its_own(
    visitor: Client, link: VendorLink, cast: Cast, assessment: Assessment
) -> None:
    customers = Answer.objects.filter(response__kind="customer").first()
    other = make_assessment(cast.stranger, release=assessment.release)
    elsewhere = Response.objects.create(assessment=other, kind="vendor")
    theirs = Answer.objects.create(response=elsewhere, question=assessment.release.questions.first())
    file = Evidence.objects.get(name="customer-note.txt")
    assert customers is not None

    for answer in (customers, theirs):
        for name in ("vendor_answer_edit", "vendor_evidence_add"):
            url = page(link, name, answer.pk)
            assert visitor.post(url, posted(answer, vendor_says="Mine"), **JSON).status_code == 404
    assert visitor.get(page(link, "vendor_evidence_download", file.pk)).status_code == 404
    assert visitor.post(page(link, "vendor_evidence_delete", file.pk)).status_code == 404
    assert Answer.objects.filter(vendor_says="Mine").count() == 0


def test_no_page_of_the_vendor_holds_a_word_of_the_customer(visitor: Client, link: VendorLink) -> None:
    urls = [page(link, "vendor_desk"), page(link, "vendor_hand_in")]
    urls += [page(link, "vendor_questionnaire", rule.key) for rule in vendor_answers.rules_of(link)]
    html = "".join(visitor.get(url).content.decode() for url in urls)
    answer = first(link)
    visitor.post(page(link, "vendor_answer_edit", answer.pk), posted(answer, vendor_says="Ours."), **JSON)
    html += visitor.post(page(link, "vendor_hand_in"), follow=True).content.decode()

    assert "Ours." in html
    html = but_the_asker(html)
    assert [word for word in SECRETS if word in html] == []
    assert 'data-label="Coverage"' not in html
    # The customer's grades choose nothing here.
    assert "checked" not in " ".join(html.split()).replace('value="" checked', "")


def test_without_the_cookie_every_page_is_closed(client: Client, link: VendorLink) -> None:
    for name, *args in (("vendor_desk",), ("vendor_hand_in",), ("vendor_questionnaire", "support")):
        assert client.get(page(link, name, *args)).status_code == 404


def test_an_unknown_rule_is_not_found(visitor: Client, link: VendorLink) -> None:
    assert visitor.get(page(link, "vendor_questionnaire", "courtesy")).status_code == 404


def test_a_page_takes_as_many_queries_for_many_questions_as_for_few(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    release = make_release("2", questions_per_rule=6)
    assessment = make_assessment(cast.assessor, release=release)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example")
    link, token = links.create(cast.assessor, assessment, contact)
    visitor = Client()
    visitor.post(reverse("vendor_link", args=[token]), {"language": "en"})
    visitor.get(page(link, "vendor_desk"))

    with django_assert_max_num_queries(8):  # of them, four for what was answered so far, and one for whom to ask
        visitor.get(page(link, "vendor_desk"))
    with django_assert_max_num_queries(8):
        visitor.get(page(link, "vendor_questionnaire", "support"))
    Response.objects.filter(pk=link.response_id).update(submitted_at="2026-03-02T09:30Z")
    with django_assert_max_num_queries(11):  # and two for whether it can be taken back
        visitor.get(page(link, "vendor_desk"))


def test_what_is_also_asked_stands_behind_the_questions_and_may_stay_open(cast: Cast, client: Client) -> None:
    asked = make_assessment(cast.assessor, release=make_release(supplementary=1))
    contact = Contact.objects.create(vendor=asked.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, asked, contact)
    client.post(reverse("vendor_link", args=[token]), {"language": "en"})
    page = client.get(reverse("vendor_questionnaire", args=[link.pk, "speed"])).content.decode()
    assert page.index("speed question 2 (en)") < page.index("Also asked") < page.index("speed question 3 (en)")
    assert "They change no result" in page

    Answer.objects.filter(response=link.response).counting().update(vendor_says="We do.")
    desk = client.get(reverse("vendor_desk", args=[link.pk]))
    assert (desk.context["answered"], desk.context["total"], desk.context["next_rule"]) == (14, 14, None)
    sure = client.get(reverse("vendor_hand_in", args=[link.pk])).content.decode()
    assert "Every question is answered." in sure
    assert "7 supplementary questions are unanswered" in sure
    vendor_answers.hand_in(link, now=NOW)
    closed = client.get(reverse("vendor_desk", args=[link.pk])).content.decode()
    assert closed.count('<span class="tag">also asked</span>') == 7
