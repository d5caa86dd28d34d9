"""The counter of a vendor's facts: what was computed from them is kept by it, and forgotten when it rises."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from vendors.models import Vendor


def raise_revision(*vendor_ids: int) -> None:
    """The incidents, feedback, pulses or targets of these vendors changed. Called in the change's own transaction:
    a counter that rises before or without its change would let old figures stand. Raises RuntimeError outside one.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The counter of a vendor’s facts rises in the transaction of the change.")
    lock_vendors(*vendor_ids)
    Vendor.objects.filter(pk__in=set(vendor_ids)).update(facts_revision=F("facts_revision") + 1)


def lock_vendors(*vendor_ids: int) -> None:
    """Nobody else changes the facts of these vendors until the transaction ends. Called before any of their incidents
    is locked: where all begin with the vendor, nobody waits in a circle."""
    # In one order for all, so that two imports that touch the same vendors never wait for each other in a circle; and
    # not the key, which everybody holds who has added an incident to the vendor and not yet committed.
    rows = Vendor.objects.filter(pk__in=set(vendor_ids)).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))
