"""The demo's incidents: a vendor that gets slower, one that gets quicker, one as ever, whatever the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Department
from assessments.models import Commitment, StepKind
from assessments.schedule import readings
from config.demo import clock
from config.demo import loading as demo
from config.demo.agreements import DemoCommitment
from config.demo.facts import DemoFacts
from tests.factories import Cast, make_vendor
from vendors.measures import loading
from vendors.measures.metrics import Measures
from vendors.measures.trend import Direction
from vendors.models import Contact, Feedback, Incident, MeasureTarget, Pulse, Service, Vendor

DAYS = (date(2026, 11, 22), date(2027, 3, 1), date(2028, 2, 29))
DEMO: dict[str, Any] = demo.read_demo()["organisations"][0]


def _load(cast: Cast, name: str, today: date) -> Vendor:
    data = next(entry for entry in DEMO["facts"] if entry["vendor"] == name)
    plain = next(vendor for vendor in DEMO["vendors"] if vendor["name"] == name)
    vendor = make_vendor(cast.organisation, name, reference=plain["reference"])
    Service.objects.create(vendor=vendor, name=plain["services"][0]["name"], mission_critical=True)
    departments = {
        name: Department.objects.get_or_create(organisation=cast.organisation, name=name)[0]
        for name in DEMO["departments"]
    }
    DemoFacts(vendor=vendor, author=cast.assessor, departments=departments, data=data, today=today).load()
    return Vendor.objects.get(pk=vendor.pk)


def _measured(vendor: Vendor, today: date) -> Measures:
    return loading.measures_of(vendor, now=datetime.combine(today, time(12), tzinfo=UTC))


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> date:
    today: date = request.param
    monkeypatch.setattr(timezone, "now", lambda: datetime.combine(today, time(12), tzinfo=UTC))
    return today


@pytest.mark.parametrize("on_day", DAYS, indirect=True, ids=str)
def test_demo_shows_a_rising_a_falling_and_a_flat_vendor(cast: Cast, on_day: date) -> None:
    found = {}
    for name in ("Example Patient Records", "Sample Storage Works", "Fictive Payroll Partners"):
        measured = _measured(_load(cast, name, on_day), on_day)
        found[name] = [measured.of(key).trend.direction for key in ("duration_mean", "repeat_count")]
    assert found == {
        "Example Patient Records": [Direction.RISING, Direction.FALLING],
        "Sample Storage Works": [Direction.FALLING, Direction.FLAT],
        "Fictive Payroll Partners": [Direction.FLAT, Direction.FLAT],
    }


@pytest.mark.parametrize("on_day", DAYS, indirect=True, ids=str)
def test_demo_commitments_with_a_measure_are_kept_and_one_is_opened_again_by_its_measure(
    cast: Cast, on_day: date
) -> None:
    states = {}
    for entry in DEMO["commitments"]:
        if "measure" not in entry:
            continue
        vendor = Vendor.objects.filter(name=entry["vendor"]).first() or _load(cast, entry["vendor"], on_day)
        Contact.objects.get_or_create(vendor=vendor, name="Contact")
        one = DemoCommitment(author=cast.assessor, vendor=vendor, data=entry, today=on_day)
        for day, step in one.steps():
            with clock.at(day):
                one.take(step, day)
        assert one.row is not None
        readings.read(one.row, today=on_day, now=timezone.now())
        states[entry["what"].partition(" ")[0]] = Commitment.objects.get(pk=one.row.pk).state
    assert states == {"A": "agreed", "No": "kept", "An": "kept"}
    opened = Commitment.objects.get(reopened_on__isnull=False)
    figures = opened.steps.get(kind=StepKind.REOPENED).figures
    assert figures is not None and figures["missed"] >= 6


def test_demo_shows_a_vendor_of_which_too_little_is_known(cast: Cast) -> None:
    today = timezone.localdate()
    measured = _measured(_load(cast, "Mockup Imaging Devices", today), today)
    assert measured.of("duration_mean").trend.direction == Direction.TOO_LITTLE_DATA


def test_demo_incidents_lie_in_two_years_and_none_in_the_future(cast: Cast) -> None:
    today = timezone.localdate()
    vendor = _load(cast, "Example Patient Records", today)
    opened = list(Incident.objects.filter(vendor=vendor).values_list("opened_at", flat=True))
    assert min(opened) < timezone.now() - timedelta(days=22 * 30)
    assert max(opened) <= timezone.now()
    assert Incident.objects.filter(vendor=vendor, mission_critical=False).exists()


def test_demo_shows_targets_pulses_and_both_ways_in_which_service_level_and_feeling_part(cast: Cast) -> None:
    vendor = _load(cast, "Example Patient Records", timezone.localdate())
    assert MeasureTarget.objects.filter(vendor=vendor, measure="duration_mean").exists()
    assert Pulse.objects.answered().filter(incident__vendor=vendor).count() > 10
    assert Feedback.objects.filter(vendor=vendor, sla="met", feeling__lte=2).exists()
    assert Feedback.objects.filter(vendor=vendor, sla="missed", feeling__gte=4).exists()
