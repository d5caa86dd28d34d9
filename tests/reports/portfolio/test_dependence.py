"""How much we depend on a vendor: examples worked by hand, and what holds of all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.portfolio.dependence import Dependence, dependence

COUNT = st.integers(min_value=0, max_value=200)
TIER = st.sampled_from(["critical", "important", "standard"])


@pytest.mark.parametrize(
    ("tier", "services", "departments", "months", "points"),
    [
        ("critical", 3, 4, 12, 100),
        ("standard", 0, 0, 0, 0),
        ("important", 2, 1, 5, 15 + 20 + 4 + 10),
        ("critical", 9, 9, 99, 100),
    ],
)
def test_the_parts_add_up_to_the_points(tier: str, services: int, departments: int, months: int, points: int) -> None:
    found = dependence(tier=tier, services=services, departments=departments, months=months)
    assert (found.low, found.high, found.is_known) == (points, points, True)


def test_unknown_months_are_a_range_and_not_zero() -> None:
    found = dependence(tier="critical", services=1, departments=2, months=None)
    assert found == Dependence(tier=30, services=10, departments=8, months=None)
    assert (found.low, found.high) == (48, 72)
    assert dependence(tier="critical", services=1, departments=2, months=0).high == 48


@given(TIER, COUNT, COUNT, st.none() | COUNT)
def test_points_run_from_0_to_100_and_the_range_holds_whatever_the_months_turn_out_to_be(
    tier: str, services: int, departments: int, months: int | None
) -> None:
    found = dependence(tier=tier, services=services, departments=departments, months=months)
    unknown = dependence(tier=tier, services=services, departments=departments, months=None)
    assert 0 <= found.low <= found.high <= 100
    assert unknown.low <= found.low <= unknown.high
    assert unknown.low <= found.high <= unknown.high


@given(TIER, COUNT, COUNT, COUNT)
def test_more_of_anything_never_makes_us_depend_less(tier: str, services: int, departments: int, months: int) -> None:
    base = dependence(tier=tier, services=services, departments=departments, months=months).low
    assert dependence(tier=tier, services=services + 1, departments=departments, months=months).low >= base
    assert dependence(tier=tier, services=services, departments=departments + 1, months=months).low >= base
    assert dependence(tier=tier, services=services, departments=departments, months=months + 1).low >= base


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        dependence(tier="critical", services=-1, departments=0, months=None)
