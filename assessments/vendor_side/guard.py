"""The way in by a link: its cookie, who is let in, and what every answer to them carries."""

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
from assessments.models import CommitmentLink, LinkPurpose, VendorLink
from assessments.preferences import within_reach
from assessments.vendor_side import links

DESK = DeskCookie(salt="assessments.vendor-link", prefix="vendor_desk_", desk="vendor_desk")


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
            now, who = timezone.now(), VendorLink.who_is(link)
            row, state = DESK.admitted(request, link, links.load)
            if state is LinkState.OPEN:
                state = state_of(row, now)
            if row is None or row.purpose not in purposes:
                return closed_link(
                    request, None, LinkState.UNKNOWN, typed=keep_typed(request, VendorLink.who_is(link), now)
                )
            if state is not LinkState.OPEN:
                return closed_link(request, row, state, typed=keep_typed(request, who, now))
            links.note_seen(row, now=now)
            request.link = row
            return view(request, link, *args, **kwargs)

        admit.purposes = frozenset(purposes)  # type: ignore[attr-defined]
        return admit

    return wrap


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
    """That, and `asker`: whom they can write to, None where nobody is left; `commitments`: the link by which the same
    contact reads what was agreed, which opens by its own cookie alone. Two queries."""
    return about(link) | {
        "asker": within_reach(link.assessment, link.created_by),
        "commitments": _to_commitments(link),
    }


def _to_commitments(link: VendorLink) -> CommitmentLink | None:
    if link.contact_id is None:
        return None
    return CommitmentLink.objects.open(timezone.now()).filter(contact=link.contact_id).first()


def closed_link(
    request: HttpRequest, link: VendorLink | None, state: LinkState, *, typed: KeptForm | None = None
) -> HttpResponse:
    context = {**(with_asker(link) if link else {}), "typed": typed}
    return closed_page(request, "assessments/vendor_side/vendor_link_closed.html", state, link, context)
