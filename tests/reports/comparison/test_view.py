"""What a comparison says: of snapshots made in memory, in all languages."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.languages import LANGUAGE_CODES
from reports.comparison.shapes import ComparisonView, RuleRow
from reports.comparison.view import view_of
from tests.reports import cards
from tests.reports.comparison import sides
from tests.reports.comparison.sides import asked_otherwise, content, graded


def view(*contents: dict[str, Any], language: str = "en") -> ComparisonView:
    return view_of(sides.scorecards(*contents), language=language)


def rule(shown: ComparisonView, key: str) -> RuleRow:
    return next(row for row in shown.rules if row.key == key)


def test_vendors_stand_in_the_order_chosen_with_what_their_scorecards_rest_on() -> None:
    shown = view(content("Birch", number=2), content("Alder", graded(4), graded(4)))

    assert shown.vendors == ("Birch", "Alder")
    assert [column.position for column in shown.columns] == [1, 2]
    birch = shown.columns[0].card
    assert (birch.number, birch.met, birch.confidence, birch.edition) == ("S-2026-002", 7, "medium", "2026.1")
    assert birch.heard == "2 raters from 2 departments."


def test_a_rule_says_above_whom_the_best_clearly_is_and_why_it_is_not_above_the_others() -> None:
    """Worked by hand: 100% against 37.5% with two raters each; 75% of one rater alone; 50% of another edition."""
    shown = view(
        content("Alder", graded(4), graded(4)),
        content("Birch", graded(2), graded(1)),
        content("Cedar", graded(3)),
        asked_otherwise(content("Dune", graded(2), graded(2), edition="2026.2"), "speed-practice"),
    )
    assert rule(shown, "support").sentences == (
        "Alder is clearly above Birch.",
        "Alder against Cedar and Dune is not clear, for the reasons above.",
    )
    assert shown.doubts == (
        "No difference between vendors of different editions of the questions is called clear "
        "(2026.1: Alder, Birch and Cedar; 2026.2: Dune).",
        "No difference from Cedar is called clear: the confidence of that scorecard is low.",
    )


def test_an_edition_that_asks_the_same_is_compared_as_one() -> None:
    """What a newer one asks beside the questions that count is in none of its rules."""
    shown = view(
        content("Alder", graded(4), graded(4)), content("Birch", graded(2), graded(1), edition="2026.3", number=2)
    )
    assert rule(shown, "support").sentences == ("Alder is clearly above Birch.",)
    assert shown.doubts == ()


def test_what_holds_for_no_rule_alone_is_said_once_and_not_at_all_where_nothing_does() -> None:
    assert view(content("Alder", graded(4), graded(4)), content("Birch")).doubts == ()
    low = view(content("Alder", graded(3)), content("Birch", graded(3)))
    assert low.doubts == (
        "No difference from Alder and Birch is called clear: the confidence of those scorecards is low.",
    )
    assert {row.sentences for row in low.rules} == {("Alder against Birch is not clear: both stand at 75%.",)}


def test_bounds_that_overlap_are_named() -> None:
    """Of the weight of 4.5, 3.5 is graded 3, so the rule lies between 3.5 × 75 / 4.5 and that with 1 × 100 more."""

    def but_one(question: Any) -> dict[str, Any]:
        return {"blank": "dont_know"} if question["key"] == "speed-practice" else {"grade": 3}

    shown = view(content("Alder", but_one, but_one), content("Birch"))
    assert shown.columns[0].card.confidence == "medium"
    assert rule(shown, "speed").sentences == (
        "Alder against Birch is not clear: the bounds overlap (58.3% to 80.6% and 75%).",
    )
    assert rule(shown, "support").sentences == ("Alder against Birch is not clear: both stand at 75%.",)


def test_who_is_not_rated_is_named_and_nothing_is_held_against_them() -> None:
    def nobody_knows(question: Any) -> dict[str, Any]:
        return {"blank": "dont_know"} if question["key"].startswith("speed") else {"grade": 1}

    silent = content("Birch", nobody_knows, nobody_knows)
    assert rule(view(content("Alder"), silent), "speed").sentences == ("Only Alder is rated in this rule.",)
    assert rule(view(silent, {**silent, "number": "S-2"}), "speed").sentences == ("No vendor is rated in this rule.",)
    third = content("Cedar", graded(4), graded(4), number=3)
    assert rule(view(content("Alder", graded(1), graded(1)), silent, third), "speed").sentences == (
        "Cedar is clearly above Alder.",
        "Not rated in this rule: Birch.",
    )


def test_the_summary_names_the_rules_in_which_a_difference_is_clear() -> None:
    one = content("Alder", graded(3, speed=4, proof=4), graded(3, speed=4, proof=4))
    assert view(one, content("Birch")).summary == "Where a difference is clear: 5\u00a0Be fast and 6\u00a0Prove it."
    assert view(content("Alder"), content("Birch")).summary == (
        "In no rule is a difference clear. Below, each rule says why."
    )


def test_questions_stand_side_by_side_by_their_key_and_say_where_they_were_asked_otherwise() -> None:
    other = sides.asked_otherwise(content("Birch", graded(2), graded(1)), "speed-practice")
    shown = view(content("Alder"), sides.without_question(other, "speed-help"))
    asked = {question.key: question for question in rule(shown, "speed").questions}

    assert [cell.is_otherwise for cell in asked["speed-practice"].cells] == [False, True]
    assert asked["speed-practice"].is_asked_otherwise
    others = [question for key, question in asked.items() if key != "speed-practice"]
    assert not any(question.is_asked_otherwise for question in others)
    assert [cell.question.grade for cell in asked["speed-practice"].cells if cell.question] == ["3", "1.5"]
    assert [cell.question is None for cell in asked["speed-help"].cells] == [False, True]


def test_a_question_that_only_a_later_vendor_was_asked_has_its_row_too() -> None:
    shown = view(sides.without_question(content("Alder"), "speed-help"), content("Birch"))
    (row,) = [question for question in rule(shown, "speed").questions if question.key == "speed-help"]

    assert [cell.question is None for cell in row.cells] == [True, False]
    assert row.text


def test_what_a_vendor_says_of_itself_and_what_was_agreed_stand_beside_the_grade() -> None:
    shown = view(content("Alder"), {**cards.full(vendor="Birch"), "number": "S-2026-002"})
    cells = next(one for one in rule(shown, "support").questions if one.key == "support-exit").cells

    assert cells[0].of_itself is None
    assert cells[1].of_itself is not None
    assert (cells[1].of_itself.grade, cells[1].of_itself.vendor_says) == ("4", cards.OWN_WORDS)
    assert cells[1].question is not None
    assert cells[1].question.agreed is not None
    assert rule(shown, "support").cells[1].rule.vendor_percent == "100%"


def test_what_measures_say_stands_at_the_rule_that_they_speak_of() -> None:
    measured = cards.with_measures(content("Birch", graded(4), graded(4)), cards.cases())
    shown = view(content("Alder"), measured)

    assert [notice.finding for notice in rule(shown, "speed").cells[1].notices] == ["contradicted"]
    assert rule(shown, "speed").cells[0].notices == ()
    assert rule(shown, "support").cells[1].notices == ()


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_five_vendors_are_compared_in_every_language(language: str) -> None:
    shown = view(*sides.five(), language=language)

    assert len(shown.columns) == 5
    for row, stored in zip(shown.rules, cards.release()["rules"], strict=True):
        assert row.name == stored["name"][language]
        assert len(row.cells) == 5
        assert row.sentences
        assert [len(question.cells) for question in row.questions] == [5] * len(stored["questions"])


def test_no_order_of_all_vendors_and_no_average_is_said() -> None:
    shown = view(*sides.five())
    said = " ".join([shown.summary, *(sentence for row in shown.rules for sentence in row.sentences)]).lower()

    assert not {"average", "rank", "first place", "winner", "overall"} & set(said.split())
    assert not hasattr(shown, "average")
