"""What others answered, as far as it may be read: reading it is on record. What the vendor answered, and evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.requests import ApiRequest
from assessments.api import written
from assessments.api.assessments import ToDecideOut, to_decide
from assessments.api.fetched import assessment_of, withheld
from assessments.api.shapes import QuestionKey, RuleKey, Sha256
from assessments.api.written import AnswerOut, RatersAnswerOut
from assessments.approval import panel as approval_panel
from assessments.independence import let_read
from assessments.models import Answer, Evidence
from assessments.score.arithmetic import Confidence, QuestionState, RuleStatus
from assessments.score.overview import QuestionSheet, RuleSheet, ScoreSheet, sheet_for
from assessments.secrecy import may_read, may_write, own_response, vendor_answers
from groundwork.responses import attachment

router = Router()


class AgreedOut(Schema):
    grade: int | None = Field(ge=0, le=4)
    not_applicable: bool
    reason: str
    held_on: date = Field(description="The day of the meeting.")


class QuestionResultOut(Schema):
    question: str
    number: str
    is_supplementary: bool
    state: QuestionState
    grade: float | None = Field(description="What is agreed, else the mean of the raters.")
    difference: str = Field(description="That raters differ, in a sentence; empty where they do not.")
    agreed: AgreedOut | None
    vendor_note: str = Field(description="What was noted of what the vendor said.")


class RuleResultOut(Schema):
    rule: RuleKey
    name: str
    status: RuleStatus
    why: str = Field(description="The sentence of the page.")
    percent: float | None = Field(description="Rounded as shown; None: not rated.")
    coverage: float | None
    low: float | None = Field(description="Were every missing grade 0.")
    high: float | None = Field(description="Were every missing grade 4.")
    answered: int
    total: int
    questions: list[QuestionResultOut]


class AnswersOut(Schema):
    """What the raters say so far, with the numbers that it comes to."""

    headline: str
    verdict: str
    confidence: Confidence
    rules: list[RuleResultOut]
    answers: list[RatersAnswerOut]
    to_decide: ToDecideOut | None = Field(description="What an approval of these answers names.")


class VendorAnswersOut(Schema):
    handed_in_at: datetime | None = Field(description="None: it has not handed in, or is not asked.")
    answers: list[AnswerOut] = Field(description="Without its own grades, for whoever still judges.")


@endpoint(router, "GET", "/assessments/{uuid:assessment}/answers", "answer_list", AnswersOut)
def answer_list(request: ApiRequest, assessment: UUID) -> AnswersOut:
    """What all raters answered who have handed in, and what it comes to.

    Closed (403, “withheld”) to whoever still judges here, and, while raters are outstanding, to whoever is not asked.
    That it was read is on record: whoever rates or changes an answer afterwards does not count as independent."""
    row = assessment_of(request, assessment)
    if not let_read(row, request.member.user):
        raise withheld(row, request)
    sheet = sheet_for(row, request.member, with_answers=True)
    return AnswersOut(
        headline=sheet.headline,
        verdict=sheet.verdict,
        confidence=sheet.score.confidence,
        rules=[_rule(rule) for rule in sheet.rules],
        answers=list(_of_raters(sheet)),
        to_decide=to_decide(request, row, approval_panel.panel(row)),
    )


def _rule(rule: RuleSheet) -> RuleResultOut:
    return RuleResultOut(
        rule=RuleKey(rule.progress.key),
        name=rule.progress.name,
        status=RuleStatus(rule.status),
        why=rule.why,
        answered=rule.progress.answered,
        total=rule.progress.total,
        questions=[_question(one) for one in (*rule.questions, *rule.also)],
        **{name: _number(getattr(rule, name)) for name in ("percent", "coverage", "low", "high")},
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _question(sheet: QuestionSheet) -> QuestionResultOut:
    agreed = sheet.agreed
    return QuestionResultOut(
        question=sheet.question.key,
        number=sheet.number,
        is_supplementary=sheet.question.supplementary,
        state=sheet.graded.state,
        grade=_number(sheet.graded.grade),
        difference=sheet.difference,
        agreed=AgreedOut(
            grade=agreed.grade,
            not_applicable=agreed.not_applicable,
            reason=agreed.reason,
            held_on=agreed.meeting.held_on,
        )
        if agreed
        else None,
        vendor_note=sheet.note.text if sheet.note else "",
    )


def _of_raters(sheet: ScoreSheet) -> Iterable[RatersAnswerOut]:
    """In the order of the questionnaire."""
    for rule in sheet.rules:
        for asked in (*rule.questions, *rule.also):
            for read in asked.answers:
                read.answer.question = asked.question
                response = read.answer.response
                name = str(response.rater or response.invitation or "")
                yield RatersAnswerOut(**written.said(read.answer), rater=response.uuid, name=name)


@endpoint(router, "GET", "/assessments/{uuid:assessment}/vendor-answers", "vendor_answer_list", VendorAnswersOut)
def vendor_answer_list(request: ApiRequest, assessment: UUID) -> VendorAnswersOut:
    """What the vendor handed in: its words, facts and files.

    Open to every rater. How it grades itself is left out for whoever still judges, and for outside raters, who read
    only what it says to the questions that they are asked."""
    row = assessment_of(request, assessment)
    member = request.member
    rows: QuerySet[Answer] = vendor_answers(row).select_related("question__rule", "response")
    with_grades = False
    if member.is_outside:
        own = own_response(row, member.user)
        if own is None:
            raise PermissionDenied
        rows = rows.filter(question__in=own.answers.values("question"))
    else:
        with_grades = let_read(row, member.user)
    answers = written.in_order(rows)
    return VendorAnswersOut(
        handed_in_at=answers[0].response.submitted_at if answers else None,
        answers=[AnswerOut(**written.said(one, with_grade=with_grades)) for one in answers],
    )


BYTES = {"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}}


@endpoint(
    router,
    "GET",
    "/assessments/{uuid:assessment}/raters/{uuid:rater}/answers/{slug:question}/evidence/{slug:sha256}",
    "evidence_download",
    None,
    more=BYTES,
)
def evidence_download(
    request: ApiRequest, assessment: UUID, rater: UUID, question: QuestionKey, sha256: Sha256
) -> FileResponse:
    """A file beside an answer.

    Always as an attachment. `rater`: its questionnaire."""
    of_rater = {"answer__response__uuid": rater, "answer__response__kind": "customer"}
    return _file(request, assessment, question, sha256, of_rater)


@endpoint(
    router,
    "GET",
    "/assessments/{uuid:assessment}/vendor-answers/{slug:question}/evidence/{slug:sha256}",
    "vendor_evidence_download",
    None,
    more=BYTES,
)
def vendor_evidence_download(
    request: ApiRequest, assessment: UUID, question: QuestionKey, sha256: Sha256
) -> FileResponse:
    """A file beside an answer of the vendor.

    Always as an attachment."""
    return _file(request, assessment, question, sha256, {"answer__response__kind": "vendor"})


def _file(request: ApiRequest, assessment: UUID, question: str, sha256: str, of: dict[str, Any]) -> FileResponse:
    rows = Evidence.objects.for_member(request.member).select_related("answer__response__assessment")
    place = {"answer__response__assessment__uuid": assessment, "answer__question__key": question, "sha256": sha256}
    file = get_object_or_404(rows, **place, **of)
    answer, member = file.answer, request.member
    if not may_read(answer, member):
        raise PermissionDenied
    if not answer.response.is_of_vendor and not may_write(answer, member.user):
        let_read(answer.response.assessment, member.user)
    return attachment(file.file, name=file.name, content_type=file.content_type)
