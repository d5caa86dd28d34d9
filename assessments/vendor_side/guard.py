"""The way in by a link: its cookie, who is let in, and what every answer to them carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.access import HtmxRequest
from accounts.mailed_links.links import state_of
from accounts.mailed_links.pages import closed_page, guarded
from accounts.models import KeptForm, LinkState
from accounts.sending import kept, mark, way_back
from assessments.models import LinkPurpose, VendorLink
from assessments.preferences import within_reach
from assessments.vendor_side import links

SALT = "assessments.vendor-link"


View = Callable[..., HttpResponseBase]


class LinkRequest(HtmxRequest):
    """A request that passed `by_link`."""

    link: VendorLink


# The vendor's side ----------------------------------------------------------------------------------------------
def by_link(*purposes: LinkPurpose) -> Callable[[View], View]:
    """Lets in whoever holds the cookie of the link that the address names, if it is for one of these purposes.

    Sets `request.link`, loaded with assessment, vendor, organisation, response and reply request. Anybody else gets
    the page of a closed link. A member's sign-in counts for nothing here, and the cookie for nothing elsewhere.
    """

    def wrap(view: View) -> View:
        @guarded
        @wraps(view)
        def admit(request: LinkRequest, link: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now = timezone.now()
            row, state = _admitted(request, link)
            if state is LinkState.OPEN:
                state = state_of(row, now)
            if row is None or row.purpose not in purposes:
                return closed_link(request, None, LinkState.UNKNOWN, typed=_keep(request, link, now))
            if state is not LinkState.OPEN:
                return closed_link(request, row, state, typed=_keep(request, link, now))
            links.note_seen(row, now=now)
            request.link = row
            return view(request, link, *args, **kwargs)

        admit.purposes = frozenset(purposes)  # type: ignore[attr-defined]
        return admit

    return wrap


def cookie_name(pk: int) -> str:
    """Each link its own: one browser may hold those of several customers."""
    return f"vendor_desk_{pk}"


def desk_path(pk: int) -> str:
    return reverse("vendor_desk", args=[pk])


def cookie_of(link: VendorLink) -> str:
    return signing.dumps([link.pk, link.issue, link.token_hash], salt=SALT)


def _admitted(request: HttpRequest, pk: int) -> tuple[VendorLink | None, LinkState]:
    """The link that the cookie is for; without a cookie of ours for exactly this link: nothing is known."""
    try:
        named, issue, hashed = signing.loads(request.COOKIES.get(cookie_name(pk), ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None, LinkState.UNKNOWN
    row = links.load(pk) if named == pk else None
    if row is None:
        return None, LinkState.UNKNOWN
    is_current = issue == row.issue and constant_time_compare(hashed, row.token_hash)
    return row, LinkState.OPEN if is_current else LinkState.REPLACED


def about(link: VendorLink) -> dict[str, Any]:
    """All that whoever was asked is shown of the customer."""
    assessment = link.assessment
    return {
        "link": link,
        "assessment": assessment,
        "vendor": assessment.vendor,
        "organisation": assessment.organisation,
        "owner": assessment.owner,
    }


def with_asker(link: VendorLink) -> dict[str, Any]:
    """That, and `asker`: whom they can write to, None where nobody is left. One query."""
    return about(link) | {"asker": within_reach(link.assessment, link.created_by)}


def _keep(request: HttpRequest, link: int, now: datetime) -> KeptForm | None:
    """What was typed on a page of this link comes back when the link is opened again."""
    is_form = request.method == "POST" and not way_back.saves_by_itself(request)
    made = mark.of_post(request) if is_form else None
    return kept.keep(request, now) if made is not None and made.who == f"link:{link}" else None


def closed_link(
    request: HttpRequest, link: VendorLink | None, state: LinkState, *, typed: KeptForm | None = None
) -> HttpResponse:
    context = {**(with_asker(link) if link else {}), "typed": typed}
    return closed_page(request, "assessments/vendor_side/vendor_link_closed.html", state, link, context)
