"""A claimed frequency held against the days held: examples worked by hand, and what must hold of all."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vendors.rehearsals.practice import GRACE, UNITS, Frequency, Held, Practice, fairest, held_against, whole_months

TODAY = date(2026, 11, 30)
ORDER = [Practice.LESS, Practice.IN_GRACE, Practice.KEPT, Practice.MORE]


def often(times: int | Fraction, unit: str = "year") -> Frequency:
    return Frequency(times=Fraction(times), unit=unit)


def outcome(claimed: Frequency, *days: date, since: date | None) -> Practice | None:
    found = held_against(claimed, days, since=since, today=TODAY)
    return found.outcome if found else None


def test_twice_a_year_and_the_last_fourteen_months_ago_is_less_than_claimed() -> None:
    last = date(2025, 9, 25)

    found = held_against(often(2), [last], since=date(2025, 8, 1), today=TODAY)

    assert found == Held(
        outcome=Practice.LESS, claimed=often(2), last=last, in_last_year=0, since=date(2025, 8, 1), today=TODAY
    )
    assert found.months_since_last == 14
    assert found.is_speaking


@pytest.mark.parametrize(
    ("claimed", "days", "since", "expected"),
    [
        # Half a year and its grace are 273.9 days: on the day before, nothing is said; from then on it is.
        (often(2), [], TODAY - timedelta(days=273), Practice.TOO_EARLY),
        (often(2), [], TODAY - timedelta(days=274), Practice.LESS),
        # The last one 273 days ago is within the grace, 274 are not.
        (often(2), [date(2025, 6, 20), TODAY - timedelta(days=273)], date(2024, 1, 1), Practice.IN_GRACE),
        (often(2), [TODAY - timedelta(days=274)], date(2024, 1, 1), Practice.LESS),
        # Two in the year keep what was claimed, however unevenly they lie.
        (often(2), [date(2026, 1, 20), date(2026, 11, 3)], date(2024, 1, 1), Practice.KEPT),
        # Three are half as many again: more than it says.
        (often(2), [date(2026, 1, 20), date(2026, 6, 1), date(2026, 11, 3)], date(2024, 1, 1), Practice.MORE),
        # Four a year, the last one a month ago, but ten months without any before.
        (often(1, "quarter"), [date(2026, 1, 2), date(2026, 10, 30)], date(2024, 1, 1), Practice.LESS),
        # Once a year, 14 months ago: a year and its grace are 18 months.
        (often(1), [date(2025, 9, 25)], date(2024, 1, 1), Practice.IN_GRACE),
        (often(1), [date(2025, 5, 25)], date(2024, 1, 1), Practice.LESS),
        (often(1), [date(2025, 11, 30)], date(2024, 1, 1), Practice.KEPT),
        # Every second year: records of a year say nothing of it yet.
        (often(Fraction(1, 2)), [], date(2025, 1, 1), Practice.TOO_EARLY),
        (often(Fraction(1, 2)), [], date(2023, 1, 1), Practice.LESS),
        # Never is claimed, and it was held.
        (often(0), [date(2026, 3, 3)], date(2025, 1, 1), Practice.MORE),
        (often(0), [], date(2025, 1, 1), Practice.KEPT),
        (often(0), [date(2026, 3, 3)], date(2026, 1, 1), Practice.TOO_EARLY),
        # What lies in the future was not held.
        (often(2), [TODAY + timedelta(days=1)], date(2024, 1, 1), Practice.LESS),
    ],
)
def test_by_hand(claimed: Frequency, days: list[date], since: date, expected: Practice) -> None:
    assert outcome(claimed, *days, since=since) == expected


def test_without_records_nothing_is_said() -> None:
    assert held_against(often(12), [], since=None, today=TODAY) is None
    assert held_against(often(12), [], since=TODAY + timedelta(days=1), today=TODAY) is None


def test_several_on_one_day_count_once() -> None:
    day = TODAY - timedelta(days=10)
    found = held_against(often(1), [day, day, day], since=date(2020, 1, 1), today=TODAY)
    assert found is not None and found.in_last_year == 1


@pytest.mark.parametrize(
    ("start", "months"),
    [(date(2026, 11, 30), 0), (date(2026, 10, 30), 1), (date(2026, 10, 31), 0), (date(2025, 9, 25), 14)],
)
def test_months_are_whole_months(start: date, months: int) -> None:
    assert whole_months(start, TODAY) == months


def test_where_people_wrote_down_different_frequencies_it_speaks_only_if_it_would_of_each() -> None:
    def against(times: int, *days: date) -> Held:
        found = held_against(often(times), days, since=date(2020, 1, 1), today=TODAY)
        assert found is not None
        return found

    once = TODAY - timedelta(days=300)
    assert [against(times, once).outcome for times in (1, 4)] == [Practice.KEPT, Practice.LESS]
    assert fairest([against(4, once), against(1, once)]) == against(1, once)
    assert fairest([against(4), against(2)]) == against(2)
    two = [TODAY - timedelta(days=30), TODAY - timedelta(days=200)]
    assert [against(times, *two).outcome for times in (1, 2)] == [Practice.MORE, Practice.KEPT]
    assert fairest([against(1, *two), against(2, *two)]) == against(2, *two)
    assert fairest([]) is None


# What must hold of all --------------------------------------------------------------------------------------------
frequencies = st.builds(
    Frequency,
    times=st.fractions(min_value=0, max_value=12, max_denominator=4),
    unit=st.sampled_from(sorted(UNITS)),
)
ago = st.integers(min_value=0, max_value=1500)
days_held = st.lists(ago.map(lambda days: TODAY - timedelta(days=days)), max_size=30)


@given(claimed=frequencies, days=days_held, more=ago, reach=ago)
def test_another_day_held_never_makes_it_worse(claimed: Frequency, days: list[date], more: int, reach: int) -> None:
    since = TODAY - timedelta(days=reach)
    before = outcome(claimed, *days, since=since)
    after = outcome(claimed, *days, TODAY - timedelta(days=more), since=since)
    if before == Practice.TOO_EARLY:
        assert after == Practice.TOO_EARLY
    else:
        assert before is not None and after is not None
        assert ORDER.index(after) >= ORDER.index(before)


@given(claimed=frequencies, days=days_held, reach=ago)
def test_nothing_is_said_before_the_records_reach_over_interval_and_grace(
    claimed: Frequency, days: list[date], reach: int
) -> None:
    found = outcome(claimed, *days, since=TODAY - timedelta(days=reach))
    interval = claimed.days_between
    assume(interval is not None)
    assert interval is not None
    assert (found == Practice.TOO_EARLY) == (reach < interval * (1 + GRACE))


@given(claimed=frequencies, reach=ago, data=st.data())
def test_whoever_never_waits_longer_than_interval_and_grace_is_not_accused(
    claimed: Frequency, reach: int, data: st.DataObject
) -> None:
    interval = claimed.days_between
    assume(interval is not None and interval * (1 + GRACE) >= 1)
    assert interval is not None
    longest = int(interval * (1 + GRACE))
    since, days = TODAY - timedelta(days=reach), list[date]()
    day = since
    while (TODAY - day).days > longest:
        day += timedelta(days=data.draw(st.integers(min_value=max(1, longest // 2), max_value=longest)))
        days.append(day)
        assume(len(days) < 60)
    assert outcome(claimed, *days, since=since) != Practice.LESS


@given(times=st.integers(min_value=1, max_value=6), reach=ago)
def test_whoever_holds_what_it_claims_is_neither_accused_nor_praised(times: int, reach: int) -> None:
    step = 365 // times
    days = [TODAY - timedelta(days=step * number) for number in range(1, 30)]
    found = outcome(often(times), *days, since=TODAY - timedelta(days=reach))
    assert found in (Practice.KEPT, Practice.TOO_EARLY, Practice.IN_GRACE) or times == 1


@given(claimed=frequencies, days=days_held, reach=ago)
def test_who_claims_less_is_never_judged_worse(claimed: Frequency, days: list[date], reach: int) -> None:
    assume(claimed.times)
    since = TODAY - timedelta(days=reach)
    more = Frequency(times=claimed.times * 2, unit=claimed.unit)
    if outcome(claimed, *days, since=since) == Practice.LESS and days:
        assert outcome(more, *days, since=since) == Practice.LESS
