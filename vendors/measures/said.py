"""What people said of a vendor as the measures need it: in the log, and in pulses. Plain Python, dates passed in.

It is counted in the period in which it was said: a period that is over holds all of it, whatever the sources of
incidents hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

Taken = tuple[float | None, Iterable[int]]  # a value, and the entries that it rests on
SHARES = frozenset({"told_beforehand", "workaround", "courteous"})
SAID = SHARES | {"feeling"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one person said at one time. `feeling`: 1 to 5; the others 1 (yes), 0.5 (partly), 0 (no); None: not said.
    `entry`: its number in the log; below zero a pulse whose entry was taken out of it."""

    entry: int
    day: date
    feeling: int | None = None
    told_beforehand: float | None = None
    workaround: float | None = None
    courteous: float | None = None


def take_said(key: str, said: Sequence[Said]) -> Taken:
    """The measure `key` of what was said: the mean feeling from 1 to 5, and of the others the mean in percent; None
    where nobody said so."""
    known = [(one.entry, value) for one in said if (value := getattr(one, key)) is not None]
    if not known:
        return None, ()
    mean = sum(value for _entry, value in known) * (100 if key in SHARES else 1) / len(known)
    return mean, [entry for entry, _value in known]


def said_between(said: Iterable[Said], since: date, until: date) -> list[Said]:
    """Of these days, both included; the oldest first."""
    return sorted((one for one in said if since <= one.day <= until), key=lambda one: (one.day, one.entry))
