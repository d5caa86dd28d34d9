"""Departments and members: the names by which other operations know them."""

from __future__ import annotations

from uuid import UUID

from ninja import Query, Router, Schema

from accounts.access import Right, may
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from accounts.models import Department, Membership, Role

router = Router()


class DepartmentListed(Schema):
    uuid: UUID
    name: str
    is_it: bool


class DepartmentPage(Schema):
    items: list[DepartmentListed]
    next: str | None


class MemberOut(Schema):
    uuid: UUID
    name: str
    role: Role
    department: UUID | None
    email: str | None


class MemberPage(Schema):
    items: list[MemberOut]
    next: str | None


class MembersWanted(PageOfList):
    role: Role | None = None
    department: UUID | None = None


@endpoint(router, "GET", "/departments", "department_list", DepartmentPage, problems=(422,))
def department_list(request: ApiRequest, wanted: Query[PageOfList]) -> dict[str, object]:
    """Departments of your organisation.

    `is_it`: it runs the IT, and is heard in every assessment of a system."""
    rows = Department.objects.filter(organisation=request.member.organisation_id)
    items, after = page(rows, wanted)
    return {"items": [DepartmentListed(uuid=one.uuid, name=one.name, is_it=one.is_it) for one in items], "next": after}


@endpoint(router, "GET", "/members", "member_list", MemberPage, problems=(422,))
def member_list(request: ApiRequest, wanted: Query[MembersWanted]) -> dict[str, object]:
    """Members of your organisation: people who may sign in.

    No services, and nobody whose membership has ended. Addresses are told to administrators only."""
    rows = Membership.objects.for_member(request.member).active().select_related("user", "department")
    if wanted.role is not None:
        rows = rows.filter(role=wanted.role)
    if wanted.department is not None:
        rows = rows.filter(department__uuid=wanted.department)
    items, after = page(rows, wanted)
    tells_addresses = may(request.member, Right.ADMINISTER)
    return {"items": [_member_out(one, tells_address=tells_addresses) for one in items], "next": after}


def _member_out(member: Membership, *, tells_address: bool) -> MemberOut:
    return MemberOut(
        uuid=member.uuid,
        name=str(member.user),
        role=Role(member.role),
        department=member.department.uuid if member.department else None,
        email=member.user.email if tells_address else None,
    )
