"""Tokens as pages list them: whose, how far they reach, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.api.scopes import WORDS
from accounts.models import ApiToken, ApiTokenQuerySet, Membership
from accounts.operations import Scope
from accounts.tokens.expiring import WARNED

ENDED_SHOWN = timedelta(days=30)  # what ended longer ago is told by the audit trail alone
MOST = 500


class Standing(StrEnum):
    VALID = "active"
    RUNS_OUT = "late"  # within two weeks
    EXPIRED = "expired"
    WITHDRAWN = "inactive"
    SHUT = "closed"  # not ended, and opens nothing: whoever it acts as, or whoever made it, is no member any more


STANDINGS: dict[Standing, Promise | str] = {
    Standing.VALID: _("Valid"),
    Standing.RUNS_OUT: _("Runs out soon"),
    Standing.EXPIRED: _("Run out"),
    Standing.WITHDRAWN: pgettext_lazy("token", "Withdrawn"),
    Standing.SHUT: _("Opens nothing"),
}


@dataclass(frozen=True, kw_only=True)
class ListedToken:
    """`scopes`: in words; `is_open`: it can be withdrawn."""

    token: ApiToken
    scopes: Sequence[str | Promise]
    standing: Standing

    @property
    def said(self) -> str | Promise:
        return STANDINGS[self.standing]

    @property
    def is_open(self) -> bool:
        return self.standing not in (Standing.EXPIRED, Standing.WITHDRAWN)


def of_member(member: Membership, now: datetime) -> list[ListedToken]:
    """Their own, the newest first. Two queries."""
    return _listed(ApiToken.objects.of_person(member), now)


def of_organisation(member: Membership, now: datetime) -> list[ListedToken]:
    """All, of people and of services. Two queries."""
    return _listed(ApiToken.objects.for_member(member), now)


def _listed(rows: ApiTokenQuerySet, now: datetime) -> list[ListedToken]:
    usable = set(rows.usable(now).values_list("pk", flat=True))
    told = rows.told_of(now, ENDED_SHOWN).select_related("member__user", "made_by")[:MOST]
    return [
        ListedToken(token=token, scopes=_in_words(token.scopes), standing=_standing(token, usable, now))
        for token in told
    ]


def _in_words(codes: Iterable[str]) -> list[str | Promise]:
    known = {scope.value for scope in Scope}
    return [WORDS[Scope(code)] if code in known else code for code in codes]


def _standing(token: ApiToken, usable: set[int], now: datetime) -> Standing:
    if token.revoked_at is not None:
        return Standing.WITHDRAWN
    if token.expires_at <= now:
        return Standing.EXPIRED
    if token.pk not in usable:
        return Standing.SHUT
    return Standing.RUNS_OUT if token.expires_at <= now + WARNED else Standing.VALID
