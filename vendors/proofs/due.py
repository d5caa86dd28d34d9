"""By which day a proof of cause is owed: so many working days after it was asked for, as the expectations say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vendors.models import Expectation, ExpectationEdition, Incident, ServiceCalendar
from vendors.service_hours.working_days import working_day_after, working_days_between

USUAL_DAYS = 10  # working days, where no expectation says it
AGAIN_DAYS = 5  # to mend what was returned
MOST_DAYS = 500  # working days, two years: beyond, a digit was mistyped, and the day may lie beyond all calendars
MEASURE = "proof_days"  # the key of the measure by which an expectation says it


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose public holidays are free; empty for none."""

    country: str = ""
    region: str = ""

    def after(self, day: date, working_days: int) -> date:
        return working_day_after(day, working_days, self.country, self.region)

    def between(self, since: date, until: date) -> int:
        return working_days_between(since, until, self.country, self.region)


@dataclass(frozen=True, kw_only=True)
class Term:
    """So many working days, and the day to which they lead. `expected`: because the expectations in force say so."""

    days: int
    due_on: date
    expected: bool


def expected_days(organisation_id: int, today: date) -> int | None:
    """The working days within which the expectations in force want a proof; None where they say nothing of it."""
    edition = ExpectationEdition.objects.in_force(today).filter(organisation=organisation_id).first()
    if edition is None:
        return None
    said = Expectation.objects.filter(edition=edition, measure=MEASURE, target__isnull=False).first()
    return None if said is None or said.target is None else max(1, min(int(said.target), MOST_DAYS))


def place_of(incident: Incident) -> Place:
    """That of the calendar of the service; of a service without one no holiday is known."""
    calendar = ServiceCalendar.objects.filter(service=incident.service_id).first() if incident.service_id else None
    return Place(country=calendar.country, region=calendar.subdivision) if calendar else Place()


def term_of(incident: Incident, today: date) -> Term:
    """When the proof of this incident is due where it is asked for today. Three queries at most."""
    expected = expected_days(incident.organisation_id, today)
    days = USUAL_DAYS if expected is None else expected
    return Term(days=days, due_on=place_of(incident).after(today, days), expected=expected is not None)
