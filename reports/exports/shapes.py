"""What an export knows of one assessment, wherever it was read: plain data, the same of a snapshot and of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from assessments.score import arithmetic
from assessments.score.arithmetic import AgreedGrade, Blank, Policy, QuestionInput, RaterAnswer, Score

CUSTOMER = "customer"


class Source(StrEnum):
    """Where what is said of an assessment comes from."""

    SNAPSHOT = "snapshot"  # of its scorecard: as it was approved
    ROWS = "rows"  # as it stands at the moment
    DAMAGED = "damaged"  # its snapshot does not have its hash: nothing is said of it


class Shown(StrEnum):
    """How much of an assessment its reader may see."""

    ALL = "all"
    OWN = "own"  # they still judge: their own answers alone


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as it was asked. `number`: “5.1”."""

    key: str
    rule: str
    number: str
    text: str
    weight: Fraction
    knockout: bool = False
    supplementary: bool = False


@dataclass(frozen=True, kw_only=True)
class AskedRule:
    key: str
    position: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """Whose answers: `key` is the same in every export."""

    key: str
    kind: str  # customer or vendor
    name: str
    department: str
    handed_in_at: str | None  # ISO, in UTC
    independent: bool | None  # None: not said, as of a vendor
    shown: bool = True  # False: not handed in, and somebody else's


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Answered:
    by: Given
    question: str
    grade: int | None
    blank: str
    reason: str = ""
    comment: str = ""
    vendor_says: str = ""
    fact_value: Fraction | None = None
    fact_unit: str = ""
    carried_over: bool = False
    in_place: str = ""  # the colleague who answered for them
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Agreed:
    grade: int | None
    not_applicable: bool
    reason: str
    held_on: str  # ISO
    present: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Noted:
    text: str
    by: str
    at: str | None


@dataclass(frozen=True, kw_only=True)
class Replied:
    rule: str
    stance: str
    text: str
    by: str
    at: str | None
    to_earlier_result: bool


@dataclass(frozen=True, kw_only=True)
class Head:
    """The assessment itself. `scorecard` and what follows it are empty unless it is approved and shown."""

    pk: int
    reference: str
    vendor: int
    vendor_name: str
    period_start: date
    period_end: date
    edition: str
    state: str
    owner: str
    source: Source
    shown: Shown
    scorecard: str = ""
    approved_on: date | None = None
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """All that an export says of one assessment.

    `score`: what the rows of the arithmetic say, None where nothing may be said. `findings`, `measures` and `targets`
    are those of the snapshot, as it keeps them.
    """

    head: Head
    policy: Policy
    rules: tuple[AskedRule, ...] = ()
    questions: tuple[Asked, ...] = ()
    responses: tuple[Given, ...] = ()
    answers: Mapping[str, Sequence[Answered]] = field(default_factory=dict)  # by question
    agreed: Mapping[str, Agreed] = field(default_factory=dict)
    notes: Mapping[str, Noted] = field(default_factory=dict)
    replies: tuple[Replied, ...] = ()
    score: Score | None = None
    findings: Sequence[Mapping[str, Any]] = ()
    measures: Mapping[str, Any] | None = None
    targets: Mapping[str, Any] = field(default_factory=dict)
    tells_of_others: bool = False  # while it is open: whoever fetches this has read what others answered


def in_order(answers: Sequence[Answered]) -> list[Answered]:
    """The raters first, who count, then the vendor: those that a mean is made of stand together."""
    return sorted(answers, key=lambda answer: answer.by.kind != CUSTOMER)


def question_input(question: Asked, answers: Sequence[Answered], agreed: Agreed | None) -> QuestionInput:
    """As the arithmetic takes it; the vendor's own answer is not among what counts."""
    return QuestionInput(
        key=question.key,
        rule=question.rule,
        weight=question.weight,
        knockout=question.knockout,
        answers=tuple(
            RaterAnswer(
                rater=answer.by.key,
                department=answer.by.department or None,
                grade=answer.grade,
                blank=Blank(answer.blank),
                has_evidence=bool(answer.files),
                is_independent=answer.by.independent is not False,
            )
            for answer in answers
            if answer.by.kind == CUSTOMER
        ),
        consensus=AgreedGrade(grade=agreed.grade, not_applicable=agreed.not_applicable) if agreed else None,
    )


def scored(
    rules: Sequence[AskedRule],
    questions: Sequence[Asked],
    answers: Mapping[str, Sequence[Answered]],
    agreed: Mapping[str, Agreed],
    policy: Policy,
) -> Score:
    """What these answers and agreements add up to; what is supplementary enters nothing."""
    inputs = [
        question_input(question, answers.get(question.key, ()), agreed.get(question.key))
        for question in questions
        if not question.supplementary
    ]
    return arithmetic.score([rule.key for rule in rules], inputs, policy)
