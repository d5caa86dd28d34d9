"""One's own questionnaire: its questions, saving one answer, handing in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.problems import Fault, Problem, invalid
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from assessments.api import written
from assessments.api.assessments import AssessmentOut, shown
from assessments.api.fetched import a_person, assessment_of
from assessments.api.shapes import Grade, Lines, QuestionKey
from assessments.api.written import AskedQuestion, OwnAnswerOut
from assessments.independence import notice, standing_of
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, Blank, FrequencyUnit, Response
from assessments.questionnaire.saving import Draft, closed_reason, save_answer
from assessments.raters import mails
from assessments.secrecy import own_response
from groundwork.fields import LONGEST_TEXT
from groundwork.saved import Closed, Conflict, Invalid

router = Router()
Text = Annotated[Lines, Field(max_length=LONGEST_TEXT)]
PATH = "/assessments/{uuid:assessment}/questionnaire"
CALLED = {"choice": "grade"}  # what a fault of the form is called here


class QuestionnaireOut(Schema):
    rater: UUID = Field(description="The questionnaire’s uuid, as among the raters.")
    edition: str
    is_open: bool
    closed_because: str = Field(description="Why nothing is taken; empty while it is open.")
    handed_in_at: datetime | None
    independence: str = Field(description="What is told to whoever has read others’ answers; else empty.")
    questions: list[AskedQuestion]
    answers: list[OwnAnswerOut]


class AnswerIn(Given):
    """The whole answer: what is left out is emptied."""

    grade: Grade | None = None
    blank: Blank | None = Field(None, description="Instead of a grade.")
    reason: Text = Field("", description="Needed where it does not apply.")
    vendor_says: Text = ""
    comment: Text = ""
    fact_value: Decimal | None = Field(None, ge=0, le=10_000, decimal_places=2)
    fact_unit: FrequencyUnit | None = None


@endpoint(router, "GET", PATH, "questionnaire", QuestionnaireOut)
def questionnaire(request: ApiRequest, assessment: UUID) -> QuestionnaireOut:
    """One's own questionnaire, with its questions in all languages.

    Of whoever the token acts as, and of nobody else, whatever their role."""
    row, response = _own(request, assessment)
    answers = written.in_order(_answers(response))
    closed = closed_reason(row, response)
    return QuestionnaireOut(
        rater=response.uuid,
        edition=row.release.edition,
        is_open=not closed,
        closed_because=closed,
        handed_in_at=response.submitted_at,
        independence=notice(standing_of(row, request.member.user, response)),
        questions=[written.question_out(answer.question) for answer in answers],
        answers=[written.own(answer) for answer in answers],
    )


@endpoint(router, "GET", f"{PATH}/{{slug:question}}", "answer_detail", OwnAnswerOut, is_versioned=True)
def answer_detail(request: ApiRequest, assessment: UUID, question: QuestionKey) -> OwnAnswerOut:
    """One's own answer to one question, with its version."""
    return _shown(request, _answer(_own(request, assessment)[1], question))


@endpoint(
    router, "PUT", f"{PATH}/{{slug:question}}", "answer_save", OwnAnswerOut, problems=(409, 423, 428), is_versioned=True
)
def answer_save(request: ApiRequest, assessment: UUID, question: QuestionKey, body: AnswerIn) -> OwnAnswerOut:
    """Save one's own answer to one question.

    If-Match names the version that was read. Where somebody else wrote meanwhile (a colleague to whom the question was
    handed, or another window), both texts come back. Never by a service: a judgement is a person's."""
    _row, response = _own(request, assessment)
    a_person(request)
    answer = _answer(response, question)
    version = etags.version_to_change(request)
    outcome = save_answer(answer, _draft(body), version=version, author=request.member.user, now=timezone.now())
    match outcome:
        case Closed():
            raise Problem(423, "closed", outcome.reason)
        case Invalid():
            raise invalid(
                Fault(path=f"/{CALLED.get(name, name)}", detail=text) for name, text in outcome.errors.items()
            )
        case Conflict():
            raise _conflict(body, outcome.stored)
    return _shown(request, _answer(response, question))


def _draft(body: AnswerIn) -> Draft:
    given = body.dict() | {"blank": body.blank or "", "fact_unit": body.fact_unit or ""}
    return Draft(**given)


def _conflict(body: AnswerIn, stored: Answer) -> Problem:
    theirs: dict[str, Any] = written.said(stored)
    now = {name: theirs[name] for name in AnswerIn.model_fields}
    mine = body.dict()
    mine["fact_value"] = None if body.fact_value is None else float(body.fact_value)
    return etags.conflict(mine, now, stored.version)


@endpoint(
    router, "POST", "/assessments/{uuid:assessment}/hand-in", "questionnaire_hand_in", AssessmentOut, problems=(409,)
)
def questionnaire_hand_in(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Hand in one's own answers.

    They count from then on, and the others' answers open. Never by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    response = transitions.hand_in(request.member, row)
    if request.member.is_outside:
        mails.thank(response)
    return shown(request, assessment)


@endpoint(
    router, "POST", "/assessments/{uuid:assessment}/take-up", "questionnaire_take_up", AssessmentOut, problems=(409,)
)
def questionnaire_take_up(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Open one's own answers again.

    The others' are closed until they are handed in once more. Never by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    transitions.take_up_again(request.member, row)
    return shown(request, assessment)


def _own(request: ApiRequest, assessment: UUID) -> tuple[Assessment, Response]:
    row = assessment_of(request, assessment)
    response = None if request.member.is_service else own_response(row, request.member.user)
    if response is None:
        raise PermissionDenied(_("You are not asked to rate this assessment."))
    return row, response


def _answers(response: Response) -> list[Answer]:
    rows = Answer.objects.filter(response=response).select_related("question__rule", "response__assessment")
    return list(rows.prefetch_related("question__levels", "evidence"))


def _answer(response: Response, question: str) -> Answer:
    rows = Answer.objects.filter(response=response).select_related("question__rule", "response__assessment")
    return get_object_or_404(rows.prefetch_related("evidence"), question__key=question)


def _shown(request: ApiRequest, answer: Answer) -> OwnAnswerOut:
    etags.show_version(request, answer.version)
    return written.own(answer)
