"""Numbers, dates, lists and marks as each language writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from groundwork import words
from groundwork.languages import DEFAULT, LANGUAGE_CODES, LANGUAGES, active_language

LANGUAGE = st.sampled_from(LANGUAGE_CODES)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
FRACTIONS = st.fractions(max_denominator=10**4)


@pytest.mark.parametrize(("language", "shown"), [("en", "1,234.5"), ("fr", "1\u00a0234,5"), ("nl", "1.234,5")])
def test_numbers_have_the_separators_of_their_language(language: str, shown: str) -> None:
    assert words.number(Fraction(12345, 10), language) == shown
    assert words.number(Decimal("1234.50"), language) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "66.7%"), ("fr", "66,7\u00a0%"), ("nl", "66,7%")])
def test_percents_keep_their_sign_on_the_line(language: str, shown: str) -> None:
    assert words.percent(Fraction(200, 3), language) == shown


def test_halves_are_rounded_up_and_zeros_left_out_unless_asked_for() -> None:
    assert words.number(Fraction(1, 8), "en") == "0.13"
    assert words.percent(Fraction(70), "en") == "70%"
    assert words.number(Fraction(4, 5), "nl", fixed=True) == "0,80"
    assert words.number(Fraction(5, 2), "en", digits=0) == "3"
    assert words.number(10**30, "nl") == "1" + ".000" * 10


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction("74.96"), "74.96%"), (Fraction("75.04"), "75%"), (Fraction("74.9996"), "74.9996%")],
)
def test_rounding_never_lifts_a_percent_over_a_threshold_that_it_misses(value: Fraction, shown: str) -> None:
    assert words.percent(value, "en", thresholds=(Fraction(50), Fraction(75))) == shown


@given(FRACTIONS, st.integers(min_value=0, max_value=4), LANGUAGE)
def test_what_is_shown_lies_half_a_unit_off_at_most(value: Fraction, digits: int, language: str) -> None:
    shown = words.number(value, language, digits=digits)
    point = "." if language == DEFAULT else ","
    kept = "".join(sign for sign in shown if sign.isdigit() or sign in (point, "-"))
    assert abs(Fraction(kept.replace(point, ".")) - value) <= Fraction(1, 2 * 10**digits)


@given(FRACTIONS, LANGUAGE)
def test_no_number_can_be_torn_apart_at_the_end_of_a_line(value: Fraction, language: str) -> None:
    assert " " not in words.percent(value, language)


@pytest.mark.parametrize(
    ("language", "numbers"),
    [("en", {"0": 2, "0.5": 2, "1": 1, "1.5": 2, "2": 2}), ("fr", {"0": 1, "0.5": 1, "1.5": 1, "2": 2, "1000000": 2})],
)
def test_decimals_take_the_grammatical_number_of_the_language(language: str, numbers: dict[str, int]) -> None:
    assert {said: words.plural(Decimal(said), language) for said in numbers} == numbers
    assert words.plural(Decimal("1.0"), language) == words.plural(-1, language) == 1


def test_sizes_are_counted_in_bytes_or_octets() -> None:
    assert words.size(900, "en") == "1\u00a0kB"
    assert words.size(123_456, "fr") == "123\u00a0ko"
    assert words.size(1_250_000, "nl") == "1,3\u00a0MB"
    assert words.size(0, "en") == "1\u00a0kB"


@pytest.mark.parametrize(
    ("language", "shown", "without_year", "short"),
    [
        ("en", "1\u00a0October 2026", "1\u00a0October", "1\u00a0Oct"),
        ("fr", "1er\u00a0octobre 2026", "1er\u00a0octobre", "1er\u00a0oct."),
        ("nl", "1\u00a0oktober 2026", "1\u00a0oktober", "1\u00a0okt"),
    ],
)
def test_the_first_of_a_month_is_written_as_the_language_says_it(
    language: str, shown: str, without_year: str, short: str
) -> None:
    first = date(2026, 10, 1)
    assert words.day(first, language) == shown
    assert words.day(first, language, year=False) == without_year
    assert words.day(first, language, year=False, short=True) == short
    assert words.day(date(2026, 10, 11), "fr") == "11\u00a0octobre 2026"


@given(DAYS, LANGUAGE)
def test_a_day_keeps_to_its_month_at_the_end_of_a_line(day: date, language: str) -> None:
    for short in (False, True):
        first, year = words.day(day, language, short=short).split(" ")
        assert first.startswith(str(day.day))
        assert "\u00a0" in first
        assert year == str(day.year)
        assert words.day(day, language, short=short, year=False) == first


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "1\u00a0January – 31\u00a0March 2026"),
        ("fr", "1er\u00a0janvier – 31\u00a0mars 2026"),
        ("nl", "1\u00a0januari – 31\u00a0maart 2026"),
    ],
)
def test_a_period_names_its_year_once(language: str, shown: str) -> None:
    assert words.days(date(2026, 1, 1), date(2026, 3, 31), language) == shown


def test_a_period_over_new_year_names_both_years() -> None:
    assert words.days(date(2025, 12, 1), date(2026, 1, 31), "en") == "1\u00a0December 2025 – 31\u00a0January 2026"


@pytest.mark.parametrize(
    ("language", "shown", "short"),
    [("en", "June 2026", "Jun 2026"), ("fr", "juin 2026", "juin 2026"), ("nl", "juni 2026", "jun 2026")],
)
def test_a_month_stands_with_its_year(language: str, shown: str, short: str) -> None:
    assert words.month(date(2026, 6, 7), language) == shown
    assert words.month(date(2026, 6, 7), language, short=True) == short


def test_a_moment_is_told_in_the_time_zone_given_else_in_the_current_one() -> None:
    moment = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    brussels = ZoneInfo("Europe/Brussels")
    assert words.moment(moment, "fr", zone=brussels) == "1er\u00a0juillet 2026 à\u00a000:30"
    assert words.moment(moment, "nl", zone=brussels) == "1\u00a0juli 2026 om\u00a000:30"
    with timezone.override(UTC):
        assert words.moment(moment, "en") == "30\u00a0June 2026, 22:30"
        assert words.day(moment, "en") == "30\u00a0June 2026"
    with timezone.override(ZoneInfo("Europe/Brussels")):
        assert words.day(moment, "en") == "1\u00a0July 2026"


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_the_clock_has_24_hours(language: str) -> None:
    assert words.clock(datetime(2026, 3, 2, 0, 5, tzinfo=UTC), language) == "00:05"
    assert words.clock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC), language) == "15:00"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), ("less than a minute", "moins d’une minute", "minder dan een minuut")),
        (timedelta(seconds=59), ("less than a minute", "moins d’une minute", "minder dan een minuut")),
        (timedelta(minutes=1), ("1 minute", "1 minute", "1 minuut")),
        (timedelta(hours=4, minutes=20), ("4 hours 20 minutes", "4 heures 20 minutes", "4 uur 20 minuten")),
        (timedelta(days=2, hours=4, minutes=9), ("2 days 4 hours", "2 jours 4 heures", "2 dagen 4 uur")),
        (timedelta(days=1, minutes=9), ("1 day", "1 jour", "1 dag")),
        (timedelta(days=1200), ("1,200 days", "1\u00a0200 jours", "1.200 dagen")),
    ],
)
def test_a_duration_has_its_two_largest_units_side_by_side(length: timedelta, said: tuple[str, ...]) -> None:
    assert tuple(words.duration(length, language) for language in ("en", "fr", "nl")) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("a and b", "a, b and c")), ("fr", ("a et b", "a, b et c")), ("nl", ("a en b", "a, b en c"))],
)
def test_lists_are_joined_as_a_sentence_says_them(language: str, said: tuple[str, str]) -> None:
    assert (words.joined(["a", "b"], language), words.joined(["a", "b", "c"], language)) == said
    assert (words.joined(["a"], language), words.joined([], language)) == ("a", "")


def test_what_is_left_out_of_a_list_is_counted() -> None:
    assert words.named(["INC-3", "INC-2"]) == "INC-3, INC-2"
    assert words.named(["INC-3", "INC-2"], 12) == "INC-3, INC-2 and 12 more"
    with translation.override("fr"):
        assert words.named(["INC-3"], 1).startswith("INC-3 et 1 ")


@pytest.mark.parametrize(
    ("language", "marks"),
    [("en", (":", ";", "“a”")), ("fr", ("\u00a0:", "\u202f;", "«\u00a0a\u00a0»")), ("nl", (":", ";", "“a”"))],
)
def test_marks_keep_the_spaces_of_the_language(language: str, marks: tuple[str, str, str]) -> None:
    assert (words.colon(language), words.semicolon(language), words.quoted("a", language)) == marks


IN_ANY_LANGUAGE: list[Callable[[str], str]] = [
    lambda language: words.number(Fraction(1234567, 1000), language),
    lambda language: words.percent(Fraction(200, 3), language),
    lambda language: words.size(1_250_000, language),
    lambda language: words.day(date(2026, 10, 1), language),
    lambda language: words.days(date(2026, 1, 1), date(2026, 3, 31), language),
    lambda language: words.month(date(2026, 10, 1), language),
    lambda language: words.moment(datetime(2026, 10, 1, 9, 5, tzinfo=UTC), language),
    lambda language: words.duration(timedelta(days=2, hours=4), language),
    lambda language: words.joined(["a", "b", "c"], language),
    words.colon,
    words.semicolon,
    lambda language: words.quoted("a", language),
    lambda language: words.labelled("a", "b", language),
    lambda language: words.apart(["a", "b"], language),
]


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_without_a_language_the_active_one_is_taken(language: str) -> None:
    with translation.override(language):
        inside = [write("") for write in IN_ANY_LANGUAGE]
        other = [write(DEFAULT) for write in IN_ANY_LANGUAGE]
    assert inside == [write(language) for write in IN_ANY_LANGUAGE]
    assert other == [write(DEFAULT) for write in IN_ANY_LANGUAGE]


def test_a_region_does_not_change_the_language_and_a_strange_one_is_the_default() -> None:
    with translation.override("fr-be"):
        assert active_language() == "fr"
    with translation.override("de"):
        assert active_language() == DEFAULT
    with translation.override(None):
        assert active_language() == DEFAULT


def test_a_language_nobody_listed_is_refused() -> None:
    with pytest.raises(KeyError):
        words.colon("xx")
    assert list(LANGUAGES) == [one.code for one in LANGUAGES.values()]


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "1\u00a0Oct 2026"), ("fr", "1er\u00a0oct. 2026"), ("nl", "1\u00a0okt 2026")],
)
def test_a_table_has_its_days_with_a_short_month_and_no_order_to_guess(language: str, shown: str) -> None:
    first = datetime(2026, 10, 1, 7, 5, tzinfo=UTC)
    with timezone.override(UTC):
        assert words.short_day(first, language) == words.short_day(first.date(), language) == shown
        assert words.short_moment(first, language) == f"{shown}, 07:05"


def test_months_are_shortened_as_each_language_does_it() -> None:
    """“Jui” would be June and July; Dutch has no capital."""
    said = [words.month(date(2026, number, 1), "fr", short=True).removesuffix(" 2026") for number in range(1, 13)]
    assert said == ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
    said = [words.month(date(2026, number, 1), "nl", short=True).removesuffix(" 2026") for number in range(1, 13)]
    assert said == ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]


def test_a_label_and_a_row_of_parts_take_the_marks_of_the_language() -> None:
    assert words.labelled("Sum", 3, "en") == words.labelled("Sum", 3, "nl") == "Sum: 3"
    assert words.labelled("Sum", 3, "fr") == "Sum\u00a0: 3"
    assert words.apart(["a", "", "b", "c"], "en") == "a; b; c"
    assert words.apart(iter(["a", "b"]), "fr") == "a\u202f; b"
    assert words.apart([], "fr") == ""
    assert [words.percent_sign(language) for language in LANGUAGE_CODES] == ["%", "\u00a0%", "%"]


def test_the_name_of_a_language_within_a_sentence_has_the_capital_of_the_language_around_it() -> None:
    assert [words.language_within("fr", language) for language in ("en", "fr", "nl")] == ["French", "français", "Frans"]
