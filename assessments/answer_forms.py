"""The form of one answer, and the row in which it is shown: on the page, after a save, and beside a conflict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.context import Context
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.answering import Draft, problems
from assessments.evidence import ACCEPT, EXTENSIONS
from assessments.models import Answer, Blank, Delegation, Evidence, FrequencyUnit
from assessments.wording import fact
from manifesto.models import GRADE_NAMES, FactKind, Question

LONGEST_TEXT = 50_000  # characters: about 8,000 words
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
NUMBER = re.compile(r"^\d+([.,]\d*)?$|^[.,]\d+$")


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Whoever sits before a questionnaire: the routes that their rows post to, and what those rows show."""

    save_route: str = "answer_edit"
    evidence_route: str = "evidence_add"
    delete_route: str = "evidence_delete"
    download_route: str = "evidence_download"
    leading: tuple[Any, ...] = ()  # what stands in each address before the answer's or the file's number
    is_vendor: bool = False  # the vendor answers for itself: “your answer”, “how you grade yourselves”
    shows_comment: bool = True
    may_delegate: bool = True

    def url(self, route: str, pk: int) -> str:
        return reverse(route, args=[*self.leading, pk])


RATER = Seat()
DELEGATE = Seat(may_delegate=False)


class LongText(forms.CharField):
    """A text as a person wrote it: line ends of one kind, and without the one character no database keeps."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LONGEST_TEXT, widget=forms.Textarea)

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        return super().to_python(text) or ""


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


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; they are checked where they are kept."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in (data if isinstance(data, list | tuple) else [data]) if file]


class AnswerRow(LayoutObject):
    """Draws a whole question from one template: five times as fast as field by field."""

    template = "assessments/_answer_row.html"

    def render(self, form: AnswerForm, context: Context, template_pack: Any = None, **_: Any) -> SafeString:
        return render_to_string(self.template, {"row": row_of(form)} | {"csrf_token": context.get("csrf_token")})


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
        seat: Seat = RATER,
        vendor_answer: Answer | None = None,
    ) -> None:
        super().__init__(data, files, prefix=prefix_of(answer), initial=values_of(answer))
        self.answer = answer
        self.seat = seat
        self.vendor_answer = vendor_answer  # what the vendor itself handed in, to read beside
        self.conflict: Answer | None = None  # what somebody else saved meanwhile
        self.file_errors: list[str] = []
        for name, label in FIELD_LABELS.items():
            self.fields[name].label = str(label)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.include_media = False
        helper.form_show_errors = False  # the page sums them up once, over all its forms
        helper.layout = Layout(AnswerRow())
        return helper

    def clean(self) -> dict[str, Any]:
        """The rules that the database holds too, said beside the field that breaks them."""
        cleaned = super().clean() or {}
        if not self.errors:
            for field, message in problems(self.draft(), self.answer.question).items():
                self.add_error(field, message)
        return cleaned

    def draft(self) -> Draft:
        cleaned = self.cleaned_data
        choice = cleaned["choice"]
        return Draft(
            vendor_says=cleaned["vendor_says"],
            grade=int(choice) if choice in GRADES else None,
            blank="" if choice in GRADES else choice,
            reason=cleaned["reason"],
            # A field that is not shown is not sent: what stands there stays.
            comment=cleaned["comment"] if self.seat.shows_comment else self.answer.comment,
            fact_value=cleaned["fact_value"],
            fact_unit=cleaned["fact_unit"],
        )

    def messages(self) -> dict[str, str]:
        """One message a field."""
        found = {name: str(errors[0]) for name, errors in self.errors.items()}
        return found | ({"evidence": " ".join(self.file_errors)} if self.file_errors else {})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One radio button; `text` is the anchored text of a grade."""

    value: str
    name: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field in which two people wrote different things."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two versions of one answer, for a person to decide."""

    version: int  # of the stored one: whoever decides has seen this
    who: str
    when: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of evidence with where it is fetched from and, where it may go, deleted at."""

    evidence: Evidence
    url: str
    delete_url: str = ""


@dataclass(frozen=True, kw_only=True)
class VendorSaid:
    """What the vendor handed in about a question, to read beside it: never how it grades itself."""

    text: str
    fact: str
    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question as shown. `value` holds what stands in the fields, as typed where it could not be saved."""

    answer: Answer
    question: Question
    prefix: str
    number: str
    value: Mapping[str, Any]
    errors: Mapping[str, str]
    levels: tuple[Choice, ...]
    blanks: tuple[Choice, ...]
    units: tuple[Choice, ...]
    files: tuple[File, ...]
    saved: str
    conflict: Conflict | None
    seat: Seat = RATER
    delegation: Delegation | None = None  # to whom the question is handed at present
    vendor_said: VendorSaid | None = None
    accept: str = ACCEPT

    @property
    def evidence(self) -> list[Evidence]:
        return [file.evidence for file in self.files]

    @property
    def save_url(self) -> str:
        return self.seat.url(self.seat.save_route, self.answer.pk)

    @property
    def evidence_url(self) -> str:
        return self.seat.url(self.seat.evidence_route, self.answer.pk)

    @property
    def shows_comment(self) -> bool:
        return self.seat.shows_comment

    @property
    def is_vendor(self) -> bool:
        return self.seat.is_vendor

    @property
    def is_carried_over(self) -> bool:
        return self.answer.carried_over

    @property
    def anchor(self) -> str:
        return f"question-{self.question.key}"

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """Where each error stands, and what it says."""
        targets = {"choice": f"{self.prefix}-grade"}
        return [(targets.get(name, f"{self.prefix}-{name}"), message) for name, message in self.errors.items()]

    @property
    def is_unsaved(self) -> bool:
        """A refused file leaves the answer itself saved."""
        return bool(self.errors.keys() - {"evidence"})

    @property
    def size_limit(self) -> str:
        return filesizeformat(settings.EVIDENCE_MAX_BYTES)

    @property
    def kinds(self) -> str:
        return EXTENSIONS

    @property
    def is_percentage(self) -> bool:
        return self.question.fact == FactKind.PERCENTAGE

    @property
    def is_frequency(self) -> bool:
        return self.question.fact == FactKind.FREQUENCY


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


def row_of(form: AnswerForm) -> Row:
    answer = form.answer
    question = answer.question
    value = {name: form[name].value() for name in values_of(answer)}
    return Row(
        answer=answer,
        question=question,
        prefix=str(form.prefix),
        number=f"{question.rule.position}.{question.position}",
        value=value,
        errors=form.messages() if form.is_bound or form.file_errors else {},
        levels=_levels(question, value["choice"]),
        blanks=_choices(CHOICES[len(GRADES) :], value["choice"] or ""),
        units=_choices(FrequencyUnit.choices, value["fact_unit"]),
        files=files_of(answer, form.seat, may_delete=True),
        saved=saved_at(answer),
        conflict=conflict_of(form),
        seat=form.seat,
        delegation=next(iter(getattr(answer, "open_delegations", ())), None),
        vendor_said=vendor_said(form.vendor_answer, form.seat),
    )


def files_of(answer: Answer, seat: Seat, *, may_delete: bool) -> tuple[File, ...]:
    return tuple(
        File(
            evidence=one,
            url=seat.url(seat.download_route, one.pk),
            delete_url=seat.url(seat.delete_route, one.pk) if may_delete else "",
        )
        for one in answer.evidence.all()
    )


def vendor_said(answer: Answer | None, seat: Seat) -> VendorSaid | None:
    """The vendor's own words, fact and files; None where it handed in nothing about the question."""
    if answer is None:
        return None
    files = files_of(answer, seat, may_delete=False)
    said = VendorSaid(text=answer.vendor_says, fact=fact(answer.fact_value, answer.fact_unit), files=files)
    return said if said.text or said.fact or said.files else None


def _levels(question: Question, chosen: Any) -> tuple[Choice, ...]:
    texts = {level.grade: level.text for level in question.levels.all()}
    return tuple(
        Choice(value=value, name=str(name), text=texts.get(int(value), ""), is_chosen=value == chosen)
        for value, name in CHOICES[: len(GRADES)]
    )


def _choices(choices: Sequence[tuple[Any, Any]], chosen: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, name=str(name), text="", is_chosen=value == chosen) for value, name in choices)


def saved_at(answer: Answer) -> str:
    """“Saved 14:02”, with the day where it was not today; nothing where nothing was ever saved."""
    if answer.updated_at is None:
        return ""
    local = timezone.localtime(answer.updated_at)
    clock = formats.date_format(local, "H:i")
    if local.date() == timezone.localdate():
        return _("Saved %(time)s") % {"time": clock}
    return _("Saved on %(day)s, %(time)s") % {"day": formats.date_format(local, "j M"), "time": clock}


def conflict_of(form: AnswerForm) -> Conflict | None:
    """What I wrote beside what stands there, field by field where they differ."""
    stored = form.conflict
    if stored is None:
        return None
    mine, theirs = (_in_words(draft, form.answer.question) for draft in (form.draft(), Draft.of(stored)))
    return Conflict(
        version=stored.version,
        who=str(stored.updated_by or stored.updated_through or ""),
        when=saved_at(stored),
        differences=tuple(
            Difference(label=str(FIELD_LABELS[name]), mine=text, theirs=theirs[name])
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
