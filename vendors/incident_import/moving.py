"""Incidents that go from one vendor to another, in the trail of both."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import User
from accounts.trail import audit
from vendors.models import IncidentImport, Vendor


def record(user: User | None, upload: IncidentImport, moves: Mapping[tuple[int, int], int]) -> None:
    """`moves`: how many went from the one (its id) to the other. Within the transaction that ends the moving."""
    vendors = Vendor.objects.in_bulk({vendor for pair in moves for vendor in pair})
    pairs = [(vendors[old], vendors[new], count) for (old, new), count in moves.items()]
    audit.record_all(
        audit.entry(
            user,
            "incidentimport.moved",
            upload,
            before={"vendor": old.name},
            after={"vendor": new.name, "moved": count},
            subject=vendor,
        )
        for old, new, count in pairs
        for vendor in (old, new)
    )
