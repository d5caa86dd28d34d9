"""The hours in which a service is supported, and how many of them lie between two moments: plain Python."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from vendors.service_hours.public_holidays import free_days

MINUTES_A_DAY = 24 * 60
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_MINUTE = 60_000_000
MICROSECONDS_A_DAY = MINUTES_A_DAY * MICROSECONDS_A_MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()

DayHours = tuple[int, int]  # from and to, in minutes of the day's clock; 1440 is its end
Window = tuple[int, int]  # from and to, in microseconds since 1970
WHOLE_DAY: DayHours = (0, MINUTES_A_DAY)


@dataclass(frozen=True, kw_only=True)
class ServiceHours:
    """When a service is supported. `hours`: seven, from Monday; None: a free day. `country` and `region`: whose public
    holidays are free. `calendar_decides`: these hours decide, else every hour of the clock does; both are shown.
    `without_waiting`: what the vendor waited for its customer does not count.
    """

    hours: tuple[DayHours | None, ...] = (WHOLE_DAY,) * 7
    time_zone: str = "UTC"
    country: str = ""
    region: str = ""
    calendar_decides: bool = True
    without_waiting: bool = True
    is_round_the_clock: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError for hours that are not those of a week, or a day that ends before it begins."""
        if len(self.hours) != 7 or any(not 0 <= day[0] < day[1] <= MINUTES_A_DAY for day in self.hours if day):
            raise ValueError(f"Not the hours of a week: {self.hours}")
        object.__setattr__(self, "is_round_the_clock", not self.country and set(self.hours) == {WHOLE_DAY})


ROUND_THE_CLOCK = ServiceHours(calendar_decides=False, without_waiting=False)


def worked(calendar: ServiceHours, start: datetime, end: datetime) -> int:
    """Microseconds of service between two aware moments; 0 where `end` is not after `start`.

    A moment counts where the clock of the time zone shows an hour of its day. So a day from 08:00 to 18:00 has ten
    hours whatever the night did, and a day from 00:00 to 24:00 has 23 or 25 when the clocks change.
    """
    since, until = (start - EPOCH) // MICROSECOND, (end - EPOCH) // MICROSECOND
    if until <= since:
        return 0
    if calendar.is_round_the_clock:
        return until - since
    first, last = start.astimezone(UTC).year, end.astimezone(UTC).year
    if first == last:
        table = _year_table(calendar, first)
        return table.before(until) - table.before(since)
    between = sum(_year_table(calendar, year).total for year in range(first, last))
    return between - _year_table(calendar, first).before(since) + _year_table(calendar, last).before(until)


# A year of it ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _YearTable:
    """The windows of service of one year (of UTC), in order, and how much service there was before each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]
    total: int

    def before(self, moment: int) -> int:
        """Microseconds of service from the year's first moment to this one."""
        at = bisect_right(self.starts, moment) - 1
        return 0 if at < 0 else self.sums[at] + min(moment, self.ends[at]) - self.starts[at]


@lru_cache(maxsize=1024)
def _year_table(calendar: ServiceHours, year: int) -> _YearTable:
    windows = list(_windows(calendar, year))
    sums = list(accumulate((end - start for start, end in windows), initial=0))
    starts, ends = (tuple(side) for side in zip(*windows, strict=True)) if windows else ((), ())
    return _YearTable(starts=starts, ends=ends, sums=tuple(sums[:-1]), total=sums[-1])


def _windows(calendar: ServiceHours, year: int) -> Iterator[Window]:
    zone = ZoneInfo(calendar.time_zone)
    for day in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        start = (day - EPOCH_DAY) * MICROSECONDS_A_DAY
        for since, until, offset in _pieces(zone, start, start + MICROSECONDS_A_DAY):
            yield from _within(calendar, since, until, offset)


def _pieces(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The time from `start` to `end`, at most a day, in one or two pieces, each with its offset from UTC: no zone
    changes its clocks twice within a day."""
    before, after = _offset(zone, start), _offset(zone, end - 1)
    if before == after:
        yield start, end, before
        return
    same, other = start, end - 1
    while other - same > 1:
        middle = (same + other) // 2
        same, other = (middle, other) if _offset(zone, middle) == before else (same, middle)
    yield start, other, before
    yield other, end, after


def _offset(zone: ZoneInfo, moment: int) -> int:
    """Microseconds that the zone's clock is ahead of UTC."""
    return _as_utc(moment).astimezone(zone).utcoffset() // MICROSECOND  # type: ignore[operator]


def _as_utc(moment: int) -> datetime:
    return EPOCH + moment * MICROSECOND


def _within(calendar: ServiceHours, since: int, until: int, offset: int) -> Iterator[Window]:
    """The windows of service in a piece of time whose clock runs `offset` ahead of UTC."""
    for number in range((since + offset) // MICROSECONDS_A_DAY, (until + offset - 1) // MICROSECONDS_A_DAY + 1):
        day = date.fromordinal(EPOCH_DAY + number)
        hours = calendar.hours[day.weekday()]
        if hours is None or day in free_days(calendar.country, calendar.region, day.year):
            continue
        midnight = number * MICROSECONDS_A_DAY - offset
        start = max(since, midnight + hours[0] * MICROSECONDS_A_MINUTE)
        end = min(until, midnight + hours[1] * MICROSECONDS_A_MINUTE)
        if start < end:
            yield start, end
