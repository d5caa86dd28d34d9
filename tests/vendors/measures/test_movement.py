"""Whether a measure moved to what was agreed, and fell back: worked by hand, and what always holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import fmean

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm

from benchmarks.calibrating import movements, promises, series
from vendors.measures import movement as movements_of
from vendors.measures.movement import (
    Movement,
    Outcome,
    Period,
    Promise,
    Standing,
    Watch,
    Why,
    difference,
    movement,
    watch,
)

KNOWN = date(2027, 12, 31)
AGREED, DUE = date(2026, 1, 1), date(2026, 4, 30)
BEFORE = (18.0, 20.0, 17.0, 19.0, 21.0, 18.5)  # July to December 2025: 18.9 hours
runs = st.lists(st.integers(0, 400).map(lambda number: number / 12), min_size=3, max_size=14)
few_values = st.lists(st.integers(0, 4).map(float), min_size=3, max_size=14)
UNTIL_DUE = (18.2, 17.5, 16.0, 15.0)  # January to April


def months(
    values: Sequence[float | None], *, first: date = date(2025, 7, 1), incidents: int | None = 6
) -> list[Period]:
    """One a month from `first` on; None has no facts."""
    found = []
    for place, value in enumerate(values):
        index = first.year * 12 + first.month - 1 + place
        start, after = date(index // 12, index % 12 + 1, 1), date((index + 1) // 12, (index + 1) % 12 + 1, 1)
        if value is not None:
            end = after - timedelta(days=1)
            found.append(Period(place=place, start=start, end=end, value=value, incidents=incidents))
    return found


def promise(target: float | None = 12.0, **given: date | bool) -> Promise:
    asked = Promise(agreed_on=AGREED, due_on=DUE, lower_is_better=True, target=target)
    return replace(asked, **given)  # type: ignore[arg-type]


def told(*since_due: float, target: float | None = 12.0, before: Sequence[float] = BEFORE) -> Movement:
    first = date(2025, 13 - len(before), 1) if before else date(2026, 1, 1)
    periods = months([*before, *UNTIL_DUE, *since_due], first=first)
    return movement(periods, promise(target), known_until=KNOWN, today=KNOWN)


def said(found: Movement) -> tuple[str, str]:
    return found.outcome, found.why


# The test between two runs of periods ------------------------------------------------------------------------------
@given(some=runs | few_values, others=runs | few_values)
def test_the_rank_test_is_that_of_scipy(some: list[float], others: list[float]) -> None:
    assume(len({*some, *others}) > 1)
    assert movements_of.rank_test(some, others) == pytest.approx(mannwhitneyu(some, others).pvalue, rel=1e-12)


@given(some=runs | few_values, others=runs | few_values)
def test_its_widened_p_is_that_of_scipy(some: list[float], others: list[float]) -> None:
    assume(len({*some, *others}) > 1)
    periods = months([*some, *others])
    before, after = periods[: len(some)], periods[len(some) :]
    rests = [movements_of._around(before), movements_of._around(after)]
    widened = movements_of._widening(rests, [one.place for one in periods])
    z = norm.isf(mannwhitneyu(some, others).pvalue / 2) / math.sqrt(widened)
    assert difference(before, after) == pytest.approx(min(1.0, 2 * norm.sf(z)), rel=1e-12)


# Moved, or not ----------------------------------------------------------------------------------------------------
def test_what_was_agreed_and_reached_beyond_chance_moved() -> None:
    found = told(9.0, 9.5, 8.8)
    assert said(found) == (Outcome.MOVED, Why.SHOWN)
    assert found.before is not None and found.after is not None
    assert found.before.value == pytest.approx(fmean(BEFORE))
    assert (found.after.value, found.after.periods, found.after.incidents) == (pytest.approx(9.1), 3, 18)
    assert (found.after.since, found.after.until) == (date(2026, 5, 1), date(2026, 7, 31))
    # Six against three that all lie below them: 2 of the 84 ways to choose three of nine.
    assert mannwhitneyu(BEFORE, [9.0, 9.5, 8.8]).pvalue == pytest.approx(2 / 84)
    assert found.p is not None and 2 / 84 <= found.p < 0.10


def test_better_beyond_chance_and_not_what_was_agreed_did_not_move() -> None:
    assert said(told(14.0, 14.5, 14.2)) == (Outcome.NOT_MOVED, Why.BETTER)


def test_as_before_did_not_move() -> None:
    assert said(told(18.4, 19.5, 17.6)) == (Outcome.NOT_MOVED, Why.NO_CHANGE)


def test_worse_than_before_is_told_as_worse() -> None:
    assert said(told(30.0, 33.0, 31.0)) == (Outcome.NOT_MOVED, Why.WORSE)


def test_what_was_there_already_is_not_called_a_movement() -> None:
    found = told(9.0, 10.5, 9.4, before=(9.5, 10.0, 8.9, 9.8, 10.4, 9.2))
    assert said(found) == (Outcome.REACHED, Why.WAS_THERE)


def test_reached_within_chance_cannot_be_told_yet() -> None:
    found = told(18.0, 2.0, 15.5, before=(18.0, 3.0, 21.0, 16.0, 4.0, 19.0))
    assert said(found) == (Outcome.CANNOT_TELL, Why.CHANCE)


def test_without_a_target_better_beyond_chance_is_enough() -> None:
    assert said(told(14.0, 14.5, 14.2, target=None)) == (Outcome.MOVED, Why.SHOWN)
    assert said(told(18.4, 19.5, 17.6, target=None)) == (Outcome.NOT_MOVED, Why.NO_CHANGE)


def test_where_more_is_better_a_rise_moves() -> None:
    periods = months([60.0, 62.0, 58.0, 61.0, 59.0, 63.0, *[60.0] * 4, 90.0, 92.0, 91.0])
    found = movement(periods, promise(85.0, lower_is_better=False), known_until=KNOWN, today=KNOWN)
    assert said(found) == (Outcome.MOVED, Why.SHOWN)


@pytest.mark.parametrize(("target", "expected"), [(12.0, (Outcome.REACHED, Why.NO_BASELINE)), (None, None)])
def test_without_a_time_before_the_target_alone_counts(target: float | None, expected: tuple[str, str] | None) -> None:
    found = told(9.0, 9.5, 8.8, target=target, before=(18.0, 20.0))
    assert said(found) == (expected or (Outcome.CANNOT_TELL, Why.TOO_FEW))
    assert found.p is None


def test_without_a_time_before_what_is_not_reached_did_not_move() -> None:
    assert said(told(19.0, 19.5, 18.8, before=())) == (Outcome.NOT_MOVED, Why.NO_CHANGE)


# What cannot be told yet ------------------------------------------------------------------------------------------
def test_nothing_is_told_before_it_is_due() -> None:
    found = movement(months([*BEFORE, 9.0, 9.0, 9.0]), promise(), known_until=DUE, today=DUE)
    assert said(found) == (Outcome.CANNOT_TELL, Why.NOT_DUE)
    assert found.after is not None and found.after.value == 9.0  # how far it is, is told


def test_facts_that_do_not_reach_past_the_day_tell_nothing() -> None:
    periods = months([*BEFORE, 9.0, 9.0, 9.0, 9.0])
    found = movement(periods, promise(), known_until=DUE, today=DUE + timedelta(days=1))
    assert said(found) == (Outcome.CANNOT_TELL, Why.NOT_KNOWN)


def test_until_the_period_of_the_day_counts_nothing_is_told() -> None:
    periods = months([*BEFORE, 9.0, 9.0, 9.0])  # to March: the incidents of April are still followed
    day = DUE + timedelta(days=2)
    assert movement(periods, promise(), known_until=day, today=day).why == Why.NOT_FOLLOWED


def test_few_incidents_tell_nothing() -> None:
    periods = months([*BEFORE, *UNTIL_DUE, 9.0, 9.5, 8.8], incidents=1)
    assert movement(periods, promise(), known_until=KNOWN, today=KNOWN).why == Why.TOO_FEW


def test_counts_need_no_incidents() -> None:
    periods = months([5.0, 6.0, 7.0, 5.0, 6.0, 8.0, *[5.0] * 4, 0.0, 0.0, 0.0], incidents=None)
    assert movement(periods, promise(2.0), known_until=KNOWN, today=KNOWN).outcome == Outcome.MOVED


# The day after it was due -----------------------------------------------------------------------------------------
def soon(*since_agreed: float) -> Movement:
    day = DUE + timedelta(days=5)
    return movement(months([*BEFORE, *since_agreed]), promise(), known_until=day, today=day)


def test_what_was_reached_early_is_told_at_once() -> None:
    found = soon(15.0, 9.0, 8.0, 9.5)
    assert said(found) == (Outcome.MOVED, Why.SHOWN)
    assert found.after is not None and found.after.since == date(2026, 2, 1)


def test_what_is_reached_in_the_last_month_is_not_blamed_for_those_before() -> None:
    assert said(soon(18.0, 19.0, 17.0, 9.0)) == (Outcome.CANNOT_TELL, Why.SO_SOON)


def test_what_has_not_begun_to_move_by_the_day_did_not_move() -> None:
    assert said(soon(18.0, 19.0, 17.0, 18.5)) == (Outcome.NOT_MOVED, Why.NO_CHANGE)


def test_what_lies_more_than_a_year_before_is_of_another_time() -> None:
    old = months([50.0] * 10, first=date(2024, 1, 1))
    found = movement([*old, *months([*BEFORE, *UNTIL_DUE, 9.0, 9.5, 8.8])], promise(), known_until=KNOWN, today=KNOWN)
    assert found.before is not None and found.before.value == pytest.approx(fmean(BEFORE))


# Fell back --------------------------------------------------------------------------------------------------------
KEPT_ON = date(2026, 8, 10)
KEPT = (9.0, 9.5, 8.8)  # May to July


def watched(*since: float, target: float | None = 12.0) -> Watch:
    """August itself is neither: it was kept in the middle of it."""
    return watch(months([*BEFORE, *UNTIL_DUE, *KEPT, 9.0, *since]), promise(target), kept_on=KEPT_ON)


def test_worse_than_agreed_and_than_when_it_was_kept_fell_back() -> None:
    found = watched(17.0, 16.0, 18.0, 17.5, 18.1, 16.4, 17.0)
    assert found.standing == Standing.FELL_BACK
    assert found.kept is not None and found.kept.value == pytest.approx(9.1)
    assert found.since is not None and (found.since.value, found.since.periods) == (pytest.approx(120 / 7), 7)


@pytest.mark.parametrize("since", [(11.0, 11.5, 11.8, 11.9, 11.2), (9.0, 8.9, 9.4, 9.2, 9.3)])
def test_within_what_was_agreed_it_holds(since: tuple[float, ...]) -> None:
    assert watched(*since).standing == Standing.HOLDS


def test_one_bad_month_is_no_fall_back() -> None:
    assert watched(9.0, 8.7, 20.0, 9.1, 9.2).standing == Standing.HOLDS  # 11.2 hours on average


def test_it_holds_only_where_the_mean_since_meets_what_was_agreed() -> None:
    assert watched(9.0, 8.7, 40.0, 9.1, 9.2).standing == Standing.NOT_SHOWN  # 15.2 hours on average


@pytest.mark.parametrize(
    ("since", "standing", "periods", "missed"),
    [
        ((13.3, 14.0, 13.3, 15.0, 13.4), Standing.SLIPPING, 5, 5),  # five miss it: one more is asked for
        ((13.3, 14.0, 13.3, 15.0, 13.4, 13.5), Standing.FELL_BACK, 6, 6),
        ((9.0, 14.0, 13.3, 15.0, 13.4, 13.5, 14.0), Standing.FELL_BACK, 6, 6),
        ((13.3, 14.0, 13.3, 11.0, 15.0, 13.4, 13.5), Standing.FELL_BACK, 7, 6),  # one good month in between
        ((13.3, 14.0, 9.0, 13.3, 9.0, 15.0, 13.4, 13.5), Standing.SLIPPING, 3, 3),  # two
        ((13.1, 13.1, 13.1, 13.1, 13.1, 13.1, 13.1), Standing.NOT_SHOWN, 7, None),  # by less than a tenth of 12
        ((13.2, 13.2, 13.2, 13.2, 13.2, 13.2), Standing.FELL_BACK, 6, 6),  # by just a tenth
        ((13.3, 13.3, 13.3, 1.0, 13.3, 13.3, 13.3), Standing.SLIPPING, 3, 3),  # 11.5 hours on average
        ((17.0, 16.0, 18.0, 17.5, 18.1, 16.4, 11.0), Standing.FELL_BACK, 7, 6),
        ((6.0, 13.2, 13.3, 13.4), Standing.SLIPPING, 3, 3),  # though the mean since is as agreed
        ((6.0, 13.1, 13.3, 13.4), Standing.HOLDS, 4, None),
    ],
)
def test_it_fell_back_once_six_of_the_newest_seven_miss_what_was_agreed_by_a_tenth(
    since: tuple[float, ...], standing: Standing, periods: int, missed: int | None
) -> None:
    found = watched(*since)
    assert (found.standing, found.missed, found.p) == (standing, missed, None)
    assert found.since is not None and found.since.periods == periods


def test_where_the_target_was_not_reached_when_it_was_kept_it_is_held_against_that_time() -> None:
    worse, same = (17.0, 16.0, 18.0, 17.5, 18.1, 16.4, 17.0), (9.0, 9.4, 9.1, 8.7, 9.2, 9.3, 8.9)
    fell, not_clear = watched(*worse, target=6.0), watched(*same, target=6.0)
    assert (fell.standing, fell.missed) == (Standing.FELL_BACK, None)
    assert fell.p is not None and fell.p < 0.05
    assert not_clear.standing == Standing.NOT_SHOWN


@pytest.mark.parametrize(
    ("share", "is_missed"), [(100 / 3, False), (200 / 3, True), (110 / 3, False), (25.0, False), (0.0, False)]
)
def test_of_few_incidents_one_more_is_no_miss_of_a_share(share: float, is_missed: bool) -> None:
    """Three incidents, and three in ten agreed: one of three is more, and no news."""
    assert promise(30.0).is_clearly_missed_by(share, grain=100 / 3) is is_missed


def test_the_demo_falls_back_before_a_year_is_over() -> None:
    """Fifteen hours before, five when it was kept for three months, then twelve to fourteen; at most six are agreed."""
    since = (12.4, 13.1, 12.2, 13.8, 12.0, 13.3, 14.0)
    periods = months([*[15.0] * 6, *[15.0] * 4, 5.1, 4.8, 5.2, 5.0, *since])
    looks = [watch(periods[:count], promise(6.0), kept_on=KEPT_ON).standing for count in range(17, 22)]
    assert looks == [Standing.SLIPPING] * 3 + [Standing.FELL_BACK] * 2


def test_too_few_periods_since_cannot_tell() -> None:
    assert watched(17.0, 16.0).standing == Standing.CANNOT_TELL
    assert watched(17.0, 16.0).p is None


def test_half_a_year_of_good_months_does_not_hide_half_a_year_of_bad_ones() -> None:
    good, bad = (9.0, 9.2, 8.8, 9.4, 9.1, 8.9), (17.0, 16.0, 18.0, 17.5, 18.1, 16.4)
    found = watched(*good, *bad)
    assert found.standing == Standing.FELL_BACK
    assert found.since is not None and (found.since.periods, found.missed) == (6, 6)
    without = watched(*good, *bad, target=None)
    assert without.standing == Standing.FELL_BACK
    assert without.kept is not None and without.kept.periods == 9


def test_without_a_target_a_small_loss_is_no_fall_back() -> None:
    assert watched(*[9.85] * 6, target=None).standing == Standing.HOLDS  # worse in each month, by a twelfth
    assert watched(*[11.0, 11.4, 11.2, 11.3, 11.1, 11.5, 11.2], target=None).standing == Standing.FELL_BACK


# What holds for whatever is measured ------------------------------------------------------------------------------
VALUES = st.lists(st.floats(0.5, 100).map(lambda value: round(value, 1)), min_size=10, max_size=24)
TARGETS = st.none() | st.floats(1, 60)


@given(VALUES, TARGETS, st.booleans())
def test_praise_rests_on_the_agreed_value(values: list[float], target: float | None, lower: bool) -> None:
    asked = promise(target, lower_is_better=lower)
    found = movement(months(values), asked, known_until=KNOWN, today=KNOWN)
    if found.outcome in (Outcome.MOVED, Outcome.REACHED):
        assert found.after is not None
        assert target is None or asked.is_met_by(found.after.value)
    if found.outcome == Outcome.MOVED:
        assert found.before is not None and found.after is not None
        assert asked.is_better(found.after.value, found.before.value)
        assert found.p is not None and found.p < 0.10
    if found.outcome == Outcome.NOT_MOVED and target is not None:
        assert found.after is not None and not asked.is_met_by(found.after.value)


@given(VALUES, st.floats(0.1, 50))
def test_another_unit_tells_the_same(values: list[float], factor: float) -> None:
    scaled = [value * factor for value in values]
    first = movement(months(values), promise(10.0), known_until=KNOWN, today=KNOWN)
    second = movement(months(scaled), promise(10.0 * factor), known_until=KNOWN, today=KNOWN)
    assert said(first) == said(second)


@given(VALUES, TARGETS)
def test_turned_round_tells_the_same(values: list[float], target: float | None) -> None:
    """Hours that should fall, or the hours left of a hundred and one that should rise."""
    turned = None if target is None else 101.0 - target
    first = movement(months(values), promise(target), known_until=KNOWN, today=KNOWN)
    second = movement(
        months([101.0 - value for value in values]),
        promise(turned, lower_is_better=False),
        known_until=KNOWN,
        today=KNOWN,
    )
    assert said(first) == said(second)


@given(VALUES, TARGETS)
def test_what_fell_back_is_worse_than_agreed_and_than_it_was(values: list[float], target: float | None) -> None:
    asked = promise(target, agreed_on=date(2025, 9, 1), due_on=date(2025, 10, 31))
    found = watch(months(values), asked, kept_on=date(2026, 1, 15))
    if found.standing == Standing.FELL_BACK:
        assert found.kept is not None and found.since is not None
        assert target is None or not asked.is_met_by(found.since.value)
        assert asked.is_better(found.kept.value, found.since.value)
        assert found.since.since > date(2026, 1, 15)
    if found.standing == Standing.HOLDS and target is not None:
        assert found.since is not None and asked.is_met_by(found.since.value)
    if found.missed is not None:
        assert found.since is not None and 3 <= found.missed <= found.since.periods


@given(VALUES, st.floats(1, 60), st.floats(0.1, 50))
def test_a_standing_is_the_same_in_another_unit(values: list[float], target: float, factor: float) -> None:
    kept = {"agreed_on": date(2025, 9, 1), "due_on": date(2025, 10, 31)}
    first = watch(months(values), promise(target, **kept), kept_on=date(2026, 1, 15))
    scaled = months([value * factor for value in values])
    assert watch(scaled, promise(target * factor, **kept), kept_on=date(2026, 1, 15)).standing == first.standing


@given(st.lists(st.floats(0.5, 100), min_size=3, max_size=12), st.integers(0, 11), st.floats(0, 50))
def test_what_gets_worse_is_never_told_better(values: list[float], place: int, more: float) -> None:
    """Where one month is worse, it does not hold any more than it did."""
    worse = [value + more if index == place else value for index, value in enumerate(values)]
    order = [Standing.HOLDS, Standing.NOT_SHOWN, Standing.SLIPPING, Standing.FELL_BACK]
    assert order.index(watched(*worse).standing) >= order.index(watched(*values).standing)


def test_equal_values_differ_by_nothing() -> None:
    assert difference(months([4.0] * 6), months([4.0] * 3)) == 1.0


# Nothing moved: it says so no more often than promised ------------------------------------------------------------
ROOM = 2 * (0.06 * 0.94 / 250) ** 0.5  # for chance, in 250 runs


def spoken(rho: float) -> tuple[float, float]:
    """Of series in which nothing changes: the share that moved, and that fell back at any look within a year."""
    rows = series.rows(250, 22, rho, 9) * 2 + 20
    moved = fell_back = 0
    for row in numpy.asarray(rows).tolist():
        asked = promise(None, agreed_on=date(2026, 1, 1), due_on=date(2026, 2, 28))
        moved += movement(months(row[:14]), asked, known_until=KNOWN, today=KNOWN).outcome == Outcome.MOVED
        looks = (watch(months(row[:count]), asked, kept_on=date(2026, 5, 1)).standing for count in range(14, 23, 2))
        fell_back += Standing.FELL_BACK in looks
    return moved / len(rows), fell_back / len(rows)


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_chance_moves_nothing_more_often_than_promised(rho: float) -> None:
    moved, fell_back = spoken(rho)
    assert moved <= movements.MOST_MOVED + ROOM
    assert fell_back <= movements.MOST_FELL_BACK + ROOM


def test_catches_a_test_that_takes_a_slow_swing_for_a_movement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movements_of, "_widening", lambda rests, places: 1.0)
    moved, _fell_back = spoken(0.4)
    assert moved > movements.MOST_MOVED + ROOM


@pytest.mark.parametrize("kind", promises.Kind)
def test_where_nothing_changes_a_kept_promise_is_opened_no_more_often_than_promised(kind: promises.Kind) -> None:
    """Just as agreed, and months that hang together: the hardest case."""
    found = promises.told(promises.STILL[0], kind, 0.3, runs=250)
    assert found.opened <= promises.MOST_OPENED + ROOM


def test_catches_a_way_that_opens_promises_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movements_of, "MISSED", 4)
    found = promises.told(promises.STILL[0], promises.Kind.HOURS, 0.3, runs=250)
    assert found.opened > promises.MOST_OPENED + ROOM


@pytest.mark.parametrize("course", promises.FALLEN, ids=lambda course: course.name)
def test_what_falls_back_is_opened_within_the_year(course: promises.Course) -> None:
    found = promises.told(course, promises.Kind.HOURS, 0.3, runs=250)
    assert found.opened >= promises.LEAST_SEEN - 2 * (0.8 * 0.2 / 250) ** 0.5
    assert found.slipping >= found.opened  # somebody has been told before


def test_what_halves_is_seen() -> None:
    """Without this a measure that never spoke would keep every promise."""
    rows = (series.rows(60, 14, 0.2, 10) * 3 + 20).tolist()
    asked = promise(14.0, agreed_on=date(2026, 1, 1), due_on=date(2026, 2, 28))
    halved = [[*row[:6], *(value / 2 for value in row[6:])] for row in rows]
    moved = [movement(months(row), asked, known_until=KNOWN, today=KNOWN).outcome == Outcome.MOVED for row in halved]
    assert sum(moved) / len(moved) >= 0.9
