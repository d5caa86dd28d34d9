"""The form of an incident: moments of the installation's time zone, what is refused, what is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from groundwork.moments import MomentField, in_zone
from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.incidents.forms import IncidentForm, ids_in, words_in_use
from vendors.models import Incident, Service, Vendor

BRUSSELS = ZoneInfo("Europe/Brussels")
WINTER = datetime(2026, 12, 1, tzinfo=UTC)
FILLED = {"reference": "INC-1", "opened_at": "2026-03-02T10:30", "resolved_at": "2026-03-02T14:30", "sla": "unknown"}


@pytest.fixture(autouse=True)
def _in_brussels(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Brussels"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def form_for(vendor: Vendor, incident: Incident | None = None, **changes: str) -> IncidentForm:
    return IncidentForm({**FILLED, **changes}, instance=incident or Incident(vendor=vendor), now=WINTER)


def shown(form: IncidentForm) -> dict[str, str]:
    """What a browser sends back for a form that nobody touched."""
    values = {name: form[name].value() for name in form.fields}
    sent = {
        name: form.fields[name].widget.format_value(value) if name.endswith("_at") else value
        for name, value in values.items()
    }
    return {name: str(value) for name, value in sent.items() if value is not None and value is not False}


# Moments ---------------------------------------------------------------------------------------------------------
def test_times_are_those_of_the_installation(vendor: Vendor) -> None:
    form = form_for(vendor)
    assert form.is_valid(), form.errors
    assert form.instance.opened_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert "Europe/Brussels" in str(form.fields["opened_at"].help_text)


@pytest.mark.parametrize("text", ["2026-03-29T02:30", "2026-03-29 02:00", "2026-03-29T02:59:59"])
def test_an_hour_that_the_clocks_skip_is_refused_and_said_why(vendor: Vendor, text: str) -> None:
    form = form_for(vendor, opened_at=text, resolved_at="")
    assert "put forward" in form.errors["opened_at"][0]


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [("2026-03-29T01:59", 0, 59), ("2026-03-29T03:00", 1, 0), ("2026-10-25T02:30", 0, 30), ("2026-10-25T03:00", 2, 0)],
)
def test_around_the_change_of_clocks_times_are_exact(text: str, hour: int, minute: int) -> None:
    found = MomentField().clean(text)
    assert found is not None
    found = found.astimezone(UTC)
    assert (found.hour, found.minute) == (hour, minute)


def test_of_an_hour_that_comes_twice_the_second_is_meant_where_the_first_makes_no_sense(vendor: Vendor) -> None:
    form = form_for(vendor, opened_at="2026-10-25T02:40", resolved_at="2026-10-25T02:10")
    assert form.is_valid(), form.errors
    assert form.instance.resolved_at - form.instance.opened_at == timedelta(minutes=30)


def test_a_moment_may_come_with_its_own_offset() -> None:
    assert MomentField().clean("2026-03-02T10:30+00:00") == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30T10:00", "2026-03-02", "10:30", "0001-01-01T00:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MomentField().clean(text)


def test_in_zone_tells_both_readings_of_an_hour_that_comes_twice() -> None:
    naive = datetime(2026, 10, 25, 2, 30)
    first, second = in_zone(naive, BRUSSELS), in_zone(naive, BRUSSELS, fold=1)
    assert first and second
    assert second - first == timedelta(hours=1)
    assert in_zone(datetime(2026, 3, 29, 2, 30), BRUSSELS) is None


@pytest.mark.parametrize(
    "opened",
    [NOW, NOW + timedelta(seconds=7), NOW + timedelta(microseconds=9), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)],
    ids=["whole minutes", "seconds", "microseconds", "an hour that comes twice"],
)
def test_a_form_that_nobody_touched_changes_nothing(vendor: Vendor, opened: datetime) -> None:
    incident = make_incident(vendor, opened=opened, hours=1.5, restored_at=opened, problem="Disk", reopened=0)
    untouched = shown(IncidentForm(instance=Incident.objects.get(), now=WINTER))
    form = IncidentForm(untouched | {"mission_critical": "on"}, instance=Incident.objects.get(), now=WINTER)
    assert form.is_valid(), form.errors
    assert form.written == []
    assert (form.instance.opened_at, form.instance.resolved_at) == (incident.opened_at, incident.resolved_at)


# What is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": "  "}, "reference"),
        ({"reference": "x" * 81}, "reference"),
        ({"opened_at": ""}, "opened_at"),
        ({"opened_at": "2027-01-01T00:00", "resolved_at": ""}, "opened_at"),
        ({"opened_at": "1066-10-14T09:00"}, "opened_at"),
        ({"resolved_at": "2026-03-02T10:29"}, "resolved_at"),
        ({"resolved_at": "2027-01-01T00:00"}, "resolved_at"),
        ({"restored_at": "2026-03-02T10:29"}, "restored_at"),
        ({"sla": "nearly"}, "sla"),
        ({"reopened": "-1"}, "reopened"),
        ({"handovers": "99999999"}, "handovers"),
        ({"problem": "x" * 201}, "problem"),
        ({"service": "0"}, "service"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(vendor: Vendor, changes: dict[str, str], field: str) -> None:
    form = form_for(vendor, **changes)
    assert list(form.errors) == [field]
    assert "Constraint" not in str(form.errors)


def test_a_reference_is_taken_whatever_its_source(vendor: Vendor) -> None:
    make_incident(vendor, "INC-1", source="glpi")
    assert "already" in form_for(vendor, reference=" INC-1 ").errors["reference"][0]
    assert form_for(vendor, reference="INC-2").is_valid()


def test_a_service_is_one_of_the_vendor(cast: Cast, vendor: Vendor) -> None:
    other = Service.objects.create(vendor=make_vendor(cast.organisation, "Another"), name="Payroll")
    own = Service.objects.create(vendor=vendor, name="Payroll")
    assert "service" in form_for(vendor, service=str(other.pk)).errors
    assert form_for(vendor, service=str(own.pk)).is_valid()


def test_the_reference_of_an_imported_one_stays(vendor: Vendor) -> None:
    incident = make_incident(vendor, "INC-1", source="glpi")
    form = form_for(vendor, incident, reference="INC-2")
    assert form.is_valid(), form.errors
    assert form.instance.reference == "INC-1"
    assert "reference" not in form.written


def test_what_is_resolved_before_its_new_opening_is_refused(vendor: Vendor) -> None:
    incident = make_incident(vendor, "INC-1", opened=NOW, hours=1)
    form = form_for(vendor, incident, opened_at="2026-03-02T12:00", resolved_at="2026-03-02T11:30")
    assert list(form.errors) == ["resolved_at"]


# What is offered -------------------------------------------------------------------------------------------------
def test_words_in_use_are_offered_once_and_those_of_others_are_not(cast: Cast, vendor: Vendor) -> None:
    for problem in ("fan", "Disk", "Disk", ""):
        make_incident(vendor, problem=problem, handled_by="Night shift")
    make_incident(make_vendor(cast.other_organisation), problem="Theirs")
    offered = words_in_use(vendor)
    assert offered["problem"] == ["Disk", "fan"]
    assert offered["handled_by"] == ["Night shift"]
    assert offered["department"] == []
    assert words_in_use(make_vendor(cast.organisation, "New"))["problem"] == []


def test_the_second_group_is_open_where_it_holds_something(vendor: Vendor) -> None:
    assert not IncidentForm(instance=Incident(vendor=vendor), now=WINTER).has_more
    assert not form_for(vendor).has_more
    assert form_for(vendor, problem="Disk").has_more
    assert form_for(vendor, reopened="-1").has_more
    assert IncidentForm(instance=make_incident(vendor, handovers=0), now=WINTER).has_more


@pytest.mark.parametrize(
    ("text", "found"),
    [("1,2,3", [1, 2, 3]), (" 4 , x,,-5, 6", [4, 6]), ("", []), ("9" * 40, []), (",".join(["7"] * 999), [7] * 200)],
)
def test_ids_are_read_as_far_as_they_are_numbers(text: str, found: list[int]) -> None:
    assert ids_in(text) == found
