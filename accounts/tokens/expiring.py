"""Tokens that run out soon: said to whoever can make another one before the tool that uses it stands still."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts.access import Right, may
from accounts.models import ApiToken, ApiTokenQuerySet, Membership, Role

WARNED = timedelta(days=14)


def running_out_for(member: Membership, now: datetime) -> ApiTokenQuerySet:
    """Their own, and those of services that they look after: of those they made, and, as an administrator, of those
    whose maker does not administer the organisation any more. The one that ends first comes first; one query. What has
    a successor is not named: a token of the same holder that was made later and lasts longer."""
    mine = Q(member=member.pk)
    if may(member, Right.ADMINISTER):
        here = (
            Membership.objects.active()
            .filter(organisation=member.organisation_id, user=OuterRef("member__user__made_by"), user__is_active=True)
            .filter(role=Role.ADMIN)
        )
        mine |= Q(member__is_service=True) & (Q(member__user__made_by=member.user_id) | Q(~Exists(here)))
    rows = ApiToken.objects.for_member(member).running_out(now, WARNED).filter(mine)
    later = ApiToken.objects.filter(
        member=OuterRef("member"), made_at__gt=OuterRef("made_at"), expires_at__gt=now + WARNED, revoked_at=None
    )
    return rows.exclude(Exists(later)).select_related("member__user").order_by("expires_at", "pk")
