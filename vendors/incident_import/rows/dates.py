"""Moments as tools write them, to UTC. An offset in the cell wins; else the time zone of the options holds.

A local time that the clock jumped over does not exist and is a problem, never moved in silence; one that occurred
twice is taken for the first. Years of two digits are refused: 03/04/05 has six readings. The one exception is a month
by name in the middle (29/Feb/16), as one tool writes it by default: there, nothing can be mixed up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Dates, Options
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.values import clean_cell

EARLIEST, LATEST = 1990, 2100
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # of the days of workbooks; a serial is a local time
_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?)?"
)
_OFFSET = r"\s*(?P<offset>Z|UTC|GMT|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{1,2}:?\d{2})?"
_NUMERIC = re.compile(
    rf"^(?P<one>\d{{1,2}})[/.\- ](?P<two>\d{{1,2}})[/.\- ](?P<year>\d{{4}}|\d{{2}}){_TIME}{_OFFSET}$", re.IGNORECASE
)
_YEAR_FIRST = re.compile(
    rf"^(?P<year>\d{{4}})[/.\-](?P<month>\d{{1,2}})[/.\-](?P<day>\d{{1,2}}){_TIME}{_OFFSET}$", re.IGNORECASE
)
_WEEKDAY = r"(?:[^\W\d]+\.?,?\s+)?"
_DAY_NAME = re.compile(
    rf"^{_WEEKDAY}(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?\.?[ /\-]+(?:of )?(?P<name>[^\W\d]+)\.?[ /\-,]+"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}{_OFFSET}$",
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    rf"^{_WEEKDAY}(?P<name>[^\W\d]+)\.?[ \-]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ \-]+"
    rf"(?P<year>\d{{4}}){_TIME}{_OFFSET}$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"^\d{5}(?:[.,]\d+)?$")
_ORDER = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ]\d{4}\b")
_DAY = re.compile(r"^(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})$")
_CLOCK = re.compile(r"^(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?$", re.ASCII)
MOST_LEARNT = 100_000  # a day and a night have 86,400 seconds
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3}


def is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


class Moments:
    """Reads the moments of one file: `read(text)` gives a datetime in UTC, None for nothing said, or a Problem."""

    def __init__(self, zone: ZoneInfo, order: Dates, *, is_1904: bool = False) -> None:
        self.zone = zone
        self.epoch = EPOCH_1904 if is_1904 else EPOCH
        self.order: Dates = order
        self._offsets: dict[int, timedelta | None] = {}
        self._days: dict[str, datetime | None] = {}
        self._clocks: dict[str, timedelta | None] = {}

    def quick(self, text: str) -> datetime | None:
        """A day that came before with a plain time, twenty times as fast as to read it; None: `read` has to."""
        day, _space, clock = text.partition(" ")
        try:
            midnight, since = self._days[day], self._clocks[clock]
        except KeyError:
            return self._learn(day, clock)
        return midnight + since if midnight is not None and since is not None else None

    def _learn(self, day: str, clock: str) -> datetime | None:
        for known in (self._days, self._clocks):
            if len(known) > MOST_LEARNT:
                known.clear()
        if day not in self._days:
            self._days[day] = self._midnight(day)
        found = _CLOCK.match(clock)
        self._clocks[clock] = found and timedelta(
            hours=int(found["hour"]), minutes=int(found["minute"]), seconds=int(found["second"] or 0)
        )
        return None

    def _midnight(self, day: str) -> datetime | None:
        """In UTC; None where the text is more than a day, or the clock is changed on it."""
        found = _DAY.match(day)
        moment = self._local(day) if found else None
        if not isinstance(moment, datetime) or not EARLIEST <= moment.year <= LATEST:
            return None
        offset = self._offset_of(moment)
        return None if offset is None else (moment - offset).replace(tzinfo=UTC)

    def read(self, text: str) -> datetime | RowProblem:
        """`text` without spaces around it, and not empty."""
        moment = self._local(text)
        if isinstance(moment, RowProblem):
            return moment
        if not EARLIEST <= moment.year <= LATEST:
            return RowProblem(code="date_out_of_range")
        return self._in_utc(moment)

    def _local(self, text: str) -> datetime | RowProblem:  # noqa: PLR0911 - one return a way of writing
        if len(text) >= 10 and text[4] == "-":  # what most tools write, at the speed of C
            try:
                return self._turned(datetime.fromisoformat(text))
            except ValueError:
                pass
        if match := _NUMERIC.match(text):
            return self._numeric(match)
        if match := _YEAR_FIRST.match(text):
            return _moment(match, int(match["month"]), int(match["day"]))
        if match := _DAY_NAME.match(text) or _NAME_DAY.match(text):
            month = presets.months().get(match["name"].casefold())
            return _moment(match, month, int(match["day"])) if month else RowProblem(code="date_unreadable")
        if _SERIAL.match(text):
            return self.epoch + timedelta(seconds=round(float(text.replace(",", ".")) * 86_400))
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return RowProblem(code="date_unreadable")

    def _turned(self, moment: datetime) -> datetime:
        """As it was before a spreadsheet took its day for the month, where a person has said that one did."""
        if self.order != "day_first_turned" or moment.day > 12:
            return moment
        return moment.replace(month=moment.day, day=moment.month)

    def _numeric(self, match: re.Match[str]) -> datetime | RowProblem:
        if len(match["year"]) == 2:
            return RowProblem(code="date_short_year")
        one, two = int(match["one"]), int(match["two"])
        day, month = (two, one) if self.order == "month_first" else (one, two)
        if month > 12 >= day:
            return RowProblem(code="date_order", values={"order": self.order})
        return _moment(match, month, day)

    def _in_utc(self, moment: datetime) -> datetime | RowProblem:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        offset = self._offset_of(moment)
        if offset is not None:
            return (moment - offset).replace(tzinfo=UTC)
        known = moment.replace(tzinfo=self.zone).astimezone(UTC)  # fold 0: the first of two
        if known.astimezone(self.zone).replace(tzinfo=None) != moment:
            return RowProblem(code="date_in_gap", values={"zone": self.zone.key})
        return known

    def _offset_of(self, moment: datetime) -> timedelta | None:
        """Of a day on which the clock is not changed; None: it is, and the hour decides."""
        day = moment.toordinal()
        try:
            return self._offsets[day]
        except KeyError:
            start = datetime.combine(date.fromordinal(day), time.min)
            around = {(start + timedelta(hours=hour)).replace(tzinfo=self.zone).utcoffset() for hour in range(-3, 28)}
            self._offsets[day] = around.pop() if len(around) == 1 else None
            return self._offsets[day]


def _moment(match: re.Match[str], month: int, day: int) -> datetime | RowProblem:
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    hour, minute, second = int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0)
    if half := (match["half"] or "").lower().replace(".", ""):
        if not 1 <= hour <= 12:
            return RowProblem(code="date_does_not_exist")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        moment = datetime(year, month, day, hour, minute, second)  # its zone comes next
    except ValueError:
        return RowProblem(code="date_does_not_exist")
    return _with_offset(moment, match["offset"])


def _with_offset(moment: datetime, offset: str | None) -> datetime | RowProblem:
    if not offset:
        return moment
    text = offset.lower()
    if text in _ZONES:
        return moment.replace(tzinfo=timezone(timedelta(hours=_ZONES[text])))
    text = text.removeprefix("utc").removeprefix("gmt")
    if text[0] not in "+-":
        return RowProblem(code="date_unreadable")
    digits = text[1:].replace(":", "").zfill(4)
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        return RowProblem(code="date_unreadable")
    shift = timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
    return moment.replace(tzinfo=timezone(shift))


def moment_reader(
    options: Options, now: datetime, *, is_1904: bool = False
) -> Callable[[str], datetime | RowProblem | None]:
    """A reader of one cell; nothing after `now` is a moment. `is_1904`: of a workbook that counts its days so."""
    moments = Moments(ZoneInfo(options.time_zone), options.dates, is_1904=is_1904)
    quick = moments.quick

    def read(text: str) -> datetime | RowProblem | None:
        known = quick(text)
        if known is not None and known <= now:
            return known
        text = clean_cell(text)
        if not text:
            return None
        value = moments.read(text)
        if isinstance(value, datetime) and value > now:
            return RowProblem(code="date_in_future")
        return value

    return read


def is_day(text: str) -> bool:
    """Whether a text that is read as a moment names a day and no hour."""
    if ":" in text:
        return False
    found = next(filter(None, (way.match(text) for way in (_NUMERIC, _YEAR_FIRST, _DAY_NAME, _NAME_DAY))), None)
    return found["hour"] is None if found else text.isdigit()


def has_order(text: str) -> bool:
    """Whether day and month stand there as numbers, one or the other first."""
    return bool(_ORDER.match(text))


def votes(texts: Iterable[str]) -> tuple[int, int, int]:
    """How many of these dates can only be day first, only month first, or either."""
    day_first = month_first = either = 0
    for text in texts:
        found = _ORDER.match(text)
        if found is None:
            continue
        one, two = int(found[1]), int(found[2])
        if one > 12 >= two:
            day_first += 1
        elif two > 12 >= one:
            month_first += 1
        elif one != two:
            either += 1
    return day_first, month_first, either


def order_of(day_first: int, month_first: int, either: int) -> Dates | None:
    """What the votes say; None: they say nothing, and somebody has to."""
    if day_first != month_first:
        return "day_first" if day_first > month_first else "month_first"
    return "iso" if not day_first and not either else None
