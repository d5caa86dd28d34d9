"""Answers and questions as they go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from assessments.api.shapes import EvidenceFileOut, RuleKey
from assessments.models import Answer, Blank, Evidence, FrequencyUnit
from groundwork.languages import LANGUAGE_CODES
from manifesto.models import FactKind, Question


class TextsOut(Schema):
    """One text in each language of the edition."""

    en: str
    fr: str
    nl: str


class LevelTextOut(Schema):
    grade: int = Field(ge=0, le=4)
    text: TextsOut


class AskedQuestion(Schema):
    key: str
    rule: RuleKey
    number: str = Field(description="As the pages print it: “1.2”.")
    revision: int
    weight: float
    is_knockout: bool
    is_supplementary: bool = Field(description="Answered and shown, never in a score.")
    fact: FactKind
    text: TextsOut
    why: TextsOut
    evidence: TextsOut = Field(description="Which evidence to ask for.")
    levels: list[LevelTextOut]


class AnswerOut(Schema):
    question: str
    grade: int | None = Field(ge=0, le=4)
    blank: Blank | None = Field(description="Instead of a grade; neither: unanswered.")
    reason: str = Field(description="Why it does not apply.")
    vendor_says: str
    comment: str
    fact_value: float | None = Field(description="Percent, or times per `fact_unit`.")
    fact_unit: FrequencyUnit | None
    updated_at: datetime | None
    evidence: list[EvidenceFileOut]


class OwnAnswerOut(AnswerOut):
    version: int = Field(description="As its ETag has it: what If-Match names.")
    carried_over: bool = Field(description="Its texts come from the assessment before, and nobody confirmed them yet.")


class RatersAnswerOut(AnswerOut):
    rater: UUID
    name: str


def texts_of(row: Any, name: str) -> TextsOut:
    return TextsOut(**{code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGE_CODES})


def question_out(question: Question) -> AskedQuestion:
    """`question`: with its rule and its levels."""
    levels = sorted(question.levels.all(), key=lambda level: level.grade)
    return AskedQuestion(
        key=question.key,
        rule=RuleKey(question.rule.key),
        number=f"{question.rule.position}.{question.position}",
        revision=question.revision,
        weight=float(question.weight),
        is_knockout=question.knockout,
        is_supplementary=question.supplementary,
        fact=FactKind(question.fact),
        text=texts_of(question, "text"),
        why=texts_of(question, "why"),
        evidence=texts_of(question, "evidence"),
        levels=[LevelTextOut(grade=level.grade, text=texts_of(level, "text")) for level in levels],
    )


def file_out(file: Evidence) -> EvidenceFileOut:
    same = ("name", "content_type", "size", "sha256", "uploaded_at")
    return EvidenceFileOut(**{name: getattr(file, name) for name in same})


def said(answer: Answer, *, with_grade: bool = True) -> dict[str, Any]:
    """The fields of `AnswerOut`. `answer`: with its question, and its evidence fetched along."""
    return {
        "question": answer.question.key,
        "grade": answer.grade if with_grade else None,
        "blank": Blank(answer.blank) if with_grade and answer.blank else None,
        "reason": answer.reason if with_grade else "",
        "vendor_says": answer.vendor_says,
        "comment": answer.comment,
        "fact_value": None if answer.fact_value is None else float(answer.fact_value),
        "fact_unit": FrequencyUnit(answer.fact_unit) if answer.fact_unit else None,
        "updated_at": answer.updated_at,
        "evidence": [file_out(one) for one in answer.evidence.all()],
    }


def own(answer: Answer) -> OwnAnswerOut:
    return OwnAnswerOut(**said(answer), version=answer.version, carried_over=answer.carried_over)


def in_order(answers: Iterable[Answer]) -> list[Answer]:
    place: Callable[[Answer], tuple[int, int]] = lambda one: (one.question.rule.position, one.question.position)  # noqa: E731
    return sorted(answers, key=place)
