"""Decisions on an assessment: one operation a transition."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Router
from pydantic import StrictInt

from accounts.api.endpoints import endpoint
from accounts.api.problems import Fault, invalid
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from assessments.api.assessments import AssessmentOut, shown
from assessments.api.fetched import a_person, assessment_of
from assessments.lifecycle import taking_back, transitions
from assessments.lifecycle.transitions import REASON_LENGTH
from assessments.secrecy import counted_responses
from vendors.api.shapes import Moment, Name, Yes

router = Router()
Reason = Annotated[Name, Field(max_length=REASON_LENGTH)]


class SubmitIn(Given):
    without_outstanding: Yes = Field(False, description="Although raters have not handed in: they are left out.")


class ApproveIn(Given):
    """What was read, as `to_decide` of the assessment says it."""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    submitted_at: Moment
    level: Annotated[StrictInt, Field(ge=1, le=1000)]


class SendBackIn(Given):
    reason: Reason
    raters: list[UUID] | None = Field(
        None, min_length=1, max_length=200, description="Who looks at their answers again; left out: all of them."
    )


class CancelIn(Given):
    reason: Reason


@endpoint(router, "POST", "/assessments/{uuid:assessment}/open", "assessment_open", AssessmentOut, problems=(409,))
def assessment_open(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Open a draft: its owner gets a questionnaire."""
    transitions.open_assessment(request.member, assessment_of(request, assessment))
    return shown(request, assessment)


@endpoint(router, "POST", "/assessments/{uuid:assessment}/submit", "assessment_submit", AssessmentOut, problems=(409,))
def assessment_submit(request: ApiRequest, assessment: UUID, body: SubmitIn) -> AssessmentOut:
    """Submit it for approval.

    A person's own answers go in with it. Not by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    transitions.submit(request.member, row, without_outstanding=body.without_outstanding)
    return shown(request, assessment)


@endpoint(
    router, "POST", "/assessments/{uuid:assessment}/take-back", "assessment_take_back", AssessmentOut, problems=(409,)
)
def assessment_take_back(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Take the submission back, as long as nobody has decided on it.

    By whoever submitted or owns it. Not by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    taking_back.take_back(request.member, row)
    return shown(request, assessment)


@endpoint(
    router, "POST", "/assessments/{uuid:assessment}/approve", "assessment_approve", AssessmentOut, problems=(409,)
)
def assessment_approve(request: ApiRequest, assessment: UUID, body: ApproveIn) -> AssessmentOut:
    """Approve it as the present level.

    The last level's approval makes the scorecard, which never changes. The body says what was read; where anything is
    another by now, it is refused. Only by the person whom the level asks, never by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    transitions.approve(request.member, row, seen=body.submitted_at, fingerprint=body.fingerprint, level=body.level)
    return shown(request, assessment)


@endpoint(
    router, "POST", "/assessments/{uuid:assessment}/send-back", "assessment_send_back", AssessmentOut, problems=(409,)
)
def assessment_send_back(request: ApiRequest, assessment: UUID, body: SendBackIn) -> AssessmentOut:
    """Send it back to its raters, with the reason.

    Only by whom the present level asks, never by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    to = None
    if body.raters is not None:
        known = dict(counted_responses(row).filter(uuid__in=body.raters).values_list("uuid", "pk"))
        unknown = [number for number, one in enumerate(body.raters) if one not in known]
        if unknown:
            said = _("This is no rater who has handed in.")
            raise invalid(Fault(path=f"/raters/{number}", detail=said) for number in unknown)
        to = list(known.values())
    transitions.send_back(request.member, row, reason=body.reason, to=to)
    return shown(request, assessment)


@endpoint(
    router,
    "POST",
    "/assessments/{uuid:assessment}/take-approval-back",
    "approval_take_back",
    AssessmentOut,
    problems=(409,),
)
def approval_take_back(request: ApiRequest, assessment: UUID) -> AssessmentOut:
    """Take one's own approval back, as long as the next level has not decided.

    Not by a service."""
    row = assessment_of(request, assessment)
    a_person(request)
    taking_back.take_approval_back(request.member, row)
    return shown(request, assessment)


@endpoint(router, "POST", "/assessments/{uuid:assessment}/cancel", "assessment_cancel", AssessmentOut, problems=(409,))
def assessment_cancel(request: ApiRequest, assessment: UUID, body: CancelIn) -> AssessmentOut:
    """Cancel it, with the reason.

    What was answered stays readable."""
    transitions.cancel(request.member, assessment_of(request, assessment), reason=body.reason)
    return shown(request, assessment)
