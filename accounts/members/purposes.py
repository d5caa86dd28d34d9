"""What an invitation is for beyond the role: told by the app that asks, which accounts does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import Invitation


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """One fact of what somebody is asked to do: “Vendor”, “Example Systems”."""

    label: str
    value: str


Teller = Callable[[Invitation], Iterable[Purpose]]
_tellers: list[Teller] = []


def tell_with(teller: Teller) -> None:
    """Called once an app, in its `ready`."""
    _tellers.append(teller)


def asked_by(invitation: Invitation) -> tuple[Purpose, ...]:
    """In the active language; empty where the invitation is for the role alone."""
    return tuple(purpose for teller in _tellers for purpose in teller(invitation))
