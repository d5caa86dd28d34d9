"""By which day a proof is owed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import NOW, Cast, make_incident
from vendors.models import Expectation, ExpectationEdition, ExpectationState, Incident, Service, ServiceCalendar, Vendor
from vendors.proofs.due import Term, term_of

pytestmark = pytest.mark.django_db
THURSDAY = date(2026, 4, 2)  # before Easter


def expect(
    cast: Cast, number: int, days: str, from_: date, state: ExpectationState = ExpectationState.PUBLISHED
) -> None:
    is_published = state == ExpectationState.PUBLISHED
    by = {"published_by": cast.admin.user, "published_at": NOW} if is_published else {}
    edition = ExpectationEdition.objects.create(
        organisation=cast.organisation,
        number=number,
        state=ExpectationState.DRAFT,
        created_by=cast.admin.user,
        created_at=NOW,
    )
    Expectation.objects.create(
        edition=edition, key="proof", rule="proof", position=1, measure="proof_days", target=Decimal(days)
    )
    edition.state, edition.in_force_from = state, from_
    for name, value in by.items():
        setattr(edition, name, value)
    edition.save()


def test_it_is_ten_working_days_where_nobody_says_otherwise(incident: Incident) -> None:
    assert term_of(incident, THURSDAY) == Term(days=10, due_on=date(2026, 4, 16), expected=False)


def test_public_holidays_of_the_service_are_no_working_days(vendor: Vendor) -> None:
    service = Service.objects.create(vendor=vendor, name="Records")
    ServiceCalendar.objects.create(service=service, country="BE")
    incident = make_incident(vendor, service=service)
    assert term_of(incident, THURSDAY).due_on == date(2026, 4, 17)  # Easter Monday does not count


def test_the_expectation_in_force_says_how_many_days(cast: Cast, incident: Incident) -> None:
    expect(cast, 1, "15", date(2026, 1, 1))
    expect(cast, 2, "5", date(2026, 3, 1))
    expect(cast, 3, "2", date(2026, 5, 1))  # not in force yet
    expect(cast, 4, "1", date(2026, 1, 1), ExpectationState.DRAFT)
    assert term_of(incident, THURSDAY) == Term(days=5, due_on=date(2026, 4, 9), expected=True)
    assert term_of(incident, date(2026, 2, 26)).days == 15


def test_a_number_that_was_mistyped_leads_to_a_day_that_there_is(cast: Cast, incident: Incident) -> None:
    """A published edition never changes: the page that asks for a proof has to open all the same."""
    expect(cast, 1, "9999999", date(2026, 1, 1))
    assert term_of(incident, THURSDAY) == Term(days=500, due_on=date(2028, 3, 2), expected=True)
