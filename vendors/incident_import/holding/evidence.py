"""What the moments of a file tell of the way in which it was selected. Plain Python: no database, no clock.

Whoever selects by an ending (a resolution, a last change) gets no incident that ended before the first day, and of
those opened before it only the slow ones. Whoever selects by opening gets all. So the other incidents of the file tell,
by how long they took, how many of the early ones would have ended before the first ending: under a selection by opening
that number is about one, and three or more in one case of twenty; under a selection by ending it is as many as are
under way at any time. The same at the other end tells whether those that are still open were left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from operator import sub
from typing import Any

WEEKS_SHOWN = 4  # at either end


@dataclass(frozen=True, kw_only=True)
class Edge:
    """How sharply endings begin: `before`, incidents that began on an earlier day than the first ending; `expected`, so
    many of these would have ended before it, by how long the others took."""

    before: int = 0
    expected: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Week:
    monday: date
    opened: int
    resolved: int


@dataclass(frozen=True, kw_only=True)
class Span:
    first: datetime
    last: datetime


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`latest`: of all moments that the file tells; `still_open`: neither resolved nor closed; `expected_open`: how
    many would be, were they selected by opening; `weeks`: the first and the last of them."""

    incidents: int = 0
    still_open: int = 0
    opened: Span | None = None
    resolved: Span | None = None
    updated: Span | None = None
    latest: datetime | None = None
    to_resolved: Edge = Edge()  # from opened
    to_updated: Edge = Edge()  # from opened
    resolved_to_updated: Edge = Edge()
    expected_open: float = 0.0
    weeks: tuple[Week, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it; `from_data` reads it back."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Evidence:
        return cls(
            incidents=kept["incidents"],
            still_open=kept["still_open"],
            expected_open=kept["expected_open"],
            latest=_moment(kept["latest"]),
            weeks=tuple(Week(**{**week, "monday": date.fromisoformat(week["monday"])}) for week in kept["weeks"]),
            opened=_span(kept["opened"]),
            resolved=_span(kept["resolved"]),
            updated=_span(kept["updated"]),
            to_resolved=Edge(**kept["to_resolved"]),
            to_updated=Edge(**kept["to_updated"]),
            resolved_to_updated=Edge(**kept["resolved_to_updated"]),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _span(kept: Mapping[str, str] | None) -> Span | None:
    return Span(**{end: datetime.fromisoformat(text) for end, text in kept.items()}) if kept else None


# Gathering -------------------------------------------------------------------------------------------------------
class _Moments:
    """Moments of one kind: on which days how many, and the first and the last of them."""

    def __init__(self) -> None:
        self.days: Counter[int] = Counter()
        self.span: Span | None = None

    def add(self, moments: Sequence[datetime]) -> list[int]:
        """Their days, as ordinals."""
        ordinals = [moment.toordinal() for moment in moments]
        if moments:
            self.days.update(ordinals)
            first, last = min(moments), max(moments)
            known = self.span
            self.span = (
                Span(first=min(first, known.first), last=max(last, known.last))
                if known
                else Span(first=first, last=last)
            )
        return ordinals


class Gathering:
    """Takes incidents as they come, a batch at a time; remembers days and counts only. All moments are in UTC."""

    def __init__(self) -> None:
        self._opened, self._resolved, self._updated = _Moments(), _Moments(), _Moments()
        self._lasted: Counter[int] = Counter()  # days from opened to resolved
        self._to_update: Counter[int] = Counter()
        self._on_to_update: Counter[int] = Counter()  # from resolved
        self._latest: datetime | None = None
        self._open = 0

    def add(
        self,
        opened: Sequence[datetime],
        resolved: Sequence[datetime | None],
        *,
        still_open: int,
        updated: Sequence[datetime | None] = (),
        others: Iterable[datetime] = (),
    ) -> None:
        """Three lists of the same incidents (`updated` may be empty). `still_open`: how many are, for one may be closed
        without a moment; `others`: further moments that the file tells."""
        self._open += still_open
        started = self._opened.add(opened)
        ended = self._ends(started, resolved, self._resolved, self._lasted)
        if any(updated):
            changed = self._ends(started, updated, self._updated, self._to_update)
            both = [one - other for one, other in zip(changed, ended, strict=True) if one and other]
            self._on_to_update.update(both)
        spans = [part.span.last for part in (self._opened, self._resolved, self._updated) if part.span]
        self._latest = max((*spans, *others, *filter(None, [self._latest])), default=None)

    @staticmethod
    def _ends(
        started: Sequence[int], ends: Sequence[datetime | None], into: _Moments, lasted: Counter[int]
    ) -> list[int]:
        """The days of the ends (0: none), counted with how long after the beginning they come."""
        if None not in ends:
            ordinals = into.add(ends)  # type: ignore[arg-type]
            lasted.update(map(sub, ordinals, started))
            return ordinals
        into.add([end for end in ends if end is not None])
        ordinals = [end.toordinal() if end is not None else 0 for end in ends]
        lasted.update([end - start for end, start in zip(ordinals, started, strict=True) if end])
        return ordinals

    def evidence(self) -> Evidence:
        count = self._opened.days.total()
        ended = self._resolved.days.total()
        return Evidence(
            incidents=count,
            still_open=self._open,
            opened=self._opened.span,
            resolved=self._resolved.span,
            updated=self._updated.span,
            latest=self._latest,
            to_resolved=_edge(self._opened.days, self._lasted, self._resolved.span, of=count),
            to_updated=_edge(self._opened.days, self._to_update, self._updated.span, of=count),
            resolved_to_updated=_edge(self._resolved.days, self._on_to_update, self._updated.span, of=ended),
            expected_open=_expected_open(self._opened.days, self._lasted, self._latest),
            weeks=_weeks(self._opened.days, self._resolved.days),
        )


def _edge(begun: Mapping[int, int], lasted: Counter[int], ends: Span | None, *, of: int) -> Edge:
    if ends is None or not of:
        return Edge()
    first = ends.first.toordinal()
    early = {first - day: count for day, count in begun.items() if day < first}  # days that they had
    if not early:
        return Edge()
    shorter = _running(lasted, max(early))
    expected = sum(count * shorter[had] for had, count in early.items()) / of
    return Edge(before=sum(early.values()), expected=round(expected, 2))


def _running(lasted: Mapping[int, int], longest: int) -> list[int]:
    """[n]: how many lasted less than n days, for n up to the longest."""
    counts = [0]
    for days in range(longest):
        counts.append(counts[-1] + lasted.get(days, 0))
    return counts


def _expected_open(begun: Mapping[int, int], lasted: Counter[int], latest: datetime | None) -> float:
    """How many would last beyond the day of the latest moment, by how long those lasted that ended."""
    ended = lasted.total()
    if latest is None or not ended:
        return 0.0
    last, longest = latest.toordinal(), max(lasted)
    young = {last - day: count for day, count in begun.items() if 0 <= last - day < longest}
    shorter = _running(lasted, max(young, default=0) + 1)
    return round(sum(count * (ended - shorter[age + 1]) for age, count in young.items()) / ended, 2)


def _weeks(opened: Mapping[int, int], resolved: Mapping[int, int]) -> tuple[Week, ...]:
    """The first four and the last four, without what lies between."""
    days = (*opened, *resolved)
    if not days:
        return ()
    first, last = _monday(min(days)), _monday(max(days))
    starts = list(range(first, last + 1, 7))
    shown = starts if len(starts) <= 2 * WEEKS_SHOWN else [*starts[:WEEKS_SHOWN], *starts[-WEEKS_SHOWN:]]
    return tuple(
        Week(
            monday=date.fromordinal(start),
            opened=sum(opened.get(day, 0) for day in range(start, start + 7)),
            resolved=sum(resolved.get(day, 0) for day in range(start, start + 7)),
        )
        for start in shown
    )


def _monday(ordinal: int) -> int:
    return ordinal - (ordinal - 1) % 7  # the first day of all was a Monday
