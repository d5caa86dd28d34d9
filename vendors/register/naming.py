"""What the audit trail calls vendors, by their ids: as they are called now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.vocabulary import Key, Naming
from vendors import choices
from vendors.models import Vendor


def vendor_names(keys: Iterable[Key]) -> dict[Key, str]:
    keys = list(keys)
    names = dict(Vendor.objects.filter(pk__in={pk for _release, pk in keys}).values_list("pk", "name"))
    return {pair: names[pair[1]] for pair in keys if pair[1] in names}


def vendor_rows(organisation_id: int) -> QuerySet[Vendor]:
    """Archived ones, too: their past is looked up as well."""
    return Vendor.objects.filter(organisation=organisation_id).order_by("name", "pk")


def vendors_found(organisation_id: int, text: str) -> QuerySet[Any, Any]:
    return Vendor.objects.filter(organisation=organisation_id, name__icontains=text).order_by().values("pk")


VENDORS = Naming(names=vendor_names, rows=vendor_rows, source=choices.VENDORS, found=vendors_found)
