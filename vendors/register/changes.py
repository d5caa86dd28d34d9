"""Changes of the vendor register: each in one transaction, with what was before and after in the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.models import Contact, Service, Vendor

VENDOR_FIELDS = ("name", "reference", "tier", "department", "website", "country", "months_to_replace", "notes")
SERVICE_FIELDS = ("name", "mission_critical", "department", "description")
CONTACT_FIELDS = ("name", "job", "email", "phone", "language")
IN_USE: dict[str, Any] = {
    "vendor.name": _("Your organisation has a vendor of this name already."),
    "vendor.reference": _("Another vendor of your organisation has this reference."),
    "service.name": _("This vendor has a service of this name already."),
}
UNIQUE_MARKS = ("unique constraint", "once_per")  # as SQLite and PostgreSQL say it

Row = TypeVar("Row", bound=Vendor | Service | Contact)


class NameInUse(Refusal):
    """Another one has this name or reference (`field`) already: seen by the database, after the form found nothing
    wrong."""

    def __init__(self, field: str, why: object) -> None:
        super().__init__(str(why))
        self.field = field


# Vendors ---------------------------------------------------------------------------------------------------------
def add_vendor(member: Membership, vendor: Vendor) -> Vendor:
    """Raises NameInUse where the name or the reference is in use."""
    vendor.organisation = member.organisation
    return _add(member, "vendor.added", vendor, VENDOR_FIELDS)


def change_vendor(member: Membership, vendor: Vendor, *, changed: Collection[str]) -> Vendor:
    """Write the `changed` fields only, so that what a colleague changes meanwhile stays. Raises NameInUse."""
    return _change(member, "vendor.changed", vendor, changed)


@transaction.atomic
def archive_vendor(member: Membership, vendor: Vendor, *, now: datetime) -> None:
    """Out of the way for new assessments; those it has stay. Once archived, it stays so from that day."""
    if Vendor.objects.active().filter(pk=vendor.pk).update(archived_at=now, updated_at=now):
        audit.record(member.user, "vendor.archived", vendor, before={"archived_at": None}, after={"archived_at": now})


@transaction.atomic
def restore_vendor(member: Membership, vendor: Vendor, *, now: datetime) -> None:
    if Vendor.objects.archived().filter(pk=vendor.pk).update(archived_at=None, updated_at=now):
        before = {"archived_at": vendor.archived_at}
        audit.record(member.user, "vendor.restored", vendor, before=before, after={"archived_at": None})


# Services and contacts -------------------------------------------------------------------------------------------
@transaction.atomic
def add_part(member: Membership, part: Service | Contact) -> Service | Contact:
    """A service or a contact of its vendor. Raises NameInUse where the vendor has a service of that name."""
    _touch(part.vendor)
    verb = "service.added" if isinstance(part, Service) else "contact.added"
    return _add(member, verb, part, _fields(part))


@transaction.atomic
def change_part(member: Membership, part: Service | Contact, *, changed: Collection[str]) -> Service | Contact:
    if changed:
        _touch(part.vendor)
    verb = "service.changed" if isinstance(part, Service) else "contact.changed"
    return _change(member, verb, part, changed)


@transaction.atomic
def delete_part(member: Membership, part: Service | Contact) -> None:
    if isinstance(part, Service):  # its calendar goes with it, and its incidents count by the clock again
        facts_revision.raise_revision(part.vendor_id)
    _touch(part.vendor)
    verb = "service.deleted" if isinstance(part, Service) else "contact.deleted"
    audit.record(member.user, verb, part, before=audit.snapshot(part, _fields(part)))
    part.delete()


def _fields(part: Service | Contact) -> Sequence[str]:
    return SERVICE_FIELDS if isinstance(part, Service) else CONTACT_FIELDS


def _touch(vendor: Vendor) -> None:
    """What belongs to a vendor changed, so the vendor did: the list can be sorted by that."""
    vendor.save(update_fields=["updated_at"])


# Writing ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def _add(member: Membership, verb: str, row: Row, fields: Sequence[str]) -> Row:
    _write(row)
    audit.record(member.user, verb, row, after=audit.snapshot(row, fields))
    return row


@transaction.atomic
def _change(member: Membership, verb: str, row: Row, changed: Collection[str]) -> Row:
    fields = sorted(changed)
    if not fields:
        return row
    stored = type(row)._base_manager.select_for_update().get(pk=row.pk)
    before, after = audit.snapshot(stored, fields), audit.snapshot(row, fields)
    if before == after:
        return row
    _write(row, update_fields=[*fields, "updated_at"] if isinstance(row, Vendor) else fields)
    audit.record(member.user, verb, row, before=before, after=after)
    return row


def _write(row: models.Model, *, update_fields: Sequence[str] | None = None) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=update_fields)
    except IntegrityError as error:
        said = str(error)
        if not any(mark in said.lower() for mark in UNIQUE_MARKS):
            raise
        field = "reference" if "reference" in said else "name"
        raise NameInUse(field, IN_USE[f"{row._meta.model_name}.{field}"]) from error
