"""What may be said of many organisations without telling of one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.benchmark import figures
from reports.benchmark.figures import (
    Figures,
    Silence,
    Vendors,
    differing,
    figures_of,
    known_of,
    may_be_said,
)
from reports.models import SMALLEST_GROUP

Cell = Mapping[str, Vendors]


def vendors(*percents: int | str) -> Vendors:
    return [(Decimal(percent), Decimal(percent) >= 75) for percent in percents]


def test_five_organisations_give_quartiles_in_steps_of_five() -> None:
    cell = {"1": vendors(100), "2": vendors("81.25"), "3": vendors(62), "4": vendors(47), "5": vendors(40)}
    assert figures_of(cell) == Figures(organisations=5, vendors=5, lower=45, median=60, upper=80, met=40)


def test_of_four_organisations_nothing_is_said() -> None:
    cell = {str(n): vendors(50, 60, 70) for n in range(4)} | {"empty": vendors()}
    assert figures_of(cell) is Silence.TOO_FEW


def test_one_organisation_never_has_more_than_half_of_the_vendors() -> None:
    others = {str(n): vendors(50) for n in range(4)}
    assert isinstance(figures_of(others | {"large": vendors(*[60] * 4)}), Figures)
    assert figures_of(others | {"large": vendors(*[60] * 5)}) is Silence.ONE_WEIGHS_TOO_MUCH


@pytest.mark.parametrize(("percents", "but_one"), [((76, 80, 84, 90, 99), 74), ((0, 4, 20, 44, 74), 76)])
def test_that_all_meet_a_rule_or_none_cannot_be_told_from_all_but_one(percents: tuple[int, ...], but_one: int) -> None:
    """Of five vendors no share but 100 or 0 % lies nearest to 95 or 5."""
    everyone = {str(n): vendors(percent) for n, percent in enumerate(percents)}
    at = "0" if but_one < 76 else "4"
    answer, other = figures_of(everyone), figures_of(everyone | {at: vendors(but_one)})
    assert isinstance(answer, Figures)
    assert isinstance(other, Figures)
    assert answer.met == other.met


def test_where_most_have_one_percent_nothing_is_said() -> None:
    """Whoever is the fifth would know the other four."""
    four = {str(n): vendors(100) for n in range(4)}
    assert figures_of(four | {"4": vendors(100)}) is Silence.ONE_FOR_ALL
    assert figures_of(four | {"4": vendors(20)}) is Silence.ONE_FOR_ALL
    assert isinstance(figures_of(four | {"3": vendors(60), "4": vendors(20)}), Figures)


def test_the_smallest_group_is_one_number() -> None:
    assert figures.SMALLEST_GROUP == SMALLEST_GROUP == 5


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ({"1": "a", "2": "b"}, {"1": "a", "2": "b"}, 0),
        ({"1": "a", "2": "b"}, {"1": "a", "2": "c"}, 1),
        ({"1": "a"}, {"1": "a", "2": "b", "3": "c"}, 2),
        ({"1": "", "2": "b"}, {"1": "x", "2": "b"}, 0),  # it left and came back: perhaps with the same data
        ({"1": "", "2": "b"}, {"2": "b"}, 1),  # it left
    ],
)
def test_answers_differ_in_so_many_organisations(one: dict[str, str], other: dict[str, str], count: int) -> None:
    assert differing(one, other) == differing(other, one) == count


def test_the_same_data_in_another_order_are_the_same() -> None:
    assert known_of({"1": vendors(50, 75)}) == known_of({"1": vendors(75, 50), "2": []})


PERCENT = st.integers(0, 100)
ORGANISATIONS = [str(number) for number in range(9)]
CELLS = st.dictionaries(st.sampled_from(ORGANISATIONS), st.lists(PERCENT, max_size=4), min_size=4)


@given(CELLS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_comes_from_many_and_names_no_value(drawn: dict[str, list[int]]) -> None:
    cell = {key: vendors(*percents) for key, percents in drawn.items()}
    answer = figures_of(cell)
    if isinstance(answer, Silence):
        return
    sizes = [len(one) for one in cell.values() if one]
    assert answer.organisations == len(sizes) >= 5
    assert max(sizes) <= answer.vendors / 2
    assert all(value % 5 == 0 for value in (answer.lower, answer.median, answer.upper, answer.met))
    assert answer.lower <= answer.median <= answer.upper
    assert 5 <= answer.met <= 95


@given(st.lists(CELLS, min_size=2, max_size=8))
@settings(max_examples=150, deadline=None)
def test_whoever_keeps_all_answers_and_knows_one_organisation_never_faces_a_single_other(
    history: list[dict[str, list[int]]],
) -> None:
    """The attacker holds any two answers against each other, and knows what one organisation gave: its own."""
    said: list[dict[str, str]] = []
    for drawn in history:
        known = known_of({key: vendors(*percents) for key, percents in drawn.items()})
        if may_be_said(known, said):
            said.append(known)
    for first in said:
        for second in said:
            for own in ORGANISATIONS:
                others = [key for key in ORGANISATIONS if key != own and first.get(key) != second.get(key)]
                assert len(others) != 1


def test_the_attacker_of_the_property_finds_what_a_careless_publisher_says() -> None:
    first = known_of({str(n): vendors(50) for n in range(5)})
    second = known_of({str(n): vendors(50) for n in range(6)})
    assert not may_be_said(second, [first])
    assert differing(first, second) == 1
