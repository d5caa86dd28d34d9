"""Laws of the measures that hold for any incidents, and for any files that they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.vendors.measures import by_hand
from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.catalogue import Unit
from vendors.measures.holdings import Held, Holding
from vendors.measures.metrics import Measures, PeriodLength, Series, measure
from vendors.measures.window import WhyLeftOut
from vendors.service_hours.hours import ROUND_THE_CLOCK, ServiceHours

BRUSSELS = ZoneInfo("Europe/Brussels")
SINCE, UNTIL = date(2024, 1, 1), date(2025, 12, 31)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MINUTES = 2 * 365 * 24 * 60
TWELVE_WEEKS = 12 * 7 * 24 * 60
LATER = datetime(2027, 6, 1, tzinfo=UTC)  # long after: nothing is too young
FEW = settings(max_examples=settings.default.max_examples // 2)
NAMES = ("", "a", "B", " b ", "c")
SCORES = (None, 0.0, 0.5, 1.0)
OFFICE = ServiceHours(hours=((8 * 60, 18 * 60),) * 5 + (None, None))
CLOCKS = (ROUND_THE_CLOCK, ROUND_THE_CLOCK, OFFICE, replace(OFFICE, calendar_decides=False))
SOURCES = ("tool", "tool", "desk", "manual")
MICROSECONDS = 3_600_000_000  # an hour

# A case is one drawn number, taken apart: drawing fifteen fields each would take fifteen times as long.
codes = st.lists(st.integers(min_value=0, max_value=2**90), max_size=40)


class Code:
    def __init__(self, number: int) -> None:
        self.number = number

    def take(self, most: int) -> int:
        self.number, taken = divmod(self.number, most)
        return taken

    def one_of(self, *choices: Any) -> Any:
        return choices[self.take(len(choices))]

    def moment(self, opened: datetime) -> datetime | None:
        """Up to four days later, now and then up to a year; none for one in five."""
        minutes = self.take(6000) * self.one_of(1, 1, 1, 1, 1, 90)
        return self.one_of(None, *[opened + timedelta(minutes=minutes)] * 4)


def case_of(number: int, drawn: int, *, minutes: int = MINUTES) -> Case:
    code = Code(drawn)
    opened = FIRST + timedelta(minutes=code.take(minutes))
    return Case(
        id=number,
        opened=opened,
        resolved=code.moment(opened),
        restored=code.moment(opened),
        answered=code.moment(opened),
        sla_met=code.one_of(None, True, False),
        reopened=code.one_of(None, 0, 1, 2),
        handovers=code.one_of(None, 0, 1, 4),
        problem=code.one_of(*NAMES),
        handled_by=code.one_of(*NAMES),
        proven=code.one_of(None, True, False),
        source=code.one_of(*SOURCES),
        waited=code.one_of(None, 0, 90, 5000),
        is_to_day=code.one_of(False, False, False, True),
        is_closed=code.one_of(False, False, True),
        hours=code.one_of(*CLOCKS),
    )


def pulses_of(found: Sequence[Case]) -> list[PulseAnswer]:
    """One for every third case, and a second for every sixth."""
    return [
        PulseAnswer(case=one.id, opened=one.opened, told_why=SCORES[one.id % 4], was_fast=SCORES[one.id // 3 % 4])
        for one in [*found[::3], *found[::6]]
    ]


cases = codes.map(lambda drawn: [case_of(number, code) for number, code in enumerate(drawn)])
# Twelve weeks of history with something in every week.
weekly_cases = codes.map(
    lambda drawn: [
        *(case_of(number, code, minutes=TWELVE_WEEKS) for number, code in enumerate(drawn)),
        *(Case(id=100 + week, opened=FIRST + timedelta(weeks=week)) for week in range(12)),
    ]
)


@st.composite
def holdings(draw: st.DrawFn, held: Sequence[Held] = tuple(Held)) -> list[Holding]:
    """Of no source, of one or of both, in one file or in two."""
    made = []
    for source in ("tool", "desk"):
        for _ in range(draw(st.integers(0, 2))):
            since = SINCE + timedelta(days=draw(st.integers(-30, 400)))
            to = since + timedelta(days=draw(st.integers(0, 700)))
            known = datetime(to.year, to.month, to.day, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 4000)))
            made.append(Holding(source=source, held=draw(st.sampled_from(held)), since=since, to=to, known_until=known))
    return made


def measured(
    found: Sequence[Case],
    pulses: Sequence[PulseAnswer] | None = None,
    *,
    since: date = SINCE,
    until: date = UNTIL,
    known_at: datetime = LATER,
    files: Sequence[Holding] = (),
    zone: Any = UTC,
) -> Measures:
    pulses = pulses_of(found) if pulses is None else pulses
    return measure(found, pulses, since=since, until=until, known_at=known_at, zone=zone, holdings=files)


def figures(measures: Measures) -> list[object]:
    """Everything but the dates."""
    return [
        (
            series.measure,
            series.trend,
            series.overall,
            series.known,
            series.total,
            [(p.value, p.cases, p.known, p.total, p.why) for p in series.points],
        )
        for series in measures.series
    ]


# Against a second computation ------------------------------------------------------------------------------------
@given(cases, holdings())
def test_figures_are_those_that_are_taken_by_hand(found: list[Case], files: list[Holding]) -> None:
    """Round the clock, to the minute: what counts, how long it took and what came back, month by month."""
    plain = [replace(one, hours=ROUND_THE_CLOCK, is_to_day=False) for one in found]
    measures = measured(plain, files=files)
    basis = measures.basis
    assert basis is not None
    assume(measures.step == PeriodLength.MONTH)
    known = {one.id: _known(one, files) for one in plain}
    plain = [one for one in plain if one.opened.date() <= measures.until]
    compared = [one for one in plain if not basis.only_ended or _ended(one, basis.horizon, known[one.id])]
    repeats = by_hand.repeats(compared, timedelta(days=90))
    of_point = zip(measures.of("duration_mean").points, measures.of("repeat_count").points, strict=True)
    for duration, count in of_point:
        inside = [one for one in compared if duration.start <= one.opened.date() <= duration.end]
        took = [by_hand.hours(one, horizon=basis.horizon, known=known[one.id]) for one in inside]
        exact = [hours for hours in took if hours is not None]
        assert duration.total == count.total == len(inside)
        assert duration.known == len(exact)
        assert duration.value == (pytest.approx(float(sum(exact) / len(exact))) if exact else None)
        assert set(count.cases) == {one.id for one in inside} & repeats
        assert count.known == sum(bool(one.problem.strip()) for one in inside)
    assert measures.cases == sum(point.total or 0 for point in measures.of("volume").points)


def _known(one: Case, files: Sequence[Holding]) -> datetime:
    return max((file.known_until for file in files if file.source == one.source), default=LATER)


def _ended(one: Case, horizon: timedelta, known: datetime) -> bool:
    return one.resolved is not None and one.resolved <= min(known, one.opened + horizon)


@given(cases, holdings(), st.sampled_from([UTC, BRUSSELS]))
def test_months_count_whose_every_day_all_sources_hold(found: list[Case], files: list[Holding], zone: Any) -> None:
    measures = measured(found, files=files, zone=zone)
    basis = measures.basis
    assert basis is not None
    good = [set(_good(source, found, files, basis, zone)) for source in {one.source for one in found}]
    for point in measures.of("volume").points:
        days = {point.start + timedelta(days=n) for n in range((point.end - point.start).days + 1)}
        counts = point.end <= measures.until and all(days <= of_source for of_source in good)
        assert (point.why is None) is counts, point


def _good(source: str, found: Sequence[Case], files: Sequence[Holding], basis: Any, zone: Any) -> list[date]:
    first = min(one.opened for one in found if one.source == source).astimezone(zone).date()
    own = [file for file in files if file.source == source] or [
        Holding(source=source, held=Held.OPENED, since=first, to=date(2100, 1, 1), known_until=basis.known_until)
    ]
    last = UNTIL + timedelta(days=40)
    return list(by_hand.good_days(own, horizon=basis.horizon, zone=zone, first=SINCE, last=last))


# The same follow-up for all --------------------------------------------------------------------------------------
@given(cases, holdings())
def test_no_time_is_longer_than_the_horizon(found: list[Case], files: list[Holding]) -> None:
    measures = measured(found, files=files)
    assert measures.basis is not None
    horizon = measures.basis.horizon / timedelta(hours=1)
    for key in ("duration_mean", "duration_median", "first_response", "spread"):
        assert all(value <= horizon + 1e-9 for value in _values(measures.of(key))), key
        assert (measures.of(key).overall or 0) <= horizon + 1e-9


@given(cases, holdings(), st.integers(0, 800))
def test_what_happened_after_a_source_was_known_changes_nothing(
    found: list[Case], files: list[Holding], days: int
) -> None:
    """As it looked then: what was not resolved, restored or answered yet was not, and nothing had been opened since."""
    known_at = FIRST + timedelta(days=days)
    then = [min(known_at, _known(one, files)) for one in found]
    opened = [(one, known) for one, known in zip(found, then, strict=True) if one.opened <= known]
    seen = [_as_of(one, known) for one, known in opened]
    pulses = pulses_of(found)
    told_then, told_now = _telling(seen), _telling([one for one, _ in opened])
    assume(told_then == told_now)  # whether a source tells answers at all may show only later
    until = min(UNTIL, *(known.date() for known in then)) if then else UNTIL
    assert figures(measured(seen, pulses, known_at=known_at, files=files, until=until)) == figures(
        measured([one for one, _ in opened], pulses, known_at=known_at, files=files, until=until)
    )


def _as_of(one: Case, known: datetime) -> Case:
    is_undated = one.is_closed and one.resolved is None
    return replace(
        one,
        resolved=one.resolved if one.resolved and one.resolved <= known else None,
        restored=one.restored if one.restored and one.restored <= known else None,
        answered=one.answered if one.answered and one.answered <= known else None,
        is_closed=is_undated or (one.is_closed and one.resolved is not None and one.resolved <= known),
    )


def _telling(found: Sequence[Case]) -> set[str]:
    return {one.source for one in found if one.answered is not None}


@given(cases, codes)
@FEW
def test_incidents_opened_after_the_export_change_nothing(found: list[Case], more: list[int]) -> None:
    """They cannot be in its file; if they are here all the same, nobody knows the rest of that time."""
    export = datetime(2025, 3, 17, 15, tzinfo=UTC)
    files = [Holding(source="tool", held=Held.OPENED, since=SINCE, to=export.date(), known_until=export)]
    before = [replace(one, source="tool") for one in found if one.opened <= export]
    assume(before)
    tells = any(one.answered for one in before)
    after = [case_of(1000 + number, code) for number, code in enumerate(more)]
    late = [
        replace(one, source="tool", answered=one.answered if tells else None)
        for one in after
        if one.opened.date() > export.date()
    ]
    pulses = pulses_of(before)
    assert figures(measured([*before, *late], pulses, files=files)) == figures(measured(before, pulses, files=files))


@given(cases)
@FEW
def test_in_a_file_by_resolution_what_it_lacks_changes_nothing_that_counts(found: list[Case]) -> None:
    """The same incidents with all that the selection left out: no period that counts has another figure."""
    begin, end = datetime(2024, 6, 1, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC)
    opened = datetime(2024, 9, 1, tzinfo=UTC)
    usual = [Case(id=100 + n, opened=opened, resolved=opened + timedelta(hours=20)) for n in range(400)]
    everything = [replace(one, source="tool") for one in [*found, *usual]]  # the horizon of both is a day
    selected = [one for one in everything if one.resolved is not None and begin <= one.resolved < end]
    file = Holding(source="tool", held=Held.RESOLVED, since=begin.date(), to=date(2025, 9, 30), known_until=end)
    whole, part = measured(everything, [], files=[file]), measured(selected, [], files=[file])
    assert whole.basis is not None
    assert part.basis is not None
    assert whole.basis.horizon == part.basis.horizon == timedelta(days=1)
    for key in ("duration_mean", "duration_median", "volume", "sla"):
        shown = {point.start: point.value for point in whole.of(key).points}
        assert {point.start: shown[point.start] for point in part.of(key).points if point.why is None} == {
            point.start: point.value for point in part.of(key).points if point.why is None
        }


# Shifting --------------------------------------------------------------------------------------------------------
@given(weekly_cases, holdings(), st.integers(1, 200), st.integers(0, 30))
@FEW
def test_shifting_everything_by_weeks_changes_nothing_by_the_week(
    found: list[Case], files: list[Holding], weeks: int, wait: int
) -> None:
    until, known_at = date(2024, 3, 24), datetime(2024, 3, 25, tzinfo=UTC) + timedelta(days=wait)  # a Sunday
    plain = measured(found, until=until, known_at=known_at, files=files)
    by = timedelta(weeks=weeks)
    later = shifted(found, by, until=until, known_at=known_at, files=files)
    assume(plain.step == later.step == PeriodLength.WEEK)  # not where months of another length make six of them
    assert figures(later) == figures(plain)
    assert later.left_out.young == tuple(start + by for start in plain.left_out.young)


@given(cases, holdings(), st.sampled_from([4, 28, 400]), st.integers(0, 60))
@FEW
def test_shifting_everything_by_years_of_the_same_shape_changes_nothing_by_the_month(
    found: list[Case], files: list[Holding], years: int, wait: int
) -> None:
    """By four years, with none of them a century; or by the 400 after which the calendar begins again."""
    found = [replace(one, hours=ROUND_THE_CLOCK) for one in found] if years == 4 else found  # its weekdays move
    known_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=wait)
    plain = measured(found, known_at=known_at, files=files)
    assume(plain.step == PeriodLength.MONTH)
    by = date(2024 + years, 1, 1) - date(2024, 1, 1)
    later = shifted(found, by, until=UNTIL, known_at=known_at, files=files)
    assume(later.step == PeriodLength.MONTH)  # weeks begin elsewhere
    assert figures(later) == figures(plain)
    assert later.left_out.open_cases == plain.left_out.open_cases


def shifted(
    found: Sequence[Case], by: timedelta, *, until: date, known_at: datetime, files: Sequence[Holding]
) -> Measures:
    moved = [replace(file, since=file.since + by, to=file.to + by, known_until=file.known_until + by) for file in files]
    cases = [_shifted(one, by) for one in found]
    return measured(cases, since=SINCE + by, until=until + by, known_at=known_at + by, files=moved)


def _shifted(one: Case, by: timedelta) -> Case:
    return replace(
        one,
        opened=one.opened + by,
        resolved=one.resolved and one.resolved + by,
        restored=one.restored and one.restored + by,
        answered=one.answered and one.answered + by,
    )


# Counting --------------------------------------------------------------------------------------------------------
@given(cases, holdings(), st.randoms(use_true_random=False))
@FEW
def test_order_does_not_matter(found: list[Case], files: list[Holding], random: Any) -> None:
    cases, answers, others = list(found), pulses_of(found), list(files)
    for shuffled in (cases, answers, others):
        random.shuffle(shuffled)
    there, back = measured(cases, answers, files=others), measured(found, files=files)
    assert figures(there) == figures(back)
    assert there.left_out == back.left_out
    assert there.basis is not None
    assert back.basis is not None
    assert replace(there.basis, holdings=()) == replace(back.basis, holdings=())


@given(cases, holdings(), st.integers(0, 100))
@FEW
def test_every_case_is_counted_once_and_no_figure_leaves_its_range(
    found: list[Case], files: list[Holding], days: int
) -> None:
    measures = measured(found, known_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days), files=files)
    ids = [number for point in measures.of("volume").points for number in point.cases]
    assert len(ids) == len(set(ids)) == measures.cases == sum(_values(measures.of("volume")))
    assert measures.basis is not None
    in_window = [one for one in found if one.opened.date() <= measures.until]
    assert measures.cases + measures.basis.beyond == len(in_window)
    undated = {one.id for one in found if one.is_closed and one.resolved is None}
    assert not undated & set(measures.left_out.open_cases)
    for series in measures.series:
        used = [number for point in series.points for number in point.cases]
        assert len(used) == len(set(used))
        if series.measure.key in {"duration_mean", "duration_median", "spread", "restored_late"}:
            assert not undated & set(used)
        for value in [*_values(series), *([] if series.overall is None else [series.overall])]:
            assert value >= 0
            assert series.measure.unit != Unit.PERCENT or value <= 100


@given(cases, holdings())
@FEW
def test_what_is_known_is_no_more_than_there_is(found: list[Case], files: list[Holding]) -> None:
    measures = measured(found, files=files)
    volume = measures.of("volume")
    for series in measures.series:
        if series.measure.is_said:
            assert series.points == ()  # nobody said anything
            continue
        assert (series.known or 0) <= (series.total or 0)
        assert [point.total for point in series.points] == [point.total for point in volume.points]
        for point in series.points:
            assert point.known is not None
            assert len(point.cases) <= point.known <= (point.total or 0)
    counts, shares = measures.of("repeat_count"), measures.of("repeats")
    assert (counts.known, counts.total) == (shares.known, shares.total)
    for count, share in zip(counts.points, shares.points, strict=True):
        assert (count.known, count.why) == (share.known, share.why)
        if share.value is not None:
            assert share.value == pytest.approx(100 * (count.value or 0) / (share.known or 1))


@given(cases, holdings())
@FEW
def test_periods_follow_one_another_and_hold_their_cases(found: list[Case], files: list[Holding]) -> None:
    measures = measured(found, (), files=files, zone=BRUSSELS)
    opened = {one.id: one.opened.astimezone(BRUSSELS).date() for one in found}
    for series in measures.series:
        for before, after in pairwise(series.points):
            assert before.end + timedelta(days=1) == after.start
        for point in series.points:
            assert all(point.start <= opened[number] <= point.end for number in point.cases)


@given(cases, holdings())
@FEW
def test_what_comes_back_counts_in_no_period_that_does_not(found: list[Case], files: list[Holding]) -> None:
    measures = measured(found, files=files)
    for volume, repeats in zip(measures.of("volume").points, measures.of("repeat_count").points, strict=True):
        assert repeats.why == volume.why or (volume.why is None and repeats.why == WhyLeftOut.LOOK_BACK)


# Durations -------------------------------------------------------------------------------------------------------
@given(cases)
@FEW
def test_a_median_lies_between_the_shortest_and_the_longest_and_so_does_a_mean(found: list[Case]) -> None:
    plain = [replace(one, hours=ROUND_THE_CLOCK, is_to_day=False) for one in found]
    measures = measured(plain)
    assert measures.basis is not None
    took = {one.id: by_hand.hours(one, horizon=measures.basis.horizon, known=LATER) for one in plain}
    for key in ("duration_mean", "duration_median"):
        for point in measures.of(key).points:
            if point.value is not None:
                each = [took[number] or Fraction(0) for number in point.cases]
                assert float(min(each)) - 1e-9 <= point.value <= float(max(each)) + 1e-9


def _values(series: Series) -> list[float]:
    return [point.value for point in series.points if point.value is not None]
