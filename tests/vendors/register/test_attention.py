"""The order of the list: what needs attention first, by any column, and never by an average."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.models import Tier, Vendor
from vendors.register.attention import ATTENTION, COLUMNS, chosen_sort, in_order
from vendors.standings import Due, Moves, Result, Standing


def result(met: int = 3, broken: int = 0, lowest: str | None = "60", **fields: Any) -> Result:
    given_ = {"contradicted": (), "moves": None, **fields}
    return Result(
        met=met,
        broken=broken,
        lowest=None if lowest is None else Decimal(lowest),
        lowest_said="",
        weakest="",
        weakest_position=1,
        scorecard=None,
        **given_,
    )


def order(standings: dict[str, Standing], sort: str = ATTENTION, **tiers: Tier) -> list[str]:
    vendors = [Vendor(pk=pk, name=name, tier=tiers.get(name, Tier.STANDARD)) for pk, name in enumerate(standings, 1)]
    by_key = {vendor.pk: standings[vendor.name] for vendor in vendors}
    return [row.vendor.name for row in in_order(vendors, by_key, sort, decide_by={})]


def test_four_broken_rules_stand_before_two_however_many_are_met() -> None:
    standings = {"none met": result(met=0, broken=2, lowest="10"), "one met": result(met=1, broken=4, lowest="40")}
    assert order({name: Standing(result=one) for name, one in standings.items()}) == ["one met", "none met"]


def test_of_as_many_broken_the_lowest_rule_decides() -> None:
    standings = {"a": result(broken=1, lowest="41.67"), "b": result(broken=1, lowest="12.5"), "c": result(lowest=None)}
    assert order({name: Standing(result=one) for name, one in standings.items()}) == ["b", "a", "c"]


def test_a_contradicted_rule_counts_as_a_broken_one() -> None:
    standings = {
        "one broken": result(broken=1, lowest="10"),
        "two contradicted": result(met=7, lowest="80", contradicted=(5, 6)),
        "nothing measured": result(met=7, lowest="75", contradicted=None),
    }
    assert order({name: Standing(result=one) for name, one in standings.items()}) == [
        "two contradicted",
        "one broken",
        "nothing measured",
    ]


def test_the_never_assessed_come_last_and_of_them_the_critical_first() -> None:
    standings = {"a": Standing(), "z": Standing(), "met": Standing(result=result(met=7, lowest="100"))}
    assert order(standings, z=Tier.CRITICAL) == ["met", "z", "a"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["A", "b", "c"]),
        ("-name", ["c", "b", "A"]),
        ("tier", ["b", "A", "c"]),
        ("-tier", ["A", "c", "b"]),
        ("met", ["b", "A", "c"]),
        ("-met", ["A", "b", "c"]),
        ("weakest", ["A", "b", "c"]),
        ("-weakest", ["b", "A", "c"]),
        ("contradicted", ["A", "b", "c"]),
        ("-contradicted", ["b", "A", "c"]),
        ("moved", ["A", "b", "c"]),
        ("-moved", ["b", "A", "c"]),
        ("due", ["c", "A", "b"]),
        ("-due", ["A", "c", "b"]),
    ],
)
def test_each_column_sorts_both_ways_and_what_is_missing_stays_last(sort: str, found: list[str]) -> None:
    standings = {
        "c": Standing(due=Due(words="", day=date(2026, 1, 2))),
        "b": Standing(
            result=result(met=1, broken=2, lowest="30", contradicted=(5,), moves=Moves(better=(1,))),
            due=Due(words="", day=None),
        ),
        "A": Standing(
            result=result(met=1, broken=1, lowest="20", moves=Moves(worse=(2,))),
            due=Due(words="", day=date(2026, 3, 1)),
        ),
    }
    assert order(standings, sort, b=Tier.CRITICAL) == found


@pytest.mark.parametrize("asked", ["", "password", "-", "--met", "attention", "-attention"])
def test_what_is_no_column_means_what_needs_attention(asked: str) -> None:
    assert chosen_sort(asked) == ATTENTION


one = st.one_of(
    st.just(Standing()),
    st.builds(
        lambda met, broken, lowest, wrong: Standing(
            result=result(met=met, broken=broken, lowest=lowest, contradicted=wrong)
        ),
        st.integers(0, 7),
        st.integers(0, 7),
        st.one_of(st.none(), st.integers(0, 100).map(str)),
        st.sampled_from([None, (), (5,), (5, 6)]),
    ),
)


@given(st.lists(one, max_size=12), st.sampled_from([ATTENTION, *COLUMNS, *(f"-{name}" for name in COLUMNS)]))
def test_every_order_holds_each_vendor_once_and_attention_never_puts_fewer_broken_first(
    standings: list[Standing], sort: str
) -> None:
    named = {f"vendor {number}": standing for number, standing in enumerate(standings)}
    found = order(named, sort)
    assert sorted(found) == sorted(named)
    if sort == ATTENTION:
        results = [named[name].result for name in found]
        rated = [one for one in results if one]
        assert results[: len(rated)] == rated  # the others come last
        wrong = [one.broken + len(one.contradicted or ()) for one in rated]
        assert wrong == sorted(wrong, reverse=True)


def test_the_day_to_decide_by_sorts_both_ways_and_vendors_without_one_stay_last() -> None:
    vendors = [Vendor(pk=pk, name=name, tier=Tier.STANDARD) for pk, name in enumerate("abc", 1)]
    days = {1: date(2026, 9, 30), 3: date(2026, 6, 30)}
    standings = dict.fromkeys((1, 2, 3), Standing())
    for sort, expected in (("decide", "cab"), ("-decide", "acb")):
        rows = in_order(vendors, standings, sort, decide_by=days)
        assert "".join(row.vendor.name for row in rows) == expected
        assert [row.decide_by for row in rows if row.vendor.pk == 2] == [None]
