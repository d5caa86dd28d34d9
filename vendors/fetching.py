"""Doors to the vendors of the member's organisation."""

from __future__ import annotations

from accounts.access import MemberRequest
from accounts.fetching import fetch
from vendors.models import Incident, Vendor


def vendor_of(request: MemberRequest, pk: int) -> Vendor:
    return fetch(request, Vendor.objects.select_related("organisation", "department"), pk)


def incident_of(request: MemberRequest, pk: int) -> Incident:
    return fetch(
        request, Incident.objects.select_related("vendor__organisation", "service", "created_in", "changed_in"), pk
    )
