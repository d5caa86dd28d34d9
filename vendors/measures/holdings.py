"""What the sources of incidents hold, and for which time that lets a measure speak. Plain Python, days in one zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAY = timedelta(days=1)
# A tool touches a resolved incident once more, to close it: only then does a file of last changes have it for good.
CLOSED_BY_ITSELF = timedelta(days=14)
LAST_DAY = date.max - 400 * DAY  # with room for a calculation


class Held(StrEnum):
    """Which incidents a file has: those opened between two days, and so on."""

    OPENED = "opened"
    OPENED_ENDED = "opened_ended"  # opened between two days, without those that are still open
    RESOLVED = "resolved"
    CHANGED = "changed"
    OPEN = "open"  # none that ended


ENDED_ONLY = frozenset({Held.OPENED_ENDED, Held.RESOLVED, Held.CHANGED})


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One file: the days (both included) of what it was selected by, and until when its facts are known. `is_told` is
    False where nobody said so: then it is what the incidents themselves let conclude, the careful way. `name`: how
    people call the source; `row`: the number of its import, while known, the latest where nobody said what it holds."""

    source: str
    held: Held
    since: date
    to: date
    known_until: datetime
    is_told: bool = True
    ended_on: date | None = None  # the tool is not used after that day
    name: str = ""
    row: int = field(default=0, compare=False)


Days = tuple[date, date]  # both included


@dataclass(frozen=True, kw_only=True)
class SourceCoverage:
    """`good`: the days whose incidents, opened on them, are all there and were followed long enough."""

    known_until: datetime
    ended_on: date | None
    good: tuple[Days, ...]

    @property
    def begins(self) -> date | None:
        return self.good[0][0] if self.good else None


def coverage(
    holdings: Sequence[Holding], *, horizon: timedelta, zone: tzinfo, follows: date | None = None
) -> SourceCoverage:
    """Of one source, from all files of it; at least one is needed. `follows`: up to that day another one was used, in
    whose place it came, and nothing is expected of it."""
    known_until = max(holding.known_until for holding in holdings)
    ended_on = max((holding.ended_on for holding in holdings if holding.ended_on), default=None)
    good = [*_by_opening(holdings, horizon, zone), *_by_ending(holdings, horizon, zone)]
    if ended_on is not None:
        good.append((ended_on + DAY, LAST_DAY))  # nothing is expected of it any more
    if follows is not None:
        good.append((date.min, follows))
    return SourceCoverage(known_until=known_until, ended_on=ended_on, good=tuple(_joined(good)))


def _by_opening(holdings: Iterable[Holding], horizon: timedelta, zone: tzinfo) -> Iterable[Days]:
    for holding in holdings:
        if holding.held in (Held.OPENED, Held.OPENED_ENDED):
            last = min(holding.to, _last_followed(holding.known_until, horizon, zone))
            if last >= holding.since:
                yield holding.since, last


def _by_ending(holdings: Iterable[Holding], horizon: timedelta, zone: tzinfo) -> Iterable[Days]:
    """Several files that follow on each other are as one: an incident may end in the next."""
    runs = []
    for holding in holdings:
        if holding.held in (Held.RESOLVED, Held.CHANGED):
            room = CLOSED_BY_ITSELF if holding.held == Held.CHANGED else timedelta(0)
            # Of its last day only what had happened by then.
            known = min(holding.known_until, midnight(holding.to + DAY, zone))
            runs.append((holding.since, _last_followed(known, room, zone)))
    for since, to in _joined([run for run in runs if run[1] >= run[0]]):
        last = _last_followed(midnight(to + DAY, zone), horizon, zone)
        if last >= since:
            yield since, last


def _last_followed(known_until: datetime, horizon: timedelta, zone: tzinfo) -> date:
    """The last day that ended at least `horizon` before."""
    return (known_until - horizon).astimezone(zone).date() - DAY


def midnight(day: date, zone: tzinfo) -> datetime:
    """Of the zone, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _joined(runs: Iterable[Days]) -> list[Days]:
    """In order; those that touch are one."""
    joined: list[Days] = []
    for since, to in sorted(runs):
        if joined and since <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], to))
        else:
            joined.append((since, to))
    return joined
