"""Which items break most: counted by what people call them, whatever the case and the spaces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vendors.measures.items import MOST_SHOWN, BrokenItem, broken_items


def test_the_one_that_breaks_most_comes_first_with_what_came_back() -> None:
    incidents = [(1, "db-01"), (2, "DB-01 "), (3, "db-01"), (4, "line"), (5, "line"), (6, ""), (7, "app")]
    found = broken_items(incidents, came_back=[2, 3, 5, 6])
    assert found.rows == (
        BrokenItem(name="db-01", cases=(1, 2, 3), repeats=2),
        BrokenItem(name="line", cases=(4, 5), repeats=1),
        BrokenItem(name="app", cases=(7,), repeats=0),
    )
    assert (found.known, found.total, found.others) == (6, 7, 0)


NAMES = st.sampled_from(["", "a", "A", "b", *(f"item {number}" for number in range(14))])


@given(st.lists(NAMES, max_size=60))
def test_every_incident_with_an_item_is_counted_once(names: list[str]) -> None:
    found = broken_items(enumerate(names), came_back=range(len(names)))
    shown = [case for row in found.rows for case in row.cases]
    assert len(shown) == len(set(shown)) == sum(row.repeats for row in found.rows)
    assert found.known == sum(bool(name) for name in names)
    assert (len(found.rows) <= MOST_SHOWN) and (len(shown) == found.known) is (found.others == 0)
