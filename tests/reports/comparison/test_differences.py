"""When a difference of two vendors in a rule is clear: worked examples, and properties that hold for all of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.score.arithmetic import Confidence
from reports.comparison.differences import Doubt, RuleDifferences, Side, doubts, in_rule

LEVELS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


def side(percent: int | None, low: int | None = None, high: int | None = None, **fields: object) -> Side:
    given = {"edition": "2026.1", "confidence": Confidence.MEDIUM, **fields}
    bounds = [None if bound is None else Fraction(bound) for bound in (low, high)]
    whole = None if percent is None else Fraction(percent)
    return Side(percent=whole, low=bounds[0], high=bounds[1], **given)  # type: ignore[arg-type]


NOT_RATED = side(None, 0, 100)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (side(90, 85, 95), side(60, 55, 70), ()),
        (side(60, 55, 70), side(90, 85, 95), ()),
        (side(65, 55, 70), side(70, 60, 80), (Doubt.OVERLAP,)),
        (side(60, 50, 70), side(75, 70, 80), (Doubt.OVERLAP,)),  # bounds that touch leave both the same
        (side(80), side(75), ()),  # nothing is missing: the bounds are the percent
        (side(75), side(75), (Doubt.OVERLAP,)),
        (side(90), side(40, edition="2026.2"), (Doubt.OTHER_EDITION,)),
        (side(90), side(40, confidence=Confidence.LOW), (Doubt.LOW_CONFIDENCE,)),
        (side(90, confidence=Confidence.HIGH), side(40), ()),
        (side(90), NOT_RATED, (Doubt.NOT_RATED,)),
        (NOT_RATED, NOT_RATED, (Doubt.NOT_RATED,)),
        (
            side(65, 55, 70, confidence=Confidence.LOW),
            side(70, 60, 80, edition="2026.2"),
            (Doubt.OTHER_EDITION, Doubt.LOW_CONFIDENCE, Doubt.OVERLAP),
        ),
    ],
)
def test_each_doubt_has_its_case(one: Side, other: Side, expected: tuple[Doubt, ...]) -> None:
    assert doubts(one, other) == expected


def test_the_best_of_a_rule_is_held_against_each_other_vendor() -> None:
    low = side(50, confidence=Confidence.LOW)
    found = in_rule([side(60, 50, 70), side(90, 85, 95), side(80, 75, 90), NOT_RATED, low])

    assert found.best == 1
    assert found.clear == (0,)
    assert [(one.other, one.doubts) for one in found.unclear] == [
        (2, (Doubt.OVERLAP,)),
        (4, (Doubt.LOW_CONFIDENCE,)),
    ]
    assert found.not_rated == (3,)


def test_of_equals_the_one_that_was_chosen_first_is_the_best() -> None:
    assert in_rule([side(40), side(75), side(75)]).best == 1


def test_where_nobody_is_rated_nothing_is_held_against_anything() -> None:
    assert in_rule([NOT_RATED, NOT_RATED]) == RuleDifferences(best=None, differences=())


def test_bounds_of_what_is_not_rated_are_refused() -> None:
    with pytest.raises(ValueError, match="not rated"):
        _ = NOT_RATED.bounds


# Properties -------------------------------------------------------------------------------------------------------
percents = st.fractions(min_value=0, max_value=100, max_denominator=12)


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """A rule of any vendor: its percent lies within its bounds, as the arithmetic makes them."""
    low, percent, high = sorted(draw(st.tuples(percents, percents, percents)))
    return Side(
        percent=draw(st.sampled_from([percent, percent, percent, None])),
        low=low,
        high=high,
        edition=draw(st.sampled_from(["2026.1", "2026.1", "2026.2"])),
        confidence=draw(st.sampled_from(LEVELS)),
    )


@given(sides(), sides())
def test_nobody_is_favoured_by_standing_first(one: Side, other: Side) -> None:
    assert doubts(one, other) == doubts(other, one)


@given(sides(), sides(), st.fractions(0, 1), st.fractions(0, 1))
def test_a_clear_difference_stays_whatever_the_missing_grades_turn_out_to_be(
    one: Side, other: Side, share: Fraction, other_share: Fraction
) -> None:
    """The promise of the word “clear”: no completion of either questionnaire turns the two around or makes them
    equal."""
    if doubts(one, other):
        return
    assert one.percent is not None
    assert other.percent is not None
    (low, high), (other_low, other_high) = one.bounds, other.bounds
    completed, other_completed = low + share * (high - low), other_low + other_share * (other_high - other_low)
    assert (completed > other_completed) == (one.percent > other.percent)
    assert completed != other_completed


@given(sides(), sides(), percents)
def test_knowing_less_never_makes_a_difference_clear(one: Side, other: Side, by: Fraction) -> None:
    if not one.is_rated:
        return
    low, high = one.bounds
    wider = replace(one, low=max(low - by, Fraction(0)), high=min(high + by, Fraction(100)))
    assert set(doubts(one, other)) <= set(doubts(wider, other))
    assert set(doubts(one, other)) <= set(doubts(replace(one, confidence=Confidence.LOW), other))


@given(sides(), sides())
def test_it_is_clear_exactly_where_all_three_conditions_hold(one: Side, other: Side) -> None:
    """Said once more, in the words of the rule: both rated, bounds apart, one edition, medium confidence at least."""
    is_clear = (
        one.percent is not None
        and other.percent is not None
        and (one.low > other.high or other.low > one.high)  # type: ignore[operator]
        and one.edition == other.edition
        and all(each.confidence in (Confidence.MEDIUM, Confidence.HIGH) for each in (one, other))
    )
    assert (doubts(one, other) == ()) is is_clear


@given(st.lists(sides(), min_size=2, max_size=5))
def test_every_other_vendor_is_spoken_of_once_and_the_order_decides_nothing_but_ties(chosen: list[Side]) -> None:
    found = in_rule(chosen)
    if found.best is None:
        assert not any(each.is_rated for each in chosen)
        return
    spoken_of = [*found.clear, *(one.other for one in found.unclear), *found.not_rated]
    assert sorted([found.best, *spoken_of]) == list(range(len(chosen)))
    best = chosen[found.best].percent
    assert best == max(each.percent for each in chosen if each.percent is not None)
    again = in_rule(chosen[::-1])
    assert again.best is not None
    assert chosen[::-1][again.best].percent == best
