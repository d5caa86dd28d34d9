"""Somebody arrives through their organisation's sign-in: made a member the first time, given the role of their groups,
and told apart by the name that the provider knows them by."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.members import changes, invitations
from accounts.models import IdentityProvider, Membership, User
from accounts.single_sign_on.judging import Verdict, judge, link_of
from accounts.single_sign_on.reasons import NotLetInError
from accounts.single_sign_on.said import Said
from accounts.trail import audit


def arrive(provider: IdentityProvider, said: Said, *, language: str, now: datetime) -> Membership:
    """The membership that they come in with. Raises NotLetInError where what was said lets nobody in.

    `language`: of an account that is made. The last active administrator keeps that role, whatever the groups say.
    """
    with transaction.atomic():
        organisation = changes.lock_organisation(provider.organisation_id)
        verdict = judge(provider, said, now)
        if verdict.reason:
            raise NotLetInError(verdict.reason, claims=said.claims)
        with translation.override(organisation.language):
            through = _("the organisation’s sign-in")
        with audit.through(through):
            member = _member(provider, said, verdict, language, now)
        if said.subject:
            SocialAccount.objects.get_or_create(
                provider=link_of(provider), uid=said.subject, defaults={"user": member.user}
            )
    return member


def _member(provider: IdentityProvider, said: Said, verdict: Verdict, language: str, now: datetime) -> Membership:
    if verdict.member is not None:
        changes.take_role(verdict.member, verdict.role)
        return verdict.member
    user = verdict.user or _user(said, language)
    if verdict.invitation is not None:
        member = invitations.join(verdict.invitation, user, now=now)
        changes.take_role(member, verdict.role)
        return member
    return changes.add(provider.organisation, user, role=verdict.role)


def _user(said: Said, language: str) -> User:
    """Without a password: who comes in here comes in by their organisation."""
    user = User.objects.create_user(said.email, None, name=said.name or said.email.partition("@")[0], language=language)
    audit.record(None, "user.added", user, after={"email": user.email, "name": user.name})
    return user
