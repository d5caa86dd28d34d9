"""Whether an accepted cause came back: plain Python.

It came back where the same vendor had a mission-critical incident of the same problem or cause that was opened after
the proof was accepted. It stayed away where twelve months have passed without one, in all that is known by then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from groundwork.folding import folded

WATCHED = timedelta(days=365)  # after it was accepted: without a return by then it has stayed away


class Fate(StrEnum):
    CAME_BACK = "came_back"
    STAYED_AWAY = "stayed_away"
    WATCHED = "watched"  # twelve months are not over, or not known yet
    UNNAMED = "unnamed"  # the incident names no problem: nobody can see it come back


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One mission-critical incident. `vendor` and `pk`: row numbers."""

    pk: int
    vendor: int
    reference: str
    problem: str
    opened: datetime


@dataclass(frozen=True, kw_only=True)
class AcceptedCause:
    """`incident`: the row number of that whose cause was proven; `problem`: what it is recorded as."""

    vendor: int
    incident: int
    problem: str
    accepted: datetime


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`incidents`: in which it came back, the first first; `settled`: from when on it can be said that it stayed
    away."""

    fate: Fate
    incidents: tuple[Occurrence, ...]
    settled: datetime


def returns_of(cause: AcceptedCause, occurrences: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """Those in which it came back, by their opening. Another vendor's are never among them."""
    problem = folded(cause.problem)
    if not problem:
        return ()
    found = (
        one
        for one in occurrences
        if one.vendor == cause.vendor
        and one.pk != cause.incident
        and one.opened > cause.accepted
        and folded(one.problem) == problem
    )
    return tuple(sorted(found, key=lambda one: (one.opened, one.pk)))


def outcome_of(cause: AcceptedCause, occurrences: Iterable[Occurrence], known_until: datetime) -> Outcome:
    """`known_until`: what happened at this vendor later is not known."""
    came = returns_of(cause, occurrences)
    return Outcome(fate=_fate(cause, came, known_until), incidents=came, settled=cause.accepted + WATCHED)


def _fate(cause: AcceptedCause, came: tuple[Occurrence, ...], known_until: datetime) -> Fate:
    if came:
        return Fate.CAME_BACK
    if not folded(cause.problem):
        return Fate.UNNAMED
    return Fate.STAYED_AWAY if known_until >= cause.accepted + WATCHED else Fate.WATCHED
