"""The meeting of the raters: what needs talk, who was there, what was agreed and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.problems import Fault, Problem, invalid, of_form
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from accounts.models import Membership
from assessments.api import written
from assessments.api.fetched import a_person, assessment_of, not_a_draft, withheld
from assessments.api.shapes import Day, Grade, Lines, People, PersonOut, QuestionKey
from assessments.api.written import AnswerOut, RatersAnswerOut
from assessments.consensus import attendance, meeting
from assessments.consensus.forms import NOT_APPLICABLE, OTHERS_LENGTH, AgreeForm, MeetingForm
from assessments.consensus.meeting import Cause, Discussion, Voice
from assessments.independence import let_read
from assessments.lifecycle.transitions import NOT_NOW, REASON_LENGTH
from assessments.models import Assessment, AssessmentState, Consensus, Meeting
from assessments.secrecy import is_rating
from groundwork.saved import Conflict
from manifesto.models import Question
from vendors.api.shapes import Text, Yes

router = Router()


class MeetingOut(Schema):
    held_on: date
    attendees: list[PersonOut]
    others: str = Field(description="Names of those without account, separated by commas.")


class SettledOut(Schema):
    grade: int | None = Field(ge=0, le=4)
    not_applicable: bool
    reason: str
    held_on: date
    is_of_one: bool = Field(description="Nobody else was there: one person’s decision and no agreement.")
    decided_by: PersonOut
    decided_at: datetime


class DiscussionOut(Schema):
    question: str
    number: str
    causes: list[Cause] = Field(description="Why it needs talk; none for what is settled and needs none any more.")
    reasons: list[str] = Field(description="The same in words.")
    answers: list[RatersAnswerOut]
    vendor: AnswerOut | None
    vendor_note: str
    settled: SettledOut | None
    version: int = Field(description="What If-Match names to agree or to undo, in quotation marks; 0: nothing stands.")


class ConsensusOut(Schema):
    outstanding: list[str] = Field(description="Names of the raters who have not handed in.")
    meetings: list[MeetingOut]
    questions: list[DiscussionOut]


class MeetingIn(Given):
    attendees: list[UUID] = Field([], max_length=200, description="Members who were there, by their uuid.")
    others: Annotated[Text, Field(max_length=OTHERS_LENGTH)] = Field(
        "", description="Names of those without account, separated by commas."
    )
    without_outstanding: Yes = Field(False, description="Although raters have not handed in.")


class AgreementIn(Given):
    """Exactly one of grade and not_applicable."""

    held_on: Day = Field(description="The day of the meeting, which has begun.")
    grade: Grade | None = None
    not_applicable: Yes = False
    reason: Annotated[Lines, Field(min_length=1, max_length=REASON_LENGTH)]


@endpoint(router, "GET", "/assessments/{uuid:assessment}/consensus", "consensus", ConsensusOut, problems=(409,))
def consensus(request: ApiRequest, assessment: UUID) -> ConsensusOut:
    """What raters differ on, what each of them said, and what was agreed.

    Closed (403, “withheld”) as others' answers are; reading it is on record."""
    row = assessment_of(request, assessment)
    not_a_draft(row, NOT_NOW[AssessmentState.DRAFT])
    _let_in(request, row)
    talk = meeting.to_discuss(row)
    meetings = list(row.meetings.prefetch_related("attendees"))
    present = [user for one in meetings for user in one.attendees.all()]
    people = People(row.organisation_id, [*present, *(one.settled.decided_by for one in talk if one.settled)])
    return ConsensusOut(
        outstanding=attendance.outstanding(row),
        meetings=[_meeting(one, people) for one in meetings],
        questions=[_discussion(one, people) for one in talk],
    )


def _let_in(request: ApiRequest, row: Assessment) -> None:
    """Raises Problem 403 for whoever is kept apart; else that they read it is on record."""
    if is_rating(row, request.member.user) or not let_read(row, request.member.user):
        raise withheld(row, request)


def _meeting(row: Meeting, people: People) -> MeetingOut:
    attendees = sorted((people.of(user) for user in row.attendees.all()), key=lambda one: one.name)
    return MeetingOut(held_on=row.held_on, attendees=attendees, others=row.others)


def _discussion(talk: Discussion, people: People) -> DiscussionOut:
    return DiscussionOut(
        question=talk.question.key,
        number=talk.number,
        causes=list(talk.causes),
        reasons=talk.reasons,
        answers=[
            RatersAnswerOut(**_said(one, talk), rater=one.answer.response.uuid, name=one.who) for one in talk.voices
        ],
        vendor=AnswerOut(**_said(talk.vendor, talk)) if talk.vendor else None,
        vendor_note=talk.note.text if talk.note else "",
        settled=_settled(talk.settled, people) if talk.settled else None,
        version=talk.settled.version if talk.settled else 0,
    )


def _said(voice: Voice, talk: Discussion) -> dict[str, Any]:
    voice.answer.question = talk.question
    return written.said(voice.answer)


def _settled(row: Consensus, people: People) -> SettledOut:
    return SettledOut(
        grade=row.grade,
        not_applicable=row.not_applicable,
        reason=row.reason,
        held_on=row.meeting.held_on,
        is_of_one=row.meeting.is_of_one,
        decided_by=people.of(row.decided_by),
        decided_at=row.decided_at,
    )


@endpoint(
    router,
    "PUT",
    "/assessments/{uuid:assessment}/consensus/meetings/{held_on}",
    "consensus_meeting",
    MeetingOut,
    problems=(409,),
)
def consensus_meeting(request: ApiRequest, assessment: UUID, held_on: date, body: MeetingIn) -> MeetingOut:
    """Say who is at the meeting of a day, which begins it, or correct it.

    A rater who is there before handing in hears what the others answered, and is marked for it. Never by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    if is_rating(row, request.member.user):
        raise withheld(row, request)
    there = row.meetings.prefetch_related("attendees").filter(held_on=held_on).first()
    data = {"held_on": held_on, "attendees": _users(request, body), "others": body.others}
    form = MeetingForm(data, assessment=row, member=request.member, day=held_on, meeting=there)
    if not form.is_valid():
        raise of_form(form)
    held = attendance.hold(
        request.member,
        row,
        held_on=form.cleaned_data["held_on"],
        attendees=form.cleaned_data["attendees"],
        others=form.cleaned_data["others"].strip(),
        without_outstanding=body.without_outstanding,
    )
    return _meeting(held, People(row.organisation_id, held.attendees.all()))


def _users(request: ApiRequest, body: MeetingIn) -> list[int]:
    """Raises Problem 422 for whoever is no member."""
    rows = Membership.objects.for_member(request.member).filter(uuid__in=body.attendees)
    known = dict(rows.values_list("uuid", "user"))
    unknown = [number for number, one in enumerate(body.attendees) if one not in known]
    if unknown:
        said = _("This is no member of your organisation.")
        raise invalid(Fault(path=f"/attendees/{number}", detail=said) for number in unknown)
    return list(known.values())


QUESTION = "/assessments/{uuid:assessment}/consensus/{slug:question}"


@endpoint(router, "PUT", QUESTION, "consensus_agree", DiscussionOut, problems=(409, 428), is_versioned=True)
def consensus_agree(request: ApiRequest, assessment: UUID, question: QuestionKey, body: AgreementIn) -> DiscussionOut:
    """Record what was agreed about one question.

    If-Match names the `version` that was read, `"0"` where nothing was agreed. Never by a service."""
    row, version = _to_record(request, assessment)
    talk = _at(row, question)
    form = AgreeForm(_agreed(body, version), discussion=talk, day=body.held_on)
    if not form.is_valid():
        raise of_form(form, {"choice": "grade", "day": "held_on"})
    with transaction.atomic():
        held = attendance.begun(request.member, row, form.cleaned_data["day"])
        outcome = meeting.agree(request.member, row, talk.question, meeting=held, **form.agreement())
    if isinstance(outcome, Conflict):
        raise _conflict(body, outcome.stored)
    return _shown(request, row, question)


def _agreed(body: AgreementIn, version: int) -> dict[str, Any]:
    """As the form of the page takes it. Raises Problem 422 for both or neither."""
    if (body.grade is None) != body.not_applicable:
        said = _("Give the grade that you agreed on, or say that it does not apply: one of them.")
        raise invalid([Fault(path="/grade", detail=said)])
    choice = NOT_APPLICABLE if body.grade is None else str(body.grade)
    return {"version": version, "day": body.held_on, "choice": choice, "reason": body.reason}


def _conflict(body: AgreementIn, stored: Consensus | None) -> Problem:
    mine = body.dict() | {"held_on": body.held_on.isoformat()}
    theirs: dict[str, Any] = {}
    if stored is not None:
        theirs = {name: getattr(stored, name) for name in ("grade", "not_applicable", "reason")}
        theirs["held_on"] = stored.meeting.held_on.isoformat()
    return etags.conflict(mine, theirs, stored.version if stored else 0)


@endpoint(router, "DELETE", QUESTION, "consensus_undo", None, status=204, problems=(409, 428), is_versioned=True)
def consensus_undo(request: ApiRequest, assessment: UUID, question: QuestionKey) -> Status[None]:
    """Take back what was agreed about one question.

    The mean of the raters counts again. Never by a service."""
    row, version = _to_record(request, assessment)
    outcome = meeting.undo(request.member, row, _at(row, question).question, version=version)
    if outcome is not None:
        stored = outcome.stored
        theirs = {"grade": stored.grade, "reason": stored.reason} if stored else {}
        raise etags.conflict({}, theirs, stored.version if stored else 0)
    return Status(204, None)


def _to_record(request: ApiRequest, assessment: UUID) -> tuple[Assessment, int]:
    row = assessment_of(request, assessment)
    a_person(request)
    _let_in(request, row)
    return row, etags.version_to_change(request)


def _at(row: Assessment, key: str) -> Discussion:
    found = next((one for one in meeting.to_discuss(row) if one.question.key == key), None)
    if found is not None:
        return found
    asked = Question.objects.filter(release=row.release_id, key=key).counting()
    question = asked.select_related("rule").first()
    if question is None:
        raise Http404
    return meeting.bare(question)


def _shown(request: ApiRequest, row: Assessment, key: str) -> DiscussionOut:
    talk = _at(row, key)
    etags.show_version(request, talk.settled.version if talk.settled else 0)
    return _discussion(talk, People(row.organisation_id, [talk.settled.decided_by] if talk.settled else []))
