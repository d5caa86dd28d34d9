"""A claimed frequency held against the days on which something was held: plain days and fractions, no clock.

What is said here accuses somebody, so it says nothing before the records reach back over the claimed interval and a
grace of half of it, and never accuses whoever kept within both. What it says in a vendor's favour waits as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

YEAR = Fraction(1461, 4)  # days
UNITS: Mapping[str, Fraction] = {"week": Fraction(7), "month": YEAR / 12, "quarter": YEAR / 4, "year": YEAR}
GRACE = Fraction(1, 2)  # of the claimed interval


class Practice(StrEnum):
    """From the vendor's worst to its best."""

    LESS = "less"  # held less often than claimed, and later than any grace
    IN_GRACE = "in_grace"  # fewer than claimed, but none so late that it could be said
    TOO_EARLY = "too_early"  # the records do not reach back far enough
    KEPT = "kept"
    MORE = "more"  # held clearly more often than claimed


SPEAKING = frozenset({Practice.LESS, Practice.MORE})


@dataclass(frozen=True, kw_only=True)
class Frequency:
    """So many times in each `unit`, a key of UNITS."""

    times: Fraction
    unit: str

    @property
    def days_between(self) -> Fraction | None:
        """The claimed interval; None for something that is claimed never to be held."""
        return UNITS[self.unit] / self.times if self.times else None

    def within(self, days: Fraction) -> Fraction:
        """How often it would be held in so many days."""
        return self.times * days / UNITS[self.unit]


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the records say of one claim. `last`: the latest day held, None for none; `in_last_year`: on how many
    days of the last twelve months; `since`: from which day on the records are whole."""

    outcome: Practice
    claimed: Frequency
    last: date | None
    in_last_year: int
    since: date
    today: date

    @property
    def is_speaking(self) -> bool:
        return self.outcome in SPEAKING

    @property
    def months_since_last(self) -> int | None:
        """Whole months."""
        return None if self.last is None else whole_months(self.last, self.today)


def whole_months(start: date, end: date) -> int:
    """Between two days, as people count them: from 31 January, a month is over on 1 March."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def held_against(claimed: Frequency, held: Iterable[date], *, since: date | None, today: date) -> Held | None:
    """None where no records are kept, of which nothing can be said. Several on one day count once; what is later than
    today has not been held."""
    if since is None or since > today:
        return None
    days = sorted({day for day in held if day <= today})
    return Held(
        outcome=_outcome(claimed, days, since, today),
        claimed=claimed,
        last=days[-1] if days else None,
        in_last_year=_counted(days, YEAR, today),
        since=since,
        today=today,
    )


def _outcome(claimed: Frequency, days: Sequence[date], since: date, today: date) -> Practice:
    interval, reach = claimed.days_between, (today - since).days
    if reach < (YEAR if interval is None else interval * (1 + GRACE)):
        return Practice.TOO_EARLY
    window = _window(interval, reach)
    counted, promised = _counted(days, window, today), claimed.within(window)
    if counted > promised and counted >= promised * (1 + GRACE):
        return Practice.MORE
    if counted >= promised // 1:
        return Practice.KEPT
    if interval is not None and _longest_without(days, since, today, window) > interval * (1 + GRACE):
        return Practice.LESS
    return Practice.IN_GRACE


def _window(interval: Fraction | None, reach: int) -> Fraction:
    """The days that are looked at: a year, or the interval where that is longer; never beyond the records."""
    return min(max(YEAR, interval or YEAR), Fraction(reach))


def _counted(days: Sequence[date], window: Fraction, today: date) -> int:
    return sum((today - day).days < window for day in days)


def _longest_without(days: Sequence[date], since: date, today: date, window: Fraction) -> int:
    """The longest stretch without one that ends within the window, in days. Before the records begin nothing is known:
    a stretch that begins there is at least so long."""
    ends = [since, *(day for day in days if day > since), today]
    return max((after - before).days for before, after in pairwise(ends) if (today - after).days < window)


# Several who say how often ----------------------------------------------------------------------------------------
def fairest(answers: Iterable[Held]) -> Held | None:
    """One answer where several wrote down different frequencies of one thing: it accuses, or praises, only where each
    of them would; else it is that of the lowest. None of none."""
    found = sorted(answers, key=lambda one: one.claimed.within(YEAR))
    if not found:
        return None
    lowest, highest = found[0], found[-1]
    return highest if lowest.outcome == Practice.MORE else lowest
