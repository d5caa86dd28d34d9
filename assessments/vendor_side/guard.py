"""The way in by a link: its cookie, who is let in, and what every answer to them carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare

from accounts import language
from assessments.models import LinkPurpose, VendorLink
from assessments.vendor_side import links
from assessments.vendor_side.links import Standing

SALT = "assessments.vendor-link"


STATUS_OF = {Standing.UNKNOWN: 404, Standing.EXPIRED: 410, Standing.REVOKED: 410, Standing.REPLACED: 410}


View = Callable[..., HttpResponseBase]


Guarded = TypeVar("Guarded", bound=HttpResponseBase)


class LinkRequest(HttpRequest):
    """A request that passed `by_link`."""

    link: VendorLink


# The vendor's side ----------------------------------------------------------------------------------------------
def by_link(*purposes: LinkPurpose) -> Callable[[View], View]:
    """Lets in whoever holds the cookie of the link that the address names, if it is for one of these purposes.

    Sets `request.link`, loaded with assessment, vendor, organisation, response and reply request. Anybody else gets
    the page of a closed link. A member's sign-in counts for nothing here, and the cookie for nothing elsewhere.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def admit(request: HttpRequest, link: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now = timezone.now()
            row, state = _admitted(request, link)
            if state is Standing.OPEN:
                state = links.standing(row, now)
            if row is None or row.purpose not in purposes:
                return _guarded(_closed(request, None, Standing.UNKNOWN))
            if state is not Standing.OPEN:
                return _guarded(_closed(request, row, state))
            links.note_seen(row, now=now)
            request.link = row  # type: ignore[attr-defined]
            return _guarded(view(request, link, *args, **kwargs))

        admit.purposes = frozenset(purposes)  # type: ignore[attr-defined]
        return admit

    return wrap


def cookie_name(pk: int) -> str:
    """Each link its own: one browser may hold those of several customers."""
    return f"vendor_desk_{pk}"


def desk_path(pk: int) -> str:
    return reverse("vendor_desk", args=[pk])


def _cookie_of(link: VendorLink) -> str:
    return signing.dumps([link.pk, link.issue, link.token_hash], salt=SALT)


def _admitted(request: HttpRequest, pk: int) -> tuple[VendorLink | None, Standing]:
    """The link that the cookie is for; without a cookie of ours for exactly this link: nothing is known."""
    try:
        named, issue, hashed = signing.loads(request.COOKIES.get(cookie_name(pk), ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None, Standing.UNKNOWN
    row = links.load(pk) if named == pk else None
    if row is None:
        return None, Standing.UNKNOWN
    is_current = issue == row.issue and constant_time_compare(hashed, row.token_hash)
    return row, Standing.OPEN if is_current else Standing.REPLACED


def _about(link: VendorLink) -> dict[str, Any]:
    assessment = link.assessment
    return {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "organisation": assessment.organisation,
        "owner": assessment.owner,
    }


def _closed(request: HttpRequest, link: VendorLink | None, state: Standing) -> HttpResponse:
    """Says what happened and whom to ask; of a link that is not known, nothing at all."""
    if link is not None:
        language.follow(request, link.language)
    context = {"standing": state, "link": link, **(_about(link) if link else {})}
    return render(request, "assessments/vendor_side/vendor_link_closed.html", context, status=STATUS_OF[state])


def _guarded(response: Guarded) -> Guarded:
    """Nothing of these pages is kept by a cache, and no address of theirs is told to anybody.

    Not `no-referrer`: browsers then send `Origin: null`, and every form would be refused as forged.
    """
    add_never_cache_headers(response)
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
