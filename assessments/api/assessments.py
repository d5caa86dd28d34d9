"""Assessments: the list, one with where it stands, beginning one and changing its dates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from accounts.access import Right, holders
from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Fault, Problem, invalid, of_form
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from accounts.models import User
from assessments.api.fetched import assessment_of
from assessments.api.shapes import AssessedVendor, Day, People, PersonOut, vendor_ref
from assessments.approval import panel as approval_panel
from assessments.hub.forms import OTHER_DATES, PRESETS, AssessmentEditForm, AssessmentForm, RepeatForm
from assessments.hub.next_step import Standing, next_step
from assessments.hub.outside import part_of
from assessments.hub.standing import standing_in
from assessments.independence import let_read
from assessments.lifecycle import transitions
from assessments.models import OPEN_STATES, Assessment, AssessmentState, Decision, Repeat
from assessments.raters.asking import keep_invitations_open
from assessments.schedule.repeating import MAY_REPEAT, set_repeat
from assessments.vendor_side import links
from manifesto.models import Release
from vendors.api.shapes import Yes
from vendors.models import Vendor

router = Router()
Preset = StrEnum("Preset", {key.upper(): key for key in (*PRESETS, OTHER_DATES)})  # type: ignore[misc]


def _no_text(said: Any) -> Any:
    if isinstance(said, str):
        raise PydanticCustomError("int_type", "no number")
    return said


Months = Annotated[Repeat, BeforeValidator(_no_text)]


# Reading ----------------------------------------------------------------------------------------------------------
class AssessmentOut(Schema):
    uuid: UUID
    reference: str
    vendor: AssessedVendor
    state: AssessmentState
    edition: str
    asks_supplementary: bool = Field(description="Whether it asks the supplementary questions too.")
    period_start: date
    period_end: date
    due_on: date | None
    is_late: bool
    repeat_months: Repeat | None = Field(description="It comes again after so many months.")
    owner: PersonOut | None = Field(description="None to outside raters.")
    created_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None = Field(description="Approved or cancelled.")
    waiting_level: int | None = Field(description="The level of approval that it waits for, while it is in review.")


class AssessmentPage(Schema):
    items: list[AssessmentOut]
    next: str | None


class OutstandingOut(Schema):
    """Whose answers are still to come."""

    rater: UUID | None = Field(description="None for the vendor.")
    name: str
    answered: int
    total: int
    due_on: date | None
    is_late: bool


class NextStepOut(Schema):
    sentence: str = Field(description="In the asked language, for whoever the token acts as.")
    actions: list[str] = Field(description="What may be done now, the main thing first, as the page calls it.")


class ApprovalLevelOut(Schema):
    level: int
    name: str = Field(description="Empty where nobody defined levels: one approver decides.")
    who: str
    state: approval_panel.StepState
    approved_by: PersonOut | None
    approved_at: datetime | None


class DecisionOut(Schema):
    decision: Decision
    level: int
    level_name: str
    by: PersonOut
    at: datetime
    reason: str


class ToDecideOut(Schema):
    """What an approval must name: that exactly this was read."""

    fingerprint: str
    submitted_at: str = Field(description="To the microsecond.", json_schema_extra={"format": "date-time"})
    level: int
    may_approve: bool
    may_send_back: bool
    sentence: str


class AssessmentDetail(AssessmentOut):
    outstanding: list[OutstandingOut]
    next_step: NextStepOut
    levels: list[ApprovalLevelOut] = Field(
        description="Of approval; before the submission those that it would take today."
    )
    decisions: list[DecisionOut]
    to_decide: ToDecideOut | None = Field(description="While it is in review.")
    cancel_reason: str


class AssessmentWanted(PageOfList):
    state: AssessmentState | None = None
    vendor: UUID | None = None
    level: int | None = Field(None, ge=1, le=1000, description="In review, and waiting for this level of approval.")
    period_from: Day | None = Field(None, description="Whose period ends on this day or later.")
    period_to: Day | None = Field(None, description="Whose period begins on this day or earlier.")


@endpoint(router, "GET", "/assessments", "assessment_list", AssessmentPage, problems=(422,))
def assessment_list(request: ApiRequest, wanted: Query[AssessmentWanted]) -> dict[str, Any]:
    """Assessments.

    The latest first. Their results are read as scorecards."""
    rows = Assessment.objects.with_vendor().for_member(request.member)
    given = {
        "state": wanted.state,
        "vendor__uuid": wanted.vendor,
        "waiting_level": wanted.level,
        "period_end__gte": wanted.period_from,
        "period_start__lte": wanted.period_to,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if wanted.level is not None:
        rows = rows.in_review()
    items, after = page(rows, wanted, by="-pk")
    people = People(request.member.organisation_id, [one.owner for one in items])
    return {"items": [row_of(one, people) for one in items], "next": after}


def row_of(assessment: Assessment, people: People | None) -> AssessmentOut:
    """`people`: None for an outside rater, who reads no names."""
    return AssessmentOut(**_plain(assessment), owner=people.of(assessment.owner) if people else None)


def _plain(assessment: Assessment) -> dict[str, Any]:
    same = ("reference", "asks_supplementary", "period_start", "period_end", "due_on", "repeat_months", "created_at")
    today = timezone.localdate()
    return {
        **{name: getattr(assessment, name) for name in same},
        "uuid": assessment.uuid,
        "vendor": vendor_ref(assessment.vendor),
        "state": AssessmentState(assessment.state),
        "edition": assessment.release.edition,
        "is_late": assessment.is_in_hand and assessment.due_on is not None and assessment.due_on < today,
        "submitted_at": assessment.submitted_at,
        "closed_at": assessment.closed_at,
        "waiting_level": assessment.waiting_level if assessment.state == AssessmentState.IN_REVIEW else None,
    }


@endpoint(router, "GET", "/assessments/{uuid:assessment}", "assessment_detail", AssessmentDetail, is_versioned=True)
def assessment_detail(request: ApiRequest, assessment: UUID) -> AssessmentDetail:
    """An assessment, who is outstanding and what comes next.

    What comes next may tell on how many questions raters differ: where others' answers are open to whoever asks, it is
    on record that they read them, as it is for whoever opens the page. An outside rater reads of their own part only.
    The ETag is that of what can be changed: period, due date and repetition."""
    row = assessment_of(request, assessment)
    etags.show_tag(request, _changeable(row))
    return _of_outsider(request, row) if request.member.is_outside else _detail(request, row)


def _detail(request: ApiRequest, row: Assessment) -> AssessmentDetail:
    standing = standing_in(row, request.member, reads=let_read(row, request.member.user)).now().standing
    step, approval = next_step(standing), standing.approval
    approved = [line.approval.decided_by for line in approval.lines if line.approval]
    people = People(row.organisation_id, [row.owner, *approved, *(one.decided_by for one in approval.decisions)])
    return AssessmentDetail(
        **_plain(row),
        owner=people.of(row.owner),
        outstanding=_outstanding(standing),
        next_step=NextStepOut(
            sentence=step.sentence,
            actions=[action.label for action in ((step.main, *step.others) if step.main else step.others)],
        ),
        levels=[_level(line, people) for line in approval.lines],
        decisions=[
            DecisionOut(
                decision=Decision(one.decision),
                level=one.level,
                level_name=one.level_name,
                by=people.of(one.decided_by),
                at=one.decided_at,
                reason=one.reason,
            )
            for one in approval.decisions
        ],
        to_decide=to_decide(request, row, approval),
        cancel_reason=row.cancel_reason,
    )


def _level(line: approval_panel.StepLine, people: People) -> ApprovalLevelOut:
    return ApprovalLevelOut(
        level=line.position,
        name=line.name,
        who=line.who,
        state=line.state,
        approved_by=people.maybe(line.approval.decided_by if line.approval else None),
        approved_at=line.approval.decided_at if line.approval else None,
    )


def _outstanding(standing: Standing) -> list[OutstandingOut]:
    if standing.assessment.state != AssessmentState.COLLECTING:
        return []
    today = timezone.localdate()
    waited = [
        OutstandingOut(
            rater=one.response.uuid,
            name=one.name,
            answered=one.answered,
            total=one.total,
            due_on=one.due_on,
            is_late=one in standing.raters.late,
        )
        for one in standing.raters.outstanding
    ]
    vendor = standing.vendor
    if vendor is not None and vendor.is_awaited:
        far = vendor.progress
        late = vendor.due_on is not None and vendor.due_on < today
        name = str(standing.assessment.vendor)
        waited.append(
            OutstandingOut(
                rater=None, name=name, answered=far.answered, total=far.total, due_on=vendor.due_on, is_late=late
            )
        )
    return waited


def to_decide(request: ApiRequest, row: Assessment, approval: approval_panel.ApprovalPanel) -> ToDecideOut | None:
    if row.state != AssessmentState.IN_REVIEW or row.submitted_at is None or approval.current is None:
        return None
    offer = approval_panel.choice_of(row, request.member)
    is_person = not request.member.is_service
    return ToDecideOut(
        fingerprint=row.fingerprint,
        submitted_at=row.submitted_at.isoformat(),
        level=approval.current.position,
        may_approve=is_person and offer.may_approve,
        may_send_back=is_person and offer.may_send_back,
        sentence=offer.lead,
    )


def _of_outsider(request: ApiRequest, row: Assessment) -> AssessmentDetail:
    part = part_of(row, request.member.user, with_answers=False)
    return AssessmentDetail(
        **(_plain(row) | {"waiting_level": None, "due_on": part.due_on, "is_late": part.is_late}),
        owner=None,
        outstanding=[],
        next_step=NextStepOut(sentence=part.sentence, actions=[part.next_label] if part.may_hand_in else []),
        levels=[],
        decisions=[],
        to_decide=None,
        cancel_reason="",
    )


# Writing ----------------------------------------------------------------------------------------------------------
class AssessmentIn(Given):
    vendor: UUID
    preset: Preset = Field(Preset(OTHER_DATES), description="A usual period; “other” takes the dates.")
    period_start: Day | None = None
    period_end: Day | None = None
    due_on: Day | None = None
    repeat_months: Months | None = None
    another: Yes = Field(False, description="Although this vendor has an assessment of these months already.")
    is_draft: Yes = Field(False, description="Keep it as a draft; else it is opened at once.")
    owner: UUID | None = Field(
        None, description="A member who may assess, and rates first: for services only; a person owns what they begin."
    )


class AssessmentDates(Given):
    period_start: Day
    period_end: Day
    due_on: Day | None
    repeat_months: Months | None


class AssessmentChange(AssessmentDates, Changes):
    """What is left out stays."""


@endpoint(router, "POST", "/assessments", "assessment_add", AssessmentOut, status=201, problems=(409,))
def assessment_add(request: ApiRequest, body: AssessmentIn) -> Status[AssessmentOut]:
    """Begin an assessment.

    With the newest edition. Opened, its owner gets a questionnaire; others are asked as raters."""
    owner = _owner(request, body)
    vendor = Vendor.objects.for_member(request.member).active().filter(uuid=body.vendor).first()
    data: Any = body.dict(exclude={"vendor", "owner", "is_draft"}) | {"vendor": vendor.pk if vendor else 0}
    form = AssessmentForm(data, member=request.member, today=timezone.localdate())
    if not form.is_valid():
        raise of_form(form)
    with transaction.atomic():
        made = transitions.create_assessment(
            request.member,
            vendor=form.cleaned_data["vendor"],
            release=Release.objects.current(),
            period=form.period,
            due_on=form.cleaned_data["due_on"],
            owner=owner,
        )
        if form.cleaned_data["repeat_months"]:
            set_repeat(request.member, made, form.cleaned_data["repeat_months"])
        if not body.is_draft:
            transitions.open_assessment(request.member, made)
    request.answer_headers["Location"] = f"/api/v1/assessments/{made.uuid}"
    return Status(201, shown(request, made.uuid))


def _owner(request: ApiRequest, body: AssessmentIn) -> User | None:
    """None: whoever begins it, or looks after the service. Raises Problem 422 where it is nobody who can own one."""
    member = request.member
    if body.owner is None:
        return None
    if not member.is_service and body.owner != member.uuid:
        raise _fault("/owner", _("A person owns what they begin: leave it out."))
    found = holders(member, Right.ASSESS).filter(uuid=body.owner).first()
    if found is None:
        raise _fault("/owner", _("Choose an active member who may assess."))
    return found.user


def _fault(path: str, said: str) -> Problem:
    return invalid([Fault(path=path, detail=said)])


@endpoint(
    router,
    "PATCH",
    "/assessments/{uuid:assessment}",
    "assessment_change",
    AssessmentOut,
    problems=(409, 412),
    is_versioned=True,
)
def assessment_change(request: ApiRequest, assessment: UUID, body: AssessmentChange) -> AssessmentOut:
    """Change period, due date or repetition.

    Of an approved one, only whether it comes again."""
    row = assessment_of(request, assessment)
    transitions.require(request.member, Right.ASSESS)
    given = body.dict(exclude_unset=True)
    with transaction.atomic():
        held = transitions.lock_in_state(request.member, row, set(MAY_REPEAT))
        etags.hold_to_tag(request, lambda: _changeable(held))
        if held.state == AssessmentState.APPROVED:
            _repeat_only(request, held, given)
        else:
            _rescheduled(request, held, given)
    if row.state in OPEN_STATES:
        changed = assessment_of(request, assessment)
        keep_invitations_open(request.member, changed)
        links.keep_open(request.member, changed)
    return shown(request, assessment)


def _repeat_only(request: ApiRequest, held: Assessment, given: dict[str, Any]) -> None:
    if set(given) - {"repeat_months"}:
        raise Problem(409, "refused", transitions.NOT_NOW[AssessmentState.APPROVED])
    form = RepeatForm({"repeat_months": _choice(given.get("repeat_months"))})
    if not form.is_valid():
        raise of_form(form)
    if "repeat_months" in given:
        set_repeat(request.member, held, form.cleaned_data["repeat_months"])


def _rescheduled(request: ApiRequest, held: Assessment, given: dict[str, Any]) -> None:
    said = {name: getattr(held, name) for name in AssessmentChange.model_fields} | given
    form = AssessmentEditForm.of(held, {**said, "repeat_months": _choice(said["repeat_months"])})
    if not form.is_valid():
        raise of_form(form)
    transitions.reschedule(request.member, held, period=form.period, due_on=form.cleaned_data["due_on"])
    set_repeat(request.member, held, form.cleaned_data["repeat_months"])


def _choice(months: int | None) -> str:
    return "" if months is None else str(int(months))


def _changeable(row: Assessment) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AssessmentChange.model_fields}


def shown(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """The row as it stands now, with its ETag."""
    row = assessment_of(request, assessment)
    etags.show_tag(request, _changeable(row))
    if request.member.is_outside:
        if not row.responses.of_rater(request.member.user).exists():
            raise Http404
        return row_of(row, None)
    return row_of(row, People(row.organisation_id, [row.owner]))
