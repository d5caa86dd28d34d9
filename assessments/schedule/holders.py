"""Who holds a thing: its owner, and where that one can no longer see to it, everybody who may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from django.db.models import Q

from accounts.access import Right, may, roles_with
from accounts.models import Membership


def nobody_holds(member: Membership, owner: str, right: Right) -> Q:
    """Rows whose `owner` (a field that names a user) is not, or no longer, an active member with this right."""
    able = Membership.objects.active().filter(
        user__is_active=True, organisation=member.organisation_id, role__in=roles_with(right)
    )
    return Q(**{owner: None}) | ~Q(**{f"{owner}__in": able.values("user")})  # who is able is asked once, not a row


def held_by(member: Membership, right: Right, *, otherwise: Right) -> Q:
    """Rows that are the member's to see to: their own, and those that nobody with the right holds, for whoever has the
    right `otherwise`. The member has the first."""
    own = Q(owner=member.user_id)
    return own | nobody_holds(member, "owner", right) if may(member, otherwise) else own


class OfVendor(Protocol):
    vendor_id: int


Row = TypeVar("Row", bound=OfVendor)


def not_judged(rows: Iterable[Row], judged: Iterable[int]) -> list[Row]:
    """Without those of vendors (by their keys) that the member still judges."""
    hidden = set(judged)
    return [row for row in rows if row.vendor_id not in hidden]
