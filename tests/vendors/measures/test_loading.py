"""Loading, keeping and writing down the measures of a vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import Cast, make_incident, make_vendor
from vendors import facts_revision
from vendors.measures.loading import as_data, digits, first_day, from_data, measures_of, targets_of
from vendors.measures.metrics import Direction, Measures, PeriodLength, recent
from vendors.models import MeasureTarget, Pulse, PulseChoice, Service, Sla, Vendor

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
Capture = Callable[..., Any]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def make_history(vendor: Vendor, *, months: int = 12, each: int = 2, **fields: Any) -> None:
    """Each month from March 2025 a little longer: 4 hours, 5 hours and so on."""
    for month in range(months):
        opened = datetime(2025 + (month + 2) // 12, (month + 2) % 12 + 1, 5, 9, tzinfo=UTC)
        for number in range(each):
            at = opened + timedelta(days=number)
            reference = f"{vendor}{fields.get('service') or ''}{month}-{number}-{fields.get('mission_critical', True)}"
            make_incident(vendor, reference, opened=at, hours=4 + month, **fields)


def make_pulse(cast: Cast, incident: Any, **said: Any) -> Pulse:
    fields = {"answered_at": NOW, "told_why": PulseChoice.PARTLY, **said}
    token = f"{incident.pk}-{Pulse.objects.count()}"
    return Pulse.objects.create(
        incident=incident, token_hash=token, asked_by=cast.assessor.user, expires_at=NOW, **fields
    )


# The window ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("until", "months", "first"),
    [
        (date(2026, 3, 31), 12, date(2025, 4, 1)),  # twelve whole months
        (date(2026, 3, 30), 12, date(2025, 3, 1)),  # twelve whole months, and what March has so far
        (date(2026, 12, 31), 24, date(2025, 1, 1)),
        (date(2026, 11, 22), 24, date(2024, 11, 1)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
    ],
)
def test_window_holds_the_whole_months_asked_for(until: date, months: int, first: date) -> None:
    assert first_day(until, months) == first


def test_measures_cover_the_window_up_to_today(vendor: Vendor) -> None:
    make_history(vendor)
    make_incident(vendor, "old", opened=datetime(2024, 2, 29, 12, tzinfo=UTC))
    measures = measures_of(vendor, now=NOW)
    assert (measures.since, measures.until, measures.known_at) == (date(2024, 3, 1), date(2026, 3, 2), NOW)
    assert measures.cases == 24
    assert measures.step == PeriodLength.MONTH
    rising = measures.of("duration_mean")
    assert rising.trend.direction == Direction.RISING
    assert rising.trend.slope == pytest.approx(1.0)
    assert rising.trend.periods == 12
    assert recent(rising) == pytest.approx(12.5)
    assert measures.left_out.young == (date(2026, 3, 1),)


def test_until_and_months_narrow_the_window(vendor: Vendor) -> None:
    make_history(vendor)
    measures = measures_of(vendor, now=NOW, until=date(2025, 12, 31), months=6)
    assert (measures.since, measures.until) == (date(2025, 7, 1), date(2025, 12, 31))
    assert measures.cases == 12


def test_days_are_those_of_the_organisations_zone(vendor: Vendor) -> None:
    make_incident(vendor, opened=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))  # 1 February in Brussels
    points = measures_of(vendor, now=NOW).of("volume").points
    assert [point.start for point in points] == [date(2026, 2, 1), date(2026, 3, 1)]


def test_only_mission_critical_incidents_of_the_vendor_count(cast: Cast, vendor: Vendor) -> None:
    make_history(vendor, months=1)
    make_history(vendor, months=2, mission_critical=False)
    make_history(make_vendor(cast.organisation, "Other Systems"), months=3)
    measures = measures_of(vendor, now=NOW)
    assert measures.cases == 2
    assert measures.left_out.not_critical == 4


def test_every_field_reaches_its_measure(cast: Cast, vendor: Vendor) -> None:
    opened = datetime(2026, 1, 5, 9, tzinfo=UTC)
    known = {"sla": Sla.MET, "reopened": 1, "handovers": 3, "problem": "disk", "root_cause_proven": True}
    handled = [make_incident(vendor, f"a{n}", opened=opened, hours=2, handled_by="Ann", **known) for n in range(2)]
    for number in range(2):
        make_incident(vendor, f"b{number}", opened=opened, hours=5, handled_by="Bob", sla=Sla.MISSED)
    late = make_incident(vendor, "c", opened=opened + timedelta(days=1), hours=1, restored_at=NOW, problem=" Disk ")
    make_incident(vendor, "d", opened=opened, hours=None)
    answers = {"fixes_thrown": PulseChoice.YES, "was_fast": PulseChoice.NO, "cause_proven": PulseChoice.DONT_KNOW}
    make_pulse(cast, handled[0], **answers)
    make_pulse(cast, handled[1], told_why=PulseChoice.NO)
    make_pulse(cast, handled[1], answered_at=None)
    measures = measures_of(vendor, now=NOW)
    found = {series.measure.key: series.overall for series in measures.series}
    assert found == {
        "restored_late": 100,
        "handovers": 3,
        "spread": 3,
        "told_why": 25,
        "fixes_thrown": 100,
        "reopened": 100,
        "duration_mean": 3,
        "duration_median": 2,
        "was_fast": 0,
        "repeats": pytest.approx(100 / 3),
        "proven": 100,
        "cause_proven": None,
        "volume": 6,
        "sla": 50,
    }
    assert measures.of("restored_late").points[0].cases == (late.pk,)


def test_service_counts_its_own_incidents_and_repeats(vendor: Vendor) -> None:
    mine, other = (Service.objects.create(vendor=vendor, name=name) for name in ("Records", "Payroll"))
    first = datetime(2026, 1, 5, 9, tzinfo=UTC)
    make_incident(vendor, "1", service=other, opened=first, problem="disk")
    make_incident(vendor, "2", service=mine, opened=first + timedelta(days=1), problem="disk")
    make_incident(vendor, "3", opened=first, mission_critical=False)
    make_incident(vendor, "4", opened=first, mission_critical=False, service=mine)
    assert measures_of(vendor, now=NOW).of("repeats").overall == 50
    found = measures_of(vendor, service=mine, now=NOW)
    assert found.cases == 1
    assert found.of("repeats").overall == 0
    assert found.left_out.not_critical == 1


def test_repeat_of_what_happened_before_the_window_is_one(vendor: Vendor) -> None:
    make_incident(vendor, "1", opened=datetime(2025, 12, 20, tzinfo=UTC), problem="disk")
    make_incident(vendor, "2", opened=datetime(2026, 1, 3, tzinfo=UTC), problem="disk")
    found = measures_of(vendor, now=NOW, until=date(2026, 1, 31), months=1)
    assert found.cases == 1
    assert found.of("repeats").overall == 100


def test_not_critical_incidents_are_counted_in_the_window_of_the_weeks(vendor: Vendor) -> None:
    """Measured by the week, the window starts with the Monday before the first of the month."""
    for week in range(9):
        make_incident(vendor, f"{week}", opened=datetime(2025, 12, 31, tzinfo=UTC) + timedelta(weeks=week), hours=1)
    make_incident(vendor, "x", opened=datetime(2025, 12, 30, tzinfo=UTC), mission_critical=False)
    found = measures_of(vendor, now=NOW, months=2)
    assert (found.step, found.since) == (PeriodLength.WEEK, date(2025, 12, 29))
    assert found.cases == 9
    assert found.left_out.not_critical == 1


# Queries and keeping ---------------------------------------------------------------------------------------------
def queries(function: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        function()
    return len(captured)


def test_measures_take_four_queries_for_few_incidents_and_for_many(vendor: Vendor) -> None:
    """The counter of changes, the incidents, the pulses, and how many are not mission-critical."""
    make_history(vendor, months=1, each=1)
    assert queries(lambda: measures_of(vendor, now=NOW)) == 4
    make_history(vendor, months=12, each=5, service=Service.objects.create(vendor=vendor, name="Records"))
    assert queries(lambda: measures_of(vendor, now=NOW)) == 4


def test_kept_measures_take_one_query(vendor: Vendor, django_capture_on_commit_callbacks: Capture) -> None:
    make_history(vendor, months=8)
    with django_capture_on_commit_callbacks(execute=True):
        first = measures_of(vendor, now=NOW)
    assert queries(lambda: measures_of(vendor, now=NOW + timedelta(hours=3))) == 1
    assert measures_of(vendor, now=NOW + timedelta(hours=3)) == first


def test_other_questions_are_not_answered_with_what_is_kept(
    vendor: Vendor, django_capture_on_commit_callbacks: Capture
) -> None:
    make_history(vendor, months=8)
    service = Service.objects.create(vendor=vendor, name="Records")
    with django_capture_on_commit_callbacks(execute=True):
        measures_of(vendor, now=NOW)
    assert measures_of(vendor, now=NOW, service=service).cases == 0
    assert measures_of(vendor, now=NOW, months=5).since == date(2025, 10, 1)
    assert measures_of(vendor, now=NOW, until=date(2025, 6, 30)).until == date(2025, 6, 30)
    assert measures_of(vendor, now=NOW + timedelta(days=1)).known_at == NOW + timedelta(days=1)


def test_change_is_seen_at_once_even_through_an_old_copy_of_the_vendor(
    vendor: Vendor, django_capture_on_commit_callbacks: Capture
) -> None:
    make_history(vendor, months=8)
    with django_capture_on_commit_callbacks(execute=True):
        assert measures_of(vendor, now=NOW).cases == 16
    with transaction.atomic():
        make_incident(vendor, "new", opened=NOW - timedelta(days=20))
        facts_revision.raise_revision(vendor.pk)
    assert measures_of(vendor, now=NOW).cases == 17


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_saw_is_not_kept_when_it_is_rolled_back() -> None:
    from tests.factories import make_cast

    vendor = make_vendor(make_cast().organisation)
    with transaction.atomic():
        make_incident(vendor, "never", opened=NOW - timedelta(days=20))
        facts_revision.raise_revision(vendor.pk)
        assert measures_of(vendor, now=NOW).cases == 1
        transaction.set_rollback(True)
    with transaction.atomic():
        facts_revision.raise_revision(vendor.pk)  # the same counter, another truth
    assert measures_of(vendor, now=NOW).cases == 0


@pytest.mark.django_db(transaction=True)
def test_row_number_used_again_gets_measures_of_its_own() -> None:
    from tests.factories import make_cast

    cast = make_cast()
    vendor = make_vendor(cast.organisation)
    make_incident(vendor, opened=NOW - timedelta(days=20))
    assert measures_of(vendor, now=NOW).cases == 1
    number = vendor.pk
    vendor.delete()
    again = make_vendor(cast.organisation, pk=number)
    assert measures_of(again, now=NOW).cases == 0


def test_counter_rises_once_for_each_vendor_and_only_in_a_transaction(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Other Systems")
    facts_revision.raise_revision(vendor.pk, other.pk, vendor.pk)
    assert set(Vendor.objects.values_list("facts_revision", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_counter_refuses_to_rise_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        facts_revision.raise_revision(1)


# Plain data ------------------------------------------------------------------------------------------------------
@pytest.fixture
def measures(vendor: Vendor) -> Measures:
    make_history(vendor)
    make_incident(vendor, "open", opened=NOW - timedelta(days=1), hours=None)
    return measures_of(vendor, now=NOW)


def test_measures_survive_being_written_down(measures: Measures) -> None:
    data = json.loads(json.dumps(as_data(measures)))
    read = from_data(data)
    assert as_data(read) == data
    assert read.left_out == replace(measures.left_out, wait=read.left_out.wait)
    for before, after in zip(measures.series, read.series, strict=True):
        assert after.measure == before.measure
        assert after.trend.direction == before.trend.direction
        assert [(p.start, p.end, p.cases, p.is_left_out) for p in after.points] == [
            (p.start, p.end, p.cases, p.is_left_out) for p in before.points
        ]


def test_figures_are_written_with_fixed_digits(measures: Measures) -> None:
    data = as_data(measures)
    mean = next(series for series in data["series"] if series["measure"] == "duration_mean")
    assert mean["points"][0]["value"] == "4.00"
    assert mean["points"][0]["start"] == "2025-03-01"
    assert mean["points"][0]["count"] == len(mean["points"][0]["cases"]) == 2
    assert mean["points"][-1]["value"] is None
    assert mean["trend"] == {"direction": "rising", "slope": "1.0000", "p": "0.0000", "periods": 12}
    assert data["known_at"] == "2026-03-02T09:30:00+00:00"
    assert data["left_out"]["open_count"] == 1


def test_digits_are_rounded_half_up_and_never_minus_nought() -> None:
    assert digits(None) is None
    assert digits(1.005) == "1.01"  # as it is written, not as it is stored
    assert digits(-0.001) == "0.00"
    assert digits(-2.345) == "-2.35"
    assert digits(1e-7, 4) == "0.0000"
    assert digits(123456.0) == "123456.00"


def test_targets_come_by_the_key_of_their_measure(cast: Cast, vendor: Vendor) -> None:
    user = cast.assessor.user
    target = MeasureTarget.objects.create(vendor=vendor, measure="sla", value=Decimal(95), set_by=user)
    assert targets_of(vendor) == {"sla": target}


def test_cache_is_only_a_copy(vendor: Vendor, django_capture_on_commit_callbacks: Capture) -> None:
    make_history(vendor, months=7)
    with django_capture_on_commit_callbacks(execute=True):
        first = measures_of(vendor, now=NOW)
    cache.clear()
    assert measures_of(vendor, now=NOW) == first
