"""Open, review, submit, approve, send back and cancel, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.lifecycle import transitions
from assessments.models import Answer, Approval, Assessment, AssessmentState, Blank, Response, ResponseKind
from tests.assessments.hub.standings import settle
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release, make_vendor

SignedIn = Callable[[Membership | User], Client]
DRAFT, COLLECTING, IN_REVIEW, APPROVED, CANCELLED = AssessmentState
CHANGES = (
    "assessment_open",
    "assessment_submit",
    "assessment_approve",
    "assessment_send_back",
    "assessment_cancel",
)
RIGHTFUL = {
    "assessment_open": "assessor",
    "assessment_submit": "assessor",
    "assessment_approve": "approver",
    "assessment_send_back": "approver",
    "assessment_cancel": "assessor",
}


def in_review(cast: Cast, **fields: Any) -> Assessment:
    assessment = make_assessment(cast.assessor, grade=3, **fields)
    return transitions.submit(cast.assessor, assessment)


def post(client: Client, route: str, assessment: Assessment, **fields: Any) -> Any:
    return client.post(reverse(route, args=[assessment.pk]), fields, follow=True)


def review(client: Client, assessment: Assessment) -> str:
    response = client.get(reverse("assessment_review", args=[assessment.pk]))
    assert response.status_code == 200
    return re.sub(r"\s*\n\s*", "", response.content.decode())


def state_of(assessment: Assessment) -> str:
    return Assessment.objects.get(pk=assessment.pk).state


@pytest.mark.parametrize("route", CHANGES)
class TestAccess:
    def test_stranger_finds_nothing_and_changes_nothing(self, route: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        stranger = cast.stranger
        stranger.role = getattr(cast, RIGHTFUL[route]).role
        stranger.save()
        response = post(signed_in(stranger), route, assessment, reason="We were here.")
        assert response.status_code == 404
        assert state_of(assessment) == IN_REVIEW

    @pytest.mark.parametrize("who", ["reader", "admin"])
    def test_colleague_without_the_right_is_refused(
        self, who: str, route: str, cast: Cast, signed_in: SignedIn
    ) -> None:
        assessment = in_review(cast)
        response = post(signed_in(getattr(cast, who)), route, assessment, reason="We were here.")
        assert response.status_code == 403
        assert state_of(assessment) == IN_REVIEW

    def test_looking_changes_nothing(self, route: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        response = signed_in(getattr(cast, RIGHTFUL[route])).get(reverse(route, args=[assessment.pk]))
        expected = {
            "assessment_cancel": 200,
            "assessment_send_back": 302,
            "assessment_submit": 302,
            "assessment_approve": 200,
        }
        assert response.status_code == expected.get(route, 405)
        assert state_of(assessment) == IN_REVIEW

    def test_refused_transition_says_why_on_the_page(self, route: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, state=CANCELLED, closed_at=NOW, cancel_reason="The contract ended.")
        response = post(signed_in(getattr(cast, RIGHTFUL[route])), route, assessment, reason="Once more.")
        assert response.status_code == 200
        assert str(transitions.NOT_NOW[CANCELLED]) in response.content.decode()
        assert state_of(assessment) == CANCELLED


class TestOpening:
    def test_leads_to_the_first_question(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, state=DRAFT)
        Response.objects.all().delete()
        response = signed_in(cast.assessor).post(reverse("assessment_open", args=[assessment.pk]))
        assert response.url == reverse("questionnaire", args=[assessment.pk, "support"])
        assert state_of(assessment) == COLLECTING

    def test_pressed_twice_says_that_it_is_open(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, state=COLLECTING)
        response = post(signed_in(cast.assessor), "assessment_open", assessment)
        assert str(transitions.NOT_NOW[COLLECTING]) in response.content.decode()


class TestReview:
    def test_lists_what_is_missing_with_links_to_the_questions(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        Answer.objects.filter(question__key="speed-2").update(grade=None)
        Answer.objects.filter(question__key="proof-1").update(grade=None, blank=Blank.DONT_KNOW)
        text = review(signed_in(cast.assessor), assessment)
        questionnaire = reverse("questionnaire", args=[assessment.pk, "speed"])
        assert f'href="{questionnaire}#question-speed-2">speed question 2 (en)</a>' in text
        assert "unanswered" in text
        assert "don’t know" in text

    def test_says_that_the_vendor_was_not_asked_or_has_not_handed_in(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        transitions.hand_in(cast.assessor, assessment)
        client = signed_in(cast.assessor)
        assert "The vendor was not asked: its own answers are missing." in review(client, assessment)
        vendor = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR)
        assert "The vendor was asked and has not handed in" in review(client, assessment)
        vendor.submitted_at = timezone.now()
        vendor.save()
        assert "its own answers are missing" not in review(client, assessment)

    def test_says_beside_the_button_how_many_are_unanswered(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        client = signed_in(cast.assessor)
        Answer.objects.filter(question__key="proof-1").update(grade=None, blank=Blank.DONT_KNOW)
        assert "unanswered</a>" not in review(client, assessment)
        Answer.objects.filter(question__key="speed-2").update(grade=None)
        assert '<a href="#missing">1 question is unanswered</a>' in review(client, assessment)
        Answer.objects.filter(question__key="speed-1").update(grade=None)
        assert '<a href="#missing">2 questions are unanswered</a>' in review(client, assessment)
        assert "unanswered</a>" not in review(signed_in(cast.reader), assessment)

    def test_numbers_the_questions_as_the_questionnaire_does(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        text = review(signed_in(cast.assessor), assessment)
        for number, key in (("1.1", "support-1"), ("6.2", "proof-2")):
            line = text.index(f">{number} {key[:-2]} question {key[-1]} (en)</h4>")
            assert text.index(f'id="question-{key}"') > text.index(
                "</summary>", line
            )  # inside: a link to it unfolds it

    def test_shows_verdict_numbers_and_the_sum(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        Answer.objects.filter(question__rule__key="guidance").update(grade=1)
        Answer.objects.filter(question__key="speed-2").update(grade=None)
        transitions.hand_in(cast.assessor, assessment)
        text = review(signed_in(cast.reader), assessment)
        assert "Rules rated so far: 6 of 7; met: 5" in text
        assert "1 rule is not rated yet: the verdict waits for it." in text
        assert "The weakest rule is “Guidance (en)”: 25%." in text
        assert "(1 × 75 + 1 × 75) / (1 + 1) = 150 / 2 = 75%" in text
        assert "37.5% to 87.5%" in text
        assert "Too little is known: 50% of the weight is graded, 75% is needed." in text

    def test_shows_every_answer_to_whoever_decides(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        Answer.objects.filter(question__key="proof-1").update(
            vendor_says="We measure it.\n\nEvery week.", comment="<b>Convincing</b>"
        )
        Answer.objects.filter(question__key="proof-2").update(
            grade=None, blank=Blank.NOT_APPLICABLE, reason="No such system."
        )
        transitions.submit(cast.assessor, assessment)
        text = review(signed_in(cast.approver), assessment)
        assert "Every week." in text
        assert "&lt;b&gt;Convincing&lt;/b&gt;" in text
        assert "No such system." in text
        assert "proof question 1 level 3 (en)" in text

    def test_says_that_nothing_is_graded_instead_of_a_zero(self, cast: Cast, signed_in: SignedIn) -> None:
        text = review(signed_in(cast.reader), make_assessment(cast.assessor))
        assert "Nothing is graded yet" in text
        assert "0 of 7" not in text

    @pytest.mark.parametrize(
        ("state", "who", "buttons"),
        [
            (COLLECTING, "assessor", {"assessment_submit"}),
            (COLLECTING, "approver", set()),
            (COLLECTING, "reader", set()),
            (IN_REVIEW, "approver", {"assessment_approve", "assessment_send_back"}),
            (IN_REVIEW, "assessor", set()),
            (IN_REVIEW, "reader", set()),
            (APPROVED, "approver", set()),
            (CANCELLED, "assessor", set()),
        ],
    )
    def test_offers_each_role_only_what_it_may_do_now(
        self, state: AssessmentState, who: str, buttons: set[str], cast: Cast, signed_in: SignedIn
    ) -> None:
        assessment = make_assessment(
            cast.assessor, state=state, grade=3, submitted_by=cast.assessor.user, submitted_at=NOW
        )
        text = review(signed_in(getattr(cast, who)), assessment)
        urls = {route: reverse(route, args=[assessment.pk]) for route in CHANGES}
        offered = {route for route, url in urls.items() if f'action="{url}"' in text or f'href="{url}' in text}
        assert offered == buttons
        assert text.count("btn-primary") == min(1, len(buttons))

    def test_of_a_draft_leads_back_to_its_page(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, state=DRAFT)
        response = signed_in(cast.reader).get(reverse("assessment_review", args=[assessment.pk]))
        assert response.url == reverse("assessment_detail", args=[assessment.pk])

    def test_of_another_organisation_is_not_there(self, cast: Cast, signed_in: SignedIn) -> None:
        url = reverse("assessment_review", args=[in_review(cast).pk])
        assert signed_in(cast.stranger).get(url).status_code == 404

    def test_takes_as_many_queries_for_a_long_bank_as_for_a_short_one(self, cast: Cast, signed_in: SignedIn) -> None:
        counts = []
        for edition, questions in (("1", 1), ("2", 5)):
            assessment = in_review(cast, release=make_release(edition, questions_per_rule=questions))
            client = signed_in(cast.approver)
            with CaptureQueriesContext(connection) as queries:
                review(client, assessment)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestSubmitting:
    def test_hands_it_to_the_approvers(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        response = post(signed_in(cast.assessor), "assessment_submit", assessment)
        assert "Submitted." in response.content.decode()
        assert state_of(assessment) == IN_REVIEW

    def test_without_a_grade_stays_on_the_review_and_says_why(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = post(signed_in(cast.assessor), "assessment_submit", assessment)
        assert response.redirect_chain[-1][0] == reverse("assessment_review", args=[assessment.pk])
        assert "Nothing is graded yet: grade at least one" in response.content.decode()
        assert state_of(assessment) == COLLECTING


class TestApproving:
    def test_makes_the_result_final(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        response = post(signed_in(cast.approver), "assessment_approve", assessment)
        assert "Approved. The scorecard is made" in response.content.decode()
        assert state_of(assessment) == APPROVED
        assert Approval.objects.get().decided_by == cast.approver.user

    def test_the_page_sends_along_which_submission_was_read(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        client = signed_in(cast.approver)
        assert assessment.submitted_at is not None
        seen = assessment.submitted_at.isoformat()
        assert f"seen={quote(seen)}" in review(client, assessment)
        transitions.send_back(cast.approver, assessment, reason="Once more.")
        transitions.submit(cast.assessor, assessment)
        response = post(client, "assessment_approve", assessment, seen=seen)
        assert "submitted anew" in response.content.decode()
        assert post(client, "assessment_approve", assessment, seen="nonsense").status_code == 200

    def test_of_ones_own_submission_is_refused_with_the_reason(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        Assessment.objects.update(submitted_by=cast.approver.user)
        response = post(signed_in(cast.approver), "assessment_approve", assessment)
        assert "You submitted this assessment yourself" in response.content.decode()
        assert state_of(assessment) == IN_REVIEW

    def test_of_ones_own_submission_passes_where_the_organisation_allows_it(
        self, cast: Cast, signed_in: SignedIn
    ) -> None:
        cast.organisation.allow_self_approval = True
        cast.organisation.save()
        assessment = in_review(cast)
        client = signed_in(cast.assessor)
        assert "assessment_approve" not in review(client, assessment)
        assert reverse("assessment_approve", args=[assessment.pk]) in review(client, assessment)
        post(client, "assessment_approve", assessment)
        assert state_of(assessment) == APPROVED

    def test_pressed_twice_says_that_it_is_approved(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        client = signed_in(cast.approver)
        post(client, "assessment_approve", assessment)
        response = post(client, "assessment_approve", assessment)
        assert str(transitions.NOT_NOW[APPROVED]) in response.content.decode()
        assert Approval.objects.count() == 1


class TestSendingBack:
    def test_opens_the_answers_again_and_shows_the_reason(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        response = post(signed_in(cast.approver), "assessment_send_back", assessment, reason="Rule 6 lacks evidence.")
        assert "Rule 6 lacks evidence." in response.content.decode()
        assert state_of(assessment) == COLLECTING

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_without_a_reason_shows_the_review_again_with_the_message(
        self, reason: str, cast: Cast, signed_in: SignedIn
    ) -> None:
        assessment = in_review(cast)
        response = post(signed_in(cast.approver), "assessment_send_back", assessment, reason=reason)
        assert response.redirect_chain == []
        assert "Give a reason" in response.content.decode()
        assert 'href="#id_reason"' in response.content.decode()
        assert state_of(assessment) == IN_REVIEW

    def test_too_long_a_reason_stays_typed(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        reason = "Rule 6 lacks evidence. " * 100
        response = post(signed_in(cast.approver), "assessment_send_back", assessment, reason=reason)
        assert reason.strip() in response.content.decode()
        assert state_of(assessment) == IN_REVIEW


class TestCancelling:
    def test_asks_first_and_says_what_stays(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = signed_in(cast.assessor).get(reverse("assessment_cancel", args=[assessment.pk]))
        assert "cannot be undone" in response.content.decode()
        assert "stays readable" in response.content.decode()

    def test_keeps_the_reason(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = post(signed_in(cast.assessor), "assessment_cancel", assessment, reason="The contract ended.")
        assert "The contract ended." in response.content.decode()
        assert state_of(assessment) == CANCELLED

    def test_without_a_reason_asks_again(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = post(signed_in(cast.assessor), "assessment_cancel", assessment, reason="")
        assert "Give a reason" in response.content.decode()
        assert state_of(assessment) == COLLECTING

    def test_of_what_is_approved_is_refused(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = in_review(cast)
        transitions.approve(cast.approver, assessment)
        response = signed_in(cast.assessor).get(reverse("assessment_cancel", args=[assessment.pk]), follow=True)
        assert str(transitions.NOT_NOW[APPROVED]) in response.content.decode()


def test_whole_way_goes_without_javascript(cast: Cast, signed_in: SignedIn) -> None:
    """Every step is a plain form: what the pages themselves offer leads from nothing to an approved assessment."""
    make_release(questions_per_rule=1)
    vendor = make_vendor(cast.organisation)
    client = signed_in(cast.assessor)
    client.post(reverse("assessment_add"), {"vendor": vendor.pk, "preset": "last_quarter", "then": "draft"})
    assessment = Assessment.objects.get()
    post(client, "assessment_open", assessment)
    Answer.objects.update(grade=3)
    post(client, "assessment_submit", assessment)
    client = signed_in(cast.approver)
    post(client, "assessment_send_back", assessment, reason="Say more about rule 6.")
    post(signed_in(cast.assessor), "assessment_submit", assessment)
    post(signed_in(cast.approver), "assessment_approve", assessment)
    assert state_of(assessment) == APPROVED
    assert list(Approval.objects.values_list("decision", flat=True)) == ["sent_back", "approved"]


class TestSeveralRaters:
    def test_a_rater_who_may_not_submit_hands_in_their_own(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        add_rater(assessment, cast.reader, grade=2)
        client = signed_in(cast.reader)
        text = review(client, assessment)
        assert "Hand in my answers" in text
        assert "Submit" not in text
        client.post(reverse("assessment_hand_in", args=[assessment.pk]))
        assert assessment.responses.get(rater=cast.reader.user).submitted_at
        assert "Change my answers again" in review(client, assessment)

    def test_the_assessor_sees_who_is_outstanding_and_may_submit_without_them(
        self, cast: Cast, signed_in: SignedIn
    ) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        add_rater(assessment, cast.reader, grade=2)
        client = signed_in(cast.assessor)
        text = review(client, assessment)
        assert "1 rater has not handed in yet" in text
        assert "<bdi>Reader</bdi>" in text
        url = reverse("assessment_submit", args=[assessment.pk])
        client.post(url)
        assessment.refresh_from_db()
        assert assessment.state == AssessmentState.COLLECTING
        client.post(url, {"without_outstanding": "yes"})
        assessment.refresh_from_db()
        assert assessment.state == AssessmentState.IN_REVIEW

    def test_answers_stand_beside_each_other_with_who_gave_them(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=4)
        add_rater(assessment, cast.reader, grade=1)
        assessment.responses.update(submitted_at=NOW)
        text = review(signed_in(cast.approver), assessment)
        assert "The raters differ, from grade 1 to grade 4: talk it over." in text
        assert "Mean grade 2.5 of 4" in text
        assert "<bdi>Assessor</bdi>, Procurement" in text
        assert "As handed in by 2 raters." in text

    def test_what_was_agreed_is_not_to_be_talked_over_any_more(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=4)
        add_rater(assessment, cast.reader, grade=4, grades={"support-1": 1})
        assessment.responses.update(submitted_at=NOW)
        client = signed_in(cast.approver)
        assert "The raters differ, from grade 1 to grade 4: talk it over." in review(client, assessment)
        settle(assessment, cast.assessor, "support-1")
        text = review(client, assessment)
        assert "The raters differed, from grade 1 to grade 4." in text
        assert "talk it over" not in text

    def test_the_reviewer_chooses_who_looks_again(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=4)
        second = add_rater(assessment, cast.reader, grade=1)
        transitions.submit(cast.assessor, assessment, without_outstanding=True)
        Response.objects.update(submitted_at=NOW)
        client = signed_in(cast.approver)
        assert review(client, assessment).count("checked") == 2
        url = reverse("assessment_send_back", args=[assessment.pk])
        nobody = client.post(url, {"reason": "Look at rule 2.", "asks_whom": "True"})
        assert "Tick at least one" in nobody.content.decode()
        client.post(url, {"reason": "Look at rule 2.", "asks_whom": "True", "to": [second.pk]})
        assert list(Response.objects.outstanding()) == [second]
