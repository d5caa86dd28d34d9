"""Numbers and dates as each language writes them."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from reports import formats


@pytest.mark.parametrize(("language", "shown"), [("en", "1,234.5"), ("fr", "1\u00a0234,5"), ("nl", "1.234,5")])
def test_numbers_have_the_separators_of_their_language(language: str, shown: str) -> None:
    assert formats.number(Fraction(12345, 10), language) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "66.7%"), ("fr", "66,7\u00a0%"), ("nl", "66,7%")])
def test_percents_keep_their_sign_on_the_line(language: str, shown: str) -> None:
    assert formats.percent(Fraction(200, 3), language) == shown


def test_halves_are_rounded_up_and_zeros_left_out() -> None:
    assert formats.number(Fraction(1, 8), "en") == "0.13"
    assert formats.percent(Fraction(70), "en") == "70%"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction("74.96"), "74.96%"), (Fraction("75.04"), "75%"), (Fraction("74.9996"), "74.9996%")],
)
def test_rounding_never_lifts_a_percent_over_a_threshold_that_it_misses(value: Fraction, shown: str) -> None:
    assert formats.percent(value, "en", thresholds=(Fraction(50), Fraction(75))) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "1\u00a0January – 31\u00a0March 2026"),
        ("fr", "1er\u00a0janvier – 31\u00a0mars 2026"),
        ("nl", "1\u00a0januari – 31\u00a0maart 2026"),
    ],
)
def test_a_period_names_its_year_once(language: str, shown: str) -> None:
    assert formats.days(date(2026, 1, 1), date(2026, 3, 31), language) == shown


def test_a_period_over_new_year_names_both_years() -> None:
    assert formats.days(date(2025, 12, 1), date(2026, 1, 31), "en") == "1\u00a0December 2025 – 31\u00a0January 2026"


def test_a_moment_is_told_in_the_time_zone_given() -> None:
    moment = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert formats.moment(moment, "fr", "Europe/Brussels") == "1er\u00a0juillet 2026, 00:30"


def test_sizes_are_counted_in_bytes_or_octets() -> None:
    assert formats.size(900, "en") == "1\u00a0kB"
    assert formats.size(123_456, "fr") == "123\u00a0ko"
    assert formats.size(1_250_000, "nl") == "1,3\u00a0MB"
