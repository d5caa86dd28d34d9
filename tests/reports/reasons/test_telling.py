"""Why rules moved between two snapshots, in words; what the arithmetic makes of them is shown beside it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reports.models import Scorecard
from reports.reasons import telling
from reports.reasons.compared import Compared
from reports.scorecard import snapshots
from tests.factories import NOW
from tests.reports import cards

Content = dict[str, Any]


def steady(question: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"grade": 3}


def with_grades(**grades: Any) -> cards.Answers:
    """3 on each question; what is given by key, with “_” for “-”, else: a grade or a blank."""

    def answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
        given = grades.get(question["key"].replace("-", "_"), 3)
        return {"blank": given, "reason": "Why."} if isinstance(given, str) else {"grade": given}

    return answer


def of_rule(key: str) -> list[Mapping[str, Any]]:
    return next(rule["questions"] for rule in cards.release()["rules"] if rule["key"] == key)


def released(content: Content) -> Content:
    """With a release of its own, which may be changed."""
    return {**content, "release": deepcopy(content["release"])}


def rule_in(content: Content, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(rule for rule in content["release"]["rules"] if rule["key"] == key)
    return found


def lines(now: Content, then: Content, rule: str, *, most: int = 3) -> list[str]:
    told = telling.largest(cards.computed(now), cards.computed(then), language="en", most=most)
    return [reason.line for reason in told[rule]]


KEYS = [question["key"] for question in of_rule("speed")]
NAMES = {question["key"]: question["short"]["en"] for question in of_rule("speed")}
NUMBER = next(rule["position"] for rule in cards.release()["rules"] if rule["key"] == "speed")
WEIGHTS = [Fraction(question["weight"]) for question in of_rule("speed")]
FIRST = KEYS[0].replace("-", "_")


def share(place: int) -> Fraction:
    """Of the weight of the rule."""
    return WEIGHTS[place] / sum(WEIGHTS)


def test_an_answer_is_told_with_its_rater_grades_and_points() -> None:
    now, then = cards.snapshot(with_grades(**{FIRST: 1})), cards.snapshot(steady)
    moved = share(0) * -50
    assert lines(now, then, "speed") == [
        f"{NUMBER}.1 “{NAMES[KEYS[0]]}”: 3 → 1 by Rater 1, {telling.signed_points(moved, 'en')}"
    ]
    (told,) = telling.largest(now, then, language="en")["speed"]
    assert (told.points, told.exact) == (telling.signed(moved, "en"), f"−{-moved}")
    assert lines(now, then, "proof") == []


def test_only_the_largest_are_told_and_what_moves_nothing_never_is() -> None:
    second = KEYS[1].replace("-", "_")
    now = cards.snapshot(with_grades(**{FIRST: 0, second: 2}), with_grades())
    then = cards.snapshot(steady, steady)
    assert len(lines(now, then, "speed")) == 2
    assert [line.split("”")[0] for line in lines(now, then, "speed", most=1)] == [f"{NUMBER}.1 “{NAMES[KEYS[0]]}"]
    then["consensus"] = {KEYS[2]: {"grade": 3, "not_applicable": False, "reason": "", "held_on": "2026-03-01"}}
    assert len(lines(now, then, "speed")) == 2, "the agreement was the mean as well"


def test_a_rater_is_the_same_person_by_name_whatever_the_place_and_the_department() -> None:
    then = cards.snapshot(with_grades(**{FIRST: 4}), steady)
    now = cards.snapshot(steady, with_grades(**{FIRST: 2}))
    for response, name in zip(now["responses"], ("Rater 2", "Rater 1"), strict=True):
        response["name"] = name
    moved = telling.signed_points(-share(0) * 25, "en")
    assert lines(now, then, "speed") == [f"{NUMBER}.1 “{NAMES[KEYS[0]]}”: 4 → 2 by Rater 1, {moved}"]


def test_of_two_with_one_name_the_department_tells_them_apart() -> None:
    then, now = cards.snapshot(with_grades(**{FIRST: 4}), steady), cards.snapshot(steady, with_grades(**{FIRST: 2}))
    for content, departments in ((then, ("IT", "Finance")), (now, ("Finance", "IT"))):
        for response, department in zip(content["responses"], departments, strict=True):
            response |= {"name": "Jo Example", "department": department}
    assert "4 → 2 by Jo Example" in lines(now, then, "speed")[0]


def test_who_came_and_who_went_is_told_with_what_they_graded() -> None:
    then, now = cards.snapshot(steady, with_grades(**{FIRST: 1})), cards.snapshot(steady, with_grades(**{FIRST: 2}))
    now["responses"][1]["name"] = "New Example"
    grades = " and ".join(filter(None, [f"3 on {NUMBER}.{place}" for place in range(2, len(KEYS) + 1)][-1:]))
    told = {reason.part.rater: reason for reason in telling.largest(now, then, language="en")["speed"]}
    assert told["then 2"].said.startswith(f"rated only then, 1 on {NUMBER}.1, ")
    assert told["then 2"].said.endswith(grades)
    assert told["2"].said.startswith(f"did not rate then, now 2 on {NUMBER}.1, ")
    assert (told["then 2"].subject, told["2"].subject) == ("Rater 2", "New Example")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, 2, "newly agreed on 2; the mean of the raters is 3"),
        (2, None, "no longer agreed on, 2; the mean of the raters was 3"),
        (1, 2, "agreed on 1 → agreed on 2"),
    ],
)
def test_an_agreement_is_told_with_the_mean_that_it_stands_for(
    before: int | None, after: int | None, said: str
) -> None:
    then, now = cards.snapshot(steady), cards.snapshot(steady)
    for content, grade in ((then, before), (now, after)):
        if grade is not None:
            agreed = {"grade": grade, "not_applicable": False, "reason": "Talked over.", "held_on": "2026-03-01"}
            content["consensus"] = {KEYS[0]: agreed}
    (told,) = telling.largest(now, then, language="en")["speed"]
    assert told.said == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("not_applicable", 1, "not applicable → grade 1"),
        (1, "dont_know", "grade 1 → don’t know"),
        (1, "", "grade 1 → unanswered"),
    ],
)
def test_a_question_that_counts_only_once_says_what_it_was(before: Any, after: Any, said: str) -> None:
    then, now = cards.snapshot(with_grades(**{FIRST: before})), cards.snapshot(with_grades(**{FIRST: after}))
    (told,) = telling.largest(now, then, language="en")["speed"]
    assert told.said == said


def test_a_new_question_and_one_that_is_no_longer_asked_are_told_by_their_numbers() -> None:
    then, now = cards.snapshot(with_grades(**{FIRST: 1})), released(cards.snapshot(with_grades(**{FIRST: 1})))
    del rule_in(now, "speed")["questions"][0]
    assert lines(now, then, "speed")[0].startswith(f"{NUMBER}.1 “{NAMES[KEYS[0]]}”: no longer asked, then grade 1, +")
    assert lines(then, now, "speed")[0].startswith(f"{NUMBER}.1 “{NAMES[KEYS[0]]}”: a new question, grade 1, −")


def test_a_question_that_moved_to_another_rule_says_so_in_both() -> None:
    then, now = cards.snapshot(with_grades(**{FIRST: 1})), released(cards.snapshot(with_grades(**{FIRST: 2})))
    rule_in(now, "proof")["questions"].append(rule_in(now, "speed")["questions"].pop(0))
    place = f"{rule_in(now, 'proof')['position']}.{len(rule_in(now, 'proof')['questions'])}"
    said = f"in another rule now, {NUMBER}.1 of then is {place}; grade 1 → grade 2"
    told = telling.largest(cards.computed(now), then, language="en")
    assert [(rule, reason.said) for rule in ("speed", "proof") for reason in told[rule]] == [
        ("speed", said),
        ("proof", said),
    ]


def test_weights_and_a_revised_question_are_told() -> None:
    then, now = cards.snapshot(with_grades(**{FIRST: 1})), released(cards.snapshot(with_grades(**{FIRST: 2})))
    asked = rule_in(now, "speed")["questions"][0]
    asked |= {"revision": asked["revision"] + 1, "weight": str(WEIGHTS[0] + 5)}
    told = {reason.subject: reason.said for reason in telling.largest(now, then, language="en")["speed"]}
    assert told == {
        f"{NUMBER}.1 “{NAMES[KEYS[0]]}”": "what it asks has changed, so not comparable; grade 1 → grade 2",
        "Weights": f"{NUMBER}.1 {WEIGHTS[0]} → {WEIGHTS[0] + 5}",
    }


def test_a_rule_that_was_not_rated_tells_what_counts_now_without_points() -> None:
    unknown = {key.replace("-", "_"): "dont_know" for key in KEYS}
    then, now = cards.snapshot(with_grades(**unknown)), cards.snapshot(steady)
    told = telling.largest(now, then, language="en", most=99)["speed"]
    assert [reason.said for reason in told] == ["don’t know → grade 3"] * len(KEYS)
    assert {(reason.points, reason.exact) for reason in told} == {("", "")}
    assert not any("point" in reason.line for reason in told)


def test_every_part_of_two_full_scorecards_has_words_and_the_rules_add_up() -> None:
    """The vendor's own answers are no rater's."""
    then, now = cards.full(), cards.snapshot(steady, steady)
    compared = Compared(then=then, now=now)
    stood, stand = ({rule.rule: rule for rule in snapshots.score_of(one).rules} for one in (then, now))
    for found in compared.differences:
        told = telling.reasons(compared, found, language="en")
        assert all(reason.said and reason.subject for reason in told)
        assert not any("Northwind" in reason.line for reason in told)
        before, after = stood[found.rule], stand[found.rule]
        if before.is_rated and after.is_rated:
            assert sum(reason.part.points or 0 for reason in told) == after.percent - before.percent


@pytest.mark.parametrize(
    ("points", "said", "exact"),
    [
        (Fraction(-25, 2), "−12.50\N{NO-BREAK SPACE}points", "−25/2"),
        (Fraction(1, 3), "+0.33\N{NO-BREAK SPACE}points", "+1/3"),
        (Fraction(1), "+1.00\N{NO-BREAK SPACE}point", "+1"),
        (Fraction(0), "0.00\N{NO-BREAK SPACE}points", "0"),
    ],
)
def test_points_have_a_sign_two_decimals_and_their_fraction(points: Fraction, said: str, exact: str) -> None:
    assert telling.signed_points(points, "en") == said
    assert telling.exactly(points) == exact


@pytest.mark.parametrize("schema", [1, 2, 3, 4])
def test_scorecards_of_every_earlier_schema_are_compared(schema: int) -> None:
    text = (Path(__file__).parents[1] / "scorecard" / f"schema_{schema}.json").read_text(encoding="utf-8").strip()
    row = Scorecard(number="S-2025-001", snapshot=text, sha256=snapshots.hash_of(text), approved_at=NOW)
    then, now = snapshots.load(row), cards.snapshot(steady)
    assert set(telling.largest(now, then, language="nl")) >= {rule["key"] for rule in now["release"]["rules"]}
    stored = {rule.rule: rule.percent for rule in snapshots.score_of(then).rules}
    found = [one for one in Compared(then=then, now=now).differences if one.points is not None]
    assert found and all(one.then and one.then.percent == stored[one.rule] for one in found)
    assert all(sum(part.points or 0 for part in one.parts) == one.points for one in found)
