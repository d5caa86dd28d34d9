"""The departments learn of a change. Who is told, and how, is known above this app, which registers it here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from vendors.models import ChangeNotice, NoticeReader


class Word(StrEnum):
    ANNOUNCED = "announced"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


# Writes to the members of the departments on the notice's list; the keys of those in which somebody was reached.
Teller = Callable[[ChangeNotice, Word], set[int]]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Called once from an app's `ready`."""
    if teller not in _tellers:
        _tellers.append(teller)


def tell(notice: ChangeNotice, word: Word, *, now: datetime) -> int:
    """How many departments were reached. Not within a transaction; of a change that is over nobody is told."""
    if notice.until < now:
        return 0
    reached = set().union(*(teller(notice, word) for teller in _tellers))
    return NoticeReader.objects.filter(notice=notice, department__in=reached).update(told_at=now)
