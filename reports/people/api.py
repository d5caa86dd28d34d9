"""The erasure of a vendor's contact, for other systems."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router
from ninja.responses import Status

from accounts.api.endpoints import endpoint
from accounts.api.requests import ApiRequest
from reports.people import erasing
from vendors.models import Contact

router = Router()


@endpoint(router, "POST", "/contacts/{uuid:contact}/erase", "contact_erase", None, problems=(409,), status=204)
def contact_erase(request: ApiRequest, contact: UUID) -> Status[None]:
    """Erase a contact.

    Name, address and number go wherever they can still be changed, and the contact’s links open nothing. What was
    sealed keeps the name: the trail, scorecards, letters, and what the vendor handed in. Nobody can undo it."""
    row = get_object_or_404(Contact.objects.for_member(request.member), uuid=contact)
    erasing.erase_contact(row, by=request.member.user, now=timezone.now())
    return Status(204, None)
