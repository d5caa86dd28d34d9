"""Who holds a thing: its owner, and where that one can no longer see to it, everybody who may."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from accounts.access import Right, roles_with
from accounts.models import Membership


def nobody_holds(member: Membership, owner: str, right: Right) -> Q:
    """Rows whose `owner` (a field that names a user) is not, or no longer, an active member with this right."""
    able = Membership.objects.active().filter(
        user=OuterRef(owner), user__is_active=True, organisation=member.organisation_id, role__in=roles_with(right)
    )
    return Q(~Exists(able))


def able_users(member: Membership, right: Right) -> set[int]:
    """The keys of the users of the member's organisation who have this right. One query."""
    able = Membership.objects.active().filter(
        organisation=member.organisation_id, user__is_active=True, role__in=roles_with(right)
    )
    return set(able.values_list("user", flat=True))
