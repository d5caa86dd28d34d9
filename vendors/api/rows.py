"""Rows by the names that they have outwards, and forms of the pages bound to what a body says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.forms import BaseForm, model_to_dict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Schema

from accounts.api import problems
from accounts.api.problems import Fault, Problem, invalid
from accounts.api.requests import ApiRequest
from accounts.fetching import OfMember
from accounts.models import Membership
from vendors import facts_revision
from vendors.models import Contact, Contract, Feedback, Paper, Service, Vendor
from vendors.withheld import is_withheld

Row = TypeVar("Row", bound=Model)
OfVendor = TypeVar("OfVendor", Service, Contact, Contract, Paper, Feedback)
VENDORS = Vendor.objects.select_related("organisation", "department")
CLOSED = gettext_lazy(
    "Its figures stay closed to you until you have handed in your answers, so that they do not lead you. Answer from "
    "what you have seen yourself."
)


def row_of(request: ApiRequest, rows: OfMember[Row], uuid: UUID) -> Row:
    """The row of this name, if it is the organisation's; else it is not there."""
    return get_object_or_404(rows.for_member(request.member), uuid=uuid)


def held_row(request: ApiRequest, rows: OfMember[OfVendor], uuid: UUID, *vendors: int) -> OfVendor:
    """Likewise, of a row of a vendor that is to be changed: held until the transaction ends, its vendor before it (and
    these others, by their keys), in the order in which the pages hold them."""
    facts_revision.lock_vendors(row_of(request, rows, uuid).vendor_id, *vendors)
    return get_object_or_404(rows.for_member(request.member).select_for_update(of=("self",)), uuid=uuid)


def vendor_of(request: ApiRequest, uuid: UUID) -> Vendor:
    return row_of(request, VENDORS, uuid)


def held_vendor(request: ApiRequest, uuid: UUID) -> Vendor:
    rows = VENDORS.for_member(request.member).select_for_update(of=("self",), no_key=True)
    return get_object_or_404(rows, uuid=uuid)


def open_vendor(request: ApiRequest, uuid: UUID) -> Vendor:
    """A vendor whose figures may be read. Raises Problem 403 for whoever still judges it."""
    vendor = vendor_of(request, uuid)
    if is_withheld(request.member, vendor):
        raise Problem(403, "withheld", CLOSED)
    return vendor


def named(rows: QuerySet[Row], uuid: UUID | None, path: str) -> Row | None:
    """The row that a body names; None where it names none. Raises Problem 422 where it is not among these."""
    if uuid is None:
        return None
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise unknown(path)
    return found


def key_of(rows: QuerySet[Row], uuid: UUID | None, path: str) -> int | None:
    """As `named`, for a form."""
    found = named(rows, uuid, path)
    return found.pk if found is not None else None


def unknown(path: str) -> Problem:
    return invalid([Fault(path=path, detail=_("It does not exist, or it is not your organisation’s."))])


def told(out: Schema) -> dict[str, Any]:
    """What an ETag is made of."""
    return out.model_dump(mode="json")


# Members ---------------------------------------------------------------------------------------------------------
def member_names(member: Membership, users: Iterable[int | None]) -> dict[int | None, UUID]:
    """By the users' keys, what members of this organisation are called outwards, those who left, too; one query."""
    wanted = {user for user in users if user is not None}
    rows = Membership.everybody.filter(organisation=member.organisation_id, user__in=wanted)
    return dict(rows.values_list("user", "uuid")) if wanted else {}


def user_named(member: Membership, uuid: UUID | None, path: str) -> int | None:
    """The key of the user whose membership a body names."""
    found = named(Membership.objects.filter(organisation=member.organisation_id), uuid, path)
    return found.user_id if found else None


# Forms -----------------------------------------------------------------------------------------------------------
def standing(row: Model, fields: Iterable[str]) -> dict[str, Any]:
    """What stands there, as a form takes it."""
    said = model_to_dict(row, fields=list(fields))
    return {name: [one.pk for one in value] if isinstance(value, list) else value for name, value in said.items()}


def hold_valid(form: BaseForm, names: Mapping[str, str] | None = None) -> None:
    """Raises Problem 422, which says of each field what the page would say beside it."""
    if not form.is_valid():
        raise problems.of_form(form, names)
