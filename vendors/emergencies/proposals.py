"""What a vendor wrote that could stand in a plan. Answers are known above this app, which registers its answer here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Membership
from vendors.models import Vendor

AT_HAND, STARTS_BY_ITSELF = "at_hand", "starts_by_itself"  # fields of a plan


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`field`: of the plan, where the `text` fits; `said_on` and `source`: when the vendor said it, and where."""

    field: str
    text: str
    source: str
    said_on: date


Maker = Callable[[Membership, Vendor], Sequence[Proposal]]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Called once from an app's `ready`. What it gives is what this member may read: it looks after the secrecy."""
    if maker not in _makers:
        _makers.append(maker)


def proposals_for(member: Membership, vendor: Vendor) -> dict[str, Proposal]:
    """Field of a plan → what the vendor wrote last that fits there."""
    return {proposal.field: proposal for maker in _makers for proposal in maker(member, vendor)}


def taken_over(written: str, proposal: Proposal) -> str:
    """What stands in the field once the proposal is taken over: behind what was typed, and never twice."""
    if proposal.text.strip() in written:
        return written
    return f"{written.rstrip()}\n{proposal.text}" if written.strip() else proposal.text
