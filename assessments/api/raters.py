"""Raters: who is asked and how far they are, never what they answer; asking others, reminding, no longer asking."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from accounts.api.endpoints import endpoint
from accounts.api.problems import Fault, Problem, invalid, of_form
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from accounts.models import Department, Membership
from assessments.api.assessments import AssessmentOut, shown
from assessments.api.fetched import a_person, assessment_of, rater_of
from assessments.api.shapes import Day, Lines, People, PersonOut, RuleKey
from assessments.lifecycle import transitions
from assessments.models import Assessment, AssessmentState, Response
from assessments.raters import asking, mails
from assessments.raters.asking import AskedRater
from assessments.raters.departments import DepartmentReason
from assessments.raters.forms import NONE_OF_OURS, RaterEditForm, RaterForm
from assessments.raters.inviting import invited_by_form
from assessments.raters.table import RaterRow, RaterState, raters_of
from groundwork.fields import NOTE_LENGTH
from manifesto.models import Rule
from vendors.api.shapes import Text, Yes

router = Router()
Language = StrEnum("Language", {code.upper(): code for code, _name in settings.LANGUAGES})  # type: ignore[misc]
MOST_AT_ONCE = 100


class DepartmentRef(Schema):
    uuid: UUID
    name: str


class RaterOut(Schema):
    """One rater: how far, never what."""

    uuid: UUID
    person: PersonOut = Field(description="An address that was invited and has not joined is named by itself.")
    department: DepartmentRef | None
    rules: list[RuleKey] = Field(description="Those that they are asked about.")
    state: RaterState
    answered: int
    total: int
    due_on: date | None
    last_at: datetime | None = Field(description="When they last wrote, or handed in.")
    handed_in_at: datetime | None
    is_outside: bool
    is_independent: bool = Field(description="False: they had read others’ answers before they judged.")


class DepartmentVoiceOut(Schema):
    uuid: UUID
    name: str
    why: DepartmentReason
    asked: bool
    heard: bool


class RatersOut(Schema):
    items: list[RaterOut]
    departments: list[DepartmentVoiceOut] = Field(description="Those that have a say, and whether they were heard.")


class RatersIn(Given):
    """Members, or an address, or both: all of them are asked, or nobody is."""

    people: list[UUID] = Field([], max_length=MOST_AT_ONCE, description="Members, by their uuid.")
    email: Annotated[Text, Field(max_length=254)] = Field(
        "", description="Of somebody without account, who becomes an outside rater."
    )
    department: UUID | None = Field(None, description="For which one the holder of the address speaks.")
    speaks_for_none: Yes = Field(False, description="The holder of the address speaks for none of the departments.")
    language: Language | None = Field(None, description="Of the mail to the address.")
    rules: list[RuleKey] | None = Field(None, min_length=1, max_length=7, description="Left out: all seven.")
    due_on: Day | None = Field(None, description="Left out: that of the assessment.")
    note: Annotated[Lines, Field(max_length=NOTE_LENGTH)] = Field("", description="Stands in the mail.")


class RaterChange(Given):
    due_on: Day | None = Field(description="None: that of the assessment.")


class AskedOut(Schema):
    raters: list[UUID]
    not_mailed: list[str] = Field(description="Whom the mail server took no mail for: they are asked all the same.")


@endpoint(router, "GET", "/assessments/{uuid:assessment}/raters", "rater_list", RatersOut)
def rater_list(request: ApiRequest, assessment: UUID) -> RatersOut:
    """Who is asked, how far they are, and which departments were heard."""
    return _raters(assessment_of(request, assessment))


def _raters(row: Assessment) -> RatersOut:
    table = raters_of(row)
    people = People(row.organisation_id, [one.response.rater for one in table.rows])
    keys = dict(Rule.objects.filter(release=row.release_id).values_list("position", "key"))
    departments = dict(Department.objects.filter(organisation=row.organisation_id).values_list("pk", "uuid"))
    voices = [
        DepartmentVoiceOut(uuid=departments[one.id], name=one.name, why=one.why, asked=one.asked, heard=one.heard)
        for one in table.heard.departments
    ]
    return RatersOut(items=[_row(one, people, keys) for one in table.rows], departments=voices)


def _row(row: RaterRow, people: People, keys: dict[int, str]) -> RaterOut:
    response, department = row.response, row.response.department
    return RaterOut(
        uuid=response.uuid,
        person=people.maybe(response.rater) or PersonOut(name=row.name, member=None),
        department=DepartmentRef(uuid=department.uuid, name=department.name) if department else None,
        rules=[RuleKey(keys[position]) for position in row.rules],
        state=row.state,
        answered=row.answered,
        total=row.total,
        due_on=row.due_on,
        last_at=row.last_at,
        handed_in_at=response.submitted_at,
        is_outside=row.is_outside,
        is_independent=row.is_independent,
    )


@endpoint(router, "POST", "/assessments/{uuid:assessment}/raters", "rater_ask", AskedOut, status=201, problems=(409,))
def rater_ask(request: ApiRequest, assessment: UUID, body: RatersIn) -> Status[AskedOut]:
    """Ask members, or the holder of an address, to rate.

    Each is told by mail, unless they wish none."""
    row = assessment_of(request, assessment)
    _while_collecting(row)
    form = RaterForm(_said(request, row, body), assessment=row, member=request.member)
    if not form.is_valid():
        raise of_form(form)
    asked = invited_by_form(request.member, row, form)
    return Status(201, _told(request, asked))


def _said(request: ApiRequest, row: Assessment, body: RatersIn) -> dict[str, Any]:
    """The body as the form takes it. Raises Problem 422 for people and departments that are not there."""
    members = dict(Membership.objects.for_member(request.member).active().values_list("uuid", "pk"))
    faults = [
        Fault(path=f"/people/{number}", detail=_("Choose active members of your organisation."))
        for number, one in enumerate(body.people)
        if one not in members
    ]
    departments = dict(Department.objects.filter(organisation=row.organisation_id).values_list("uuid", "pk"))
    if body.department is not None and body.department not in departments:
        faults.append(Fault(path="/department", detail=_("There is no such department.")))
    if faults:
        raise invalid(faults)
    every = Rule.objects.filter(release=row.release_id).values_list("key", flat=True)
    return {
        "people": [members[one] for one in body.people],
        "email": body.email,
        "department": NONE_OF_OURS if body.speaks_for_none else _key(departments, body.department),
        "language": body.language or "",
        "rules": [str(rule) for rule in body.rules] if body.rules else list(every),
        "due_on": body.due_on,
        "note": body.note,
    }


def _key(departments: dict[UUID, int], wanted: UUID | None) -> str:
    return "" if wanted is None else str(departments[wanted])


def _told(request: ApiRequest, asked: list[AskedRater], *, again: bool = False) -> AskedOut:
    unsent = mails.ask(request.member, asked, again=again)
    return AskedOut(raters=[one.response.uuid for one in asked], not_mailed=unsent)


RATER = "/assessments/{uuid:assessment}/raters/{uuid:rater}"


@endpoint(router, "PATCH", RATER, "rater_change", RatersOut, problems=(409,))
def rater_change(request: ApiRequest, assessment: UUID, rater: UUID, body: RaterChange) -> RatersOut:
    """Give one rater another due date."""
    response = rater_of(request, assessment, rater)
    form = RaterEditForm({"due_on": body.due_on})
    if not form.is_valid():
        raise of_form(form)
    asking.reschedule_rater(request.member, response, due_on=form.cleaned_data["due_on"])
    return _raters(response.assessment)


@endpoint(router, "POST", f"{RATER}/withdraw", "rater_withdraw", RatersOut, problems=(409,))
def rater_withdraw(request: ApiRequest, assessment: UUID, rater: UUID) -> RatersOut:
    """No longer ask this rater.

    What they wrote is kept, read by nobody and not counted. Refused once they have handed in."""
    response = rater_of(request, assessment, rater)
    asking.withdraw(request.member, response)
    return _raters(response.assessment)


@endpoint(router, "POST", f"{RATER}/ask-again", "rater_ask_again", AskedOut, problems=(409,))
def rater_ask_again(request: ApiRequest, assessment: UUID, rater: UUID) -> AskedOut:
    """Ask a rater again who was withdrawn."""
    again = asking.ask_again(request.member, rater_of(request, assessment, rater))
    if again.rater is None:
        return AskedOut(raters=[again.uuid], not_mailed=[])
    return _told(request, [AskedRater(response=again)])


@endpoint(router, "POST", f"{RATER}/remind", "rater_remind", AskedOut, problems=(409,))
def rater_remind(request: ApiRequest, assessment: UUID, rater: UUID) -> AskedOut:
    """Remind a rater by mail, at most once a day."""
    response: Response = rater_of(request, assessment, rater)
    asked = asking.remind_now(request.member, response)
    return _told(request, [asked], again=response.failed_at is None)


@endpoint(router, "POST", "/assessments/{uuid:assessment}/join", "rater_join", AssessmentOut, problems=(409,))
def rater_join(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Rate it oneself too.

    Not by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    asking.rate_myself(request.member, row)
    return shown(request, assessment)


@endpoint(router, "POST", "/assessments/{uuid:assessment}/leave", "rater_leave", AssessmentOut, problems=(409,))
def rater_leave(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Leave the rating to others.

    Not by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    asking.rate_not(request.member, row)
    return shown(request, assessment)


def _while_collecting(row: Assessment) -> None:
    if row.state != AssessmentState.COLLECTING:
        raise Problem(409, "refused", transitions.NOT_NOW[row.state])
