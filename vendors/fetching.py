"""Fetching is authorising: a vendor of the member's organisation, or a 404."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest
from vendors.models import Vendor

form_view = require_http_methods(["GET", "HEAD", "POST"])


def fetch(request: MemberRequest, pk: int) -> Vendor:
    """The member's vendor, or a 404: fetching is authorising."""
    rows = Vendor.objects.for_member(request.member).select_related("organisation", "department")
    return get_object_or_404(rows, pk=pk)
