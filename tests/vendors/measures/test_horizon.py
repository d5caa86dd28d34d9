"""How long every incident is followed: Kaplan and Meier’s worked examples, and the short list of lengths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from tests.vendors.measures import by_hand
from vendors.measures.horizon import HOUR, LENGTHS, horizon, percentile_90

MICROSECONDS = 3_600_000_000  # an hour
YEAR = timedelta(days=365)
times = st.lists(st.integers(0, 40), max_size=30)


# Nine of ten -----------------------------------------------------------------------------------------------------
def test_a_textbook_example_with_those_who_were_not_seen_to_the_end() -> None:
    """R. Miller, Survival Analysis (1981), leukaemia without maintenance: weeks to relapse, one patient lost after 16.
    The printed table of those who stay: .8333, .6667, .5833, .4861, .3889, .2917, .1944, .0972, 0."""
    ended, running = [5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45], [16]
    table = {moment: round(float(part), 4) for moment, part in by_hand.staying(ended, running)}
    assert list(table) == [5, 8, 12, 23, 27, 30, 33, 43, 45]
    assert list(table.values()) == [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0]
    assert percentile_90(ended, running) == 43


def test_a_textbook_example_in_which_fewer_than_nine_of_ten_end() -> None:
    """Freireich and others (1963), leukaemia under 6-MP: .448 are still in remission at the end."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    running = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    assert round(float(list(by_hand.staying(ended, running))[-1][1]), 3) == 0.448
    assert percentile_90(ended, running) is None


def test_a_textbook_example_in_which_all_end() -> None:
    """The same study, placebo: after 15 weeks 3 of 21 stay, after 17 weeks 2."""
    ended = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    assert percentile_90(ended) == 17


def test_ninth_of_ten_is_the_one() -> None:
    assert percentile_90([]) is None
    assert percentile_90([], [7]) is None
    assert percentile_90([5]) == 5
    assert percentile_90(range(1, 11)) == 9
    assert percentile_90(range(1, 12)) == 10
    assert percentile_90(range(100, 0, -1)) == 90


def test_nine_of_ten_are_ninety_of_a_hundred_and_no_fewer() -> None:
    assert percentile_90(range(1, 90), [1000] * 11) is None
    assert percentile_90(range(1, 91), [1000] * 10) == 90


@given(times, times)
def test_nine_of_ten_are_those_of_the_definition(ended: list[int], running: list[int]) -> None:
    assert percentile_90(ended, running) == by_hand.nine_of_ten(ended, running)


@given(times.filter(bool), times.filter(bool))
def test_nine_of_ten_are_those_of_scipy(ended: list[int], running: list[int]) -> None:
    found = ecdf(CensoredData(uncensored=ended, right=running)).cdf
    reached = [int(time) for time in found.quantiles[found.probabilities >= 0.9 - 1e-9]]
    assert percentile_90(ended, running) == next(iter(reached), None)


# The length ------------------------------------------------------------------------------------------------------
def test_the_horizon_is_the_first_length_above_nine_of_ten() -> None:
    hours = [number * MICROSECONDS for number in (1, 2, 3, 4, 5, 6, 7, 8, 23, 90)]
    assert horizon(hours, [], window=YEAR) == 24 * HOUR
    exactly = [24 * MICROSECONDS if number == 23 * MICROSECONDS else number for number in hours]
    assert horizon(exactly, [], window=YEAR) == 48 * HOUR  # above, not at


def test_what_runs_on_makes_the_horizon_longer() -> None:
    ended = [number * MICROSECONDS for number in range(1, 11)]
    assert horizon(ended, [], window=YEAR) == 12 * HOUR
    running = [20 * MICROSECONDS]  # ten of eleven end, the tenth after 10 hours
    assert horizon(ended, running, window=YEAR) == 12 * HOUR
    assert horizon(ended, running * 2, window=YEAR) == LENGTHS[-2]  # ten of twelve: nine of ten are never reached


def test_the_horizon_is_at_most_a_third_of_the_window() -> None:
    slow = [1000 * MICROSECONDS] * 10
    assert horizon(slow, [], window=timedelta(days=135)) == 45 * 24 * HOUR  # 1080 hours
    assert horizon(slow, [], window=timedelta(days=134)) == 30 * 24 * HOUR
    assert horizon(slow, [], window=timedelta(days=21)) == 7 * 24 * HOUR


@pytest.mark.parametrize("running", [[], [MICROSECONDS], [MICROSECONDS] * 50])
def test_where_none_ended_the_horizon_is_the_longest_that_has_room(running: list[int]) -> None:
    assert horizon([], running, window=timedelta(days=30)) == 10 * 24 * HOUR
    assert horizon([], running, window=YEAR) == 120 * 24 * HOUR


def test_the_shortest_length_is_taken_where_a_third_of_the_window_is_shorter() -> None:
    assert horizon([1], [], window=timedelta(hours=2)) == LENGTHS[0]


@given(times, times, st.integers(1, 800))
def test_the_horizon_is_of_the_list_and_has_room(ended: list[int], running: list[int], days: int) -> None:
    window = timedelta(days=days)
    found = horizon([n * MICROSECONDS for n in ended], [n * MICROSECONDS for n in running], window=window)
    assert found in LENGTHS
    assert found <= window / 3
    within = by_hand.nine_of_ten(ended, running)
    shorter = LENGTHS[: LENGTHS.index(found)]
    assert within is None or all(length <= within * HOUR for length in shorter)
    longer = LENGTHS[LENGTHS.index(found) + 1] if found != LENGTHS[-1] else None
    if within is None:
        assert longer is None or longer > window / 3
    else:
        assert found > within * HOUR or longer is None or longer > window / 3


def test_lengths_are_round_and_rise() -> None:
    assert list(LENGTHS) == sorted(set(LENGTHS))
    assert all(length % HOUR == timedelta(0) for length in LENGTHS)
