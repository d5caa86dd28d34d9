"""A stretch of writing as one row: a text saves itself at every pause, and each save is an entry of its own.

Nothing is left out by it: a row tells what stood before the first entry and after the last, and holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.paginator import Page

from accounts import vocabulary
from accounts.models import AuditEntry

LONGEST_PAUSE = timedelta(minutes=10)
BEYOND = 100  # entries that are read beyond each edge of a page

Told = TypeVar("Told")  # an entry in a page's words


@dataclass(frozen=True, kw_only=True)
class Row(Generic[Told]):
    """What one row shows: an entry, or a stretch of them as if it were one."""

    whole: Told
    parts: tuple[Told, ...] = ()  # the entries of a stretch, the latest first; none for a single entry
    since: datetime
    until: datetime


def rows(
    stretches: Sequence[Sequence[AuditEntry]], tell: Callable[[Sequence[AuditEntry]], Sequence[Told]]
) -> list[Row[Told]]:
    """Stretches as rows; `tell` puts all that is shown into words at once."""
    several = [entry for stretch in stretches if len(stretch) > 1 for entry in reversed(stretch)]
    told = tell([*(whole(stretch) for stretch in stretches), *several])
    wholes, parts = told[: len(stretches)], iter(told[len(stretches) :])
    return [
        Row(
            whole=in_one,
            parts=tuple(next(parts) for _entry in stretch) if len(stretch) > 1 else (),
            since=stretch[0].at,
            until=stretch[-1].at,
        )
        for stretch, in_one in zip(stretches, wholes, strict=True)
    ]


def of_page(page: Page[AuditEntry]) -> list[list[AuditEntry]]:
    """A page of entries in stretches. One that lies over an edge stands whole on the page of its last entry, and
    nowhere else; as long as it lies over the edge by no more than `BEYOND` entries. One query."""
    first, end = max(page.start_index() - 1, 0), page.end_index()
    since = max(first - BEYOND, 0)
    listed = list(page.paginator.object_list[since : end + BEYOND])
    here = {entry.pk for entry in listed[first - since : end - since]}
    return [stretch for stretch in in_stretches(listed) if stretch[-1].pk in here]


def in_stretches(entries: Iterable[AuditEntry]) -> list[list[AuditEntry]]:
    """Entries, the latest first, in groups: each from its first entry to its last, in the place of its last."""
    latest: dict[tuple[str, str], tuple[int, list[AuditEntry]]] = {}  # of each thing: its stretch that may go on
    found: dict[int, list[AuditEntry]] = {}  # by the place of its last entry
    listed = list(entries)
    for place in reversed(range(len(listed))):
        entry = listed[place]
        thing = (entry.object_type, entry.object_id)
        former, stretch = latest.get(thing, (place, []))
        if stretch and _goes_on(stretch, entry):
            del found[former]
            stretch.append(entry)
        else:
            stretch = [entry]
        found[place] = stretch
        latest[thing] = (place, stretch)
    return [found[place] for place in sorted(found)]


def whole(stretch: Sequence[AuditEntry]) -> AuditEntry:
    """The stretch as one entry, not stored: from what stood before it to what stands after; what came back to where
    it was is left out."""
    first, last = stretch[0], stretch[-1]
    if first is last:
        return first
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for entry in stretch:
        before = {**entry.before, **before}
        after |= entry.after
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    merged = copy(last)  # with what was fetched along with it
    merged.before = {name: value for name, value in before.items() if name in changed}
    merged.after = {name: value for name, value in after.items() if name in changed}
    return merged


def _goes_on(stretch: Sequence[AuditEntry], entry: AuditEntry) -> bool:
    """The same person goes on writing, and finds what they left: nobody else's change lies hidden in between."""
    last = stretch[-1]
    verb = vocabulary.VERBS.get(vocabulary.todays_spelling(entry.verb))
    if (
        verb is None
        or not verb.in_stretches
        or (last.actor_id, last.actor_label, last.through) != (entry.actor_id, entry.actor_label, entry.through)
    ):
        return False
    if last.verb != entry.verb or entry.at - last.at > LONGEST_PAUSE:
        return False
    left = {name: value for one in stretch for name, value in one.after.items()}
    return all(left[name] == value for name, value in entry.before.items() if name in left)
