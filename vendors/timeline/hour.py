"""How an incident's hour stands for the page: what runs, what was promised next, and the entries to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Membership
from vendors.models import EntryKind, Incident, TimelineEntry
from vendors.timeline.record import Outcome, Promise, Record, minute, promises_of
from vendors.timeline.records import ended_at, entries_of, happened, is_corrected, record_for, standing
from vendors.withheld import is_withheld


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry that stands, with those that it stands in for, the oldest last."""

    entry: TimelineEntry
    earlier: tuple[TimelineEntry, ...]


@dataclass(frozen=True, kw_only=True)
class Hour:
    """`lines`: the newest first. `is_withheld`: this member still judges the vendor, so that only what they wrote
    themselves is here, and no `record`."""

    incident: Incident
    entries: tuple[TimelineEntry, ...]
    lines: tuple[Line, ...]
    promise: Promise | None  # the moment that was promised last, while it is still waited for
    record: Record | None
    now: datetime
    is_withheld: bool

    @property
    def is_running(self) -> bool:
        return ended_at(self.incident) is None

    @property
    def length(self) -> timedelta:
        """How long the business has stood still, or did."""
        return (ended_at(self.incident) or self.now) - self.incident.opened_at

    @property
    def is_overdue(self) -> bool:
        return self.promise is not None and self.promise.outcome is Outcome.MISSED

    @property
    def from_promise(self) -> timedelta:
        """From the promised moment to now, or from now to it."""
        return abs(minute(self.now) - minute(self.promise.due)) if self.promise else timedelta()

    @property
    def fingerprint(self) -> str:
        """Another one as soon as the page would say something else: while it runs, each minute."""
        incident = self.incident
        told = (
            [entry.pk for entry in self.entries],
            [incident.opened_at, incident.first_response_at, incident.restored_at, incident.resolved_at],
            minute(self.now) if self.is_running or self.promise else None,
            self.is_withheld,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def hour_of(member: Membership, incident: Incident, *, now: datetime) -> Hour:
    """For this member. A constant number of queries."""
    hidden = is_withheld(member, incident.vendor)
    entries = entries_of(incident)
    if hidden:
        entries = [entry for entry in entries if entry.user_id == member.user_id]
    return Hour(
        incident=incident,
        entries=tuple(entries),
        lines=lines_of(entries),
        promise=_waited_for(incident, entries, now=now),
        record=None if hidden else record_for(incident, entries, now=now),
        now=now,
        is_withheld=hidden,
    )


def lines_of(entries: Sequence[TimelineEntry]) -> tuple[Line, ...]:
    """The newest first."""
    by_pk = {entry.pk: entry for entry in entries}

    def earlier(entry: TimelineEntry) -> list[TimelineEntry]:
        before = by_pk.get(entry.corrects_id or 0)
        return [before, *earlier(before)] if before else []

    # Of a member who reads their own alone, one that a colleague has corrected is read as it was written.
    last = [entry for entry in entries if not is_corrected(entry) or entry.corrected_by.pk not in by_pk]
    return tuple(Line(entry=entry, earlier=tuple(earlier(entry))) for entry in reversed(last))


def _waited_for(incident: Incident, entries: Sequence[TimelineEntry], *, now: datetime) -> Promise | None:
    """The moment that the last contact named, unless it was answered or overtaken."""
    contacts = [happened(entry) for entry in standing(entries) if entry.kind == EntryKind.CONTACT]
    promises = promises_of(contacts, ended=ended_at(incident), now=now)
    last = promises[-1] if promises else None
    waited = last is not None and last.heard_at is None and last.outcome in (Outcome.PENDING, Outcome.MISSED)
    return last if waited and ended_at(incident) is None else None
