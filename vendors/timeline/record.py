"""What a timeline says of how a vendor worked: how guidance and troubleshooting are judged. Plain Python, no clock.

Times are compared to the minute, as people note them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from rapidfuzz.fuzz import token_sort_ratio

from groundwork.folding import folded

ALIKE = 85  # of 100: two questions are the same one, in other words
SHORTEST = 6  # letters of a question that is compared at all
NOTHING = timedelta()


class Kind(StrEnum):
    CONTACT = "contact"
    CHANGE = "change"
    NOTE = "note"
    RESTORED = "restored"


class Said(StrEnum):
    """The five that a vendor says at each contact."""

    ASKED = "asked"  # what they ask
    WHY = "why"  # why they ask it
    DOES = "does"  # what they do with it
    NEXT_STEP = "next_step"  # what comes next
    NEXT_AT = "next_at"  # and when


class Outcome(StrEnum):
    KEPT = "kept"  # heard from again by then
    MISSED = "missed"
    PENDING = "pending"  # the moment is still to come
    FELL_AWAY = "fell_away"  # the business ran before


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One entry that stands. `kind`: as `Kind`; what was not said is empty."""

    kind: str
    at: datetime
    person: str = ""
    asked: str = ""
    why: str = ""
    does: str = ""
    next_step: str = ""
    next_at: datetime | None = None

    @property
    def is_contact(self) -> bool:
        return self.kind == Kind.CONTACT

    def tells(self, what: Said) -> bool:
        value = getattr(self, what)
        return bool(value.strip()) if isinstance(value, str) else value is not None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A moment that was named at a contact. `heard_at`: the first contact that decides (the last word by then, or the
    first one after it); `late`: by how much it was missed, up to that contact, the end, or now."""

    given_at: datetime
    due: datetime
    step: str
    person: str
    outcome: Outcome
    heard_at: datetime | None = None
    late: timedelta = NOTHING


@dataclass(frozen=True, kw_only=True)
class Silence:
    """From one contact (or the beginning) to the next (or the end)."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, kw_only=True)
class AskedAgain:
    asked: str
    at: datetime
    earlier: datetime


@dataclass(frozen=True, kw_only=True)
class Record:
    """Of one timeline, or of several together (`incidents`). `said`: in how many of the contacts each was said;
    `said_all`: in how many all five; `blind_changes`: tried before the cause was known."""

    incidents: int = 0
    contacts: int = 0
    said: Mapping[Said, int]
    said_all: int = 0
    silence: Silence | None = None
    promises: tuple[Promise, ...] = ()
    changes: int = 0
    blind_changes: int = 0
    asked_again: tuple[AskedAgain, ...] = ()

    def of(self, outcome: Outcome) -> tuple[Promise, ...]:
        return tuple(promise for promise in self.promises if promise.outcome is outcome)

    @property
    def kept(self) -> int:
        return len(self.of(Outcome.KEPT))

    @property
    def missed(self) -> int:
        return len(self.of(Outcome.MISSED))

    @property
    def judged(self) -> int:
        """Promises of which it is known whether they were kept."""
        return self.kept + self.missed

    @property
    def late(self) -> timedelta:
        """By how much promised moments were missed, all together."""
        return sum((promise.late for promise in self.of(Outcome.MISSED)), NOTHING)

    @property
    def latest(self) -> Promise | None:
        """The one that was missed by most."""
        return max(self.of(Outcome.MISSED), key=lambda promise: promise.late, default=None)

    @property
    def is_empty(self) -> bool:
        return not self.contacts and not self.changes


NOTHING_SAID: Mapping[Said, int] = dict.fromkeys(Said, 0)


def record_of(
    entries: Iterable[Happened],
    *,
    opened: datetime,
    ended: datetime | None,
    now: datetime,
    cause_known: datetime | None = None,
) -> Record:
    """`entries`: those that stand, in any order; `ended`: when the business ran again, None while it does not;
    `cause_known`: when a proven cause was told, None where none was."""
    ordered = sorted(entries, key=lambda entry: entry.at)
    contacts = [entry for entry in ordered if entry.is_contact]
    changes = [entry for entry in ordered if entry.kind == Kind.CHANGE]
    return Record(
        incidents=1,
        contacts=len(contacts),
        said={what: sum(entry.tells(what) for entry in contacts) for what in Said},
        said_all=sum(all(entry.tells(what) for what in Said) for entry in contacts),
        silence=_longest_silence(contacts, opened, ended or now),
        promises=promises_of(contacts, ended=ended, now=now),
        changes=len(changes),
        blind_changes=sum(cause_known is None or entry.at < cause_known for entry in changes),
        asked_again=_asked_again(contacts),
    )


def together(records: Sequence[Record]) -> Record:
    """Several incidents: numbers are added, of silences the longest is kept."""

    def added(name: str) -> int:
        return sum(getattr(record, name) for record in records)

    silences = [record.silence for record in records if record.silence is not None]
    return Record(
        incidents=added("incidents"),
        contacts=added("contacts"),
        said={what: sum(record.said[what] for record in records) for what in Said},
        said_all=added("said_all"),
        silence=max(silences, key=lambda silence: silence.length, default=None),
        promises=tuple(promise for record in records for promise in record.promises),
        changes=added("changes"),
        blind_changes=added("blind_changes"),
        asked_again=tuple(again for record in records for again in record.asked_again),
    )


# Promised moments ------------------------------------------------------------------------------------------------
def promises_of(contacts: Sequence[Happened], *, ended: datetime | None, now: datetime) -> tuple[Promise, ...]:
    """Of contacts in the order of their times. A promised moment is kept where there was another contact by then: who
    hears from them earlier, about whatever, holds nothing against them. One that the end overtakes is not judged."""
    return tuple(
        _judged(entry, entry.next_at, contacts[place + 1 :], ended=ended, now=now)
        for place, entry in enumerate(contacts)
        if entry.next_at is not None
    )


def _judged(
    given: Happened, due: datetime, later: Sequence[Happened], *, ended: datetime | None, now: datetime
) -> Promise:
    first = later[0].at if later else None
    outcome, late = _outcome(due, first, ended, now)
    return Promise(
        given_at=given.at,
        due=due,
        step=given.next_step,
        person=given.person,
        outcome=outcome,
        heard_at=first if outcome in (Outcome.KEPT, Outcome.MISSED) else None,
        late=late,
    )


def _outcome(due: datetime, heard: datetime | None, ended: datetime | None, now: datetime) -> tuple[Outcome, timedelta]:
    promised = minute(due)
    if heard is not None and minute(heard) <= promised:
        return Outcome.KEPT, NOTHING
    if ended is not None and minute(ended) <= promised:
        return Outcome.FELL_AWAY, NOTHING
    if minute(now) <= promised:
        return Outcome.PENDING, NOTHING
    waited = [moment for moment in (heard, ended, now) if moment is not None]
    return Outcome.MISSED, minute(min(waited)) - promised


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


# Silence and questions -------------------------------------------------------------------------------------------
def _longest_silence(contacts: Sequence[Happened], opened: datetime, end: datetime) -> Silence | None:
    """None where there was no time to be silent in."""
    if end <= opened:
        return None
    moments = [opened, *(entry.at for entry in contacts if opened <= entry.at <= end), end]
    spans = (Silence(since=one, until=other) for one, other in pairwise(moments))
    return max(spans, key=lambda silence: silence.length)


def _asked_again(contacts: Sequence[Happened]) -> tuple[AskedAgain, ...]:
    """Each question that had been asked before in this incident, with the first time that it was."""
    seen: list[tuple[str, datetime]] = []
    found = []
    for entry in contacts:
        words = folded(entry.asked)
        if len(words) < SHORTEST:
            continue
        earlier = next((at for before, at in seen if token_sort_ratio(before, words) >= ALIKE), None)
        if earlier is None:
            seen.append((words, entry.at))
        else:
            found.append(AskedAgain(asked=entry.asked, at=entry.at, earlier=earlier))
    return tuple(found)
