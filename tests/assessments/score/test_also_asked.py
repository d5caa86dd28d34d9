"""Supplementary questions stand beside the score: whatever is answered to them, nothing of it moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assessments.approval.fingerprint import fingerprint
from assessments.consensus import meeting
from assessments.hub.stake import _stake
from assessments.lifecycle import transitions
from assessments.lifecycle.effort import effort_of
from assessments.models import Answer, AnswerQuerySet, Assessment, Blank, Response, ResponseKind
from assessments.questionnaire.saving import Draft, save_answer
from assessments.raters.table import raters_of
from assessments.schedule import inbox
from assessments.score.agreement import rater_agreement
from assessments.score.also_asked import AlsoAsked
from assessments.score.overview import sheet_for
from assessments.score.reading import current_score, question_inputs, rule_progress
from assessments.score.self_view import gaps
from assessments.vendor_side import links
from manifesto.models import Question, Release
from tests.factories import NOW, Cast, add_rater, make_assessment, make_cast, make_release, make_vendor

SignedIn = Callable[..., Client]
BLANKS = [{"blank": ""}, {"blank": Blank.DONT_KNOW}, {"blank": Blank.NOT_APPLICABLE, "reason": "None here."}]
said = st.one_of(st.integers(0, 4).map(lambda grade: {"grade": grade, "blank": ""}), st.sampled_from(BLANKS))


@pytest.fixture
def asked(cast: Cast) -> Assessment:
    """Two raters of two questions a rule, and one beside them; nothing is answered."""
    assessment = make_assessment(cast.assessor, release=make_release(supplementary=1))
    add_rater(assessment, cast.colleague)
    return assessment


def everything(assessment: Assessment) -> Any:
    """All that is made of answers."""
    counted = assessment.responses.filter(kind=ResponseKind.CUSTOMER)
    score = current_score(assessment, counted)
    return (
        score,
        question_inputs(assessment, counted),
        rule_progress(assessment, score),
        gaps(assessment, counted),
        rater_agreement(assessment, counted),
        meeting.causes(assessment),
        [one.question.key for one in meeting.to_discuss(assessment)],
        [(row.answered, row.total) for row in raters_of(assessment).rows],
    )


class TestNothingMoves(TestCase):
    """Grades of all kinds for the 14 that count, then anything at all for the seven beside them."""

    cast: Cast
    assessment: Assessment

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = make_cast()
        cls.assessment = make_assessment(cls.cast.assessor, release=make_release(supplementary=1))
        add_rater(cls.assessment, cls.cast.colleague)
        vendor = Response.objects.create(assessment=cls.assessment, kind=ResponseKind.VENDOR)
        questions = Question.objects.filter(release=cls.assessment.release)
        Answer.objects.bulk_create(Answer(response=vendor, question=one, grade=4) for one in questions)
        cls.assessment.responses.update(submitted_at=NOW)

    def give(self, answers: AnswerQuerySet, given: list[dict[str, Any]]) -> None:
        changed = list(answers.order_by("pk"))
        for answer, fields in zip(changed, given, strict=True):
            for name, value in {"grade": None, "reason": "", **fields}.items():
                setattr(answer, name, value)
        Answer.objects.bulk_update(changed, ["grade", "blank", "reason"])

    @settings(max_examples=10)  # each asks the database for all that is made of answers, twice
    @given(counting=st.lists(said, min_size=42, max_size=42), beside=st.lists(said, min_size=21, max_size=21))
    def test_any_answers_to_supplementary_questions_move_nothing(
        self, counting: list[dict[str, Any]], beside: list[dict[str, Any]]
    ) -> None:
        answers = Answer.objects.filter(response__assessment=self.assessment)
        self.give(answers.counting(), counting)
        before = everything(self.assessment)
        self.give(answers.supplementary(), beside)
        assert everything(self.assessment) == before


def test_the_checker_would_see_a_question_that_counts_move(asked: Assessment) -> None:
    asked.responses.update(submitted_at=NOW)
    before = everything(asked)
    Answer.objects.filter(response__assessment=asked, question__key="speed-1").update(grade=1)
    assert everything(asked) != before


def test_progress_counts_them_by_themselves(cast: Cast, asked: Assessment) -> None:
    own = Answer.objects.filter(response__rater=cast.assessor.user)
    own.filter(question__key__in=["speed-1", "speed-3", "proof-3"]).update(grade=3)
    sheet = sheet_for(asked, cast.assessor, with_answers=True)
    assert (sheet.answered, sheet.total) == (1, 14)
    assert sheet.also == AlsoAsked(total=7, answered=2)
    assert str(sheet.also) == "supplementary: 2 of 7"
    assert sheet.also.left.startswith("5 supplementary questions are unanswered: they may be left open")
    speed = next(rule for rule in sheet.rules if rule.progress.key == "speed")
    assert [part.question.key for part in speed.questions] == ["speed-1", "speed-2"]
    assert [(part.question.key, part.grade_text) for part in speed.also] == [("speed-3", "3")]
    (item,) = [one for one in inbox.waiting_for(cast.assessor, NOW.date()) if one.key.startswith("response-")]
    assert item.detail == "Answered: 1 of 14"


def test_they_cost_no_query_of_their_own(cast: Cast) -> None:
    def queries(supplementary: int, edition: str) -> int:
        release = make_release(edition, supplementary=supplementary)
        assessment = make_assessment(cast.assessor, release=release)
        with CaptureQueriesContext(connection) as taken:
            sheet_for(assessment, cast.assessor, with_answers=True)
        return len(taken)

    assert queries(0, "1") == queries(1, "2") == queries(3, "3")


def test_effort_names_them_as_what_may_be_left_open(cast: Cast, asked: Assessment) -> None:
    assert (
        str(effort_of(asked.responses.get(rater=cast.assessor.user)))
        == "14 questions, about 30 minutes; 7 more may be left open"
    )


# Asked or not -----------------------------------------------------------------------------------------------------
def started(cast: Cast) -> Assessment:
    cast.assessor.organisation.refresh_from_db()
    assessment = transitions.create_assessment(
        cast.assessor,
        vendor=make_vendor(cast.organisation, f"Example Systems {Assessment.objects.count() + 1}"),
        release=Release.objects.get(),
        period=transitions.Period(start=NOW.date(), end=NOW.date()),
    )
    return transitions.open_assessment(cast.assessor, assessment)


def test_an_organisation_that_switched_them_off_is_asked_only_what_counts(cast: Cast) -> None:
    make_release(supplementary=1)
    cast.organisation.asks_supplementary = False
    cast.organisation.save()
    without = started(cast)
    assert not without.asks_supplementary
    assert Answer.objects.filter(response__assessment=without).count() == 14
    sheet = sheet_for(without, cast.assessor, with_answers=True)
    assert not sheet.also
    assert not any(rule.also for rule in sheet.rules)


def test_what_has_begun_goes_on_asking_what_it_asked(cast: Cast, signed_in: SignedIn) -> None:
    make_release(supplementary=1)
    begun = started(cast)
    form = {"name": "Harbour Hospital", "language": "en", "repeat_days": "90"}  # without the tick
    signed_in(cast.admin).post(reverse("organisation_edit"), form)
    cast.organisation.refresh_from_db()
    assert not cast.organisation.asks_supplementary
    later = transitions.lay_out(begun, rater=cast.colleague.user)
    assert later.answers.supplementary().count() == 7
    assert not started(cast).asks_supplementary


def test_an_edition_without_any_asks_none(cast: Cast) -> None:
    make_release()
    assert not started(cast).asks_supplementary


# They block nothing, and open nothing -----------------------------------------------------------------------------
def test_left_open_they_keep_nobody_from_handing_in_and_submitting(cast: Cast) -> None:
    make_release(supplementary=1)
    assessment = started(cast)
    Answer.objects.filter(response__assessment=assessment).counting().update(grade=4)
    stake = _stake(assessment, cast.assessor, raters_of(assessment), raters_of(assessment).own(cast.assessor.user))
    assert (stake.total, stake.unanswered) == (14, 0)
    transitions.submit(cast.assessor, assessment)
    assert current_score(assessment).met == 7


def test_alone_they_are_no_answer_to_hand_in(cast: Cast) -> None:
    make_release(supplementary=1)
    assessment = started(cast)
    Answer.objects.filter(response__assessment=assessment).supplementary().update(grade=4)
    with pytest.raises(transitions.IllegalTransition, match="Nothing is answered yet"):
        transitions.hand_in(cast.assessor, assessment)
    with pytest.raises(transitions.IllegalTransition, match="Nothing is graded yet"):
        transitions.submit(cast.assessor, assessment)


def test_a_change_of_one_marks_no_rating_as_not_independent(cast: Cast, asked: Assessment) -> None:
    """Having read the others, a change of what counts marks; of what is supplementary it does not."""
    own = Response.objects.get(assessment=asked, rater=cast.assessor.user)
    asked.readings.create(user=cast.assessor.user)

    def change(key: str) -> Response:
        answer = Answer.objects.with_question().get(response=own, question__key=key)
        save_answer(answer, Draft(grade=2), version=0, author=cast.assessor.user, now=NOW)
        own.refresh_from_db()
        return own

    assert change("speed-3").is_independent
    assert not change("speed-1").is_independent


def test_the_meeting_has_no_place_for_them(cast: Cast, asked: Assessment, signed_in: SignedIn) -> None:
    Answer.objects.filter(response__assessment=asked).update(grade=3)
    Answer.objects.filter(response__rater=cast.assessor.user, question__key="speed-3").update(grade=0)
    asked.responses.update(submitted_at=NOW)
    assert meeting.to_discuss(asked) == ()
    assert meeting.contested(asked, cast.assessor.user) == ()
    page = reverse("consensus_agree", args=[asked.pk, "speed-3"])
    assert signed_in(cast.assessor).post(page).status_code == 404


# Pages ------------------------------------------------------------------------------------------------------------
def test_the_questionnaire_asks_them_behind_the_others_and_says_that_they_may_stay_open(
    cast: Cast, asked: Assessment, signed_in: SignedIn
) -> None:
    html = signed_in(cast.assessor).get(reverse("questionnaire", args=[asked.pk, "speed"])).content.decode()
    assert html.count("You may leave these open.") == 1
    assert html.index("speed question 2 (en)") < html.index("Also asked") < html.index("speed question 3 (en)")
    assert "Also asked, outside the score; answered: 0 of 7." in " ".join(html.split())


def test_the_review_shows_them_apart_from_what_counts(cast: Cast, asked: Assessment, signed_in: SignedIn) -> None:
    html = signed_in(cast.assessor).get(reverse("assessment_review", args=[asked.pk])).content.decode()
    assert html.count("Also asked, outside the score:") == 7
    assert "7 supplementary questions are unanswered" in html


def test_the_vendor_is_asked_them_too_and_counted_without_them(cast: Cast, asked: Assessment) -> None:
    response = transitions.lay_out(asked, kind=ResponseKind.VENDOR)
    response.answers.filter(question__key__in=["speed-1", "speed-3"]).update(vendor_says="We do.")
    assert links.progress(response) == links.Progress(answered=1, total=14)


def test_the_fingerprint_that_is_approved_holds_them(cast: Cast, asked: Assessment) -> None:
    asked.responses.update(submitted_at=NOW)
    before = fingerprint(asked)
    Answer.objects.filter(response__assessment=asked, question__key="speed-3").update(grade=1)
    assert fingerprint(asked) != before
