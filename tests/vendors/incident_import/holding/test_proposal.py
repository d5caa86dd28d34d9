"""What a file seems to hold, in files of which it is known how they were selected."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.incident_import.holding.simulated import FIRST_DAY, Told, evidence_of, exported
from vendors.incident_import.holding.proposal import Proposal, Why, propose
from vendors.models import Selection

FILES = 60
LONG_AFTER = datetime(2027, 5, 1, tzinfo=UTC)


def proposed(lines: list[Told], brought: datetime = LONG_AFTER) -> Proposal:
    found = propose(evidence_of(lines), brought=brought, zone=UTC)
    assert found is not None
    return found


def often(selection: Selection, *, a_month: float, days_taken: float, tells_updates: bool = False) -> Counter[str]:
    """Of sixty files that were selected so, how many seem to be of each kind."""
    found: Counter[str] = Counter()
    for seed in range(FILES):
        lines, at = exported(
            selection, Random(seed), a_month=a_month, days_taken=days_taken, tells_updates=tells_updates
        )
        found[proposed(lines, at).selection] += 1
    return found


# Each way of selecting -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("selection", list(Selection))
@pytest.mark.parametrize("tells_updates", [False, True])
def test_where_much_is_under_way_each_way_of_selecting_is_recognised(selection: Selection, tells_updates: bool) -> None:
    found = often(selection, a_month=30, days_taken=20, tells_updates=tells_updates)
    assert found[selection] >= 0.95 * FILES, found


@pytest.mark.parametrize(("a_month", "days_taken"), [(10, 1), (10, 20), (30, 5), (100, 1), (100, 5), (500, 20)])
@pytest.mark.parametrize("tells_updates", [False, True])
def test_a_file_selected_by_opening_is_seldom_taken_for_another(
    a_month: float, days_taken: float, tells_updates: bool
) -> None:
    found = often(Selection.OPENED, a_month=a_month, days_taken=days_taken, tells_updates=tells_updates)
    assert found[Selection.OPENED] >= 0.9 * FILES, found


def test_where_incidents_take_hours_a_selection_by_resolution_hardly_differs_and_is_not_claimed() -> None:
    assert often(Selection.RESOLVED, a_month=10, days_taken=1)[Selection.OPENED] == FILES


# Days ------------------------------------------------------------------------------------------------------------
def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def short(*opened: datetime) -> list[Told]:
    return [Told(moment, moment + timedelta(hours=1), None) for moment in opened]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (at(3, 1), at(5, 31), (date(2026, 3, 1), date(2026, 5, 31))),
        (at(3, 4), at(5, 28), (date(2026, 3, 1), date(2026, 5, 31))),  # three days from the edge
        (at(3, 5), at(5, 27), (date(2026, 3, 5), date(2026, 5, 27))),  # four
        (at(2, 27), at(2, 28), (date(2026, 2, 27), date(2026, 2, 28))),
    ],
)
def test_days_reach_the_edge_of_a_month_that_is_three_days_away_at_most(
    first: datetime, last: datetime, days: tuple[date, date]
) -> None:
    found = proposed(short(first, last))
    assert (found.first, found.last) == days


def test_a_day_that_was_still_to_come_is_not_proposed() -> None:
    found = proposed(short(at(3, 1), at(5, 29)), brought=at(5, 30))
    assert found.last == date(2026, 5, 29)
    assert proposed(short(at(3, 1), at(5, 29)), brought=at(5, 31)).last == date(2026, 5, 31)


def test_facts_are_known_up_to_the_latest_moment_and_not_beyond_the_day_the_file_came() -> None:
    assert proposed(short(at(3, 1), at(5, 29))).known_until == at(5, 29, 13)
    assert proposed(short(at(3, 1), at(5, 29)), brought=at(5, 29, 12)).known_until == at(5, 29, 12)


def test_open_incidents_alone_have_no_days() -> None:
    found = proposed([Told(at(3, day), None, None) for day in range(1, 6)])
    assert (found.selection, found.why, found.first, found.last) == (Selection.OPEN, Why.NONE_ENDED, None, None)


def test_a_handful_of_open_incidents_proves_nothing() -> None:
    assert proposed([Told(at(3, day), None, None) for day in range(1, 5)]).selection == Selection.OPENED


def test_a_file_without_a_moment_has_no_proposal() -> None:
    assert propose(evidence_of([]), brought=LONG_AFTER, zone=UTC) is None


# Worked by hand --------------------------------------------------------------------------------------------------
def test_early_incidents_that_would_have_ended_are_counted_by_how_long_the_others_took() -> None:
    # Six opened on 1 March and resolved on the 11th, four opened on the 11th and resolved the next day. Of all ten,
    # four lasted less than ten days: of the six early ones 2.4 would have been resolved before the 11th.
    early = [Told(at(3, 1), at(3, 11), None)] * 6
    late = [Told(at(3, 11), at(3, 12), None)] * 4
    edge = evidence_of([*early, *late]).to_resolved
    assert (edge.before, edge.expected) == (6, 2.4)


def test_those_that_would_still_be_open_are_counted_too() -> None:
    # Two lasted ten days, two none. On the last day, the 11th, the two opened on that day would be open in half of the
    # cases each, and those opened on the first in none.
    lines = [Told(at(3, 1), at(3, 11), None)] * 2 + [Told(at(3, 11), at(3, 11, 13), None)] * 2
    assert evidence_of(lines).expected_open == 1.0


def test_first_and_last_weeks_are_told_and_not_those_between() -> None:
    weeks = evidence_of(short(*(at(1, 5) + timedelta(days=7 * n) for n in range(20)))).weeks
    assert [week.monday for week in weeks[:4]] == [date(2026, 1, day) for day in (5, 12, 19, 26)]
    assert len(weeks) == 8
    assert (weeks[-1].monday, weeks[-1].opened, weeks[-1].resolved) == (date(2026, 5, 18), 1, 1)


# Whatever comes --------------------------------------------------------------------------------------------------
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
lengths = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=90)))
lines_of_files = st.lists(
    st.builds(
        lambda opened, took, touched: Told(
            opened, None if took is None else opened + took, None if touched is None else opened + touched
        ),
        moments,
        lengths,
        lengths,
    ),
    min_size=1,
    max_size=40,
)


@given(lines_of_files, st.integers(1, 40))
def test_evidence_is_the_same_in_whatever_portions_and_order_it_comes(lines: list[Told], at_once: int) -> None:
    assert evidence_of(lines, at_once=at_once) == evidence_of(sorted(lines, key=str), at_once=100)


@given(lines_of_files)
def test_evidence_survives_being_kept(lines: list[Told]) -> None:
    evidence = evidence_of(lines)
    assert type(evidence).from_data(evidence.as_data()) == evidence


@given(lines_of_files, moments)
def test_a_proposal_always_holds_together(lines: list[Told], brought: datetime) -> None:
    found = propose(evidence_of(lines), brought=brought, zone=UTC)
    assert found is not None
    assert found.known_until <= brought
    assert (found.first is None) == (found.last is None) == (found.selection == Selection.OPEN)
    if found.first is not None and found.last is not None:
        assert found.first <= found.last


def test_simulated_files_begin_with_the_first_day() -> None:
    lines, at_ = exported(Selection.RESOLVED, Random(1), a_month=30, days_taken=5)
    assert min(line.resolved for line in lines if line.resolved) >= FIRST_DAY
    assert at_ > FIRST_DAY
