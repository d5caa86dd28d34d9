"""The counter of a vendor's facts: what was computed from them is kept by it, and forgotten when it rises."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from vendors.models import Vendor


def changed(*vendor_ids: int) -> None:
    """The incidents, feedback, pulses or targets of these vendors changed. Called in the change's own transaction:
    a counter that rises before or without its change would let old figures stand. Raises RuntimeError outside one.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The counter of a vendor’s facts rises in the transaction of the change.")
    # In one order for all, so that two imports that touch the same vendors never wait for each other in a circle; and
    # not the key, which everybody holds who has added an incident to the vendor and not yet committed.
    ids = sorted(set(vendor_ids))
    list(Vendor.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    Vendor.objects.filter(pk__in=ids).update(facts_revision=F("facts_revision") + 1)
