"""What one question shows: plain shapes for the row on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from assessments.models import Answer, Delegation, Evidence
from assessments.questionnaire.evidence import ACCEPT, EXTENSIONS
from assessments.score.words import fact_words
from groundwork import words
from manifesto.models import FactKind, Question

if TYPE_CHECKING:
    from assessments.commitments.promises import Promised
    from assessments.questionnaire.note_forms import NoteRow
    from vendors.expectations.standing import ToldVendor


@dataclass(frozen=True, kw_only=True)
class AnsweringAs:
    """Whoever sits before a questionnaire: the routes that their rows post to, and what those rows show."""

    save_route: str = "answer_edit"
    evidence_route: str = "evidence_add"
    delete_route: str = "evidence_delete"
    download_route: str = "evidence_download"
    leading: tuple[Any, ...] = ()  # what stands in each address before the answer's or the file's number
    is_vendor: bool = False  # the vendor answers for itself: “your answer”, “how you grade yourselves”
    shows_comment: bool = True
    may_delegate: bool = True
    is_outside: bool = False  # a rater who does not work there: “your grade”, and nothing to ask the vendor for

    def url(self, route: str, pk: int) -> str:
        return reverse(route, args=[*self.leading, pk])


RATER = AnsweringAs()


DELEGATE = AnsweringAs(may_delegate=False)
OUTSIDER = AnsweringAs(may_delegate=False, is_outside=True)  # a rater who does not know who else is there


@dataclass(frozen=True, kw_only=True)
class RadioChoice:
    """One radio button; `text` is the anchored text of a grade."""

    value: str
    name: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class FieldClash:
    """A field in which two people wrote different things."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class TwoVersions:
    """Two versions of one answer, for a person to decide."""

    version: int  # of the stored one: whoever decides has seen this
    who: str
    when: str
    differences: tuple[FieldClash, ...]


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
class QuestionRow:
    """One question as shown. `value` holds what stands in the fields, as typed where it could not be saved."""

    answer: Answer
    question: Question
    prefix: str
    number: str
    value: Mapping[str, Any]
    errors: Mapping[str, str]
    levels: tuple[RadioChoice, ...]
    blanks: tuple[RadioChoice, ...]
    units: tuple[RadioChoice, ...]
    files: tuple[File, ...]
    saved: str
    conflict: TwoVersions | None
    answering_as: AnsweringAs = RATER
    note: NoteRow | None = None  # what all who rate noted of what the vendor said; None where the vendor answers
    delegation: Delegation | None = None  # to whom the question is handed at present
    vendor_said: VendorSaid | None = None
    promises: tuple[Promised, ...] = ()  # what the vendor had promised about the question
    told: ToldVendor | None = None  # which expectations the vendor was sent, and what it said to them
    accept: str = ACCEPT

    @property
    def evidence(self) -> list[Evidence]:
        return [file.evidence for file in self.files]

    @property
    def save_url(self) -> str:
        return self.answering_as.url(self.answering_as.save_route, self.answer.pk)

    @property
    def evidence_url(self) -> str:
        return self.answering_as.url(self.answering_as.evidence_route, self.answer.pk)

    @property
    def shows_comment(self) -> bool:
        return self.answering_as.shows_comment

    @property
    def is_vendor(self) -> bool:
        return self.answering_as.is_vendor

    @property
    def asks_fact(self) -> bool:
        """A figure that the vendor stated itself is not asked for a second time."""
        return not (self.vendor_said and self.vendor_said.fact)

    @property
    def own_fact(self) -> str:
        """What the rater recorded before the vendor stated it."""
        return "" if self.asks_fact else fact_words(self.answer.fact_value, self.answer.fact_unit)

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
        return words.size(settings.EVIDENCE_MAX_BYTES)

    @property
    def kinds(self) -> str:
        return EXTENSIONS

    @property
    def is_percentage(self) -> bool:
        return self.question.fact == FactKind.PERCENTAGE

    @property
    def is_frequency(self) -> bool:
        return self.question.fact == FactKind.FREQUENCY


def files_of(answer: Answer, answering_as: AnsweringAs, *, may_delete: bool) -> tuple[File, ...]:
    """No query where the files were read with the answer, or it is known (`has_files`) that there are none."""
    if not getattr(answer, "has_files", True):
        return ()
    return tuple(
        File(
            evidence=one,
            url=answering_as.url(answering_as.download_route, one.pk),
            delete_url=answering_as.url(answering_as.delete_route, one.pk) if may_delete else "",
        )
        for one in answer.evidence.all()
    )


def vendor_said(answer: Answer | None, answering_as: AnsweringAs) -> VendorSaid | None:
    """The vendor's own words, fact and files; None where it handed in nothing about the question."""
    if answer is None:
        return None
    files = files_of(answer, answering_as, may_delete=False)
    said = VendorSaid(text=answer.vendor_says, fact=fact_words(answer.fact_value, answer.fact_unit), files=files)
    return said if said.text or said.fact or said.files else None
