"""The cookie that a link is exchanged for: good for the pages of that one link, until it is sent again or ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.models import LinkState


class Issued(Protocol):
    """A link whose cookies end when it is made anew."""

    pk: int
    issue: int
    token_hash: str
    expires_at: datetime


Link = TypeVar("Link", bound=Issued)


@dataclass(frozen=True, kw_only=True)
class DeskCookie:
    """`desk`: the route of the first page, whose address all its other pages begin with."""

    salt: str
    prefix: str
    desk: str

    def name_of(self, pk: int) -> str:
        """Each link its own: one browser may hold those of several customers."""
        return f"{self.prefix}{pk}"

    def value_of(self, link: Issued) -> str:
        return signing.dumps([link.pk, link.issue, link.token_hash], salt=self.salt)

    def give(self, response: HttpResponseBase, link: Issued, *, secure: bool) -> None:
        response.set_cookie(
            self.name_of(link.pk),
            self.value_of(link),
            expires=link.expires_at,
            path=reverse(self.desk, args=[link.pk]),
            secure=secure,
            httponly=True,
            samesite="Lax",
        )

    def admitted(
        self, request: HttpRequest, pk: int, load: Callable[[int], Link | None]
    ) -> tuple[Link | None, LinkState]:
        """The link that the cookie is for; without a cookie of ours for exactly this link: nothing is known."""
        try:
            named, issue, hashed = signing.loads(request.COOKIES.get(self.name_of(pk), ""), salt=self.salt)
        except (signing.BadSignature, ValueError, TypeError):
            return None, LinkState.UNKNOWN
        row = load(pk) if named == pk else None
        if row is None:
            return None, LinkState.UNKNOWN
        is_current = issue == row.issue and constant_time_compare(hashed, row.token_hash)
        return row, LinkState.OPEN if is_current else LinkState.REPLACED
