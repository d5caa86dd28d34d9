"""Side by side: the same question for all vendors that a rater has still to judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, Reading, Response
from assessments.questionnaire.grid import first_open, grid_of, questions_of
from manifesto import editions
from manifesto.models import Question, Release, ReleaseState
from tests.factories import Cast, add_rater, make_assessment, make_release

SignedIn = Callable[[Membership], Client]
HERE = "/my-work/side-by-side/support-1/"


@pytest.fixture
def release(db: None) -> Release:
    return make_release()


@pytest.fixture
def two(cast: Cast, release: Release) -> list[Assessment]:
    return [make_assessment(cast.assessor), make_assessment(cast.assessor)]


def make_newer_release() -> Release:
    """An edition in which support-1 means something else."""
    draft = make_release("2", state=ReleaseState.DRAFT)
    Question.objects.filter(release=draft, key="support-1").update(revision=2)
    return editions.publish(draft, None)


def answers(assessments: list[Assessment], key: str = "support-1") -> list[Answer]:
    return [Answer.objects.get(response__assessment=one, question__key=key) for one in assessments]


def posted(wanted: dict[Answer, dict[str, Any]]) -> dict[str, Any]:
    empty = {"vendor_says": "", "choice": "", "reason": "", "comment": "", "fact_value": "", "fact_unit": "year"}
    return {
        f"a{answer.pk}-{name}": value
        for answer, fields in wanted.items()
        for name, value in {"version": answer.version, **empty, **fields}.items()
    }


class TestTheQuestions:
    def test_come_in_the_order_of_the_rules_with_what_is_done(self, cast: Cast, two: list[Assessment]) -> None:
        Answer.objects.filter(response__assessment=two[0], question__key="support-1").update(grade=2)

        questions = questions_of(cast.assessor)

        assert [question.number for question in questions[:3]] == ["1.1", "1.2", "2.1"]
        assert (questions[0].done, questions[0].total, questions[0].is_done) == (1, 2, False)
        assert len(questions) == 14

    def test_asked_in_two_meanings_stand_side_by_side_in_one(self, cast: Cast, two: list[Assessment]) -> None:
        newer = make_newer_release()
        late = [make_assessment(cast.assessor, release=newer) for _ in range(2)]

        grid = grid_of(cast.assessor, "support-1")
        other = grid_of(cast.assessor, "support-2")

        assert grid is not None
        assert other is not None
        assert {answer.response.assessment for answer in grid.answers} == set(late)
        assert (grid.current.total, grid.current.revision) == (2, 2)
        assert {answer.response.assessment for answer in other.answers} == {*two, *late}

    def test_whose_newer_meaning_only_one_asks_stay_with_the_older(self, cast: Cast, two: list[Assessment]) -> None:
        newer = make_newer_release()
        make_assessment(cast.assessor, release=newer)

        grid = grid_of(cast.assessor, "support-1")

        assert grid is not None
        assert {answer.response.assessment for answer in grid.answers} == set(two)
        assert grid.question.revision == 1

    def test_of_a_single_questionnaire_make_no_grid(self, cast: Cast, release: Release) -> None:
        make_assessment(cast.assessor)

        assert questions_of(cast.assessor) == ()
        assert grid_of(cast.assessor, "support-1") is None

    def test_a_dont_know_is_an_answer(self, cast: Cast, two: list[Assessment]) -> None:
        Answer.objects.filter(question__key="support-1").update(blank="dont_know")

        assert first_open(questions_of(cast.assessor)).key == "support-2"  # type: ignore[union-attr]

    def test_with_all_answered_it_starts_at_the_first(self, cast: Cast, two: list[Assessment]) -> None:
        Answer.objects.update(grade=3)

        assert first_open(questions_of(cast.assessor)).key == "support-1"  # type: ignore[union-attr]


class TestWhatStandsInTheGrid:
    def test_only_the_raters_own_open_answers(self, cast: Cast, two: list[Assessment]) -> None:
        add_rater(two[0], cast.colleague, grade=4)
        handed_in = make_assessment(cast.assessor, grade=1)
        transitions.hand_in(cast.assessor, handed_in)
        withdrawn = make_assessment(cast.assessor)
        Response.objects.filter(assessment=withdrawn).update(withdrawn_at="2026-03-02T09:30Z")

        grid = grid_of(cast.assessor, "support-1")

        assert grid is not None
        assert {answer.response.assessment for answer in grid.answers} == set(two)
        assert {answer.response.rater for answer in grid.answers} == {cast.assessor.user}

    def test_nothing_of_another_organisation(self, cast: Cast, two: list[Assessment]) -> None:
        elsewhere = [make_assessment(cast.stranger), make_assessment(cast.stranger)]

        grid = grid_of(cast.stranger, "support-1")

        assert grid is not None
        assert {answer.response.assessment for answer in grid.answers} == set(elsewhere)

    def test_rules_that_were_not_asked_are_left_out(self, cast: Cast, two: list[Assessment]) -> None:
        Answer.objects.filter(response__assessment=two[0], question__key="proof-1").delete()

        assert grid_of(cast.assessor, "proof-1") is None


def test_one_page_saves_all_vendors_without_javascript(cast: Cast, two: list[Assessment], signed_in: SignedIn) -> None:
    first, second = answers(two)
    data = posted({first: {"choice": "3", "comment": "Good"}, second: {"choice": "1", "vendor_says": "Later"}})

    reply = signed_in(cast.assessor).post(HERE, data | {"then": "next"})

    assert reply.headers["Location"] == reverse("answer_grid_question", args=["support-2"])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.grade, first.comment, second.grade, second.vendor_says) == (3, "Good", 1, "Later")


def test_a_row_with_a_fault_comes_again_as_typed_and_the_others_are_saved(
    cast: Cast, two: list[Assessment], signed_in: SignedIn
) -> None:
    first, second = answers(two)
    data = posted({first: {"choice": "not_applicable", "comment": "Kept words"}, second: {"choice": "2"}})

    reply = signed_in(cast.assessor).post(HERE, data)

    assert reply.status_code == 422
    assert "Kept words" in reply.content.decode()
    assert "Say why it does not apply." in reply.content.decode()
    second.refresh_from_db()
    assert second.grade == 2


def test_what_was_typed_survives_that_a_questionnaire_was_closed_meanwhile(
    cast: Cast, two: list[Assessment], signed_in: SignedIn
) -> None:
    first, second = answers(two)
    data = posted({first: {"comment": "Too late"}, second: {"choice": "2"}})
    Answer.objects.filter(pk=first.pk).update(grade=1)
    transitions.hand_in(cast.assessor, two[0])

    reply = signed_in(cast.assessor).post(HERE, data)

    assert reply.status_code == 423
    assert "Too late" in reply.content.decode()
    second.refresh_from_db()
    assert second.grade == 2


def test_nobody_writes_into_anothers_answers(cast: Cast, two: list[Assessment], signed_in: SignedIn) -> None:
    mine = [make_assessment(cast.colleague), make_assessment(cast.colleague)]
    own, theirs = answers(mine)[0], answers(two)[0]

    signed_in(cast.colleague).post(HERE, posted({own: {"choice": "4"}, theirs: {"choice": "0"}}))

    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.grade, theirs.grade) == (4, None)


def test_the_entrance_leads_to_the_first_question_that_is_open(
    cast: Cast, two: list[Assessment], signed_in: SignedIn
) -> None:
    Answer.objects.filter(question__key="support-1").update(grade=4)

    reply = signed_in(cast.assessor).get(reverse("answer_grid"))

    assert reply.headers["Location"] == reverse("answer_grid_question", args=["support-2"])


def test_without_two_questionnaires_the_entrance_says_so(cast: Cast, release: Release, signed_in: SignedIn) -> None:
    reply = signed_in(cast.reader).get(reverse("answer_grid_question", args=["support-1"]), follow=True)

    assert "Side by side needs two vendors" in reply.content.decode()


def test_the_queries_do_not_grow_with_the_vendors(
    cast: Cast, two: list[Assessment], signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in(cast.assessor)
    client.get(HERE)
    with django_assert_num_queries(9) as counted:
        client.get(HERE)
    for _ in range(4):
        make_assessment(cast.assessor)
    with django_assert_num_queries(len(counted.captured_queries)):
        client.get(HERE)


def test_the_page_names_the_vendors_of_which_others_answers_were_read(
    cast: Cast, two: list[Assessment], signed_in: SignedIn
) -> None:
    client = signed_in(cast.assessor)
    assert "You have read what others answered" not in client.get(HERE).content.decode()

    Reading.objects.create(assessment=two[0], user=cast.assessor.user)

    assert f"You have read what others answered about {two[0].vendor}." in " ".join(
        client.get(HERE).content.decode().split()
    )
