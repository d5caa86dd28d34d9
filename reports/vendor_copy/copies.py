"""The vendor’s own copy: exactly what it handed in; of its customer only who asked, and for which months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.models import Answer, Response, VendorLink
from assessments.score.arithmetic import Policy
from groundwork.words import days
from reports.documents.layout import Attached, Layout
from reports.models import VendorCopy
from reports.scorecard import freezing, people, snapshots
from reports.scorecard.shapes import EvidenceView
from reports.scorecard.words import Words

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class CopiedAnswer:
    number: str
    short: str
    text: str
    grade: str
    level: str
    blank: str
    reason: str
    vendor_says: str
    carried_over: bool
    comment: str
    fact: str
    evidence: tuple[EvidenceView, ...]
    is_supplementary: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.grade or self.blank or self.vendor_says or self.fact or self.evidence)


@dataclass(frozen=True, kw_only=True)
class CopiedRule:
    number: int
    name: str
    promise: str
    answers: tuple[CopiedAnswer, ...]


@dataclass(frozen=True, kw_only=True)
class CopyView:
    """Everything that a vendor’s copy says, in one language."""

    language: str
    organisation: str
    vendor: str
    period: str
    handed_in_by: str
    answered_by: str
    handed_in_at: str
    handed_in_on: str
    edition_title: str
    answered: int
    total: int
    also_answered: int  # of the supplementary questions
    also_total: int
    files: int
    rules: tuple[CopiedRule, ...]
    sha256: str


def make_copy(response: Response, link: VendorLink) -> VendorCopy:
    """Write down for good what was handed in, in the transaction that hands it in.

    Raises RuntimeError outside a transaction, and ValueError for what was not handed in or is not the vendor’s.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A copy is made in the transaction that hands in.")
    if response.submitted_at is None or not response.is_of_vendor:
        raise ValueError("A vendor’s copy is made of its own answers, once they are handed in.")
    text = snapshots.canonical(_content(response, link))
    return VendorCopy.objects.create(
        response=response, submitted_at=response.submitted_at, snapshot=text, sha256=snapshots.hash_of(text)
    )


def load(copy: VendorCopy) -> dict[str, Any]:
    """The content of a copy, once its hash is verified. Raises SnapshotDamaged."""
    content = snapshots.verified_content(copy.snapshot, copy.sha256, name="the vendor’s copy")
    if content["schema"] != SCHEMA_VERSION:
        raise snapshots.SnapshotDamaged(f"The vendor’s copy has schema {content['schema']}.")
    return content


def layout(copy: VendorCopy, *, language: str) -> Layout:
    """What the PDF is made from. Raises SnapshotDamaged."""
    shown = view_of(copy, language=language)
    with translation.override(language):
        html = render_to_string("reports/vendor_copy/vendor_copy_pdf.html", {"copy": shown})
        attached = Attached(
            name="answers.json",
            description=_("The vendor’s own answers as they were handed in, which this document was made from"),
            content=copy.snapshot,
        )
    title = f"{shown.vendor} · {shown.handed_in_on}"
    return Layout(html=html, title=title, created=load(copy)["submitted_at"], attached=attached)


def view_of(copy: VendorCopy, *, language: str) -> CopyView:
    """The copy in one language. Raises SnapshotDamaged."""
    content = load(copy)
    with translation.override(language):
        return _view(
            content,
            copy.sha256,
            Words(language=language, policy=Policy(), rules={}, questions={}, time_zone=content["time_zone"]),
        )


def _content(response: Response, link: VendorLink) -> dict[str, Any]:
    """Written out field by field: nothing comes in that is not named here."""
    assessment = response.assessment
    rows = freezing.answers_in_order().filter(response=response).select_related("question__rule")
    answers = list(rows.prefetch_related("question__levels"))
    links = (answer.updated_through for answer in answers)
    return {
        "schema": SCHEMA_VERSION,
        "time_zone": settings.TIME_ZONE,
        "organisation": assessment.organisation.name,
        "vendor": assessment.vendor.name,
        "period_start": assessment.period_start.isoformat(),
        "period_end": assessment.period_end.isoformat(),
        "edition": freezing.texts(assessment.release, ("title",)),
        "submitted_at": freezing.moment(response.submitted_at),
        "handed_in_by": link.name,
        "answered_by": list(dict.fromkeys(link.name for link in links if link is not None)),
        "rules": [_rule(list(asked)) for _rule_id, asked in groupby(answers, key=lambda one: one.question.rule_id)],
    }


def _rule(answers: list[Answer]) -> dict[str, Any]:
    rule = answers[0].question.rule
    return {
        "key": rule.key,
        "position": rule.position,
        **freezing.texts(rule, ("name", "promise")),
        "answers": [
            {
                "position": answer.question.position,
                **freezing.texts(answer.question, ("short", "text")),
                "levels": freezing.levels(answer.question),
                **freezing.answer_content(answer),
                **({"supplementary": True} if answer.question.supplementary else {}),
            }
            for answer in answers
        ],
    }


def _view(content: Mapping[str, Any], sha256: str, words: Words) -> CopyView:
    start, end = (date.fromisoformat(content[name]) for name in ("period_start", "period_end"))
    rules = tuple(
        CopiedRule(
            number=rule["position"],
            name=rule["name"][words.language],
            promise=rule["promise"][words.language],
            answers=tuple(_answer_view(rule["position"], answer, words) for answer in rule["answers"]),
        )
        for rule in content["rules"]
    )
    answers = [answer for rule in rules for answer in rule.answers]
    return CopyView(
        language=words.language,
        organisation=content["organisation"],
        vendor=content["vendor"],
        period=days(start, end, words.language),
        handed_in_by=content["handed_in_by"],
        answered_by=", ".join(content["answered_by"]),
        handed_in_at=words.moment(content["submitted_at"]),
        handed_in_on=words.day(content["submitted_at"]),
        edition_title=content["edition"]["title"][words.language],
        **counted(answers),
        files=sum(len(answer.evidence) for answer in answers),
        rules=rules,
        sha256=sha256,
    )


def counted(answers: Iterable[CopiedAnswer]) -> dict[str, int]:
    """How many are answered, of how many; the supplementary ones by themselves."""
    kinds: dict[bool, list[bool]] = {False: [], True: []}
    for answer in answers:
        kinds[answer.is_supplementary].append(not answer.is_blank)
    return {
        "answered": sum(kinds[False]),
        "total": len(kinds[False]),
        "also_answered": sum(kinds[True]),
        "also_total": len(kinds[True]),
    }


def _answer_view(rule: int, stored: Mapping[str, Any], words: Words) -> CopiedAnswer:
    grade = stored["grade"]
    levels = {level["grade"]: level["text"][words.language] for level in stored["levels"]}
    return CopiedAnswer(
        number=f"{rule}.{stored['position']}",
        short=stored["short"][words.language],
        text=stored["text"][words.language],
        grade="" if grade is None else str(grade),
        level="" if grade is None else levels.get(grade, ""),
        is_supplementary=stored.get("supplementary", False),
        **people.answer_view(stored, words),
    )
