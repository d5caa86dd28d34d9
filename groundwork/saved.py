"""What came of saving something that several people may write at once: an answer, a reply, what a meeting agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from groundwork.words import clock, day

Stored = TypeVar("Stored")


@dataclass(frozen=True, kw_only=True)
class Saved:
    """It now holds what was wanted. `changed`: the fields that moved; none when it held all of it already."""

    version: int
    at: datetime | None = None
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Conflict(Generic[Stored]):
    """Somebody else saved in between; nothing was written. `stored` is what stands there now."""

    stored: Stored


@dataclass(frozen=True, kw_only=True)
class Closed:
    """Nothing is taken any more; nothing was written."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Invalid:
    """It breaks a rule; nothing was written. Messages by field."""

    errors: Mapping[str, str] = field(default_factory=dict)


Outcome = Saved | Conflict[Stored] | Closed | Invalid
STATUS_OF = {Saved: 200, Conflict: 409, Invalid: 422, Closed: 423}


def status_of(outcomes: Iterable[Outcome[Any]]) -> int:
    """The HTTP status of a page of them: that of the worst."""
    return max((STATUS_OF[type(outcome)] for outcome in outcomes), default=200)


def saved_at(moment: datetime | None) -> str:
    """“Saved 14:02”, with the day where it was not today; nothing where nothing was ever saved."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return _("Saved %(time)s") % {"time": clock(local)}
    return _("Saved on %(day)s, %(time)s") % {"day": day(local, year=False, short=True), "time": clock(local)}
