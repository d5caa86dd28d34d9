"""The hours of a service in words, in the active language: for pages, papers and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from groundwork import words
from vendors.service_hours.hours import DayHours, ServiceHours
from vendors.service_hours.public_holidays import countries, regions


def hours_words(hours: ServiceHours) -> str:
    """“Mon–Fri 08:00–18:00, Europe/Brussels, without the public holidays of Belgium”; “round the clock”."""
    if hours.is_round_the_clock:
        return _("round the clock")
    said = [*_runs(hours.hours), hours.time_zone.replace("_", " ")]
    if hours.country:
        said.append(_("without the public holidays of %(place)s") % {"place": place_words(hours.country, hours.region)})
    return ", ".join(said)


def deciding_words(hours: ServiceHours) -> str:
    """Which hours decide in what is measured, and whether waiting counts: a sentence."""
    if hours.is_round_the_clock or not hours.calendar_decides:
        if hours.without_waiting:
            return _("In the measures every hour counts, without the time that the vendor waited for you.")
        return _("In the measures every hour counts.")
    if hours.without_waiting:
        return _("In the measures these hours count, without the time that the vendor waited for you.")
    return _("In the measures these hours count.")


def span_words(span: DayHours | None) -> str:
    """“08:00–18:00”; empty for a free day."""
    return "–".join(clock_words(minutes) for minutes in span) if span else ""


def clock_words(minutes: int) -> str:
    """Minutes of a day as its clock shows them: “08:00”; “24:00” its end."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def country_words() -> dict[str, str]:
    """Code → name, of every country whose public holidays are known."""
    return {code: words.country(code) for code in countries()}


def place_words(country: str, region: str) -> str:
    """“Belgium”; “Germany (Bayern)”."""
    name = words.country(country)
    return f"{name} ({regions(country).get(region, region)})" if region else name


def _runs(week: Sequence[DayHours | None]) -> list[str]:
    """“Mon–Fri 08:00–18:00”: days one after the other with the same hours are named together."""
    said = []
    for span, days in groupby(range(len(week)), key=lambda day: week[day]):
        run = [words.weekday(day, short=True) for day in days]
        if span:
            named = run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}"
            said.append(f"{named} {span_words(span)}")
    return said
