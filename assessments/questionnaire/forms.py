"""The form of one answer, and the row in which it is shown: on the page, after a save, and beside a conflict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Answer, Blank, FrequencyUnit
from assessments.questionnaire.rows import (
    RATER,
    AnsweringAs,
    FieldClash,
    QuestionRow,
    RadioChoice,
    TwoVersions,
    files_of,
    vendor_said,
)
from assessments.questionnaire.saving import Draft, draft_problems
from groundwork.fields import LongText, ManyFilesField
from groundwork.saved import saved_at
from manifesto.models import GRADE_NAMES, Question

if TYPE_CHECKING:
    from assessments.commitments.promises import Promised
    from assessments.questionnaire.note_forms import NoteForm
    from vendors.expectations.standing import ToldVendor

NO_ANSWER = gettext_lazy("Not answered yet")
GRADES = tuple(str(grade) for grade in range(len(GRADE_NAMES)))
CHOICES: tuple[tuple[str, Promise], ...] = (
    *zip(GRADES, GRADE_NAMES, strict=True),
    (Blank.NOT_APPLICABLE.value, gettext_lazy("Not applicable")),
    (Blank.DONT_KNOW.value, gettext_lazy("Don’t know")),
    ("", NO_ANSWER),
)
FIELD_LABELS: dict[str, Promise] = {
    "choice": gettext_lazy("Grade"),
    "reason": gettext_lazy("Why it does not apply"),
    "vendor_says": gettext_lazy("What the vendor answers"),
    "fact_value": gettext_lazy("Recorded fact"),
    "fact_unit": gettext_lazy("How often"),
    "comment": gettext_lazy("Comment"),
    "evidence": gettext_lazy("Evidence"),
}
NOT_ALWAYS_SHOWN = ("vendor_says", "comment", "fact_value", "fact_unit")
NUMBER = re.compile(r"^\d+([.,]\d*)?$|^[.,]\d+$")


class FactField(forms.Field):
    """A number as people write it here: 12,5 or 12.5, with or without a percent sign."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:
        text = re.sub(r"[\s\u00a0\u202f%]", "", str(value or ""))
        if not text:
            return None
        if not NUMBER.match(text):
            raise forms.ValidationError(_("Enter a number, such as %(example)s.") % {"example": shown_number("12.5")})
        try:
            number = Decimal(text.replace(",", ".")).quantize(Decimal("0.01"))
        except InvalidOperation:
            number = Decimal(10**6)
        if number >= 10**5:
            raise forms.ValidationError(_("Enter a smaller number."))
        return number


class AnswerForm(forms.Form):
    """One answer. Its fields carry the answer's number, so that a page of them is one form without JavaScript."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    vendor_says = LongText()
    choice = forms.ChoiceField(choices=CHOICES, required=False, widget=forms.RadioSelect)
    reason = LongText()
    comment = LongText()
    fact_value = FactField(required=False)
    fact_unit = forms.ChoiceField(choices=FrequencyUnit, required=False)
    evidence = ManyFilesField(required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        answer: Answer,
        answering_as: AnsweringAs = RATER,
        vendor_answer: Answer | None = None,
        note: NoteForm | None = None,
        promises: Sequence[Promised] = (),
        told: ToldVendor | None = None,
    ) -> None:
        super().__init__(data, files, prefix=prefix_of(answer), initial=values_of(answer))
        self.answer = answer
        self.answering_as = answering_as
        self.vendor_answer = vendor_answer  # what the vendor itself handed in, to read beside
        self.note = note  # what all who rate noted of what the vendor said
        self.promises = promises  # what the vendor had promised about the question
        self.told = told  # which expectations the vendor was sent, and what it said to them
        self.conflict: Answer | None = None  # what somebody else saved meanwhile
        self.file_errors: list[str] = []
        for name, label in FIELD_LABELS.items():
            self.fields[name].label = str(label)

    def clean(self) -> dict[str, Any]:
        """The rules that the database holds too, said beside the field that breaks them."""
        cleaned = super().clean() or {}
        if not self.errors:
            for field, message in draft_problems(self.draft(), self.answer.question).items():
                self.add_error(field, message)
        return cleaned

    def draft(self) -> Draft:
        cleaned = self.cleaned_data
        choice = cleaned["choice"]
        # A field that is not shown is not sent: what stands there stays.
        stays = {
            name: getattr(self.answer, name) for name in NOT_ALWAYS_SHOWN if self.add_prefix(name) not in self.data
        }
        sent: dict[str, Any] = {name: cleaned[name] for name in NOT_ALWAYS_SHOWN}
        return Draft(
            grade=int(choice) if choice in GRADES else None,
            blank="" if choice in GRADES else choice,
            reason=cleaned["reason"],
            **sent | stays,
        )

    def messages(self) -> dict[str, str]:
        """One message a field."""
        found = {name: str(errors[0]) for name, errors in self.errors.items()}
        return found | ({"evidence": " ".join(self.file_errors)} if self.file_errors else {})


def prefix_of(answer: Answer) -> str:
    return f"a{answer.pk}"


def values_of(answer: Answer) -> dict[str, Any]:
    """What the fields hold for a stored answer."""
    return {
        "version": answer.version,
        "vendor_says": answer.vendor_says,
        "choice": choice_of(answer.grade, answer.blank),
        "reason": answer.reason,
        "comment": answer.comment,
        "fact_value": shown_number(answer.fact_value),
        "fact_unit": answer.fact_unit or FrequencyUnit.YEAR.value,
    }


def choice_of(grade: int | None, blank: str) -> str:
    return blank if grade is None else str(grade)


def shown_number(value: Decimal | str | None) -> str:
    """12.50 → “12.5”, or “12,5” where that is how it is written; nothing for nothing."""
    if value is None:
        return ""
    plain = f"{Decimal(value):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", str(formats.get_format("DECIMAL_SEPARATOR")))


def row_of(form: AnswerForm) -> QuestionRow:
    answer = form.answer
    question = answer.question
    value = values_of(answer)
    if form.is_bound:
        value = {name: form[name].value() for name in value}
    return QuestionRow(
        answer=answer,
        question=question,
        prefix=str(form.prefix),
        number=f"{question.rule.position}.{question.position}",
        value=value,
        errors=form.messages() if form.is_bound or form.file_errors else {},
        levels=_levels(question, value["choice"]),
        blanks=_choices(CHOICES[len(GRADES) :], value["choice"] or ""),
        units=_choices(FrequencyUnit.choices, value["fact_unit"]),
        files=files_of(answer, form.answering_as, may_delete=True),
        saved=saved_at(answer.updated_at),
        conflict=two_versions_of(form),
        answering_as=form.answering_as,
        delegation=next(iter(getattr(answer, "open_delegations", ())), None),
        vendor_said=vendor_said(form.vendor_answer, form.answering_as),
        note=form.note.row() if form.note else None,
        promises=tuple(form.promises),
        told=form.told,
    )


def _levels(question: Question, chosen: Any) -> tuple[RadioChoice, ...]:
    texts = {level.grade: level.text for level in question.levels.all()}
    return tuple(
        RadioChoice(value=value, name=str(name), text=texts.get(int(value), ""), is_chosen=value == chosen)
        for value, name in CHOICES[: len(GRADES)]
    )


def _choices(choices: Sequence[tuple[Any, Any]], chosen: Any) -> tuple[RadioChoice, ...]:
    return tuple(
        RadioChoice(value=value, name=str(name), text="", is_chosen=value == chosen) for value, name in choices
    )


def two_versions_of(form: AnswerForm) -> TwoVersions | None:
    """What I wrote beside what stands there, field by field where they differ."""
    stored = form.conflict
    if stored is None:
        return None
    mine, theirs = (_in_words(draft, form.answer.question) for draft in (form.draft(), Draft.of(stored)))
    return TwoVersions(
        version=stored.version,
        who=str(stored.updated_by or stored.updated_through or ""),
        when=saved_at(stored.updated_at),
        differences=tuple(
            FieldClash(label=str(FIELD_LABELS[name]), mine=text, theirs=theirs[name])
            for name, text in mine.items()
            if text != theirs[name]
        ),
    )


def _in_words(draft: Draft, question: Question) -> dict[str, str]:
    """A draft as people read it, by field."""
    draft = draft.tidy(question)
    fact = shown_number(draft.fact_value)
    if fact and draft.fact_unit:
        fact = f"{fact} {FrequencyUnit(draft.fact_unit).label}"
    return {
        "choice": choice_label(draft.grade, draft.blank),
        "reason": draft.reason,
        "vendor_says": draft.vendor_says,
        "fact_value": fact,
        "comment": draft.comment,
    }


def choice_label(grade: int | None, blank: str) -> str:
    """“3 Dependable”, “Don’t know”, “Not answered yet”."""
    name = str(dict(CHOICES)[choice_of(grade, blank)])
    return name if grade is None else f"{grade} {name}"
