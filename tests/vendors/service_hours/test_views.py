"""The page of a service's hours: what is chosen, refused, shown, and kept in the trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.trail import reading
from tests.factories import Cast, make_vendor
from vendors.models import DecidingHours, Service, ServiceCalendar, Vendor
from vendors.register.changes import delete_part
from vendors.service_hours.calendars import service_hours_of
from vendors.service_hours.changes import DAY_NAMES
from vendors.service_hours.hours import ServiceHours

OFFICE = (480, 1080)
WEEK = {f"{side}_{day}": clock for day in DAY_NAMES[:5] for side, clock in (("from", "08:00"), ("to", "18:00"))}
FILLED = {
    **WEEK,
    "kind": "weekly",
    "time_zone": "Europe/Brussels",
    "country": "BE",
    "region": "",
    "decides": "calendar",
    "without_waiting": "on",
}


@pytest.fixture
def service(cast: Cast) -> Service:
    return Service.objects.create(vendor=make_vendor(cast.organisation), name="Payroll")


@pytest.fixture
def url(service: Service) -> str:
    return reverse("service_hours", args=[service.pk])


@pytest.fixture
def client_of_assessor(cast: Cast, signed_in: Any) -> Any:
    return signed_in(cast.assessor)


def hours(service: Service) -> ServiceHours | None:
    return service_hours_of(service.vendor).get(service.pk)


def revision(service: Service) -> int:
    return Vendor.objects.get(pk=service.vendor_id).facts_revision


# Saving ----------------------------------------------------------------------------------------------------------
def test_hours_are_saved_and_the_figures_of_the_vendor_are_old(
    cast: Cast, signed_in: Any, service: Service, url: str
) -> None:
    answer = signed_in(cast.assessor).post(url, FILLED)
    assert answer.url == f"{service.vendor.get_absolute_url()}#services"
    assert hours(service) == ServiceHours(hours=(OFFICE,) * 5 + (None, None), time_zone="Europe/Brussels", country="BE")
    assert revision(service) == 1


def test_the_same_again_changes_nothing(cast: Cast, signed_in: Any, service: Service, url: str) -> None:
    client = signed_in(cast.assessor)
    client.post(url, FILLED)
    client.post(url, FILLED)
    assert revision(service) == 1
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["servicecalendar.set"]


def test_midnight_is_the_end_of_a_day(cast: Cast, signed_in: Any, service: Service, url: str) -> None:
    said = {**FILLED, "from_saturday": "20:30", "to_saturday": "00:00", "from_sunday": "00:00", "to_sunday": "24:00"}
    signed_in(cast.assessor).post(url, said)
    assert hours(service).hours[5:] == ((1230, 1440), (0, 1440))  # type: ignore[union-attr]


def test_round_the_clock_asks_for_nothing_else(cast: Cast, signed_in: Any, service: Service, url: str) -> None:
    signed_in(cast.assessor).post(url, {"kind": "clock", "from_monday": "99:99", "without_waiting": "on"})
    stands = hours(service)
    assert stands is not None
    assert stands.is_round_the_clock
    assert stands.without_waiting
    assert not stands.calendar_decides


def test_every_hour_can_decide_beside_the_hours_of_a_week(
    cast: Cast, signed_in: Any, service: Service, url: str
) -> None:
    said = {name: value for name, value in FILLED.items() if name != "without_waiting"}
    signed_in(cast.assessor).post(url, {**said, "decides": "clock"})
    calendar = ServiceCalendar.objects.get()
    assert (calendar.decides, calendar.without_waiting) == (DecidingHours.CLOCK, False)


# What is wrong ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"to_monday": "07:00"}, "to_monday", "ends before it begins"),
        ({"to_monday": "08:00"}, "to_monday", "ends before it begins"),
        ({"from_monday": ""}, "from_monday", "Say when it begins"),
        ({"to_friday": ""}, "to_friday", "Say when it ends"),
        ({"from_monday": "8 o’clock"}, "from_monday", "such as 08:00"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", ""),
        ({"country": "ZZ"}, "country", ""),
        ({"country": "DE", "region": "Flemish"}, "region", "none of the country’s"),
        ({"kind": "never"}, "kind", ""),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field_and_stays_typed(
    client_of_assessor: Any, url: str, said: dict[str, str], field: str, words: str
) -> None:
    answer = client_of_assessor.post(url, {**FILLED, "from_sunday": "06:07", "to_sunday": "07:08", **said})
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])
    assert 'value="06:07"' in answer.content.decode()
    assert not ServiceCalendar.objects.exists()


def test_a_week_without_hours_is_refused(client_of_assessor: Any, url: str) -> None:
    form = client_of_assessor.post(url, {**FILLED, **dict.fromkeys(WEEK, "")}).context["form"]
    assert "at least one day" in str(form.non_field_errors())
    assert not ServiceCalendar.objects.exists()


def test_an_error_names_its_day(cast: Cast, signed_in: Any, url: str) -> None:
    page = signed_in(cast.assessor).post(url, {**FILLED, "to_monday": "07:00"}).content.decode()
    assert "Monday, to" in page


# Looking before saving ------------------------------------------------------------------------------------------
def test_the_hours_of_a_new_service_are_asked_with_the_week_of_an_office_at_hand(
    cast: Cast, signed_in: Any, url: str
) -> None:
    form = signed_in(cast.assessor).get(url).context["form"]
    assert form["kind"].value() == ""
    assert form["from_monday"].value() == "08:00"
    assert form["to_friday"].value() == "18:00"
    assert form["from_saturday"].value() is None


def test_the_page_shows_what_stands(cast: Cast, signed_in: Any, url: str) -> None:
    client = signed_in(cast.assessor)
    client.post(url, {**FILLED, "to_friday": "00:00", "country": "DE", "region": "BY"})
    form = client.get(url).context["form"]
    assert form["kind"].value() == "weekly"
    assert form["to_friday"].value() == "00:00"
    assert form.place == ("DE", "BY")


def test_mondays_hours_are_copied_without_saving(cast: Cast, signed_in: Any, url: str) -> None:
    said = {**FILLED, "from_monday": "07:30", "to_monday": "19:00", "from_saturday": "10:00", "copy": "1"}
    answer = signed_in(cast.assessor).post(url, said)
    form = answer.context["form"]
    assert [form[f"from_{day}"].value() for day in DAY_NAMES[:6]] == ["07:30"] * 5 + ["10:00"]
    assert [form[f"to_{day}"].value() for day in DAY_NAMES[:5]] == ["19:00"] * 5
    assert "Nothing is saved yet." in answer.content.decode()
    assert not ServiceCalendar.objects.exists()


def test_what_counts_is_shown_for_this_year_and_the_next(cast: Cast, signed_in: Any, url: str) -> None:
    answer = signed_in(cast.assessor).post(url, {**FILLED, "show": "1"})
    years = answer.context["years"]
    assert [one.year + 1 for one in years[:1]] == [years[1].year]
    assert "Armistice Day" in answer.content.decode()
    assert not ServiceCalendar.objects.exists()


def test_another_country_takes_the_region_away(cast: Cast, signed_in: Any, url: str) -> None:
    answer = signed_in(cast.assessor).post(url, {**FILLED, "country": "DE", "region": "Flemish", "show": "1"})
    form = answer.context["form"]
    assert form.place == ("DE", "")
    assert "Bayern" in answer.content.decode()
    assert not form.errors


def test_a_script_gets_the_public_holidays_alone(cast: Cast, signed_in: Any, url: str) -> None:
    answer = signed_in(cast.assessor).post(url, FILLED, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "National Day" in page
    assert "<html" not in page
    assert not ServiceCalendar.objects.exists()


# Where it is read -----------------------------------------------------------------------------------------------
def test_the_vendors_page_says_the_hours_of_each_service(
    cast: Cast, signed_in: Any, service: Service, url: str, django_assert_max_num_queries: Any
) -> None:
    Service.objects.create(vendor=service.vendor, name="Mail")
    client = signed_in(cast.assessor)
    client.post(url, FILLED)
    page = signed_in(cast.reader).get(service.vendor.get_absolute_url()).content.decode()
    assert "Mon–Fri 08:00–18:00, Europe/Brussels, without the public holidays of Belgium" in page
    assert "In the measures these hours count" in page
    assert "not set, so every hour counts" in page
    assert "round the clock" not in page
    assert url not in page  # a reader cannot change them


def test_the_trail_tells_the_days_that_changed_in_words(cast: Cast, signed_in: Any, service: Service, url: str) -> None:
    client = signed_in(cast.assessor)
    client.post(url, FILLED)
    client.post(url, {**FILLED, "to_friday": "16:00", "country": "DE", "region": "BY", "decides": "clock"})
    line = reading.lines(AuditEntry.objects.order_by("-pk")[:1])[0]
    assert line.verb == "Service hours changed"
    assert {change.name: (change.before, change.after) for change in line.changes} == {
        "Friday": ("08:00–18:00", "08:00–16:00"),
        "Public holidays of": ("Belgium", "Germany"),
        "Region": ("–", "Bayern"),
        "What decides": ("The hours of the calendar", "Every hour, day and night"),
    }
    assert line.label == "Payroll"


def test_a_deleted_service_makes_the_figures_old(cast: Cast, signed_in: Any, service: Service, url: str) -> None:
    signed_in(cast.assessor).post(url, FILLED)
    delete_part(cast.assessor, service)
    assert not ServiceCalendar.objects.exists()
    assert Vendor.objects.get(pk=service.vendor_id).facts_revision == 2


def test_a_stranger_finds_no_such_service(cast: Cast, signed_in: Any, url: str) -> None:
    assert signed_in(cast.stranger).get(url).status_code == 404
    assert signed_in(cast.reader).get(url).status_code == 403
