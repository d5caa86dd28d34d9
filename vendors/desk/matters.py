"""What concerns a vendor, on the first page of its desk: each subject registers what it adds.

The desk stands below the subjects and must not know them; an app fills this in its `ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from vendors.models import DeskLink


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One thing on the desk, in the active language.

    `waits`: for the vendor's word, since `asked_at` and until `due_on`; what does not is there to be read. `state`: in
    a word or two; `note`: what the line below says. `is_open`: a member who still judges the vendor may know of it.
    """

    title: str
    url: str
    waits: bool
    asked_at: datetime | None = None
    due_on: date | None = None
    state: str = ""
    note: str = ""
    is_open: bool = False

    def is_late(self, today: date) -> bool:
        return self.waits and self.due_on is not None and self.due_on < today


# Of a link, as of a day: a constant number of queries however much there is.
Maker = Callable[[DeskLink, date], Iterable[Matter]]

_makers: dict[str, tuple[int, Maker]] = {}


def register(name: str, maker: Maker, *, position: int) -> None:
    """`position`: among the subjects, the lowest first."""
    _makers[name] = (position, maker)


def matters_of(link: DeskLink, *, today: date) -> tuple[Matter, ...]:
    """What waits comes first, by the day until when; of the rest the order of the subjects stays."""
    makers = [maker for _position, maker in sorted(_makers.values(), key=lambda one: one[0])]
    found = [matter for maker in makers for matter in maker(link, today)]
    return tuple(sorted(found, key=lambda matter: (not matter.waits, _day(matter))))


def waiting_of(link: DeskLink, *, today: date) -> tuple[Matter, ...]:
    return tuple(filter(attrgetter("waits"), matters_of(link, today=today)))


def _day(matter: Matter) -> date:
    return matter.due_on if matter.waits and matter.due_on else date.max
