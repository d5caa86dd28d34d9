"""Claims of practice, held against what was held: what the vendor says, and what the raters wrote down, of how often
it rehearses and reviews. A question that asks for a frequency is held against the fact; one that does not, against what
the text of its grade says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils import timezone

from assessments.models import Answer, Assessment, Consensus, FrequencyUnit, Response, ResponseKind
from assessments.secrecy import counted_responses
from groundwork.asking_once import once
from groundwork.together import Lookup
from vendors.rehearsals.practice import SPEAKING, Frequency, Held, Practice, fairest, held_against
from vendors.rehearsals.records import Record, record_of


class By(StrEnum):
    VENDOR = "vendor"
    US = "us"  # what the raters wrote down, or agreed on
    BOTH = "both"  # they wrote down what the vendor says


class Counted(StrEnum):
    """Which days a question is held against."""

    TOGETHER = "together"  # rehearsals with us
    REHEARSALS = "rehearsals"  # with us, or shown to us
    REVIEWS = "reviews"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`by_grade`: (revision of the question, the lowest grade whose text says so, how often it says)."""

    counted: Counted
    by_grade: tuple[int, int, Frequency] | None = None


ONCE_A_YEAR = Frequency(times=Fraction(1), unit=FrequencyUnit.YEAR.value)
QUESTIONS: Mapping[str, Asked] = {
    # Grade 3: one took place in the last twelve months; grade 4: they recur at least once a year.
    "support-rehearsal": Asked(counted=Counted.TOGETHER, by_grade=(1, 3, ONCE_A_YEAR)),
    "speed-practice": Asked(counted=Counted.REHEARSALS),
    "speed-review": Asked(counted=Counted.REVIEWS),
}


@dataclass(frozen=True, kw_only=True)
class PracticeFinding:
    """One claim about a question. `grade`: the one whose text says how often, None where a fact does."""

    rule: str
    question: str
    by: By
    counted: Counted
    held: Held
    grade: str | None = None

    @property
    def is_speaking(self) -> bool:
        return self.held.outcome in SPEAKING


@dataclass(frozen=True, kw_only=True)
class _Said:
    """One who says how often."""

    rule: str
    question: str
    by: By
    claimed: Frequency
    grade: str | None = None


# From the rows ----------------------------------------------------------------------------------------------------
def practice(assessment: Assessment, *, now: datetime) -> tuple[PracticeFinding, ...]:
    """As it was at the end of the period, or today. In the order of the questions, the vendor's own claim first; empty
    where nothing is claimed or no record is kept. A few queries, the same number whatever was held."""
    return _held(assessment, min(assessment.period_end, timezone.localdate(now)))


def practice_today(assessment: Assessment, *, now: datetime) -> tuple[PracticeFinding, ...]:
    """The same claims against what was held until today, whatever the period was."""
    return _held(assessment, timezone.localdate(now))


def _held(assessment: Assessment, today: date) -> tuple[PracticeFinding, ...]:
    said = list(_said(assessment))
    if not said:
        return ()
    record = record_of(assessment.vendor)
    claims: dict[tuple[str, By], list[_Said]] = {}
    for one in said:
        claims.setdefault((one.question, one.by), []).append(one)
    found = (_finding(one, record, today) for one in claims.values())
    return tuple(_once(one for one in found if one is not None))


def _once(found: Iterable[PracticeFinding]) -> Iterator[PracticeFinding]:
    """What the vendor says and the raters noted in the same words is one claim."""
    of_question: dict[str, list[PracticeFinding]] = {}
    for one in found:
        of_question.setdefault(one.question, []).append(one)
    for claims in of_question.values():
        is_same = len(claims) > 1 and replace(claims[1], by=claims[0].by) == claims[0] and claims[0].grade is None
        yield from [replace(claims[0], by=By.BOTH)] if is_same else claims


def _finding(said: list[_Said], record: Record, today: date) -> PracticeFinding | None:
    first = said[0]
    counted = QUESTIONS[first.question].counted
    days: tuple[date, ...] = getattr(record, counted.value)
    answers = [held_against(one.claimed, days, since=record.since, today=today) for one in said]
    held = fairest(one for one in answers if one is not None)
    if held is None:
        return None
    return PracticeFinding(
        rule=first.rule, question=first.question, by=first.by, counted=counted, held=held, grade=first.grade
    )


def _said(assessment: Assessment) -> Iterator[_Said]:
    """Of the answers that were handed in, and of what was agreed."""
    return iter(said_in(assessment).now())


def said_in(assessment: Assessment) -> Lookup[list[_Said]]:
    """The same, to be read with what else a page shows, once."""
    return once(("claims of practice", assessment.pk), lambda: _said_in(assessment))


def _said_in(assessment: Assessment) -> Lookup[list[_Said]]:
    vendor = Response.objects.of_vendor().handed_in().filter(assessment=assessment)
    responses = Q(response__in=vendor) | Q(response__in=counted_responses(assessment))
    rows = Answer.objects.filter(responses, question__key__in=QUESTIONS).select_related("question__rule", "response")
    given = rows.order_by()
    agreed = Consensus.objects.filter(assessment=assessment, question__key__in=QUESTIONS).order_by()
    return Lookup(reads=(given, agreed), told=lambda: list(_claims(sorted(given, key=_place), agreed)))


def _place(answer: Answer) -> tuple[int, int, bool, int]:
    """In the order of the questions, the vendor first."""
    question = answer.question
    is_ours = answer.response.kind != ResponseKind.VENDOR
    return question.rule.position, question.position, is_ours, answer.pk


def _claims(answers: Sequence[Answer], agreed: Iterable[Consensus]) -> Iterator[_Said]:
    grades = {one.question_id: one.grade for one in agreed}
    for question in dict.fromkeys(answer.question_id for answer in answers):
        given = [answer for answer in answers if answer.question_id == question]
        yield from (_of_fact(answer) for answer in given if answer.fact_value is not None and answer.fact_unit)
        yield from _of_grades([answer for answer in given if answer.fact_value is None], grades)


def _of_fact(answer: Answer) -> _Said:
    return _Said(
        rule=answer.question.rule.key,
        question=answer.question.key,
        by=_by(answer),
        claimed=Frequency(times=Fraction(answer.fact_value or 0), unit=answer.fact_unit),
    )


def _of_grades(answers: list[Answer], agreed: Mapping[int, int | None]) -> Iterator[_Said]:
    """Of the raters the grade that they agreed on, else their lowest: what one does not say, they do not say."""
    graded: dict[tuple[str, By], list[tuple[Answer, int]]] = {}
    for answer in answers:
        by = _by(answer)
        grade = agreed.get(answer.question_id, answer.grade) if by is By.US else answer.grade
        if grade is not None:
            graded.setdefault((answer.question.key, by), []).append((answer, grade))
    for (question, by), given in graded.items():
        told = QUESTIONS[question].by_grade
        answer, lowest = min(given, key=lambda one: one[1])
        if told and answer.question.revision == told[0] and lowest >= told[1]:
            rule = answer.question.rule.key
            yield _Said(rule=rule, question=question, by=by, claimed=told[2], grade=str(lowest))


def _by(answer: Answer) -> By:
    return By.VENDOR if answer.response.kind == ResponseKind.VENDOR else By.US


# As plain data, for snapshots -------------------------------------------------------------------------------------
def as_data(found: Iterable[PracticeFinding]) -> list[dict[str, Any]]:
    return [
        {
            "rule": one.rule,
            "question": one.question,
            "by": one.by.value,
            "counted": one.counted.value,
            "grade": one.grade,
            "times": str(one.held.claimed.times),
            "unit": one.held.claimed.unit,
            "outcome": one.held.outcome.value,
            "last": one.held.last.isoformat() if one.held.last else None,
            "in_last_year": one.held.in_last_year,
            "since": one.held.since.isoformat(),
            "until": one.held.today.isoformat(),
        }
        for one in found
    ]


def from_data(stored: Iterable[Mapping[str, Any]]) -> tuple[PracticeFinding, ...]:
    return tuple(
        PracticeFinding(
            rule=one["rule"],
            question=one["question"],
            by=By(one["by"]),
            counted=Counted(one["counted"]),
            grade=one["grade"],
            held=Held(
                outcome=Practice(one["outcome"]),
                claimed=Frequency(times=Fraction(one["times"]), unit=one["unit"]),
                last=date.fromisoformat(one["last"]) if one["last"] else None,
                in_last_year=one["in_last_year"],
                since=date.fromisoformat(one["since"]),
                today=date.fromisoformat(one["until"]),
            ),
        )
        for one in stored
    )
