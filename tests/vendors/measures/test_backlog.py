"""How old what is open is, and whether the hard ones wait: no more often said of chance than promised."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, rankdata

from vendors.measures import backlog
from vendors.measures.backlog import CERTAIN, OpenCase, Wait, backlog_of, midranks, van_elteren, waits_of
from vendors.measures.beside import waits_words

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def open_since(*hours: float, known: datetime = NOW) -> list[OpenCase]:
    return [
        OpenCase(id=number, opened=NOW - timedelta(hours=age), known=known) for number, age in enumerate(hours, start=1)
    ]


# What is open ----------------------------------------------------------------------------------------------------
def test_nothing_open_is_no_backlog() -> None:
    assert backlog_of([]) is None


def test_what_is_open_is_counted_by_age() -> None:
    found = backlog_of(open_since(1, 24, 24.5, 24 * 7, 24 * 29, 24 * 31))
    assert found is not None
    assert (found.counts, found.total) == ((2, 2, 1, 1), 6)
    assert (found.oldest.id, found.median) == (6, timedelta(hours=(24.5 + 24 * 7) / 2))


def test_nothing_is_older_than_its_source_tells() -> None:
    known = NOW - timedelta(hours=10)
    found = backlog_of(open_since(30, 5, known=known))
    assert found is not None
    assert (found.oldest.age, found.counts, found.known) == (timedelta(hours=20), (2, 0, 0, 0), known)


# Who waits -------------------------------------------------------------------------------------------------------
def waits(hard: Iterable[float], easy: Iterable[float], period: int = 1) -> list[Wait]:
    return [
        *(Wait(period=period, hours=hours, handovers=5) for hours in hard),
        *(Wait(period=period, hours=hours, handovers=0) for hours in easy),
    ]


def test_hard_ones_that_wait_are_said_to() -> None:
    found = waits_of(waits(range(20, 32), range(1, 14)))
    assert found is not None
    assert (found.hard, found.easy, found.hard_hours, found.easy_hours) == (12, 13, 25.5, 7)
    assert (found.hard_wait, found.easy_wait) == (True, False)
    said = waits_words(found)
    assert said.startswith("The hard ones waited: a first response took 25.5 hours in the middle for the 12 ")


def test_hard_ones_that_are_answered_first_are_said_to_as_loudly() -> None:
    found = waits_of(waits(range(1, 13), range(20, 33)))
    assert found is not None
    assert (found.hard_wait, found.easy_wait) == (False, True)
    assert waits_words(found).startswith("The hard ones were answered first: 6.5 hours")


def test_of_too_few_nothing_is_said_but_that() -> None:
    found = waits_of(waits(range(20, 29), range(1, 14)))
    assert found is not None
    assert (found.p, found.is_certain) == (None, False)
    assert waits_words(found).startswith(
        "Too few to say, in months that have both kinds: handed over more often than usual 9,"
    )


def test_a_bad_month_in_which_all_wait_and_all_is_handed_over_says_nothing() -> None:
    """Taken together the hard ones wait; within each month nothing differs."""
    calm = waits([1.0, 2.0], [1.0, 2.0] * 9, period=1)
    bad = waits([50.0, 60.0] * 9, [50.0, 60.0], period=2)
    found = waits_of([*calm, *bad])
    assert found is not None
    assert (found.hard, found.easy) == (20, 20)
    assert (found.p, found.is_certain) == (1.0, False)
    assert waits_words(found).startswith("No clear difference")


def test_months_without_both_are_left_out_and_nothing_at_all_is_none() -> None:
    assert waits_of([]) is None
    assert waits_of([*waits([5.0], [], period=1), *waits([], [5.0, 6.0], period=2)]) is None
    assert waits_words(None) == ""


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_ranks_are_those_of_the_textbook(values: list[int]) -> None:
    assert midranks(values) == list(rankdata(values))


def test_of_one_month_it_is_the_rank_test_that_others_have() -> None:
    hard, easy = [3.0, 9.0, 4.0, 8.0, 8.0, 12.0], [1.0, 2.0, 3.0, 5.0, 7.0, 8.0, 6.0]
    ours = van_elteren([[*((True, value) for value in hard), *((False, value) for value in easy)]])
    theirs = mannwhitneyu(hard, easy, method="asymptotic", use_continuity=False).pvalue
    assert ours == pytest.approx(theirs)


def test_its_spread_is_that_of_all_ways_to_call_so_many_hard() -> None:
    values = [1.0, 1.0, 2.0, 5.0, 5.0, 9.0]
    ranks = midranks(values)
    sums = [sum(ranks[place] for place in chosen) for chosen in combinations(range(6), 2)]
    mean = sum(sums) / len(sums)
    spread = sum((one - mean) ** 2 for one in sums) / len(sums)
    expected = sum((rank - 3.5) ** 2 for rank in ranks) * 2 * 4 / (6 * 5)
    assert spread == pytest.approx(expected)


def said_of_shuffled(runs: int) -> float:
    """The share of vendors, whose hand-overs say nothing of waiting, of which either is said."""
    said = 0
    for seed in range(runs):
        chance = random.Random(seed)
        made = [
            Wait(
                period=month,
                hours=round(chance.lognormvariate(level, 1.2), 1),
                handovers=chance.choice((0, 0, 0, 1, 1, 2, 4)) + round(level),
            )
            for month in range(12)
            for level in [chance.choice((0.0, 1.5))]  # in a bad month all wait, and all is handed over
            for _ in range(6)
        ]
        found = waits_of(made)
        said += found is not None and found.is_certain
    return said / runs


def test_of_shuffled_histories_it_is_said_no_more_often_than_promised() -> None:
    assert said_of_shuffled(300) <= CERTAIN + 2 * (CERTAIN * (1 - CERTAIN) / 300) ** 0.5


def test_without_the_months_it_would_be_said_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the check above must catch."""
    whole = backlog._strata
    monkeypatch.setattr(
        backlog,
        "_strata",
        lambda made, above: whole([Wait(period=0, hours=one.hours, handovers=one.handovers) for one in made], above),
    )
    assert said_of_shuffled(60) > 0.3
