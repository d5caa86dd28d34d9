"""The order of the list by what is computed; what the database sorts is tried where the numbers are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.models import Vendor
from vendors.register.attention import ATTENTION, COMPUTED, Row, chosen_sort, computed_order
from vendors.standings import Due, Moves, Result, Standing


def result(moves: Moves | None = None) -> Result:
    return Result(
        met=3,
        broken=0,
        lowest=Decimal(60),
        lowest_said="",
        weakest="",
        weakest_position=1,
        scorecard=None,
        contradicted=(),
        moves=moves,
    )


def order(standings: dict[str, Standing], sort: str) -> list[str]:
    rows = [Row(vendor=Vendor(name=name), standing=standings[name]) for name in sorted(standings, key=str.casefold)]
    return [row.vendor.name for row in computed_order(rows, sort)]


@pytest.mark.parametrize(
    ("sort", "found"),
    [("moved", ["A", "b", "c"]), ("-moved", ["b", "A", "c"]), ("due", ["c", "A", "b"]), ("-due", ["A", "c", "b"])],
)
def test_each_column_sorts_both_ways_and_what_is_missing_stays_last(sort: str, found: list[str]) -> None:
    standings = {
        "c": Standing(due=Due(words="", day=date(2026, 1, 2))),
        "b": Standing(result=result(Moves(better=(1,))), due=Due(words="", day=None)),
        "A": Standing(result=result(Moves(worse=(2,))), due=Due(words="", day=date(2026, 3, 1))),
    }
    assert order(standings, sort) == found


@pytest.mark.parametrize("asked", ["", "password", "-", "--met", "attention", "-attention"])
def test_what_is_no_column_means_what_needs_attention(asked: str) -> None:
    assert chosen_sort(asked) == ATTENTION


one = st.builds(
    lambda moves: Standing(result=result(moves)), st.one_of(st.none(), st.just(Moves()), st.just(Moves(worse=(1,))))
)


@given(st.lists(st.one_of(st.just(Standing()), one), max_size=12), st.sampled_from([*COMPUTED, "-moved", "-due"]))
def test_every_order_holds_each_vendor_once(standings: list[Standing], sort: str) -> None:
    named = {f"vendor {number}": standing for number, standing in enumerate(standings)}
    assert sorted(order(named, sort)) == sorted(named)
