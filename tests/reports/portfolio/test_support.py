"""How a vendor supports us: in the order of the verdict, never by an average."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.portfolio.support import MIDDLE, STEPS, step, support

LOWEST = st.decimals(min_value=0, max_value=100, places=2)
COUNTS = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: sum(pair) <= 7)


def test_nothing_met_with_two_broken_stands_better_than_one_met_with_four() -> None:
    zero_of_seven = support(met=0, broken=2, lowest=Decimal(10))
    one_of_seven = support(met=1, broken=4, lowest=Decimal(40))
    assert zero_of_seven is not None and one_of_seven is not None
    assert zero_of_seven > one_of_seven


@pytest.mark.parametrize(
    ("met", "broken", "lowest", "place"),
    [
        (0, 7, Decimal(0), 0.0),
        (6, 1, Decimal(0), 6 / STEPS),
        (0, 0, Decimal(0), MIDDLE),
        (7, 0, Decimal(100), 14.96 / STEPS),
        (3, 0, Decimal(50), 10.48 / STEPS),
    ],
)
def test_places_worked_by_hand(met: int, broken: int, lowest: Decimal, place: float) -> None:
    assert support(met=met, broken=broken, lowest=lowest) == pytest.approx(place)


def test_of_what_nothing_is_rated_nothing_is_said() -> None:
    assert support(met=0, broken=0, lowest=None) is None


@given(COUNTS, LOWEST, COUNTS, LOWEST)
def test_the_places_are_in_the_order_of_the_verdict(
    one: tuple[int, int], low: Decimal, other: tuple[int, int], lower: Decimal
) -> None:
    first = support(met=one[0], broken=one[1], lowest=low)
    second = support(met=other[0], broken=other[1], lowest=lower)
    assert first is not None and second is not None
    assert 0 <= first < 1
    assert (first < MIDDLE) == (one[1] > 0)
    steps = step(met=one[0], broken=one[1]), step(met=other[0], broken=other[1])
    if steps[0] != steps[1]:
        assert (first < second) == (steps[0] < steps[1])
    elif low != lower:
        assert (first < second) == (low < lower)
