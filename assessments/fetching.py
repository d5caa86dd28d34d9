"""The door to the assessments of the member's organisation."""

from __future__ import annotations

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.models import Assessment


def assessment_of(request: MemberRequest, pk: int) -> Assessment:
    return fetch(request, Assessment.objects.with_vendor().with_numbers().select_related("submitted_by"), pk)
