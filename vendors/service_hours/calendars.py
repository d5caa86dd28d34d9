"""The calendars of services, loaded as plain hours."""

from __future__ import annotations

from collections.abc import Sequence

from groundwork.together import Lookup
from vendors.models import DecidingHours, ServiceCalendar, Vendor
from vendors.service_hours.hours import DayHours, ServiceHours
from vendors.service_hours.words import clock_words

WEEKDAYS = range(7)  # from Monday


def service_hours_of(vendor: Vendor) -> dict[int, ServiceHours]:
    """Row number of a service → its hours, in one query. A service without a calendar is not there: it is supported
    round the clock, and every hour counts (`ROUND_THE_CLOCK`)."""
    return service_hours_in(vendor).now()


def service_hours_in(vendor: Vendor) -> Lookup[dict[int, ServiceHours]]:
    """The same, to be read with what else a page shows."""
    rows = ServiceCalendar.objects.filter(service__vendor=vendor).order_by()
    return Lookup(reads=(rows,), told=lambda: {row.service_id: hours_of(row) for row in rows})


def hours_of(calendar: ServiceCalendar) -> ServiceHours:
    """What the row says, as plain hours."""
    return ServiceHours(
        hours=tuple(_day_hours(calendar.hours.get(str(day))) for day in WEEKDAYS),
        time_zone=calendar.time_zone,
        country=calendar.country,
        region=calendar.subdivision,
        calendar_decides=calendar.decides == DecidingHours.CALENDAR,
        without_waiting=calendar.without_waiting,
    )


def weekly(hours: Sequence[DayHours | None]) -> dict[str, list[str]]:
    """Seven days as a calendar keeps them: "0" for Monday → from and to, as "HH:MM"; a free day is not there."""
    return {str(day): [clock_words(minutes) for minutes in span] for day, span in enumerate(hours) if span}


def _day_hours(kept: Sequence[str] | None) -> DayHours | None:
    return (_minutes(kept[0]), _minutes(kept[1])) if kept else None


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
