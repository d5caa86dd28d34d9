"""Contacts at vendors, for other systems."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from vendors.api.rows import held_row, hold_valid, row_of, standing, told, vendor_of
from vendors.api.shapes import Name, Text
from vendors.models import Contact
from vendors.register import changes
from vendors.register.forms import ContactForm

router = Router()
CONTACTS = Contact.objects.select_related("vendor__organisation")
ContactLanguage = StrEnum("ContactLanguage", {code: code for code, _name in settings.LANGUAGES})  # type: ignore[misc]


class ContactIn(Given):
    name: Annotated[Name, Field(max_length=120)]
    job: Annotated[Text, Field(max_length=120)] = ""
    email: Annotated[Text, Field(max_length=254)] = ""
    phone: Annotated[Text, Field(max_length=40)] = ""
    language: ContactLanguage | None = Field(
        None, description="What to write to them in; without it, your organisation’s."
    )


class ContactChanges(Given, Changes):
    """Fields that are left out stay as they are."""

    name: Annotated[Name, Field(max_length=120)]
    job: Annotated[Text, Field(max_length=120)]
    email: Annotated[Text, Field(max_length=254)]
    phone: Annotated[Text, Field(max_length=40)]
    language: ContactLanguage


class ContactOut(Schema):
    uuid: UUID
    vendor: UUID
    name: str
    job: str
    email: str
    phone: str
    language: ContactLanguage


class ContactPage(Schema):
    items: list[ContactOut]
    next: str | None


class ContactsWanted(PageOfList):
    vendor: UUID | None = None
    email: Annotated[Text, Field(max_length=254)] = Field("", description="The whole address, in capitals or not.")


def _contact_out(contact: Contact) -> ContactOut:
    return ContactOut(
        uuid=contact.uuid,
        vendor=contact.vendor.uuid,
        name=contact.name,
        job=contact.job,
        email=contact.email,
        phone=contact.phone,
        language=ContactLanguage(contact.language),
    )


@endpoint(router, "GET", "/contacts", "contact_list", ContactPage, problems=(422,))
def contact_list(request: ApiRequest, wanted: Query[ContactsWanted]) -> dict[str, object]:
    """Contacts: people at vendors.

    Of all vendors, or of one; in the order in which they were added."""
    rows = CONTACTS.for_member(request.member)
    if wanted.vendor is not None:
        rows = rows.filter(vendor__uuid=wanted.vendor)
    if wanted.email:
        rows = rows.filter(email__iexact=wanted.email)
    items, after = page(rows, wanted)
    return {"items": [_contact_out(one) for one in items], "next": after}


@endpoint(router, "POST", "/vendors/{uuid:vendor}/contacts", "contact_add", ContactOut, status=201)
def contact_add(request: ApiRequest, vendor: UUID, said: ContactIn) -> Status[ContactOut]:
    """Add a contact to a vendor."""
    of = vendor_of(request, vendor)
    language = said.language or request.member.organisation.language
    form = _contact_form(Contact(vendor=of), said.model_dump() | {"language": language})
    contact = changes.add_part(request.member, form.instance)
    request.answer_headers["Location"] = f"/api/v1/contacts/{contact.uuid}"
    return Status(201, _shown_contact(request, form.instance))


@endpoint(router, "GET", "/contacts/{uuid:contact}", "contact_detail", ContactOut, is_versioned=True)
def contact_detail(request: ApiRequest, contact: UUID) -> ContactOut:
    """A contact."""
    return _shown_contact(request, row_of(request, CONTACTS, contact))


@endpoint(router, "PATCH", "/contacts/{uuid:contact}", "contact_change", ContactOut, problems=(412,), is_versioned=True)
@transaction.atomic
def contact_change(request: ApiRequest, contact: UUID, said: ContactChanges) -> ContactOut:
    """Change a contact.

    Fields that are left out stay as they are; the same again changes nothing."""
    form = _contact_form(_held_contact(request, contact), said.model_dump(exclude_unset=True))
    changes.change_part(request.member, form.instance, changed=form.changed_data)
    return _shown_contact(request, form.instance)


@endpoint(
    router,
    "DELETE",
    "/contacts/{uuid:contact}",
    "contact_delete",
    None,
    problems=(412,),
    status=204,
    is_versioned=True,
)
@transaction.atomic
def contact_delete(request: ApiRequest, contact: UUID) -> Status[None]:
    """Delete a contact for good.

    The trail keeps that it was there. Pages for when something breaks that name it lose it."""
    changes.delete_part(request.member, _held_contact(request, contact))
    return Status(204, None)


def _held_contact(request: ApiRequest, uuid: UUID) -> Contact:
    row = held_row(request, CONTACTS, uuid)
    etags.hold_to_tag(request, lambda: told(_contact_out(row)))
    return row


def _contact_form(row: Contact, sent: dict[str, Any]) -> ContactForm:
    form = ContactForm(standing(row, changes.CONTACT_FIELDS) | sent, instance=row, vendor=row.vendor)
    hold_valid(form)
    return form


def _shown_contact(request: ApiRequest, contact: Contact) -> ContactOut:
    out = _contact_out(contact)
    etags.show_tag(request, told(out))
    return out
