"""What a scorecard keeps and shows of supplementary questions, and that nothing of it is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Answer, Assessment, ResponseKind
from manifesto.models import Question
from reports.models import Scorecard
from reports.scorecard import snapshots, view
from reports.trends.history import asked_by, gap_between
from reports.vendor_copy import copies
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release
from tests.reports import cards

SignedIn = Callable[..., Client]


@pytest.fixture
def answered(cast: Cast) -> Assessment:
    """Two raters give 3 to all that counts; beside it 4 and 2 to speed-3, a word to proof-3, and nothing else."""
    assessment = make_assessment(cast.assessor, release=make_release(supplementary=1))
    add_rater(assessment, cast.colleague, submitted_at=NOW)
    answers = Answer.objects.filter(response__assessment=assessment)
    answers.counting().update(grade=3)
    beside = answers.supplementary()
    beside.filter(question__key="speed-3", response__rater=cast.assessor.user).update(grade=4, comment="At once.")
    beside.filter(question__key="speed-3", response__rater=cast.colleague.user).update(grade=3)
    beside.filter(question__key="proof-3", response__rater=cast.assessor.user).update(blank="dont_know")
    return assessment


@pytest.fixture
def card(cast: Cast, answered: Assessment) -> Scorecard:
    return cards.approve(cast, answered)


def stored(card: Scorecard, key: str) -> dict[str, Any]:
    return next(one for one in snapshots.load(card)["supplementary"] if one["key"] == key)


def test_the_snapshot_holds_each_with_its_answers_and_mean(card: Scorecard) -> None:
    speed = stored(card, "speed-3")
    assert (speed["rule"], speed["number"], speed["grade"], speed["state"]) == ("speed", "5.3", "7/2", "graded")
    assert [(answer["rater"], answer["grade"], answer["comment"]) for answer in speed["answers"]] == [
        ("1", 4, "At once."),
        ("2", 3, ""),
    ]
    assert (stored(card, "proof-3")["grade"], stored(card, "proof-3")["state"]) == (None, "dont_know")
    assert len(snapshots.load(card)["supplementary"]) == 7


def test_nothing_of_them_stands_among_what_is_computed(card: Scorecard) -> None:
    content = snapshots.load(card)
    asked = {question["key"] for rule in content["release"]["rules"] for question in rule["questions"]}
    given = {answer["question"] for response in content["responses"] for answer in response["answers"]}
    assert asked == given
    assert not any(key.endswith("-3") for key in asked)
    assert snapshots.recompute({**content, "supplementary": []}) == snapshots.score_of(content)


def test_a_scorecard_without_them_says_nothing_of_them(cast: Cast) -> None:
    card = cards.approved(cast)
    assert snapshots.load(card)["supplementary"] == []
    assert view.view_of(card, language="en").supplementary == ()
    assert "Also asked" not in view.scorecard_html(card, language="en")


def test_page_and_paper_show_what_was_said_and_name_what_was_left_open(
    cast: Cast, signed_in: SignedIn, card: Scorecard
) -> None:
    shown = view.view_of(card, language="en")
    assert [(one.number, one.grade, one.state) for one in shown.also_answered] == [
        ("5.3", "3.5", ""),
        ("6.3", "", "Don’t know"),
    ]
    assert len(shown.also_unanswered) == 5
    page = signed_in(cast.reader).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    for html in (page, view.scorecard_html(card, language="en")):
        assert html.count("they enter no score and no verdict") == 1
        assert "At once." in html
        assert "Left open by everybody" in html
    assert "Also asked" in view.scorecard_html(card, language="en")


def test_the_vendors_own_answer_stands_beside_the_raters(cast: Cast, answered: Assessment) -> None:
    vendor = answered.responses.create(kind=ResponseKind.VENDOR, submitted_at=NOW)
    speed = Question.objects.get(release=answered.release, key="speed-3")
    Answer.objects.create(response=vendor, question=speed, grade=1, vendor_says="We read to the end.")
    shown = view.view_of(cards.approve(cast, answered), language="en")
    one = next(one for one in shown.also_answered if one.key == "speed-3")
    assert one.vendor is not None
    assert (one.grade, one.vendor.grade, one.vendor.vendor_says) == ("3.5", "1", "We read to the end.")


def test_an_edition_with_them_is_compared_as_the_one_without(cast: Cast) -> None:
    before, after = make_release("1"), make_release("2", supplementary=1)
    asked = asked_by([before, after])
    assert gap_between(asked[before.pk, "speed"], asked[after.pk, "speed"]) is None
    assert "speed-3" not in asked[after.pk, "speed"]


def test_the_vendors_copy_counts_them_by_themselves() -> None:
    def answer(**more: Any) -> copies.CopiedAnswer:
        said: dict[str, Any] = dict.fromkeys(("number", "short", "text", "grade", "level", "blank", "reason"), "")
        said |= {"vendor_says": "", "carried_over": False, "comment": "", "fact": "", "evidence": ()}
        return copies.CopiedAnswer(**said | more)

    answers = [answer(grade="3"), answer(), answer(grade="1", is_supplementary=True), answer(is_supplementary=True)]
    assert copies.counted(answers) == {"answered": 1, "total": 2, "also_answered": 1, "also_total": 2}
