"""Halves go away from zero, and what is shown never stands on another side of a line than what is meant."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.rounding import MOST_DIGITS, rounded, rounded_fairly

FRACTIONS = st.fractions(max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (Fraction(5, 2), 0, "3"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(-1, 4), 0, "0"),
        (Fraction(200, 3), 2, "66.67"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(75), 1, "75.0"),
        (Fraction(0), 2, "0.00"),
        (Fraction(10**40 + 1, 2), 0, str(5 * 10**39 + 1)),
    ],
)
def test_halves_are_rounded_away_from_zero(value: Fraction, digits: int, shown: str) -> None:
    assert str(rounded(value, digits)) == shown


def test_negative_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        rounded(Fraction(1), -1)


@given(FRACTIONS, st.integers(min_value=0, max_value=6))
def test_rounding_is_off_by_half_a_unit_at_most(value: Fraction, digits: int) -> None:
    unit = Fraction(1, 10**digits)
    error = Fraction(rounded(value, digits)) - value
    assert abs(error) <= unit / 2
    if abs(error) == unit / 2:
        assert (error > 0) == (value > 0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("74.94", "74.9"), ("74.96", "74.96"), ("75.04", "75.0"), ("74.9996", "74.9996"), ("74.99999", "75.0000")],
)
def test_decimals_are_added_until_the_line_is_on_the_right_side(value: str, shown: str) -> None:
    assert str(rounded_fairly(Fraction(value), 1, lambda near: near >= 75)) == shown


@given(FRACTIONS, st.integers(min_value=0, max_value=3), FRACTIONS)
def test_fair_rounding_judges_as_the_exact_value_or_has_all_its_decimals(
    value: Fraction, digits: int, line: Fraction
) -> None:
    shown = rounded_fairly(value, digits, lambda near: near >= line)
    places = -int(shown.as_tuple().exponent)
    assert digits <= places <= MOST_DIGITS
    assert places == MOST_DIGITS or (Fraction(shown) >= line) == (value >= line)


@given(FRACTIONS)
def test_without_a_line_nothing_is_added(value: Fraction) -> None:
    assert rounded_fairly(value, 1, lambda near: None) == rounded(value, 1) == Decimal(rounded(value, 1))
