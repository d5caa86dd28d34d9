"""Who looks after the customer from when until when, and where nobody follows: plain days."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

AHEAD = timedelta(days=60)  # before the last one leaves: in time to ask who follows
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Term:
    """One named person. `services`: keys, none for all of them; `since`, `until`: both days included, None for open."""

    key: int
    services: frozenset[int]
    since: date | None
    until: date | None

    def is_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def without_successor(terms: Iterable[Term], services: Collection[int], today: date) -> dict[int, frozenset[int]]:
    """Of the people who end within sixty days or have ended: the services that nobody looks after from then on, by the
    person's key. `services`: all of the vendor's. Only the last one of a service is named; where somebody else began
    later, nobody is missing today. A vendor without services is looked after as a whole, which stands as 0."""
    people = list(terms)
    found: dict[int, set[int]] = {}
    for service in sorted(services) or [0]:
        of_service = [one for one in people if not one.services or service in one.services]
        last = _last_one(of_service, today)
        if last is not None:
            found.setdefault(last.key, set()).add(service)
    return {key: frozenset(lacking) for key, lacking in found.items()}


def _last_one(people: Collection[Term], today: date) -> Term | None:
    """Whoever ends last, if that is soon or past and nobody is named for the day after."""
    ending = [one for one in people if one.until is not None]
    if not ending:
        return None
    last = max(ending, key=lambda one: (one.until or date.max, one.key))
    after = max((last.until or date.max) + DAY, today)
    if last.until is None or last.until > today + AHEAD or any(one.is_on(after) for one in people):
        return None
    return last
