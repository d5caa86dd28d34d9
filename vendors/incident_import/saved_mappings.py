"""How files of one kind are read, kept for next month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.trail import audit
from vendors.incident_import.columns.options import Options
from vendors.incident_import.looks import look_at
from vendors.models import ImportMapping, IncidentImport, Vendor


@transaction.atomic
def save_mapping(member: Membership, name: str, upload: IncidentImport) -> ImportMapping:
    """Keep the options of `upload` under `name`; those of that name are replaced."""
    options = Options.from_data(upload.options)
    name = " ".join(name.split())[:80]
    stored = ImportMapping.objects.for_member(member).select_for_update().filter(name=name).first()
    before = _told(stored) if stored else None
    mapping, is_new = ImportMapping.objects.update_or_create(
        organisation=member.organisation,
        name=name,
        defaults={
            "source": options.source,
            "headings": list(look_at(upload, sheet=options.sheet).header),
            "options": options.as_data(),
            "created_by": member.user,
            "used_at": timezone.now(),
        },
    )
    verb = "importmapping.added" if is_new else "importmapping.changed"
    audit.record(member.user, verb, mapping, before=before, after=_told(mapping))
    return mapping


def _told(mapping: ImportMapping) -> dict[str, Any]:
    return audit.snapshot(mapping, ("source", "headings", "options"))


def mapping_for(member: Membership, header: Sequence[str]) -> ImportMapping | None:
    """The mapping made for the same headings, in whatever order, the last used one first."""
    wanted = sorted(header)
    for mapping in ImportMapping.objects.for_member(member).order_by("-used_at", "-pk"):
        if sorted(mapping.headings) == wanted:
            return mapping
    return None


def options_of(mapping: ImportMapping) -> dict[str, Any]:
    """The options that it keeps, as data; vendors that are gone since are not in them."""
    options = Options.from_data(mapping.options)
    there = set(Vendor.objects.filter(organisation=mapping.organisation_id).values_list("pk", flat=True))
    vendors = {
        text: choice
        for text, choice in options.vendors.items()
        if not isinstance(choice, dict) or choice.get("vendor") in there
    }
    return replace(options, vendors=vendors, vendor=options.vendor if options.vendor in there else None).as_data()


def use(member: Membership, mapping: ImportMapping, upload: IncidentImport) -> IncidentImport:
    """Give the options of the mapping to an import that nobody has begun."""
    upload.options = options_of(mapping)
    upload.source = mapping.source
    upload.save(update_fields=["options", "source"])
    ImportMapping.objects.for_member(member).filter(pk=mapping.pk).update(used_at=timezone.now())
    return upload


@transaction.atomic
def delete_mapping(member: Membership, mapping: ImportMapping) -> None:
    audit.record(member.user, "importmapping.deleted", mapping, before=_told(mapping))
    mapping.delete()
