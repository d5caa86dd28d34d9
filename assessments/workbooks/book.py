"""What a workbook asks: the questions of one response with the cells that may be filled, and what stands in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from assessments.models import Answer, FrequencyUnit, Response
from assessments.questionnaire.forms import choice_label, choice_of, shown_number
from assessments.questionnaire.rows import AnsweringAs, VendorSaid, vendor_said
from assessments.questionnaire.saving import Draft
from assessments.secrecy import vendor_answers
from groundwork.tables.cells import neutralise, restore
from groundwork.tables.writing import LONGEST_CELL, units
from manifesto.models import FactKind, Level, Question, Rule

# Signs that a workbook cannot hold: XML has none of them, and what Excel writes in their place not every program reads.
_NOT_HELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_x([0-9a-fA-F]{4})_")  # a workbook's way to write a sign that XML has not
DIGEST_LENGTH = 10


class Field(StrEnum):
    """What a person can fill, by the name of the answer's own field; `CHOICE` is grade and blank together."""

    ANSWER = "vendor_says"
    FACT = "fact_value"
    UNIT = "fact_unit"
    CHOICE = "choice"
    REASON = "reason"
    COMMENT = "comment"


TEXTS = frozenset({Field.ANSWER, Field.REASON, Field.COMMENT})
OF_RATER = (Field.FACT, Field.UNIT, Field.CHOICE, Field.REASON, Field.COMMENT)
OF_VENDOR = (Field.ANSWER, Field.FACT, Field.UNIT, Field.CHOICE, Field.REASON)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question with its answer. `taken_fact`: the vendor stated the figure itself, so nobody else is asked."""

    answer: Answer
    said: VendorSaid | None = None
    too_long: frozenset[Field] = frozenset()

    @property
    def question(self) -> Question:
        return self.answer.question

    @property
    def number(self) -> str:
        return f"{self.question.rule.position}.{self.question.position}"

    @property
    def is_fact_taken(self) -> bool:
        return bool(self.said and self.said.fact)

    def is_asked(self, field: Field) -> bool:
        """Whether the site asks this person for it."""
        if field in (Field.FACT, Field.UNIT) and self.is_fact_taken:
            return False
        if field is Field.FACT:
            return self.question.fact != FactKind.NONE
        if field is Field.UNIT:
            return self.question.fact == FactKind.FREQUENCY
        return True

    def is_open(self, field: Field) -> bool:
        """Whether its cell may be filled."""
        return self.is_asked(field) and field not in self.too_long

    @cached_property
    def values(self) -> Mapping[Field, str]:
        """What the answer holds, as it is compared with what stands in a cell."""
        answer = self.answer
        return {
            Field.ANSWER: comparable(answer.vendor_says),
            Field.FACT: "" if answer.fact_value is None else plain_number(str(answer.fact_value)),
            Field.UNIT: answer.fact_unit,
            Field.CHOICE: choice_of(answer.grade, answer.blank),
            Field.REASON: comparable(answer.reason),
            Field.COMMENT: comparable(answer.comment),
        }


@dataclass(frozen=True, kw_only=True)
class Book:
    """The questions of one response, in their order."""

    response: Response
    answering_as: AnsweringAs
    asked: tuple[Asked, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return OF_VENDOR if self.answering_as.is_vendor else OF_RATER

    @property
    def rules(self) -> list[tuple[Rule, list[Asked]]]:
        """Each rule with its questions."""
        found: dict[int, tuple[Rule, list[Asked]]] = {}
        for one in self.asked:
            found.setdefault(one.question.rule_id, (one.question.rule, []))[1].append(one)
        return list(found.values())

    @cached_property
    def by_key(self) -> dict[str, Asked]:
        return {one.question.key: one for one in self.asked}

    @property
    def too_long(self) -> list[tuple[Asked, Field]]:
        return [(one, field) for one in self.asked for field in self.fields if field in one.too_long]

    @property
    def altered(self) -> list[tuple[Asked, Field]]:
        """Texts with signs that a workbook cannot hold."""
        texts = [field for field in self.fields if field in TEXTS]
        return [(one, f) for one in self.asked for f in texts if _NOT_HELD.search(getattr(one.answer, f.value))]

    def label(self, field: Field) -> str:
        """Over the column, in the words of the page."""
        is_vendor = self.answering_as.is_vendor
        labels: dict[Field, str] = {
            Field.ANSWER: _("Your answer"),
            Field.FACT: _("Your figure") if is_vendor else _("The figure that the vendor states"),
            Field.UNIT: _("How often"),
            Field.CHOICE: _("How you grade yourselves") if is_vendor else _("Your grade"),
            Field.REASON: _("Why it does not apply"),
            Field.COMMENT: _("Comment"),
        }
        return labels[field]


def book_of(response: Response, answering_as: AnsweringAs) -> Book:
    """All that this person answers, and nothing that others answered but what the vendor handed in, as on the page.

    Two queries for the vendor, four for a rater; `response` comes with its assessment."""
    levels = Prefetch("question__levels", queryset=Level.objects.order_by("grade"))
    rows = Answer.objects.filter(response=response).prefetch_related(levels)
    rows = rows.select_related("question__rule", "updated_by", "updated_through")
    answers = list(rows.order_by("question__rule__position", "question__position"))
    for answer in answers:
        answer.response = response
    said = {} if answering_as.is_vendor else {one.question_id: one for one in vendor_answers(response.assessment)}
    return Book(
        response=response,
        answering_as=answering_as,
        asked=tuple(_asked(answer, said.get(answer.question_id), answering_as) for answer in answers),
    )


def _asked(answer: Answer, said: Answer | None, answering_as: AnsweringAs) -> Asked:
    fields = OF_VENDOR if answering_as.is_vendor else OF_RATER
    texts = [field for field in fields if field in TEXTS]
    return Asked(
        answer=answer,
        said=vendor_said(said, answering_as),
        too_long=frozenset(f for f in texts if units(written(getattr(answer, f.value))) > LONGEST_CELL),
    )


# Texts -----------------------------------------------------------------------------------------------------------
def held(text: str) -> str:
    """Without the signs that a workbook cannot hold, and with line ends of one kind."""
    return _NOT_HELD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def written(text: str) -> str:
    """As it stands in a cell: no program takes it for a formula."""
    return neutralise(held(text).strip())


def text_in(cell: str) -> str:
    """What `written` was given, or what a person typed. An apostrophe before what would be a formula is the sign of
    spreadsheets for “a text”, and no part of it."""
    return restore(held(cell).strip()).strip()


def comparable(text: str) -> str:
    """A stored text as it comes back from a cell that nobody touched."""
    return text_in(written(text))


def plain_number(text: str) -> str:
    """12.50 → “12.5”."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def digest(value: str) -> str:
    """Tells whether a cell was touched since the download, in few characters. Some programs make the sign that it
    stands for of “_x0041_”, or the other way round: nobody touched it."""
    plain = text_in(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), value))
    return hashlib.sha256(plain.encode()).hexdigest()[:DIGEST_LENGTH]


# Words -----------------------------------------------------------------------------------------------------------
def in_words(field: Field, value: str) -> str:
    """A value of a field as people read it, in the active language."""
    if field is Field.CHOICE:
        grade = int(value) if value.isdecimal() else None
        return choice_label(grade, "" if grade is not None else value) if value else ""
    if field is Field.FACT and value:
        return shown_number(value)
    if field is Field.UNIT and value:
        return str(FrequencyUnit(value).label)
    return value


def draft_with(answer: Answer, values: Mapping[Field, str]) -> Draft:
    """The answer as stored, with these values in place of its own."""
    draft = Draft.of(answer).__dict__ | {field.value: value for field, value in values.items() if field in TEXTS}
    if Field.CHOICE in values:
        choice = values[Field.CHOICE]
        is_grade = choice.isdecimal()
        draft |= {"grade": int(choice) if is_grade else None, "blank": "" if is_grade else choice}
    if Field.FACT in values:
        fact = values[Field.FACT]
        draft["fact_value"] = Decimal(fact) if fact else None
    if Field.UNIT in values:
        draft["fact_unit"] = values[Field.UNIT]
    return Draft(**draft)


def numbers_of(found: Iterable[tuple[Asked, Field]]) -> list[str]:
    """“3.2”, each once, in order."""
    return list(dict.fromkeys(one.number for one, _field in found))
