"""Which time the measures may speak of: what the sources hold whole, followed for one horizon. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from vendors.measures.cases import MICROSECOND, Ordered, by, opened_between
from vendors.measures.holdings import DAY, ENDED_ONLY, LAST_DAY, Days, Held, Holding, coverage
from vendors.measures.horizon import horizon

# A tool that begins within that time of another one's end is taken for the one that followed it.
CHANGE_OF_TOOLS = timedelta(days=31)
OfSource = Mapping[str, Sequence[Holding]]  # what its files hold; none for what people write down


class WhyLeftOut(StrEnum):
    """Why no trend uses a period, although it is shown."""

    YOUNG = "young"  # it is not complete, or its incidents were not followed for the horizon yet
    BEFORE = "before"  # the sources do not hold it whole: it lies at the beginning
    GAP = "gap"  # the sources do not hold it whole: it lies in between
    LOOK_BACK = "look_back"  # too early to see what comes back


@dataclass(frozen=True, kw_only=True)
class Window:
    """`whole`: the runs of days (both included) that every source holds whole and that were followed for `horizon`.
    `known_until`: what lies after is unknown. `only_ended`: some file that fills them has not what did not end."""

    since: date
    until: date
    known_at: datetime
    known_until: datetime
    horizon: timedelta
    of_source: OfSource
    whole: tuple[Days, ...]
    only_ended: bool
    zone: tzinfo

    @property
    def begins(self) -> date | None:
        return self.whole[0][0] if self.whole else None

    def sees_before(self, start: date, within: timedelta) -> bool:
        """Whether what the sources hold whole up to that day goes back so far. What they do not hold in between hides
        as much as what lies before they begin."""
        return any(first + within <= start <= last for first, last in self.whole)

    def why_left_out(self, start: date, end: date) -> WhyLeftOut | None:
        """None for a period that counts."""
        if end > self.until:
            return WhyLeftOut.YOUNG
        if any(first <= start and end <= last for first, last in self.whole):
            return None
        if not self.whole or end > self.whole[-1][1]:
            return WhyLeftOut.YOUNG
        return WhyLeftOut.BEFORE if start < self.whole[0][0] else WhyLeftOut.GAP


def window_of(
    ordered: Ordered, holdings: Sequence[Holding], *, since: date, until: date, known_at: datetime, zone: tzinfo
) -> Window:
    """Of cases in the order of their opening, from `since` to `until` at most. Holdings of other sources say
    nothing."""
    known = known_at.astimezone(UTC)
    of_source = _by_source(ordered, holdings, known)
    known_until = _known_until(of_source, known)
    found = Window(
        since=since,
        until=min(until, known_until.astimezone(zone).date()),
        known_at=known,
        known_until=known_until,
        horizon=timedelta(0),
        of_source=of_source,
        whole=(),
        only_ended=any(holding.held in ENDED_ONLY for files in of_source.values() for holding in files),
        zone=zone,
    )
    found = replace(found, horizon=_horizon(ordered, found))
    return replace(found, whole=_whole(ordered, found))


def _by_source(ordered: Ordered, holdings: Sequence[Holding], known: datetime) -> OfSource:
    found: dict[str, list[Holding]] = {case.source: [] for _, case in ordered}
    for holding in holdings:
        if holding.source in found:
            found[holding.source].append(replace(holding, known_until=min(holding.known_until.astimezone(UTC), known)))
    return found


def latest(files: Sequence[Holding]) -> datetime:
    return max(holding.known_until for holding in files)


def _known_until(of_source: OfSource, known: datetime) -> datetime:
    """Until when everything is known: the sources in use tell; where none is, the last that was."""
    told = [(latest(files), any(file.ended_on for file in files)) for files in of_source.values() if files]
    in_use = [moment for moment, has_ended in told if not has_ended]
    if in_use:
        return min(in_use)
    is_written_here = any(not files for files in of_source.values())
    return known if is_written_here or not told else max(moment for moment, _ in told)


def _horizon(ordered: Ordered, found: Window) -> timedelta:
    within = opened_between(ordered, found.since, found.until, found.zone)
    first = within[0][0].astimezone(found.zone).date() if within else found.until
    ended, running = [], []
    for opened, case in within:
        files = found.of_source[case.source]
        known = latest(files) if files else found.known_at
        resolved = by(case.resolved, known)
        if resolved is not None:
            ended.append((resolved - opened) // MICROSECOND)
        elif not case.is_undated:
            running.append(max(0, (known - opened) // MICROSECOND))
    return horizon(ended, running, window=found.until - first + DAY)


def _whole(ordered: Ordered, found: Window) -> tuple[Days, ...]:
    """What the good days of all sources share."""
    if not found.of_source:
        return ()
    whole: Sequence[Days] = [(date.min, LAST_DAY)]
    for source, files in found.of_source.items():
        held = files or [_written_here(ordered, source, found)]
        follows = _follows(files, [others for key, others in found.of_source.items() if key != source])
        whole = _shared(whole, coverage(held, horizon=found.horizon, zone=found.zone, follows=follows).good)
    return tuple(whole)


def _follows(files: Sequence[Holding], of_others: Iterable[Sequence[Holding]]) -> date | None:
    """The last day of the tool whose place this one took. Its first file may begin some days before that, when both
    were used, or after it: then the days between are held by neither."""
    first = min((file.since for file in files), default=None)
    ended = {file.ended_on for others in of_others for file in others if file.ended_on}
    return max((last for last in ended if first and abs(first - last - DAY) <= CHANGE_OF_TOOLS), default=None)


def _written_here(ordered: Ordered, source: str, found: Window) -> Holding:
    """People write incidents down as they happen: from the first on, they are all there."""
    first = next(opened for opened, case in ordered if case.source == source).astimezone(found.zone).date()
    return Holding(source=source, held=Held.OPENED, since=first, to=LAST_DAY, known_until=found.known_until)


def _shared(some: Sequence[Days], others: Sequence[Days]) -> list[Days]:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return sorted(pair for pair in pairs if pair[0] <= pair[1])
