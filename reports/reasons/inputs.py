"""A snapshot as the arithmetic takes it: its questions, what was answered and agreed, and the thresholds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from assessments.models import ResponseKind
from assessments.score import arithmetic

Snapshot = Mapping[str, Any]


def of_raters(snapshot: Snapshot) -> list[arithmetic.QuestionInput]:
    """Every question with what its raters answered and agreed on; they are told apart by their place among all who
    answered, “1”, “2”, …"""
    return answered_by(snapshot, ResponseKind.CUSTOMER, snapshot["consensus"])


def answered_by(
    snapshot: Snapshot, kind: str, consensus: Mapping[str, Mapping[str, Any]]
) -> list[arithmetic.QuestionInput]:
    """The same of those of one kind, customer or vendor, with what was agreed as it is given."""
    counted = [response for response in snapshot["responses"] if response["kind"] == kind]
    return [
        _question_input(rule["key"], question, counted, consensus.get(question["key"]))
        for rule in snapshot["release"]["rules"]
        for question in rule["questions"]
    ]


def policy_of(stored: Mapping[str, Any]) -> arithmetic.Policy:
    return arithmetic.Policy(
        met_threshold=Fraction(stored["met_threshold"]),
        broken_threshold=Fraction(stored["broken_threshold"]),
        minimum_coverage=Fraction(stored["minimum_coverage"]),
        knockout_below=stored["knockout_below"],
    )


def _question_input(
    rule: str, question: Mapping[str, Any], responses: Sequence[Mapping[str, Any]], agreed: Mapping[str, Any] | None
) -> arithmetic.QuestionInput:
    answers = tuple(
        arithmetic.RaterAnswer(
            rater=response["rater"],
            department=response["department"],
            grade=answer["grade"],
            blank=arithmetic.Blank(answer["blank"]),
            has_evidence=bool(answer["evidence"]),
            is_independent=response.get("independent", True),
        )
        for response in responses
        for answer in response["answers"]
        if answer["question"] == question["key"]
    )
    return arithmetic.QuestionInput(
        key=question["key"],
        rule=rule,
        weight=Fraction(question["weight"]),
        knockout=question["knockout"],
        answers=answers,
        consensus=arithmetic.AgreedGrade(grade=agreed["grade"], not_applicable=agreed["not_applicable"])
        if agreed
        else None,
    )


def asked_in(release: Mapping[str, Any]) -> dict[str, Hashable]:
    """By rule what its status is made from beside the grades: questions, weights, knock-outs and thresholds; equal
    where the same was asked and judged alike."""
    thresholds = tuple(sorted(release["policy"].items()))
    return {
        rule["key"]: (thresholds, frozenset(_asked(question) for question in rule["questions"]))
        for rule in release["rules"]
    }


def _asked(question: Mapping[str, Any]) -> Hashable:
    return (question["key"], question["revision"], Fraction(question["weight"]), question["knockout"])
