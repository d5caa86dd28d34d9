"""What people said, measured by when they said it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.measures.catalogue import Unit
from vendors.measures.metrics import Measures, PeriodLength, Series, line_ends, measure
from vendors.measures.movement import periods_of
from vendors.measures.plain_data import as_data, from_data
from vendors.measures.said import SAID, Said, said_between, take_said
from vendors.measures.trend import Direction
from vendors.measures.window import WhyLeftOut
from vendors.measures.words import change_words, figure, impossible, known_words, trend_words

CHOICES = st.sampled_from([None, 0.0, 0.5, 1.0])
DAYS = st.dates(date(2025, 1, 1), date(2026, 1, 20))
SAYINGS = st.lists(
    st.builds(
        Said,
        entry=st.integers(1, 10_000),
        day=DAYS,
        feeling=st.none() | st.integers(1, 5),
        told_beforehand=CHOICES,
        workaround=CHOICES,
        courteous=CHOICES,
    ),
    max_size=20,
)


def measured(said: Sequence[Said], *, known: date = date(2026, 1, 15), until: date | None = None) -> Measures:
    return measure(
        [],
        [],
        said=said,
        since=date(2025, 1, 1),
        until=until or known,
        known_at=datetime(known.year, known.month, known.day, 9, tzinfo=UTC),
        zone=UTC,
    )


def told(*feelings: int, each: int = 1) -> list[Said]:
    """One a month from January 2025."""
    return [
        Said(entry=10 * month + number, day=date(2025, month, 3), feeling=feeling)
        for month, feeling in enumerate(feelings, start=1)
        for number in range(each)
    ]


def test_each_is_the_mean_of_those_who_said_something() -> None:
    said = [
        Said(entry=1, day=date(2026, 1, 1), feeling=1, told_beforehand=1.0, courteous=0.0),
        Said(entry=2, day=date(2026, 1, 2), feeling=5, told_beforehand=0.5, courteous=0.0),
        Said(entry=3, day=date(2026, 1, 3), feeling=4, told_beforehand=0.0),
    ]
    found = {key: take_said(key, said) for key in SAID}
    assert {key: (value, list(entries)) for key, (value, entries) in found.items()} == {
        "feeling": (10 / 3, [1, 2, 3]),
        "told_beforehand": (50.0, [1, 2, 3]),
        "workaround": (None, []),
        "courteous": (0.0, [1, 2]),
    }


@given(SAYINGS)
def test_no_mean_leaves_its_scale_and_all_of_the_window_is_counted(said: list[Said]) -> None:
    found = measured(said)
    for series in (one for one in found.series if one.measure.is_said):
        low, high = (1, 5) if series.measure.key == "feeling" else (0, 100)
        assert all(low <= point.value <= high for point in series.points if point.value is not None)
        assert sum(point.total or 0 for point in series.points) == len(
            said_between(said, date(2025, 1, 1), date(2026, 1, 15))
        )
        assert all((point.known == 0) is (point.value is None) for point in series.points)
    kept = as_data(found)
    assert as_data(from_data(kept)) == kept


def test_only_what_is_not_over_is_left_out_whatever_the_sources_hold() -> None:
    said = [*told(3, 3), Said(entry=99, day=date(2026, 1, 14), feeling=1)]
    points = measured(said).of("feeling").points
    assert [point.start.month for point in points] == [*range(1, 13), 1]
    assert [point.why for point in points] == [None] * 12 + [WhyLeftOut.YOUNG]
    assert measured(said).of("feeling").overall == 3
    # The last day of a month is not over while it runs.
    assert measured(told(3), known=date(2025, 1, 31)).of("feeling").points[0].why == WhyLeftOut.YOUNG
    assert measured(told(3), known=date(2025, 2, 1)).of("feeling").points[0].why is None


def test_what_was_said_after_the_end_is_not_known() -> None:
    assert measured(told(3, 4, 5), until=date(2025, 2, 28)).of("feeling").overall == 3.5


def test_a_feeling_that_gets_better_is_seen_as_such() -> None:
    series = measured(told(1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5)).of("feeling")
    assert series.trend.direction == Direction.RISING
    said = trend_words(series, PeriodLength.MONTH).replace("\u00a0", " ")
    assert said == "rising by 0.39 steps a month, p < 0.001, 12 months"
    assert line_ends(series) == (1.0, pytest.approx(5.0))  # the line ends where the scale does


def test_of_one_without_an_incident_nothing_else_is_measured() -> None:
    found = measured(told(4))
    assert not found.is_empty
    assert all(series.points == () for series in found.series if not series.measure.is_said)
    assert measured([]).is_empty


def test_it_is_said_of_how_many_entries() -> None:
    found = measured([*told(4, 4), Said(entry=7, day=date(2025, 1, 4), courteous=1.0)])
    assert (
        known_words(found.of("courteous"))
        == "Entries in the voice of the customer that say something about it: 1 of 3."
    )
    assert known_words(measured(told(4)).of("feeling")) == "1 person said so."


def test_a_promise_about_a_feeling_counts_its_entries() -> None:
    (first, *_rest) = periods_of(measured(told(4, 3, each=4)).of("feeling"))
    assert (first.value, first.incidents, first.grain) == (4.0, 4, 0.25)


def test_a_feeling_in_words_and_what_it_cannot_be() -> None:
    assert figure(3.4, "feeling") == "3.4 of 5"
    assert change_words(Decimal("0.12"), Unit.FEELING) == "0.12 steps"
    assert [bool(impossible("feeling", value)) for value in (0.5, 1, 5, 5.1)] == [True, False, False, True]
    assert [bool(impossible("percent", value)) for value in (0, 100, 101)] == [False, False, True]
    assert impossible("hours", 5000) == ""


def test_series_of_what_is_said_and_of_incidents_may_begin_apart() -> None:
    series: Series = measured(told(4, 4)).of("feeling")
    assert series.points[0].start == date(2025, 1, 1)
