"""Exact numbers rounded for showing: halves away from zero, and never over a line that the exact value misses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import floor

MOST_DIGITS = 4


def rounded(value: Fraction, digits: int = 0) -> Decimal:
    """The value with so many digits after the point, halves away from zero: 2.5 → 3."""
    if digits < 0:
        raise ValueError(f"digits may not be negative: {digits}")
    units = floor(abs(value) * 10**digits + Fraction(1, 2))
    sign = 1 if value < 0 and units else 0
    # Built from its digits, because arithmetic on Decimal would round again to the context's precision.
    return Decimal((sign, tuple(int(digit) for digit in str(units)), -digits))


def rounded_fairly(
    value: Fraction, digits: int, judge: Callable[[Fraction], object], *, most: int = MOST_DIGITS
) -> Decimal:
    """With so many digits, or as many more (`most` at most) as it takes for `judge` to say of what is shown what it
    says of the exact value: 74.96 is not shown as 75 where 75 would be enough."""
    while digits < most and judge(Fraction(rounded(value, digits))) != judge(value):
        digits += 1
    return rounded(value, digits)
