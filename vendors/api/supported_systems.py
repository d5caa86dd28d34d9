"""Services of vendors, for other systems."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.db import transaction
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from vendors.api.rows import held_row, hold_valid, key_of, row_of, standing, told, vendor_of
from vendors.api.shapes import Name, Text, Yes
from vendors.models import Service
from vendors.register import changes
from vendors.register.forms import NO, YES, ServiceForm

router = Router()
SERVICES = Service.objects.select_related("vendor__organisation", "department")


class ServiceIn(Given):
    name: Annotated[Name, Field(max_length=160)]
    mission_critical: Yes = Field(description="Whether your business stops, or soon will, when this system does.")
    department: UUID | None = Field(None, description="The department that depends on it.")
    description: Text = Field("", description="What stops when it stops.")


class ServiceChanges(ServiceIn, Changes):
    """Fields that are left out stay as they are."""


class ServiceOut(Schema):
    uuid: UUID
    vendor: UUID
    name: str
    mission_critical: bool
    department: UUID | None
    description: str


class ServicePage(Schema):
    items: list[ServiceOut]
    next: str | None


class ServicesWanted(PageOfList):
    vendor: UUID | None = None
    mission_critical: bool | None = None
    department: UUID | None = None


def _service_out(service: Service) -> ServiceOut:
    return ServiceOut(
        uuid=service.uuid,
        vendor=service.vendor.uuid,
        name=service.name,
        mission_critical=service.mission_critical,
        department=service.department.uuid if service.department else None,
        description=service.description,
    )


@endpoint(router, "GET", "/services", "service_list", ServicePage, problems=(422,))
def service_list(request: ApiRequest, wanted: Query[ServicesWanted]) -> dict[str, object]:
    """Services: the systems that vendors support.

    Of all vendors, or of one; in the order in which they were added."""
    rows = SERVICES.for_member(request.member)
    if wanted.vendor is not None:
        rows = rows.filter(vendor__uuid=wanted.vendor)
    if wanted.mission_critical is not None:
        rows = rows.filter(mission_critical=wanted.mission_critical)
    if wanted.department is not None:
        rows = rows.filter(department__uuid=wanted.department)
    items, after = page(rows, wanted)
    return {"items": [_service_out(one) for one in items], "next": after}


@endpoint(router, "POST", "/vendors/{uuid:vendor}/services", "service_add", ServiceOut, problems=(409,), status=201)
def service_add(request: ApiRequest, vendor: UUID, said: ServiceIn) -> Status[ServiceOut]:
    """Add a service to a vendor.

    Whether it is mission-critical is asked, never presumed: the measures are taken over such systems alone."""
    form = _service_form(request, Service(vendor=vendor_of(request, vendor)), said)
    service = changes.add_part(request.member, form.instance)
    request.answer_headers["Location"] = f"/api/v1/services/{service.uuid}"
    return Status(201, _shown_service(request, form.instance))


@endpoint(router, "GET", "/services/{uuid:service}", "service_detail", ServiceOut, is_versioned=True)
def service_detail(request: ApiRequest, service: UUID) -> ServiceOut:
    """A service."""
    return _shown_service(request, row_of(request, SERVICES, service))


@endpoint(
    router, "PATCH", "/services/{uuid:service}", "service_change", ServiceOut, problems=(409, 412), is_versioned=True
)
@transaction.atomic
def service_change(request: ApiRequest, service: UUID, said: ServiceChanges) -> ServiceOut:
    """Change a service.

    Fields that are left out stay as they are; the same again changes nothing."""
    form = _service_form(request, _held_service(request, service), said)
    changes.change_part(request.member, form.instance, changed=form.changed_data)
    return _shown_service(request, form.instance)


@endpoint(
    router,
    "DELETE",
    "/services/{uuid:service}",
    "service_delete",
    None,
    problems=(412,),
    status=204,
    is_versioned=True,
)
@transaction.atomic
def service_delete(request: ApiRequest, service: UUID) -> Status[None]:
    """Delete a service for good.

    Assessments of the vendor do not change; incidents of the service stay, without it."""
    changes.delete_part(request.member, _held_service(request, service))
    return Status(204, None)


def _held_service(request: ApiRequest, uuid: UUID) -> Service:
    row = held_row(request, SERVICES, uuid)
    etags.hold_to_tag(request, lambda: told(_service_out(row)))
    return row


def _service_form(request: ApiRequest, row: Service, said: ServiceIn) -> ServiceForm:
    sent = standing(row, changes.SERVICE_FIELDS) | said.model_dump(exclude_unset=True)
    sent["mission_critical"] = YES if sent["mission_critical"] else NO
    if "department" in said.model_fields_set:
        departments = request.member.organisation.departments.all()
        sent["department"] = key_of(departments, said.department, "/department")
    form = ServiceForm(sent, instance=row, vendor=row.vendor)
    hold_valid(form)
    return form


def _shown_service(request: ApiRequest, service: Service) -> ServiceOut:
    out = _service_out(service)
    etags.show_tag(request, told(out))
    return out
