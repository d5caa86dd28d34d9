"""Scorecards to lay beside each other, made in memory: what they say, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.models import Scorecard
from tests.reports import cards
from tests.reports.cards import Answers

LONG = "Überlandwerkgesellschaft für Kommunikationssysteme und Betriebsführungsdienstleistungen"


def graded(grade: int, **rules: int) -> Answers:
    """Every question gets this grade; those of the rules named, another: `graded(3, speed=1)`."""

    def answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"grade": rules.get(question["key"].split("-")[0], grade)}

    return answer


def content(vendor: str, *raters: Answers, number: int = 1, edition: str = "2026.1", **given: Any) -> dict[str, Any]:
    """A snapshot of an assessment by these raters, two of one mind where nobody says otherwise."""
    made = cards.snapshot(*(raters or (graded(3), graded(3))), vendor=vendor)
    release = {**made["release"], "edition": edition}
    return {**made, "number": f"S-2026-{number:03}", "release": release, **given}


def asked_otherwise(made: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The same, with one question that has another meaning in its edition."""
    return _with_questions(made, lambda question: question | ({"revision": 99} if question["key"] == key else {}))


def without_question(made: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The same, of an edition that does not ask one question."""
    left = _with_questions(made, lambda question: None if question["key"] == key else question)
    responses = [
        {**response, "answers": [answer for answer in response["answers"] if answer["question"] != key]}
        for response in made["responses"]
    ]
    return cards.computed({**left, "responses": responses})


def five() -> list[dict[str, Any]]:
    """Five vendors with all that can stand in a comparison: bounds, two editions, a gap, measures, a long name."""
    measured = cards.with_measures(cards.full(vendor="Birch Cloud"), cards.cases(repeating=-0.4))
    return [
        content("Alder Systems", graded(4), graded(4)),
        {**measured, "number": "S-2026-002"},
        asked_otherwise(content("Cedar Telecom", graded(2), graded(1), number=3, edition="2026.2"), "speed-practice"),
        content("אבטחה בע״מ 🚀", cards.usual, number=4),
        content(LONG, graded(0), graded(1), number=5),
    ]


def scorecards(*contents: Mapping[str, Any]) -> list[Scorecard]:
    return [cards.scorecard(one) for one in contents]


def _with_questions(made: Mapping[str, Any], change: Any) -> dict[str, Any]:
    rules = [
        {**rule, "questions": [changed for question in rule["questions"] if (changed := change(question)) is not None]}
        for rule in made["release"]["rules"]
    ]
    return {**made, "release": {**made["release"], "rules": rules}}
