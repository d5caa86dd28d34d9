"""Figures, trends and what is left out, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from vendors.measures.cases import Case
from vendors.measures.catalogue import BY_KEY, MEASURES, Unit
from vendors.measures.metrics import LeftOut, Measures, PeriodLength, Point, Series, measure
from vendors.measures.plain_data import FINE_DIGITS, digits
from vendors.measures.trend import Direction, Trend
from vendors.measures.words import (
    EXPLAINED,
    LABELS,
    UNITS,
    corrected_words,
    figure,
    known_of_words,
    known_words,
    left_out_words,
    probability,
    silence_brief,
    silence_words,
    trend_words,
)

FALLING, RISING, FLAT = Direction.FALLING, Direction.RISING, Direction.FLAT


def series(
    direction: Direction, slope: float | None, p: float | None, periods: int, key: str = "duration_mean"
) -> Series:
    found = Trend(direction=direction, slope=slope, p=p, periods=periods)
    return Series(measure=BY_KEY[key], points=(), trend=found, overall=None)


def test_every_measure_and_unit_has_its_words() -> None:
    keys = [one.key for one in MEASURES]
    assert list(LABELS) == keys
    assert list(EXPLAINED) == keys
    assert all(str(EXPLAINED[key]).endswith(".") for key in keys)
    assert len({str(label) for label in LABELS.values()}) == len(keys)
    assert set(UNITS) == set(Unit)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (4.2, Unit.HOURS, "4.2 hours"),
        (4.0, Unit.HOURS, "4 hours"),
        (1.0, Unit.HOURS, "1 hour"),
        (1.5, Unit.HOURS, "1.5 hours"),
        (0.25, Unit.HOURS, "15 minutes"),
        (0.17, Unit.HOURS, "10 minutes"),
        (0.999, Unit.HOURS, "1 hour"),
        (1 / 60, Unit.HOURS, "1 minute"),
        (0.0, Unit.HOURS, "0 hours"),
        (120.0, Unit.HOURS, "120 hours"),
        (31.0, Unit.PERCENT, "31%"),
        (31.25, Unit.PERCENT, "31.3%"),
        (100.0, Unit.PERCENT, "100%"),
        (1.84, Unit.TIMES, "1.8"),
        (1.0, Unit.INCIDENTS, "1 incident"),
        (12.0, Unit.INCIDENTS, "12 incidents"),
        (3.5, Unit.INCIDENTS, "3.5 incidents"),
        (None, Unit.HOURS, ""),
    ],
)
def test_figures_have_their_unit(value: float | None, unit: Unit, said: str) -> None:
    assert figure(value, unit) == said


@pytest.mark.parametrize(
    ("given", "step", "said"),
    [
        (series(FALLING, -3.1, 0.021, 14), PeriodLength.MONTH, "falling by 3.1 hours a month, p = 0.02, 14 months"),
        (series(RISING, 3.1, 0.021, 14), PeriodLength.WEEK, "rising by 3.1 hours a week, p = 0.02, 14 weeks"),
        (series(FALLING, -1.0, 0.05, 9), PeriodLength.WEEK, "falling by 1 hour a week, p = 0.05, 9 weeks"),
        (
            series(RISING, 1.44, 0.00003, 20, "repeats"),
            PeriodLength.MONTH,
            "rising by 1.4\u00a0percentage points a month, p < 0.001, 20 months",
        ),
        (
            series(RISING, 1.0, 0.03, 8, "sla"),
            PeriodLength.MONTH,
            "rising by 1\u00a0percentage point a month, p = 0.03, 8 months",
        ),
        (
            series(FALLING, -0.12, 0.04, 8, "handovers"),
            PeriodLength.MONTH,
            "falling by 0.12 a month, p = 0.04, 8 months",
        ),
        (
            series(RISING, 2.0, 0.04, 8, "volume"),
            PeriodLength.MONTH,
            "rising by 2 incidents a month, p = 0.04, 8 months",
        ),
        (series(RISING, 0.0, 0.004, 16, "repeats"), PeriodLength.MONTH, "rising, p = 0.004, 16 months"),
        (series(FALLING, -0.004, 0.04, 16, "repeats"), PeriodLength.WEEK, "falling, p = 0.04, 16 weeks"),
        (series(FLAT, 0.3, 0.62, 14), PeriodLength.MONTH, "flat, p = 0.62, 14 months"),
        (series(FLAT, 0.0, 1.0, 8), PeriodLength.WEEK, "flat, p = 1, 8 weeks"),
        (series(Direction.TOO_LITTLE_DATA, None, None, 3), PeriodLength.MONTH, "too little data: 3 months"),
        (series(Direction.TOO_LITTLE_DATA, None, None, 1), PeriodLength.MONTH, "too little data: 1 month"),
        (series(Direction.TOO_LITTLE_DATA, None, None, 1), PeriodLength.WEEK, "too little data: 1 week"),
    ],
)
def test_trends_are_one_sentence(given: Series, step: PeriodLength, said: str) -> None:
    assert trend_words(given, step) == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0004, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0042, "p = 0.004"),
        (0.0049, "p = 0.005"),
        (0.0951, "p = 0.095"),  # two decimals would say 0.1, which would be flat
        (0.0999, "p = 0.0999"),
        (0.1, "p = 0.1"),
        (0.1049, "p = 0.1"),
        (0.62, "p = 0.62"),
    ],
)
def test_p_is_never_rounded_away_or_over_the_threshold(p: float, said: str) -> None:
    assert probability(Trend(direction=FLAT, slope=0.0, p=p, periods=8)) == said


def test_numbers_and_units_follow_the_language() -> None:
    with translation.override("fr"):
        assert figure(4.25, Unit.TIMES) == "4,3"
        assert figure(31.25, Unit.PERCENT) == "31,3\u00a0%"
        assert "0,02" in trend_words(series(FLAT, 0.3, 0.021, 14), PeriodLength.MONTH)
    with translation.override("nl"):
        assert figure(31.25, Unit.PERCENT) == "31,3%"


def test_each_whole_minute_below_an_hour_is_said_as_it_is() -> None:
    said = [figure(minutes / 60, Unit.HOURS) for minutes in range(1, 60)]
    assert said == ["1 minute", *(f"{minutes} minutes" for minutes in range(2, 60))]


def test_page_and_snapshot_say_the_same() -> None:
    """What was written down with two decimals is said as what was never written down."""
    for value in (3.049, 3.05, 3.0449999, 0.0449, 0.995, 0.9949, 9.95, 99.949):
        assert figure(value, Unit.HOURS) == figure(float(str(digits(value))), Unit.HOURS)
    for slope in (0.04496, 0.99996, 1.0449, -0.005, 12.345678):
        said, kept = (
            trend_words(series(RISING, number, 0.02, 8), PeriodLength.MONTH)
            for number in (slope, float(str(digits(slope, FINE_DIGITS))))
        )
        assert said == kept


# What a trend does not say ---------------------------------------------------------------------------------------
def flat(**trend: float | None) -> Series:
    found = Trend(**{"direction": FLAT, "slope": 0.1, "p": 0.6, "periods": 22, "change": 0.2, **trend})
    return Series(measure=BY_KEY["duration_mean"], points=(), trend=found, overall=10.0)


@pytest.mark.parametrize(
    ("smallest", "said", "briefly"),
    [
        (
            0.6,
            "A change of less than about 60% over these 22 months would not have shown.",
            "a change of less than about 60% would not show",
        ),
        (
            2.5,
            "A change of less than about 250% over these 22 months would not have shown.",
            "a change of less than about 250% would not show",
        ),
        (
            None,
            "Even a change by a factor of six over these 22 months would not have shown.",
            "even a change by a factor of six would not show",
        ),
    ],
)
def test_a_flat_trend_says_which_change_would_not_have_shown(smallest: float | None, said: str, briefly: str) -> None:
    assert silence_words(flat(smallest=smallest), PeriodLength.MONTH) == said
    assert silence_words(flat(smallest=smallest), PeriodLength.WEEK) == said.replace("months", "weeks")
    assert silence_brief(flat(smallest=smallest)) == briefly


def test_a_trend_and_what_was_kept_before_hide_nothing() -> None:
    rising = Trend(direction=RISING, slope=1.0, p=0.01, periods=9, change=0.5)
    for series_ in (flat(change=None), replace(flat(), trend=rising), series(Direction.TOO_LITTLE_DATA, None, None, 3)):
        assert silence_words(series_, PeriodLength.MONTH) == silence_brief(series_) == ""


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (None, ""),
        (0.0004, "p < 0.001 after correction"),
        (0.02, "p = 0.02 after correction"),
        (0.0199, "p = 0.0199 after correction"),  # two decimals would say 0.02, which contradicts nobody
        (0.0951, "p = 0.095 after correction"),
        (1.0, "p = 1 after correction"),
    ],
)
def test_a_measure_that_decides_has_its_p_after_correction(p: float | None, said: str) -> None:
    assert corrected_words(Trend(direction=RISING, slope=1.0, p=0.01, periods=9, adjusted_p=p)) == said


# Of how many -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "known", "total", "said"),
    [
        ("repeat_count", 41, 53, "7 incidents came back, of 41 whose problem is known; of 12 it is not known."),
        ("repeat_count", 53, 53, "7 incidents came back, of 53; the problem of each is known."),
        ("repeats", 41, 53, "Incidents of which it is known: 41 of 53."),
        ("duration_mean", 53, 53, "Known for all 53 incidents."),
        ("volume", 53, 53, ""),
        ("sla", 0, 0, ""),
        ("sla", None, None, ""),
    ],
)
def test_each_figure_says_of_how_many_it_is_known(key: str, known: int | None, total: int | None, said: str) -> None:
    given = replace(series(FLAT, 0.0, 1.0, 8, key), overall=7.0, known=known, total=total)
    assert known_words(given) == said


def test_a_period_says_of_how_many_it_is_known() -> None:
    point = Point(start=date(2025, 1, 1), end=date(2025, 1, 31), value=1.0, cases=(1,), known=1, total=1200)
    assert known_of_words(point) == "1 of 1,200"
    assert known_of_words(replace(point, known=None, total=None)) == ""


# What was left out before measures had a basis --------------------------------------------------------------------
def left_out(
    *,
    step: PeriodLength = PeriodLength.MONTH,
    opened: int = 0,
    young: int = 0,
    wait: float | None = None,
    other: int = 0,
) -> list[str]:
    found = measured(())
    out = LeftOut(open_cases=tuple(range(opened)), young=(date(2025, 12, 1),) * young, wait=wait, not_critical=other)
    return left_out_words(replace(found, step=step, left_out=out, basis=None))


def test_nothing_left_out_says_nothing() -> None:
    assert left_out() == []


def test_each_reason_is_a_sentence() -> None:
    assert left_out(opened=1, other=1) == [
        "1 incident is still open, so it has no time to resolve yet.",
        "1 incident is not mission-critical, so it is in no measure.",
    ]
    open_cases, young, other = left_out(opened=3, young=2, wait=82.84, other=1200)
    assert open_cases == "3 incidents are still open, so they have no time to resolve yet."
    assert young == (
        "The newest 2 months are shown but are in no trend: they are not complete, or ended less than 82.8 hours ago, "
        "the time within which nine of ten incidents were resolved."
    )
    assert other == "1,200 incidents are not mission-critical, so they are in no measure."


@pytest.mark.parametrize(("step", "name"), [(PeriodLength.MONTH, "month"), (PeriodLength.WEEK, "week")])
def test_youngest_period_alone_is_named_without_a_number(step: PeriodLength, name: str) -> None:
    assert left_out(step=step, young=1, wait=4)[0].startswith(f"The newest {name} is shown but is in no trend: ")
    assert left_out(step=step, young=1) == [f"The newest {name} is shown but is in no trend: it is not complete."]
    assert left_out(step=step, young=2, wait=4)[0].startswith(f"The newest 2 {name}s are shown")


def test_measured_trend_reads_as_the_figures_say() -> None:
    opened = [datetime(2025, month, 1, tzinfo=UTC) for month in range(1, 13)]
    cases = [Case(id=n, opened=at, resolved=at + timedelta(hours=40 - 3 * n)) for n, at in enumerate(opened)]
    found = measured(cases)
    assert trend_words(found.of("duration_mean"), found.step) == "falling by 3 hours a month, p < 0.001, 12 months"
    assert trend_words(found.of("volume"), found.step) == "flat, p = 1, 12 months"
    assert trend_words(found.of("sla"), found.step) == "too little data: 0 months"


def measured(cases: Sequence[Case]) -> Measures:
    known = datetime(2026, 3, 1, tzinfo=UTC)
    return measure(cases, (), since=date(2025, 1, 1), until=date(2025, 12, 31), known_at=known, zone=UTC)
