"""Which moment is meant by a time of day alone: the last one that was, or the next one that will be. Plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

BACK = timedelta(hours=12)  # of a time without its day: further back, the day has to be named
DAY = timedelta(days=1)


def moment_of(day: date, clock: time, zone: tzinfo) -> datetime:
    """In UTC. Of an hour that the clocks show twice the first; one that they skip is read as they stood before."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def last(clock: time, *, before: datetime, zone: tzinfo) -> datetime | None:
    """The latest moment, not after `before`, at which the clocks showed this: at ten past midnight, 23:50 was
    yesterday. None where that is so long ago that the day has to be named."""
    today = before.astimezone(zone).date()
    moments = (moment_of(day, clock, zone) for day in (today, today - DAY))
    found = next((moment for moment in moments if moment <= before), None)
    return found if found is not None and before - found <= BACK else None


def following(clock: time, *, after: datetime, zone: tzinfo) -> datetime:
    """The first moment, not before the minute of `after`, at which the clocks show this."""
    start, today = after.replace(second=0, microsecond=0), after.astimezone(zone).date()
    moment = moment_of(today, clock, zone)
    return moment if moment >= start else moment_of(today + DAY, clock, zone)
