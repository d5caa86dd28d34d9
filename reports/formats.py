"""Numbers and dates as each language writes them. Plain values in, text out: no clock, no active language."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from assessments.score.arithmetic import rounded

NO_BREAK = "\u00a0"
LOCALES = {"en": "en_GB", "fr": "fr", "nl": "nl"}
MOST_DIGITS = 4


def number(value: Fraction | int, language: str, *, digits: int = 2) -> str:
    """At most so many decimals, halves rounded up, no trailing zeros: 1 234,5."""
    shown = rounded(Fraction(value), digits)
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    text: str = format_decimal(shown, format=pattern, locale=LOCALES[language])
    return text.replace("\u202f", NO_BREAK)


def percent(value: Fraction | int, language: str, *, digits: int = 1, thresholds: tuple[Fraction, ...] = ()) -> str:
    """“66.7%”, “66,7 %”. More decimals where rounding would lift a percent over a threshold that it misses."""
    exact = Fraction(value)
    while digits < MOST_DIGITS and any((Fraction(rounded(exact, digits)) >= t) != (exact >= t) for t in thresholds):
        digits += 1
    sign = f"{NO_BREAK}%" if language == "fr" else "%"
    return number(exact, language, digits=digits) + sign


def day(value: date, language: str, *, year: bool = True) -> str:
    """“1 March 2026”, “1er mars 2026”, “1 maart 2026”; never broken between the day and its month."""
    text: str = format_date(value, "d MMMM y" if year else "d MMMM", locale=LOCALES[language])
    if language == "fr" and value.day == 1:
        text = text.replace("1 ", "1er ", 1)
    return text.replace(" ", NO_BREAK, 1)


def days(start: date, end: date, language: str) -> str:
    """“1 January – 31 March 2026”; the first year only where it differs."""
    return f"{day(start, language, year=start.year != end.year)} – {day(end, language)}"


def moment(value: datetime, language: str, time_zone: str) -> str:
    """“2 March 2026, 10:30”, in the time zone given."""
    local = value.astimezone(ZoneInfo(time_zone))
    clock = format_time(local, "HH:mm", locale=LOCALES[language])
    return f"{day(local.date(), language)}, {clock}"


def size(octets: int, language: str) -> str:
    """“12 kB”, “1,4 MB”; in French “12 ko”, “1,4 Mo”."""
    unit = "o" if language == "fr" else "B"
    if octets >= 1_000_000:
        return f"{number(Fraction(octets, 1_000_000), language, digits=1)}{NO_BREAK}M{unit}"
    return f"{number(max(1, round(octets / 1000)), language, digits=0)}{NO_BREAK}k{unit}"
