"""The way in to the commitments: its cookie, who is let in, and what every answer to them carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.access import HtmxRequest
from accounts.mailed_links.cookies import DeskCookie
from accounts.mailed_links.links import state_of
from accounts.mailed_links.pages import closed_page, guarded, keep_typed
from accounts.models import KeptForm, LinkState
from assessments.models import CommitmentLink
from assessments.vendor_commitments import links

DESK = DeskCookie(salt="assessments.commitment-link", prefix="vendor_commitments_", desk="vendor_commitments")
CLOSED = "assessments/vendor_commitments/commitment_link_closed.html"


class CommitmentRequest(HtmxRequest):
    """A request that passed `by_commitment_link`."""

    link: CommitmentLink


def by_commitment_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lets in whoever holds the cookie of the link that the address names, and sets `request.link`.

    Anybody else gets the page of a closed link. A member's sign-in counts for nothing here, the cookie for nothing
    elsewhere, and a link to answer or to reply for nothing either.
    """

    @guarded
    @wraps(view)
    def admit(request: CommitmentRequest, link: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        row, state = DESK.admitted(request, link, links.load)
        if state is LinkState.OPEN:
            state = state_of(row, now)
        if row is None or state is not LinkState.OPEN:
            typed = keep_typed(request, CommitmentLink.who_is(link), now)
            return closed_link(request, row, state, typed=typed)
        links.note_seen(row, now=now)
        request.link = row
        return view(request, link, *args, **kwargs)

    return admit


def about(link: CommitmentLink) -> dict[str, Any]:
    """All that its holder is shown of the customer beside the commitments. `asker`: whom they can write to, None where
    nobody is left. One query."""
    return {
        "link": link,
        "vendor": link.vendor,
        "organisation": link.vendor.organisation,
        "asker": links.asker_of(link),
    }


def closed_link(
    request: HttpRequest, link: CommitmentLink | None, state: LinkState, *, typed: KeptForm | None = None
) -> HttpResponse:
    context = {**(about(link) if link else {}), "typed": typed}
    return closed_page(request, CLOSED, state, link, context)
