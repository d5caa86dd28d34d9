"""The way in to the vendor's desk: its cookie, who is let in, and what every page of it is shown of the customer."""

from __future__ import annotations

from typing import Any

from accounts.access import HtmxRequest
from accounts.mailed_links.cookies import DeskCookie
from accounts.mailed_links.door import Door
from vendors.desk import links
from vendors.models import DeskLink

DESK = DeskCookie(salt="vendors.desk-link", prefix="desk_", desk="desk_home")
CLOSED = "vendors/desk/desk_closed.html"


class DeskRequest(HtmxRequest):
    """A request that passed `by_desk_link`."""

    link: DeskLink


def about(link: DeskLink) -> dict[str, Any]:
    """What each page shows. `asker`: whom its holder can write to, None where nobody is left. One query or two."""
    return {
        "link": link,
        "vendor": link.vendor,
        "organisation": link.vendor.organisation,
        "asker": links.asker_of(link),
    }


DOOR: Door[DeskLink] = Door(cookie=DESK, life=links.LIFE, about=about, closed=CLOSED)
# For every view behind the link, whose addresses begin with `desk/<int:link>/`: sets `request.link`.
by_desk_link = DOOR.admits()
