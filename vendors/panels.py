"""What other apps show on a vendor's page: vendors come first, so whoever judges them registers here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Membership
from groundwork.together import Lookup, look_up
from vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A template of its own and what it shows, as `panel` in its context.

    `head`: a second one, for what of it stands at the head of the page, before everything else. `anchor` and `label`:
    where the page's own navigation leads, and what it calls that. One without a template has a head alone.
    """

    template: str = ""
    head: str = ""
    anchor: str = ""
    label: str = ""
    context: Mapping[str, Any]


Made = Panel | None  # None: nothing to show to this member
Maker = Callable[[Membership, Vendor], Made | Lookup[Panel] | Lookup[Made]]
_makers: dict[str, tuple[int, Maker]] = {}


def register(name: str, maker: Maker, *, position: int) -> None:
    """Called from an app's `ready`; panels stand in the order of their positions."""
    _makers[name] = (position, maker)


def panels_for(member: Membership, vendor: Vendor, *beside: Lookup[Any]) -> list[Panel]:
    """What they and those beside them look up is read by one statement; what hangs on it, afterwards."""
    made = [maker(member, vendor) for _position, maker in sorted(_makers.values(), key=lambda entry: entry[0])]
    look_up(*beside, *(one for one in made if isinstance(one, Lookup)))
    told = (one.told() if isinstance(one, Lookup) else one for one in made)
    return [panel for panel in told if panel is not None]
