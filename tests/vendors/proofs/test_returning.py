"""Whether an accepted cause came back: plain values in, and out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.proofs.returning import WATCHED, AcceptedCause, Fate, Occurrence, outcome_of, returns_of

ACCEPTED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CAUSE = AcceptedCause(vendor=1, incident=1, problem="Disk full", accepted=ACCEPTED)
BACK = Occurrence(pk=2, vendor=1, reference="INC-2", problem="disk  FULL", opened=ACCEPTED + DAY)


def test_the_same_problem_of_the_same_vendor_after_the_acceptance_is_a_return() -> None:
    assert returns_of(CAUSE, [BACK]) == (BACK,)


@pytest.mark.parametrize(
    "other",
    [
        replace(BACK, vendor=2),
        replace(BACK, problem="Disk broken"),
        replace(BACK, problem=""),
        replace(BACK, opened=ACCEPTED),
        replace(BACK, opened=ACCEPTED - DAY),
        replace(BACK, pk=1),
    ],
)
def test_nothing_else_is(other: Occurrence) -> None:
    assert returns_of(CAUSE, [other]) == ()


def test_without_a_problem_nobody_can_see_it_come_back() -> None:
    nameless = replace(CAUSE, problem=" ")
    assert outcome_of(nameless, [replace(BACK, problem=" ")], ACCEPTED + 2 * WATCHED).fate == Fate.UNNAMED


@pytest.mark.parametrize(("known", "fate"), [(WATCHED - DAY, Fate.WATCHED), (WATCHED, Fate.STAYED_AWAY)])
def test_it_has_stayed_away_once_twelve_months_are_known(known: timedelta, fate: Fate) -> None:
    found = outcome_of(CAUSE, [], ACCEPTED + known)
    assert (found.fate, found.incidents, found.settled) == (fate, (), ACCEPTED + WATCHED)


def test_one_that_comes_back_after_a_year_came_back_all_the_same() -> None:
    late = replace(BACK, opened=ACCEPTED + 2 * WATCHED)
    assert outcome_of(CAUSE, [late], ACCEPTED + 3 * WATCHED).fate == Fate.CAME_BACK


OCCURRENCES = st.lists(
    st.builds(
        Occurrence,
        pk=st.integers(1, 50),
        vendor=st.integers(1, 3),
        reference=st.just("INC"),
        problem=st.sampled_from(["", "Disk full", "DISK FULL", "disk full ", "Network"]),
        opened=st.integers(-400, 400).map(lambda days: ACCEPTED + days * DAY),
    ),
    unique_by=lambda one: one.pk,
    max_size=12,
)


@given(OCCURRENCES, st.integers(0, 800), st.randoms())
def test_it_came_back_exactly_with_what_is_the_same_here_and_later(
    occurrences: list[Occurrence], known: int, random: object
) -> None:
    found = outcome_of(CAUSE, occurrences, ACCEPTED + known * DAY)

    assert all(one.vendor == 1 and one.opened > ACCEPTED and one.pk != 1 for one in found.incidents)
    assert {one.problem.strip().lower() for one in found.incidents} <= {"disk full"}
    assert [one.opened for one in found.incidents] == sorted(one.opened for one in found.incidents)
    assert (found.fate == Fate.CAME_BACK) == bool(found.incidents)
    # Other vendors' incidents, and the order in which all are told, change nothing.
    own = [one for one in occurrences if one.vendor == 1]
    random.shuffle(own)  # type: ignore[attr-defined]
    assert outcome_of(CAUSE, own, ACCEPTED + known * DAY) == found
