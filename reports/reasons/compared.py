"""Two scorecards of one vendor side by side, from their snapshots alone: what of then belongs to what of now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessments.models import ResponseKind
from assessments.score import difference
from assessments.score.arithmetic import GradedQuestion, QuestionInput, grade_question
from assessments.score.difference import Judged, RuleDifference
from reports.reasons import inputs
from reports.reasons.inputs import Snapshot

Stored = Mapping[str, Any]  # a response, an answer or a question as the snapshot holds it


@dataclass(frozen=True, kw_only=True)
class AskedOnce:
    """A question in one of the two, with its number on the page, “3.1”."""

    number: str
    stored: Stored
    asked: QuestionInput

    @cached_property
    def graded(self) -> GradedQuestion:
        return grade_question(self.asked)

    @property
    def mean(self) -> Fraction | None:
        """Of its raters, whatever was agreed."""
        return grade_question(replace(self.asked, consensus=None)).grade


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One rater: the response of then and of now; None where they had no say."""

    then: Stored | None
    now: Stored | None

    @property
    def name(self) -> str:
        response = self.now or self.then
        return (response["name"] or "") if response else ""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """`then` is the earlier one. Raters are one and the same where their names are, first within a department."""

    then: Snapshot
    now: Snapshot

    @cached_property
    def differences(self) -> tuple[RuleDifference, ...]:
        """Rule by rule, in the order of now. Recomputed, as a scorecard recomputes."""
        same = _same_people(self.raters_then, self.raters_now)
        questions = [
            replace(one, answers=tuple(replace(a, rater=same.get(a.rater, _gone(a.rater))) for a in one.answers))
            for one in inputs.of_raters(self.then)
        ]
        return difference.differences(_judged(self.then, questions), _judged(self.now, inputs.of_raters(self.now)))

    @cached_property
    def voices(self) -> dict[str, Voice]:
        """By what `differences` calls a rater."""
        before, after = ({one["rater"]: one for one in raters} for raters in (self.raters_then, self.raters_now))
        same = {now: then for then, now in _same_people(before.values(), after.values()).items()}
        voices = {rater: Voice(then=before.get(same.get(rater, "")), now=one) for rater, one in after.items()}
        went = [rater for rater in before if rater not in same.values()]
        return voices | {_gone(rater): Voice(then=before[rater], now=None) for rater in went}

    @cached_property
    def raters_then(self) -> list[Stored]:
        """Their responses."""
        return _raters(self.then)

    @cached_property
    def raters_now(self) -> list[Stored]:
        return _raters(self.now)

    @cached_property
    def questions_then(self) -> dict[str, AskedOnce]:
        return _questions(self.then)

    @cached_property
    def questions_now(self) -> dict[str, AskedOnce]:
        return _questions(self.now)

    @cached_property
    def rules(self) -> dict[str, Stored]:
        """As now told; one that is gone as it was."""
        both = (*self.then["release"]["rules"], *self.now["release"]["rules"])
        return {rule["key"]: rule for rule in both}

    def question(self, key: str) -> AskedOnce:
        """As it is asked now; one that is gone as it was."""
        return self.questions_now.get(key) or self.questions_then[key]


def answer_in(response: Stored | None, question: str) -> Stored | None:
    """What a response says to one question; None where it was not asked."""
    answers = response["answers"] if response else ()
    return next((answer for answer in answers if answer["question"] == question), None)


def _judged(snapshot: Snapshot, questions: Iterable[QuestionInput]) -> Judged:
    rules = snapshot["release"]["rules"]
    return Judged(
        rules=[rule["key"] for rule in rules],
        questions=tuple(questions),
        policy=inputs.policy_of(snapshot["release"]["policy"]),
        revisions={question["key"]: question["revision"] for rule in rules for question in rule["questions"]},
    )


def _questions(snapshot: Snapshot) -> dict[str, AskedOnce]:
    asked = {question.key: question for question in inputs.of_raters(snapshot)}
    return {
        question["key"]: AskedOnce(number=f"{rule['position']}.{place}", stored=question, asked=asked[question["key"]])
        for rule in snapshot["release"]["rules"]
        for place, question in enumerate(rule["questions"], start=1)
    }


def _raters(snapshot: Snapshot) -> list[Stored]:
    return [response for response in snapshot["responses"] if response["kind"] == ResponseKind.CUSTOMER]


def _gone(rater: str) -> str:
    """A rater of then alone, in a word that no rater of now has."""
    return f"then {rater}"


def _same_people(then: Iterable[Stored], now: Iterable[Stored]) -> dict[str, str]:
    """Rater of then → the same person now. A snapshot knows people by name: who changed the department keeps it, and of
    two with one name each is paired once."""
    pairs: dict[str, str] = {}
    before, after = list(then), list(now)
    for parts in (("name", "department"), ("name",)):
        for one in before:
            if one["rater"] in pairs or not one["name"]:
                continue
            free = (other for other in after if other["rater"] not in pairs.values())
            match = next((other for other in free if all(other[part] == one[part] for part in parts)), None)
            if match is not None:
                pairs[one["rater"]] = match["rater"]
    return pairs
