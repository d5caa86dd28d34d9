"""What follows from what a provider said: who it is here, which role they have, or why they are not let in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.members.group_roles import role_of
from accounts.models import IdentityProvider, Invitation, Membership, User
from accounts.own_sign_in import has_domain_of
from accounts.single_sign_on import openid
from accounts.single_sign_on.reasons import Reason
from accounts.single_sign_on.said import Said


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`reason` None: they are let in, as `role`. `user` and `member`: who they are here already."""

    reason: Reason | None = None
    role: str = ""
    user: User | None = None
    member: Membership | None = None
    invitation: Invitation | None = None


def judge(provider: IdentityProvider, said: Said, now: datetime) -> Verdict:
    """Of one organisation only: what somebody is elsewhere opens nothing here."""
    if reason := _address_is_wrong(provider, said):
        return Verdict(reason=reason)
    user, reason = _who(provider, said)
    if reason:
        return Verdict(reason=reason)
    members = Membership.objects.filter(organisation=provider.organisation_id).select_related("user")
    member = members.filter(user=user).first() if user else None
    if (user is not None and not user.is_active) or (member is not None and not member.is_active):
        return Verdict(reason=Reason.CLOSED, user=user, member=member)
    if member is not None:
        return _of_member(provider, said, member)
    return _of_newcomer(provider, said, user, now)


def _address_is_wrong(provider: IdentityProvider, said: Said) -> Reason | None:
    try:
        validate_email(said.email)
    except ValidationError:
        return Reason.NO_ADDRESS
    if not said.is_verified:
        return Reason.NOT_VERIFIED
    if not has_domain_of(provider.organisation_id, said.email):
        return Reason.OUTSIDE
    workspace = openid.workspace_of(provider, said.claims)
    if workspace is not None and not has_domain_of(provider.organisation_id, f"_@{workspace}"):
        return Reason.OUTSIDE
    return None


def _who(provider: IdentityProvider, said: Said) -> tuple[User | None, Reason | None]:
    """By the name at the provider, which outlasts a change of address; the first time by the address."""
    links = SocialAccount.objects.filter(provider=link_of(provider)).select_related("user")
    linked = links.filter(uid=said.subject).first() if said.subject else None
    if linked is not None:
        return cast(User, linked.user), None
    user = User.objects.filter(email__iexact=said.email, made_by=None).first()
    if user is not None and said.subject and links.filter(user=user).exists():
        return user, Reason.OTHER_PERSON
    return user, None


def _of_member(provider: IdentityProvider, said: Said, member: Membership) -> Verdict:
    """Where groups give roles, they decide; else a member keeps the role that an administrator gave."""
    role = member.role
    if provider.roles:
        role = role_of(said.groups, provider.roles, otherwise=provider.role_without_group)
        if not role:
            return Verdict(reason=Reason.NO_ROLE, user=member.user, member=member)
    return Verdict(role=role, user=member.user, member=member)


def _of_newcomer(provider: IdentityProvider, said: Said, user: User | None, now: datetime) -> Verdict:
    """An account that already opens something else joins by an invitation only: whoever runs this provider could
    otherwise act in its name here."""
    invitations = Invitation.objects.filter(organisation=provider.organisation_id, email__iexact=said.email)
    invited = invitations.open(now).select_related("organisation").order_by("-invited_at").first()
    is_known = user is not None and (user.is_staff or user.is_superuser or user.memberships.exists())
    if invited is None and (is_known or not provider.adds_members):
        return Verdict(reason=Reason.NOT_A_MEMBER, user=user)
    otherwise = invited.role if invited else provider.role_without_group
    role = role_of(said.groups, provider.roles, otherwise=otherwise)
    if not role:
        return Verdict(reason=Reason.NO_ROLE, user=user)
    return Verdict(role=role, user=user, invitation=invited)


def link_of(provider: IdentityProvider) -> str:
    """What links of accounts to persons at this provider are kept under: its own name, so that nobody else's count."""
    return str(provider.uuid)
