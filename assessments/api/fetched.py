"""What an address names, as far as it is the member's: else it is not there."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from assessments.consensus.attendance import STILL_RATING
from assessments.models import Assessment, AssessmentState, Commitment, Response, ResponseKind
from assessments.secrecy import is_rating

A_PERSONS = _("A judgement is a person’s: send a token that a person made for themselves, not that of a service.")
RATERS_OUTSTANDING: Promise = _(
    "Raters have not handed in yet. What they answer opens to whoever is not asked once all of them have."
)
COMMITMENT_RELATED = ("vendor", "contact", "owner", "assessment__release", "incident", "meeting", "created_by")


def assessment_of(request: ApiRequest, assessment: UUID) -> Assessment:
    rows = Assessment.objects.with_vendor().select_related("submitted_by", "organisation")
    return get_object_or_404(rows.for_member(request.member), uuid=assessment)


def rater_of(request: ApiRequest, assessment: UUID, rater: UUID) -> Response:
    """A rater's response, those withdrawn included."""
    rows = Response.objects.filter(kind=ResponseKind.CUSTOMER, assessment__uuid=assessment)
    rows = rows.select_related("assessment__vendor", "rater", "invitation", "department")
    return get_object_or_404(rows.for_member(request.member), uuid=rater)


def commitment_of(request: ApiRequest, commitment: UUID) -> Commitment:
    rows = Commitment.objects.select_related(*COMMITMENT_RELATED, "vendor__organisation")
    return get_object_or_404(rows.for_member(request.member), uuid=commitment)


def a_person(request: ApiRequest) -> None:
    """Raises Problem 403 for a service."""
    if request.member.is_service:
        raise Problem(403, "not_allowed", A_PERSONS)


def withheld(assessment: Assessment, request: ApiRequest) -> Problem:
    """Why what others answered is closed to whoever asks, and when it opens."""
    still_rates = is_rating(assessment, request.member.user)
    return Problem(403, "withheld", STILL_RATING if still_rates else RATERS_OUTSTANDING)


def not_a_draft(assessment: Assessment, why: Promise) -> None:
    if assessment.state == AssessmentState.DRAFT:
        raise Problem(409, "refused", why)
