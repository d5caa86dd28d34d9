"""What an import does to incidents that were there already, in the audit trail: one entry for each.

Those that it adds have no entry of their own: the incident says which import made it, and as long as that may be undone
nobody has changed it; the import's entry says how many there are, and from which file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from accounts.models import User
from accounts.trail import audit
from vendors.models import Incident, Vendor


class ChangedIncident(NamedTuple):
    """By the columns that changed; `vendor` is the one at which it is now."""

    pk: int
    reference: str
    vendor: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record(user: User | None, changes: Sequence[ChangedIncident]) -> None:
    """Within the transaction that changes them; two statements, however many there are."""
    vendors = Vendor.objects.in_bulk({one.vendor for one in changes})
    audit.record_all(
        audit.entry(
            user,
            "incident.changed",
            Incident(pk=one.pk, reference=one.reference, vendor=vendors[one.vendor], organisation_id=organisation),
            before=_by_field(one.before),
            after=_by_field(one.after),
        )
        for one in changes
        for organisation in (vendors[one.vendor].organisation_id,)
    )


def differing(names: Iterable[str], before: Iterable[Any], after: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """What of two rows of values differs, before and after, by name."""
    pairs = [(name, old, new) for name, old, new in zip(names, before, after, strict=True) if old != new]
    return {name: old for name, old, _new in pairs}, {name: new for name, _old, new in pairs}


def _by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """By the names that the trail has for what people type."""
    return {name.removesuffix("_id"): value for name, value in values.items()}
