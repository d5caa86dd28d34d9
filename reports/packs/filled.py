"""The pack for the meeting: what the raters disagree on, as the page of the consensus lists it, frozen for paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.trail import audit
from assessments.consensus.meeting import Cause, Discussion, Voice, to_discuss
from assessments.independence import let_read
from assessments.models import Assessment, AssessmentState, Consensus
from assessments.secrecy import counted_responses, is_rating
from groundwork.languages import LANGUAGE_CODES
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from reports.models import FactSheet
from reports.packs import shown
from reports.packs.asked import initials_of, question_of, shortened

OPENING, CLOSING = 5, 10  # minutes
APART_MINUTES, OTHER_MINUTES = 7, 4  # for a question that raters judge two levels apart; for any other
LONGEST_COMMENT = 280  # characters: the whole text stands on the page, which the pack does not replace
RELATED = ("organisation", "vendor", "release")


def is_closed(member: Membership, about: int) -> bool:
    """Whether this member may not read the others' answers here, for now."""
    assessment = Assessment.objects.for_member(member).filter(pk=about).first()
    if assessment is None or assessment.state == AssessmentState.DRAFT or is_rating(assessment, member.user):
        return True
    return not let_read(assessment, member.user)


def facts_for(member: Membership, about: int) -> Facts:
    """Raises Http404 where the meeting is not this member's to read. Whoever gets it has read the others' answers,
    which is on record then."""
    assessment = Assessment.objects.for_member(member).select_related(*RELATED).filter(pk=about).first()
    if assessment is None or is_closed(member, about):
        raise Http404
    return facts_of(assessment)


def facts_of(assessment: Assessment) -> Facts:
    discussions = to_discuss(assessment)
    responses = list(counted_responses(assessment).select_related("rater", "invitation", "department").order_by("pk"))
    names = {one.pk: str(one.rater or one.invitation or "") for one in responses}
    initials = initials_of(names)
    raters = [
        {
            "initials": initials[one.pk],
            "name": names[one.pk],
            "department": one.department.name if one.department else "",
        }
        for one in responses
    ]
    moments = [one.submitted_at for one in responses if one.submitted_at]
    content = {
        "organisation": assessment.organisation.name,
        "vendor": assessment.vendor.name,
        "reference": assessment.reference,
        "raters": raters,
        "opening": OPENING,
        "closing": CLOSING,
        "questions": [_discussed(one, initials) for one in discussions],
    }
    as_of = max([*moments, *_decided(discussions)], default=assessment.created_at)
    return Facts(about=assessment.pk, vendor=assessment.vendor, as_of=as_of, content=content)


def _discussed(discussion: Discussion, initials: Mapping[int, str]) -> dict[str, Any]:
    return {
        **question_of(discussion.question),
        "why": _in_all_languages(discussion),
        "minutes": APART_MINUTES if Cause.SPREAD in discussion.causes else OTHER_MINUTES,
        "settled": _settled(discussion.settled),
        "grades": [
            [initials[voice.answer.response_id], voice.answer.grade]
            for voice in discussion.voices
            if voice.answer.grade is not None and voice.answer.response_id in initials
        ],
        "blanks": [
            [initials[voice.answer.response_id], voice.answer.blank]
            for voice in discussion.voices
            if voice.answer.grade is None and voice.answer.response_id in initials
        ],
        "comments": list(_comments(discussion.voices, initials)),
        "vendor": _claim(discussion),
        "evidence": [
            {"name": file.name, "by": initials.get(voice.answer.response_id, "")}
            for voice in [*discussion.voices, *filter(None, [discussion.vendor])]
            for file in voice.answer.evidence.all()
        ],
    }


def _comments(voices: Iterable[Voice], initials: Mapping[int, str]) -> Iterable[list[str]]:
    for voice in voices:
        text = shortened(" ".join(filter(None, [voice.answer.comment, voice.answer.reason])), LONGEST_COMMENT)
        if text and voice.answer.response_id in initials:
            yield [initials[voice.answer.response_id], text]


def _claim(discussion: Discussion) -> dict[str, Any]:
    """What the vendor answered, or what was noted of what it said."""
    if discussion.vendor is not None:
        answer = discussion.vendor.answer
        return {"grade": answer.grade, "text": shortened(answer.vendor_says or answer.comment, LONGEST_COMMENT)}
    return {"grade": None, "text": shortened(discussion.note.text if discussion.note else "", LONGEST_COMMENT)}


def _in_all_languages(discussion: Discussion) -> dict[str, list[str]]:
    why = {}
    for code in LANGUAGE_CODES:
        with translation.override(code):
            why[code] = list(discussion.reasons)
    return why


def _settled(row: Consensus | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"grade": row.grade, "not_applicable": row.not_applicable, "reason": shortened(row.reason, LONGEST_COMMENT)}


def _decided(discussions: Iterable[Discussion]) -> list[datetime]:
    return [one.settled.decided_at for one in discussions if one.settled]


def title(content: Content, language: str) -> str:
    said = _("Question pack · %(vendor)s, %(reference)s")
    return said % {"vendor": content["vendor"], "reference": content["reference"]}


def name(content: Content) -> str:
    """`question-pack-A-2026-001-harbour-systems`: plain ASCII."""
    vendor = slugify(content["vendor"])[:40].strip("-")
    return "-".join(filter(None, ("question-pack", slugify(content["reference"]), vendor)))


def page(about: int) -> str:
    return reverse("pack", args=[about])


def fetched(user: User, sheet: FactSheet, file: str) -> None:
    audit.record(user, "pack.downloaded", sheet, label=str(sheet.get_kind_display()), after={"file": file})


KIND = SheetKind(
    facts=facts_for,
    view=shown.filled,
    template="reports/packs/pack_pdf.html",
    title=title,
    name=name,
    page=page,
    is_closed=is_closed,
    fetched=fetched,
)
