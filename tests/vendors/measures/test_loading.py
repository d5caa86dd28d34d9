"""Loading and keeping the measures of a vendor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from tests.factories import Cast, make_feedback, make_file, make_incident, make_vendor
from vendors import facts_revision
from vendors.measures.loading import first_day, measures_of, targets_of
from vendors.measures.metrics import HoursUsed, PeriodLength, recent
from vendors.measures.said import SAID
from vendors.measures.trend import Direction
from vendors.measures.window import WhyLeftOut
from vendors.models import MeasureTarget, Pulse, PulseChoice, Service, ServiceCalendar, Sla, Vendor

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


def test_the_first_month_that_people_wrote_something_down_is_left_out(vendor: Vendor) -> None:
    make_history(vendor)
    measures = measures_of(vendor, now=NOW)
    assert measures.left_out.before == (date(2025, 3, 1),)
    assert measures.of("duration_mean").points[0].why == WhyLeftOut.BEFORE
    assert measures.of("duration_mean").trend.periods == 11


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


@pytest.fixture
def told(cast: Cast) -> None:
    """A file of the tool that holds everything since 2024."""
    make_file(cast.assessor, date(2024, 1, 1), date(2026, 3, 1), known_until=NOW)


@pytest.mark.usefixtures("told")
def test_every_field_reaches_its_measure(cast: Cast, vendor: Vendor) -> None:
    opened = datetime(2026, 1, 5, 9, tzinfo=UTC)
    usual: dict[str, Any] = {"opened": opened, "source": "tool"}
    known = {"sla": Sla.MET, "reopened": 1, "handovers": 3, "problem": "disk", "root_cause_proven": True, **usual}
    handled = [make_incident(vendor, f"a{n}", hours=2, handled_by="Ann", **known) for n in range(2)]
    answered = opened + timedelta(minutes=30)
    for number in range(2):
        first = answered if number else None
        missed = {"sla": Sla.MISSED, "handled_by": "Bob", "first_response_at": first, **usual}
        make_incident(vendor, f"b{number}", hours=5, **missed)
    next_day = {**usual, "opened": opened + timedelta(days=1)}
    late = make_incident(vendor, "c", hours=1, restored_at=NOW, problem=" Disk ", **next_day)
    make_incident(vendor, "d", hours=None, **usual)  # counts for fourteen days: a third of 57 is 19
    make_incident(vendor, "e", hours=None, is_closed=True, **usual)
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
        "first_response": (0.5 + 336) / 2,
        "duration_mean": (2 + 2 + 5 + 5 + 1 + 336) / 6,
        "duration_median": 3.5,
        "was_fast": 0,
        "repeat_count": 1,
        "repeats": pytest.approx(100 / 3),
        "proven": 100,
        "cause_proven": None,
        "contacts_said_all": None,
        "promises_kept_hour": None,
        "proof_in_time": None,
        "proof_days": None,
        "volume": 7,
        "sla": 50,
        "told_beforehand": None,
        "workaround": None,
        "feeling": None,
        "courteous": None,
    }
    assert measures.of("restored_late").points[0].cases == measures.of("repeat_count").points[0].cases == (late.pk,)
    assert measures.basis is not None
    assert (measures.basis.horizon, measures.basis.undated) == (timedelta(days=14), 1)
    assert len(measures.left_out.open_cases) == 1


@pytest.mark.usefixtures("told")
def test_what_a_source_tells_of_its_times_reaches_the_measures(vendor: Vendor) -> None:
    """Known to the day only; closed, which stands in for resolved; and so many minutes waited."""
    service = Service.objects.create(vendor=vendor, name="Records")
    ServiceCalendar.objects.create(service=service, hours={"0": ["08:00", "18:00"]}, time_zone="Europe/Brussels")
    monday = {"opened": datetime(2026, 1, 5, 9, tzinfo=UTC), "source": "tool"}
    make_incident(vendor, "1", hours=5, resolved_to_day=True, **monday)
    make_incident(vendor, "2", hours=5, resolved_is_closing=True, **monday)
    make_incident(vendor, "3", hours=5, service=service, waited_minutes=120, **monday)
    found = measures_of(vendor, now=NOW)
    assert found.of("duration_mean").overall == (0 + 5 + 3) / 3
    assert found.basis is not None
    assert (found.basis.to_day, found.basis.closing, found.basis.other_hours) == (1, 1, 10 / 3)
    assert [(used.service, used.incidents) for used in found.basis.hours] == [("Records", 1)]
    assert found.basis.hours[0].hours.hours == ((480, 1080), *[None] * 6)
    assert isinstance(found.basis.hours[0], HoursUsed)


@pytest.mark.usefixtures("told")
def test_the_measures_end_where_the_file_does(cast: Cast, vendor: Vendor) -> None:
    make_history(vendor, source="tool")
    make_file(cast.assessor, date(2024, 1, 1), date(2025, 12, 31), source="desk")
    make_incident(vendor, "desk", opened=datetime(2025, 12, 30, 9, tzinfo=UTC), source="desk")
    found = measures_of(vendor, now=NOW)
    assert found.basis is not None
    assert found.basis.known_until == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert found.until == date(2026, 1, 1)
    assert [(one.source, one.is_told) for one in found.basis.holdings] == [("desk", True), ("tool", True)]


def test_a_file_that_nobody_told_of_is_read_the_careful_way(vendor: Vendor) -> None:
    """From the first resolution to the last moment that it tells; only what ended in time is compared."""
    make_history(vendor, source="tool")
    make_incident(vendor, "open", opened=datetime(2025, 7, 1, 9, tzinfo=UTC), hours=None, source="tool")
    found = measures_of(vendor, now=NOW)
    assert found.basis is not None
    assert (found.basis.only_ended, found.basis.beyond, found.basis.begins) == (True, 1, date(2025, 3, 5))
    assert found.until == date(2026, 2, 7)  # when the newest was resolved
    assert found.left_out.before == (date(2025, 3, 1),)
    assert [one.is_told for one in found.basis.holdings] == [False]


@pytest.mark.usefixtures("told")
def test_service_counts_its_own_incidents_and_repeats(vendor: Vendor) -> None:
    mine, other = (Service.objects.create(vendor=vendor, name=name) for name in ("Records", "Payroll"))
    first = datetime(2026, 1, 5, 9, tzinfo=UTC)
    make_incident(vendor, "1", service=other, opened=first, problem="disk", source="tool")
    make_incident(vendor, "2", service=mine, opened=first + timedelta(days=1), problem="disk", source="tool")
    make_incident(vendor, "3", opened=first, mission_critical=False)
    make_incident(vendor, "4", opened=first, mission_critical=False, service=mine)
    found = measures_of(vendor, now=NOW)
    assert (found.of("repeat_count").overall, found.of("repeats").overall) == (1, 50)
    found = measures_of(vendor, service=mine, now=NOW)
    assert found.cases == 1
    assert (found.of("repeat_count").overall, found.of("repeats").overall) == (0, 0)
    assert found.left_out.not_critical == 1


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(("days", "comes_back"), [(30, 0), (60, 1), (90, 1), (180, 1)])
def test_how_long_a_problem_comes_back_is_a_setting_of_the_organisation(
    vendor: Vendor, days: int, comes_back: int
) -> None:
    """41 days lie between the two, the first of them before the window."""
    Organisation.objects.update(repeat_days=days)
    make_incident(vendor, "1", opened=datetime(2025, 12, 20, tzinfo=UTC), problem="disk", source="tool")
    make_incident(vendor, "2", opened=datetime(2026, 1, 30, tzinfo=UTC), problem="disk", source="tool")
    found = measures_of(vendor, now=NOW, until=date(2026, 1, 31), months=1)
    assert found.cases == 1
    assert found.of("repeat_count").points[0].value == comes_back
    assert found.basis is not None
    assert found.basis.comes_back_within == timedelta(days=days)


def test_another_setting_of_what_comes_back_is_another_question(
    vendor: Vendor, django_capture_on_commit_callbacks: Capture
) -> None:
    make_history(vendor, months=8)
    with django_capture_on_commit_callbacks(execute=True):
        measures_of(vendor, now=NOW)
    Organisation.objects.update(repeat_days=180)
    found = measures_of(vendor, now=NOW).basis
    assert found is not None
    assert found.comes_back_within == timedelta(days=180)


@pytest.mark.usefixtures("told")
def test_repeat_of_what_happened_before_the_window_is_one(vendor: Vendor) -> None:
    make_incident(vendor, "1", opened=datetime(2025, 10, 6, tzinfo=UTC), problem="disk", source="tool")
    make_incident(vendor, "2", opened=datetime(2026, 1, 3, tzinfo=UTC), problem="disk", source="tool")
    found = measures_of(vendor, now=NOW, until=date(2026, 1, 31), months=1)
    assert found.cases == 1
    assert (found.of("repeat_count").overall, found.of("repeats").overall) == (1, 100)


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


def test_what_people_say_is_counted_once_whether_in_the_log_or_by_a_pulse(cast: Cast, vendor: Vendor) -> None:
    """A pulse stands in the log with its feeling; once it was taken out there, what it answered stays."""
    incident = make_incident(vendor, opened=datetime(2026, 1, 5, 9, tzinfo=UTC))
    told: dict[str, Any] = {"said_on": date(2026, 1, 8), "told_beforehand": PulseChoice.PARTLY}
    entry = make_feedback(vendor, feeling=2, incident=incident, **told)
    at = datetime(2026, 1, 8, 12, tzinfo=UTC)
    make_pulse(cast, incident, feedback=entry, told_beforehand=PulseChoice.PARTLY, answered_at=at)
    make_pulse(cast, incident, told_beforehand=PulseChoice.NO, courteous=PulseChoice.YES, answered_at=at)
    make_feedback(vendor, feeling=5, said_on=date(2026, 1, 9), workaround=PulseChoice.DONT_KNOW)
    make_feedback(vendor, feeling=1, said_on=date(2023, 1, 9))  # before the window
    found = measures_of(vendor, now=NOW)
    assert {key: (found.of(key).overall, found.of(key).known, found.of(key).total) for key in sorted(SAID)} == {
        "courteous": (100, 1, 3),
        "feeling": (3.5, 2, 3),
        "told_beforehand": (25, 2, 3),
        "workaround": (None, 0, 3),
    }


def test_of_a_vendor_without_an_incident_the_feeling_is_measured(vendor: Vendor) -> None:
    make_feedback(vendor, feeling=4, said_on=date(2026, 1, 9))
    found = measures_of(vendor, now=NOW)
    assert (found.cases, found.is_empty, found.of("feeling").overall) == (0, False, 4)


def test_of_a_service_what_was_said_of_it_counts(vendor: Vendor) -> None:
    service = Service.objects.create(vendor=vendor, name="Records")
    make_feedback(vendor, feeling=4, said_on=date(2026, 1, 9), service=service)
    make_feedback(vendor, feeling=1, said_on=date(2026, 1, 9))
    assert measures_of(vendor, service=service, now=NOW).of("feeling").overall == 4


def test_measures_take_the_same_queries_for_few_incidents_and_for_many(cast: Cast, vendor: Vendor) -> None:
    """The counter of changes, the incidents, their timelines, the pulses, the proofs, the log and the pulses that
    are not in it, the calendars, the sources, what is said of them and of their files, and how many are not
    mission-critical."""
    make_history(vendor, months=1, each=1)
    assert queries(lambda: measures_of(vendor, now=NOW)) == 10  # what people wrote down needs no file
    make_file(cast.assessor, date(2024, 1, 1), date(2026, 3, 1))
    make_incident(vendor, "tool", source="tool")
    few = queries(lambda: measures_of(vendor, now=NOW))
    assert few <= 13
    make_history(
        vendor, months=12, each=5, source="tool", service=Service.objects.create(vendor=vendor, name="Records")
    )
    assert queries(lambda: measures_of(vendor, now=NOW)) == few


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


# Targets, and the copy -----------------------------------------------------------------------------------------------
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
