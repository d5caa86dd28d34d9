"""The hours of a service, set in one transaction with the entry in the audit trail."""

from __future__ import annotations

from django.db import transaction
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise

from accounts.models import Membership
from accounts.trail import audit
from vendors import facts_revision
from vendors.models import DecidingHours, Service, ServiceCalendar
from vendors.service_hours.calendars import hours_of, weekly
from vendors.service_hours.hours import ServiceHours
from vendors.service_hours.public_holidays import regions
from vendors.service_hours.words import span_words

# The days of the week, as an entry of the trail names them; it keeps no word of any language.
DAY_NAMES: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_WORDS: dict[str, str | Promise] = {name: WEEKDAYS[number] for number, name in enumerate(DAY_NAMES)}


@transaction.atomic
def set_hours(member: Membership, service: Service, hours: ServiceHours) -> ServiceCalendar:
    """From now on the service is supported in these hours; the same again changes nothing.

    What was measured is measured anew by them, the past included: there is one calendar, not a history of them.
    """
    facts_revision.lock_vendors(service.vendor_id)  # of two at once, the second finds what the first has set
    calendar = ServiceCalendar.objects.filter(service=service).first()
    before = told(hours_of(calendar)) if calendar else {}
    calendar = calendar or ServiceCalendar(service=service)
    if before == told(hours):
        return calendar
    calendar.hours = weekly(hours.hours)
    calendar.time_zone, calendar.country, calendar.subdivision = hours.time_zone, hours.country, hours.region
    calendar.decides = DecidingHours.CALENDAR if hours.calendar_decides else DecidingHours.CLOCK
    calendar.without_waiting = hours.without_waiting
    calendar.save()
    facts_revision.raise_revision(service.vendor_id)
    verb = "servicecalendar.changed" if before else "servicecalendar.set"
    audit.record(member.user, verb, calendar, before=before, after=told(hours))
    return calendar


def told(hours: ServiceHours) -> dict[str, object]:
    """What the trail keeps of it: a name a day, so that only the days that changed are told."""
    days = {name: span_words(span) for name, span in zip(DAY_NAMES, hours.hours, strict=True)}
    return {
        **days,
        "time_zone": hours.time_zone,
        "country": hours.country,
        "subdivision": regions(hours.country).get(hours.region, hours.region),  # by name: a code is not known by itself
        "decides": str(DecidingHours.CALENDAR if hours.calendar_decides else DecidingHours.CLOCK),
        "without_waiting": hours.without_waiting,
    }
