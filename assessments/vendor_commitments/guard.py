"""The way in to the commitments: its cookie, who is let in, and what every page behind it is shown of the customer."""

from __future__ import annotations

from typing import Any

from accounts.access import HtmxRequest
from accounts.mailed_links.cookies import DeskCookie
from accounts.mailed_links.door import Door
from assessments.models import CommitmentLink
from assessments.vendor_commitments import links

DESK = DeskCookie(salt="assessments.commitment-link", prefix="vendor_commitments_", desk="vendor_commitments")
CLOSED = "assessments/vendor_commitments/commitment_link_closed.html"


class CommitmentRequest(HtmxRequest):
    """A request that passed `by_commitment_link`."""

    link: CommitmentLink


def about(link: CommitmentLink) -> dict[str, Any]:
    """All that its holder is shown of the customer beside the commitments. `asker`: whom they can write to, None where
    nobody is left. One query."""
    return {
        "link": link,
        "vendor": link.vendor,
        "organisation": link.vendor.organisation,
        "asker": links.asker_of(link),
    }


DOOR: Door[CommitmentLink] = Door(cookie=DESK, life=links.LIFE, about=about, closed=CLOSED)
# Sets `request.link`; a link to answer or to reply opens nothing here.
by_commitment_link = DOOR.admits()
