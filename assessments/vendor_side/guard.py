"""The way in by a link: its cookie, who is let in, and what every answer to them carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.access import HtmxRequest
from accounts.mailed_links.cookies import DeskCookie
from accounts.mailed_links.door import Door
from assessments.models import CommitmentLink, LinkPurpose, VendorLink
from assessments.preferences import within_reach
from assessments.vendor_side import links

DESK = DeskCookie(salt="assessments.vendor-link", prefix="vendor_desk_", desk="vendor_desk")


View = Callable[..., HttpResponseBase]


class LinkRequest(HtmxRequest):
    """A request that passed `by_link`."""

    link: VendorLink


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


DOOR: Door[VendorLink] = Door(
    cookie=DESK,
    life=links.LIFE,
    about=with_asker,
    closed="assessments/vendor_side/vendor_link_closed.html",
    first=lambda link: "vendor_reply" if link.purpose == LinkPurpose.REPLY else "vendor_desk",
)


def by_link(*purposes: LinkPurpose) -> Callable[[View], View]:
    """Lets in by a link for one of these purposes, loaded with assessment, vendor, organisation, response and reply
    request: sets `request.link`."""
    admits = DOOR.admits(lambda link: link.purpose in purposes)

    def wrap(view: View) -> View:
        admit = admits(view)
        admit.purposes = frozenset(purposes)  # type: ignore[attr-defined]
        return admit

    return wrap
