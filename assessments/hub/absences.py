"""What of an assessment waits for a member who may no longer come in: as its owner, as a rater, with a question that
was handed to them, as the one who decides."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.absences import Absence
from accounts.models import Membership
from assessments.models import ApprovalStep, Assessment, AssessmentState, Delegation, Response


def absences_of(member: Membership) -> Iterator[Absence]:
    """Four queries."""
    ours = Assessment.objects.filter(organisation=member.organisation_id)
    for row in ours.open().filter(owner=member.user_id).select_related("vendor"):
        yield _absence(row, _("leads it"), "assessment_detail")
    asked = Response.objects.waiting_for(member.user).filter(assessment__organisation=member.organisation_id)
    for response in asked.select_related("assessment__vendor"):
        yield _absence(response.assessment, _("was asked to rate"), "assessment_raters")
    lent = Delegation.objects.waiting_for(member.user).filter(
        answer__response__assessment__organisation=member.organisation_id
    )
    for delegation in lent.select_related("answer__response__assessment__vendor"):
        yield _absence(delegation.answer.response.assessment, _("was handed a question"), "assessment_detail")
    steps = ApprovalStep.objects.filter(
        person=member, assessment__state=AssessmentState.IN_REVIEW, position__gte=F("assessment__waiting_level")
    )
    for step in steps.select_related("assessment__vendor"):
        yield _absence(step.assessment, _("is to decide"), "assessment_review")


def _absence(assessment: Assessment, part: str, route: str) -> Absence:
    label = f"{assessment.reference} · {assessment.vendor.name}"
    return Absence(label=label, part=part, url=reverse(route, args=[assessment.pk]))
