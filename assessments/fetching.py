"""Fetching is authorising: an assessment of the member's organisation, or a 404."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from accounts.access import MemberRequest
from assessments.models import Assessment


def fetch(request: MemberRequest, pk: int) -> Assessment:
    """The member's assessment, or a 404: fetching is authorising."""
    rows = Assessment.objects.for_member(request.member).with_vendor().with_numbers().select_related("submitted_by")
    return get_object_or_404(rows, pk=pk)
