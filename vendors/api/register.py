"""Vendors, for other systems; with the routers of their services and contacts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from vendors.api import contacts, supported_systems
from vendors.api.rows import VENDORS, held_vendor, hold_valid, key_of, standing, told, vendor_of
from vendors.api.shapes import Moment, Name, Text, Whole, Words
from vendors.models import Tier, Vendor
from vendors.register import changes
from vendors.register.forms import MOST_MONTHS, VendorForm

router = Router()
router.add_router("", supported_systems.router, tags=["Services"])
router.add_router("", contacts.router, tags=["Contacts"])


class Kept(StrEnum):
    """Which vendors: those in use, those put away, or both."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    ALL = "all"


class VendorIn(Given):
    name: Annotated[Name, Field(max_length=200)]
    reference: Annotated[Text, Field(max_length=40)] = Field("", description="The number by which you know it.")
    tier: Tier = Tier.STANDARD
    website: Annotated[Text, Field(max_length=200)] = Field("", description="With http:// or https://.")
    country: Annotated[Text, Field(max_length=60)] = ""
    months_to_replace: Annotated[Whole, Field(le=MOST_MONTHS)] | None = Field(
        None, description="How long until somebody else supports you: how much you depend on it."
    )
    notes: Text = ""
    department: UUID | None = Field(None, description="The department that orders.")


class VendorChanges(VendorIn, Changes):
    """Fields that are left out stay as they are."""


class VendorOut(Schema):
    uuid: UUID
    name: str
    reference: str
    tier: Tier
    website: str
    country: str
    months_to_replace: int | None
    notes: str
    department: UUID | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class VendorPage(Schema):
    items: list[VendorOut]
    next: str | None


class VendorsWanted(PageOfList):
    q: Words = Field("", description="Words in the name, the reference or the name of a service.")
    name: Words = Field("", description="The whole name, in capitals or not.")
    reference: Annotated[Text, Field(max_length=40)] = Field("", description="The whole reference.")
    tier: Tier | None = None
    state: Kept = Kept.ACTIVE
    department: UUID | None = None
    changed_since: Moment | None = Field(None, description="Changed then or later, its services or contacts included.")


def _vendor_out(vendor: Vendor) -> VendorOut:
    return VendorOut(
        uuid=vendor.uuid,
        name=vendor.name,
        reference=vendor.reference,
        tier=Tier(vendor.tier),
        website=vendor.website,
        country=vendor.country,
        months_to_replace=vendor.months_to_replace,
        notes=vendor.notes,
        department=vendor.department.uuid if vendor.department else None,
        archived_at=vendor.archived_at,
        created_at=vendor.created_at,
        updated_at=vendor.updated_at,
    )


def _matching(wanted: VendorsWanted) -> Q:
    found = Q()
    if wanted.name:
        found &= Q(name__iexact=wanted.name)
    if wanted.reference:
        found &= Q(reference=wanted.reference)
    if wanted.tier is not None:
        found &= Q(tier=wanted.tier)
    if wanted.department is not None:
        found &= Q(department__uuid=wanted.department)
    if wanted.changed_since is not None:
        found &= Q(updated_at__gte=wanted.changed_since)
    if wanted.state is not Kept.ALL:
        found &= Q(archived_at__isnull=wanted.state is Kept.ACTIVE)
    return found


@endpoint(router, "GET", "/vendors", "vendor_list", VendorPage, problems=(422,))
def vendor_list(request: ApiRequest, wanted: Query[VendorsWanted]) -> dict[str, object]:
    """Vendors of the register.

    Those in use unless `state` asks for others, in the order in which they were added."""
    rows = VENDORS.for_member(request.member).filter(_matching(wanted))
    items, after = page(rows.matching(wanted.q) if wanted.q else rows, wanted)
    return {"items": [_vendor_out(one) for one in items], "next": after}


@endpoint(router, "POST", "/vendors", "vendor_add", VendorOut, problems=(409,), status=201)
def vendor_add(request: ApiRequest, said: VendorIn) -> Status[VendorOut]:
    """Add a vendor.

    A name is enough to begin with. Two vendors of an organisation have neither the same name nor the same reference."""
    form = _vendor_form(request, Vendor(organisation=request.member.organisation), said)
    vendor = changes.add_vendor(request.member, form.instance)
    request.answer_headers["Location"] = f"/api/v1/vendors/{vendor.uuid}"
    return Status(201, _shown_vendor(request, vendor))


@endpoint(router, "GET", "/vendors/{uuid:vendor}", "vendor_detail", VendorOut, is_versioned=True)
def vendor_detail(request: ApiRequest, vendor: UUID) -> VendorOut:
    """A vendor."""
    return _shown_vendor(request, vendor_of(request, vendor))


@endpoint(router, "PATCH", "/vendors/{uuid:vendor}", "vendor_change", VendorOut, problems=(409, 412), is_versioned=True)
@transaction.atomic
def vendor_change(request: ApiRequest, vendor: UUID, said: VendorChanges) -> VendorOut:
    """Change a vendor.

    Fields that are left out stay as they are; the same again changes nothing."""
    row = _held_vendor(request, vendor)
    form = _vendor_form(request, row, said)
    changes.change_vendor(request.member, form.instance, changed=form.changed_data)
    return _shown_vendor(request, form.instance)


@endpoint(
    router, "POST", "/vendors/{uuid:vendor}/archive", "vendor_archive", VendorOut, problems=(412,), is_versioned=True
)
@transaction.atomic
def vendor_archive(request: ApiRequest, vendor: UUID) -> VendorOut:
    """Archive a vendor.

    It leaves the list and can be chosen for nothing new. All that belongs to it stays."""
    changes.archive_vendor(request.member, _held_vendor(request, vendor), now=timezone.now())
    return _shown_vendor(request, vendor_of(request, vendor))


@endpoint(
    router, "POST", "/vendors/{uuid:vendor}/restore", "vendor_restore", VendorOut, problems=(412,), is_versioned=True
)
@transaction.atomic
def vendor_restore(request: ApiRequest, vendor: UUID) -> VendorOut:
    """Restore an archived vendor."""
    changes.restore_vendor(request.member, _held_vendor(request, vendor), now=timezone.now())
    return _shown_vendor(request, vendor_of(request, vendor))


def _held_vendor(request: ApiRequest, uuid: UUID) -> Vendor:
    row = held_vendor(request, uuid)
    etags.hold_to_tag(request, lambda: told(_vendor_out(row)))
    return row


def _vendor_form(request: ApiRequest, row: Vendor, said: VendorIn) -> VendorForm:
    """Valid, with what the body says over what stands there. Raises Problem 422."""
    sent = said.model_dump(exclude_unset=True)
    organisation = request.member.organisation
    if "department" in sent:
        sent["department"] = key_of(organisation.departments.all(), sent["department"], "/department")
    form = VendorForm(standing(row, changes.VENDOR_FIELDS) | sent, instance=row, organisation=organisation)
    hold_valid(form)
    return form


def _shown_vendor(request: ApiRequest, vendor: Vendor) -> VendorOut:
    out = _vendor_out(vendor)
    etags.show_tag(request, told(out))
    return out
