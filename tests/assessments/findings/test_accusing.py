"""What it takes to contradict a rating: never less than the law asks, on any figures and on incidents as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.findings import findings
from assessments.findings.findings import Finding, MeasuredRules, RuleFinding, finding
from assessments.models import Assessment
from assessments.score.arithmetic import RuleStatus
from tests.factories import NOW, Cast, make_assessment, make_file, make_incident, make_vendor
from tests.vendors.measures import by_hand
from vendors.measures import trend as trends
from vendors.measures.cases import Case
from vendors.measures.catalogue import BY_KEY
from vendors.measures.holdings import Held, Holding
from vendors.measures.metrics import Measures, Series, measure
from vendors.measures.trend import Direction, Trend
from vendors.measures.window import WhyLeftOut
from vendors.models import MeasureTarget, Vendor

F = Finding
KNOWN_AT = datetime(2026, 4, 20, tzinfo=UTC)
SINCE, UNTIL = date(2024, 4, 1), date(2026, 3, 31)
DAY = timedelta(days=1)


# The line ---------------------------------------------------------------------------------------------------------
found_trends = st.builds(
    Trend,
    direction=st.sampled_from([Direction.RISING, Direction.FALLING, Direction.FLAT]),
    slope=st.just(1.0),
    p=st.floats(0, 1),
    periods=st.integers(6, 24),
    change=st.none() | st.floats(-2, 2) | st.sampled_from([0.1, -0.1, 0.0999, -0.0999]),
    adjusted_p=st.none() | st.floats(0, 1) | st.floats(0, 0.05) | st.just(trends.PROVEN),
)


@given(found_trends, st.sampled_from(["duration_mean", "repeat_count", "proven"]), st.none() | st.floats(0, 20))
def test_only_what_is_proven_and_large_contradicts_and_all_of_it_does(
    found: Trend, key: str, target: float | None
) -> None:
    series = Series(measure=BY_KEY[key], points=(), trend=found, overall=None)
    worse = Direction.RISING if BY_KEY[key].lower_is_better else Direction.FALLING
    is_proven = (
        found.direction == worse
        and found.adjusted_p is not None
        and found.adjusted_p < trends.PROVEN
        and found.change is not None
        and abs(found.change) >= trends.LEAST_CHANGE
    )
    said = finding(RuleStatus.MET, series, target=target)
    assert (said == F.CONTRADICTED) is is_proven
    if found.direction == worse and not is_proven:
        assert said == F.NOT_BORNE_OUT
    for status in (RuleStatus.PARTLY, RuleStatus.BROKEN, RuleStatus.NOT_RATED):
        assert finding(status, series, target=target) != F.CONTRADICTED


# Two tests of one vendor ------------------------------------------------------------------------------------------
def measured(cases: Sequence[Case], *holdings: Holding) -> Measures:
    return measure(cases, (), since=SINCE, until=UNTIL, known_at=KNOWN_AT, zone=UTC, holdings=holdings)


def monthly(hours: Sequence[float], *, problem: bool) -> list[Case]:
    """Two incidents a month from April 2024, on the third and the tenth."""
    made = []
    for month, took in enumerate(hours):
        year, index = divmod(2024 * 12 + 3 + month, 12)
        for number, day in enumerate((1, 10)):
            opened = datetime(year, index + 1, day, 8, tzinfo=UTC)
            name = f"p{month}-{number}" if problem else ""
            made.append(Case(id=len(made), opened=opened, resolved=opened + timedelta(hours=took), problem=name))
    return made


NEARLY = (4, 5, 6, 5, 9, 6, 7, 9, 9, 8)  # clear by itself, no longer once it is one of two


def test_a_second_deciding_test_can_take_a_contradiction_away() -> None:
    """Ten months: p lies between half of what is promised and that. Where problems are recorded, two measures decide,
    and either could have shown something by chance."""
    alone, beside = (measured(monthly(NEARLY, problem=told)).of("duration_mean") for told in (False, True))
    assert alone.trend.p == beside.trend.p
    assert alone.trend.p is not None
    assert trends.PROVEN / 2 < alone.trend.p < trends.PROVEN
    assert finding(RuleStatus.MET, alone) == F.CONTRADICTED
    assert beside.trend.adjusted_p == pytest.approx(2 * alone.trend.p)
    assert finding(RuleStatus.MET, beside) == F.NOT_BORNE_OUT


def test_what_rises_clearly_but_by_less_than_a_tenth_contradicts_nobody() -> None:
    series = measured(monthly([100 + month / 4 for month in range(20)], problem=False)).of("duration_mean")
    assert series.trend.direction == Direction.RISING
    assert series.trend.adjusted_p is not None
    assert series.trend.adjusted_p < 0.001
    assert finding(RuleStatus.MET, series) == F.NOT_BORNE_OUT
    steeper = measured(monthly([100 + month / 1.5 for month in range(20)], problem=False)).of("duration_mean")
    assert finding(RuleStatus.MET, steeper) == F.CONTRADICTED


# Files that hold only a part ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("told", [True, False])
def test_nobody_is_accused_because_of_how_a_file_was_selected(told: bool) -> None:
    """The same every month: of ten incidents nine take a day, one takes forty. In a file of what was resolved in two
    years the first months lack the quick, the last the slow. Untold, the careful way comes to the same."""
    cases = []
    for month in range(27):
        year, index = divmod(2024 * 12 + 1 + month, 12)
        for number in range(10):
            opened = datetime(year, index + 1, 2 + 2 * number, 8, tzinfo=UTC)
            took = timedelta(hours=960 if number == month % 10 else 20 + number)
            cases.append(Case(id=len(cases), opened=opened, resolved=opened + took, problem=f"p{number}"))
    begin, end = datetime(2024, 7, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)
    seen = [one for one in cases if one.resolved and begin <= one.resolved < end]
    file = Holding(
        source="", held=Held.RESOLVED, since=begin.date(), to=(end - DAY).date(), known_until=end, is_told=told
    )
    found = measured(seen, file)
    for key in ("duration_mean", "repeat_count"):
        series = found.of(key)
        assert series.trend.direction == Direction.FLAT, key
        assert finding(RuleStatus.MET, series) == F.NOT_BORNE_OUT
    naive = measured(seen)  # as if people had written them down
    assert naive.of("duration_mean").points[0].value != naive.of("duration_mean").points[6].value


# From the rows ----------------------------------------------------------------------------------------------------
@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    """Of a tool whose file holds all that was opened since 2024."""
    make_file(cast.assessor, date(2024, 1, 1), UNTIL, known_until=KNOWN_AT)
    return make_vendor(cast.organisation, "Repeating Systems")


@pytest.fixture
def assessment(cast: Cast, vendor: Vendor) -> Assessment:
    made = make_assessment(cast.assessor, vendor=vendor, grade=4)
    made.responses.update(submitted_at=NOW)
    return made


def repeating(vendor: Vendor, counts: Sequence[int]) -> None:
    """Six incidents a month up to March 2026, of which so many have the problem of one before them."""
    for month, count in enumerate(counts):
        year, index = divmod(2026 * 12 + 3 - len(counts) + month, 12)
        for number in range(6):
            opened = datetime(year, index + 1, 2 + 4 * number, 8, tzinfo=UTC)
            problem = f"Clock {month}" if number <= count else f"Once {month} {number}"
            make_incident(vendor, f"R-{month:02}-{number}", opened=opened, problem=problem, source="tool")


def proof_of(assessment: Assessment) -> tuple[MeasuredRules, RuleFinding]:
    found = findings.measured_rules(assessment, now=KNOWN_AT)
    assert found is not None
    return found, next(one for one in found.rules if one.rule == "proof")


RISING = (0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5)


def test_behind_a_finding_about_repeats_stand_exactly_those_that_came_back(
    assessment: Assessment, vendor: Vendor
) -> None:
    repeating(vendor, RISING)
    found, proof = proof_of(assessment)
    assert (proof.measure, proof.rating.finding) == ("repeat_count", F.CONTRADICTED)
    incidents = list(vendor.incidents.order_by("opened_at"))
    cases = [Case(id=one.pk, opened=one.opened_at, problem=one.problem) for one in incidents]
    back = by_hand.repeats(cases, 90 * DAY)
    counted = [
        point for point in found.measures.of("repeat_count").points if point.why is None and point.value is not None
    ]
    first = counted[0].start
    expected = [one for one in incidents if one.pk in back and one.opened_at.date() >= first]
    assert proof.cases == tuple(one.pk for one in reversed(expected)), "the newest first"
    assert proof.incidents == tuple(one.reference for one in reversed(expected))[:20]
    assert proof.incident_count == sum(point.value or 0 for point in counted) == len(expected)
    assert len(expected) == sum(RISING)


def test_repeats_of_the_look_back_are_neither_counted_nor_named(assessment: Assessment, vendor: Vendor) -> None:
    """The file begins with December 2024: repeats count from March 2025, ninety days later."""
    vendor.organisation.incident_imports.update(holds_from=date(2024, 12, 1))
    repeating(vendor, RISING)
    found, proof = proof_of(assessment)
    points = found.measures.of("repeat_count").points
    assert [point.why for point in points[:4]] == [WhyLeftOut.LOOK_BACK] * 3 + [None]
    named = set(vendor.incidents.filter(pk__in=proof.cases).values_list("reference", flat=True))
    assert all(reference >= "R-03" for reference in named)


def test_a_target_on_the_number_of_repeats_can_bear_out_what_stays(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    repeating(vendor, (2, 1, 3, 2, 1, 2, 3, 2, 1, 2, 2, 2))
    assert proof_of(assessment)[1].rating.finding == F.NOT_BORNE_OUT
    target = MeasureTarget.objects.create(vendor=vendor, measure="repeats", value=99, set_by=cast.assessor.user)
    assert proof_of(assessment)[1].rating.finding == F.NOT_BORNE_OUT, "the share does not decide"
    target.measure, target.value = "repeat_count", 2
    target.save()
    assert proof_of(assessment)[1].rating.finding == F.BORNE_OUT  # 2, 3, 2, 1, 2, 2, 2: two at most, on average
    target.value = 1
    target.save()
    assert proof_of(assessment)[1].rating.finding == F.NOT_BORNE_OUT


def test_an_old_export_says_nothing_of_the_time_since(cast: Cast, assessment: Assessment, vendor: Vendor) -> None:
    """Exported in October, read in April: half a year without incidents is not half a year without repeats."""
    repeating(vendor, RISING)
    export = datetime(2025, 10, 1, tzinfo=UTC)
    vendor.incidents.filter(opened_at__gte=export).delete()
    vendor.organisation.incident_imports.update(holds_to=date(2025, 9, 30), known_until=export)
    found, _proof = proof_of(assessment)
    assert found.measures.until == date(2025, 10, 1)
    for series in found.measures.series:
        assert [point.start for point in series.points if point.why is None][-1:] <= [date(2025, 9, 1)]


@given(st.lists(st.integers(0, 5), min_size=6, max_size=24), st.integers(6, 24))
def test_a_vendor_whose_months_are_all_alike_is_never_contradicted(hours: list[int], months: int) -> None:
    """However its incidents lie within a month: no month differs from another."""
    cases = []
    for month in range(months):
        year, index = divmod(2024 * 12 + 3 + month, 12)
        for number, took in enumerate(hours):
            opened = datetime(year, index + 1, 1 + number, 8, tzinfo=UTC)
            cases.append(Case(id=len(cases), opened=opened, resolved=opened + timedelta(hours=took), problem="a"))
    found = measured(cases)
    assume(found.of("duration_mean").trend.p is not None)
    for key in ("duration_mean", "repeat_count"):
        assert finding(RuleStatus.MET, found.of(key)) not in (F.CONTRADICTED, F.BETTER_THAN_RATED)
    assert not replace(found.of("duration_mean"), trend=found.of("volume").trend).trend.adjusted_p
