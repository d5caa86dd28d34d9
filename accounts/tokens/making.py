"""A token comes to be, and ends."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import ApiToken, Membership, User, hash_token
from accounts.operations import Scope
from accounts.trail import audit

MARK = "cm_"  # begins each, so that scanners of source code and logs know one
SHOWN = 9  # characters of it that stay visible
VALID = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Made:
    """`secret`: the token itself, which nobody can read again."""

    token: ApiToken
    secret: str


def make(
    member: Membership, *, name: str, scopes: Iterable[Scope], by: User, now: datetime, valid: timedelta = VALID
) -> Made:
    """A token that acts as this member."""
    secret = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            organisation_id=member.organisation_id,
            member=member,
            name=name,
            scopes=sorted(str(scope) for scope in scopes),
            start=secret[:SHOWN],
            token_hash=hash_token(secret),
            made_by=by,
            made_at=now,
            expires_at=now + valid,
        )
        told = {"name": name, "scopes": token.scopes, "expires_at": token.expires_at, "holder": str(member.user)}
        audit.record(by, "token.made", token, after=told)
    return Made(token=token, secret=secret)


def revoke(token: ApiToken, *, by: User, now: datetime) -> None:
    """From now on it opens nothing; once withdrawn, it stays so."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            audit.record(by, "token.revoked", token, before={"revoked_at": None}, after={"revoked_at": now})
