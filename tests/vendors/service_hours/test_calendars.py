"""Calendars of services, as rows and as plain hours."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories import Cast, make_vendor
from vendors.models import DecidingHours, Service, ServiceCalendar, Vendor
from vendors.service_hours.calendars import hours_of, service_hours_of, weekly
from vendors.service_hours.hours import ROUND_THE_CLOCK, WHOLE_DAY, ServiceHours
from vendors.service_hours.public_holidays import countries, regions

OFFICE = (480, 1080)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def test_a_vendor_s_services_are_loaded_in_one_query(vendor: Vendor, django_assert_num_queries: Any) -> None:
    office, late, plain = (Service.objects.create(vendor=vendor, name=name) for name in ("A", "B", "C"))
    elsewhere = Service.objects.create(vendor=make_vendor(vendor.organisation, "Other"), name="A")
    ServiceCalendar.objects.create(
        service=office,
        hours={"0": ["08:00", "18:00"], "6": ["00:00", "24:00"]},
        time_zone="Europe/Brussels",
        country="DE",
        subdivision="BY",
    )
    ServiceCalendar.objects.create(
        service=late, hours={"4": ["09:30", "20:15"]}, decides=DecidingHours.CLOCK, without_waiting=False
    )
    ServiceCalendar.objects.create(service=elsewhere, hours={"1": ["08:00", "09:00"]})
    with django_assert_num_queries(1):
        loaded = service_hours_of(vendor)
    assert plain.pk not in loaded
    assert loaded == {
        office.pk: ServiceHours(
            hours=(OFFICE, None, None, None, None, None, WHOLE_DAY),
            time_zone="Europe/Brussels",
            country="DE",
            region="BY",
            calendar_decides=True,
            without_waiting=True,
        ),
        late.pk: ServiceHours(
            hours=(None, None, None, None, (570, 1215), None, None), calendar_decides=False, without_waiting=False
        ),
    }


def test_what_is_kept_is_read_as_it_was() -> None:
    week = (OFFICE, (0, 1), WHOLE_DAY, None, (61, 1439), None, None)
    kept = weekly(week)
    assert kept["0"] == ["08:00", "18:00"]
    assert kept["2"] == ["00:00", "24:00"]
    assert hours_of(ServiceCalendar(hours=kept)).hours == week
    assert hours_of(ServiceCalendar(hours=weekly(ROUND_THE_CLOCK.hours))).is_round_the_clock


@pytest.mark.parametrize("fault", [{"decides": "vendor"}, {"country": "", "subdivision": "BY"}])
def test_the_database_refuses_what_makes_no_sense(vendor: Vendor, fault: dict[str, str]) -> None:
    service = Service.objects.create(vendor=vendor, name="A")
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceCalendar.objects.create(service=service, **fault)


def test_the_code_of_every_region_can_be_kept() -> None:
    longest = ServiceCalendar._meta.get_field("subdivision").max_length
    too_long = [(country, code) for country in countries() for code in regions(country) if len(code) > longest]
    assert too_long == []
