"""Numbers, dates and marks as each language writes them: in the language given, else in the active one.

Babel knows the rules; `languages` knows what it does not. What is formatted often is kept: a page shows hundreds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.languages import LANGUAGES, NARROW_NO_BREAK, NO_BREAK, active_language
from groundwork.rounding import MOST_DIGITS, rounded, rounded_fairly

Exact = Fraction | Decimal | int


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LANGUAGES[language].locale)


# Numbers ---------------------------------------------------------------------------------------------------------
def number(value: Exact, language: str = "", *, digits: int = 2, fixed: bool = False) -> str:
    """“1,234.5”, “1 234,5”, “1.234,5”: so many decimals at most, halves rounded up; trailing zeros where `fixed`."""
    return _number(Fraction(value), digits, language or active_language(), fixed=fixed)


@lru_cache(maxsize=4096)
def _number(value: Fraction, digits: int, language: str, *, fixed: bool) -> str:
    decimals = ("0" if fixed else "#") * digits
    pattern, exact = f"#,##0.{decimals}" if digits else "#,##0", rounded(value, digits)
    with localcontext(prec=max(28, len(exact.as_tuple().digits) + 1)):  # Babel refuses what the context cannot hold
        shown = format_decimal(exact, format=pattern, locale=_locale(language))
    # The fonts of page and paper have the wider one, and French allows both.
    return shown.replace(NARROW_NO_BREAK, NO_BREAK)


def percent(value: Exact, language: str = "", *, digits: int = 1, thresholds: Sequence[Fraction] = ()) -> str:
    """“66.7%”, “66,7 %”. More decimals where rounding would lift a percent over a threshold that it misses."""
    return _percent(Fraction(value), digits, tuple(thresholds), language or active_language())


@lru_cache(maxsize=4096)
def _percent(value: Fraction, digits: int, thresholds: tuple[Fraction, ...], language: str) -> str:
    shown = rounded_fairly(value, digits, lambda near: [near >= line for line in thresholds])
    return number(shown, language, digits=MOST_DIGITS) + percent_sign(language)


def plural(value: Exact, language: str = "") -> int:
    """For ngettext, which takes whole numbers: 1.5 is plural in English and Dutch, singular in French."""
    shown = rounded(abs(Fraction(value)), MOST_DIGITS).normalize()
    return 1 if _locale(language or active_language()).plural_form(shown) == "one" else 2


def points(value: Exact, language: str = "", *, digits: int = 1) -> str:
    """“12.5 percentage points”: by how much two percents differ, for “percent” could mean percent of a percent."""
    language, shown = language or active_language(), rounded(Fraction(value), digits)
    with translation.override(language):
        said = ngettext("%(number)s percentage point", "%(number)s percentage points", plural(shown))
    return (said % {"number": number(shown, language)}).replace(" ", NO_BREAK, 1)


def size(octets: int, language: str = "") -> str:
    """“12 kB”, “1,4 MB”; in French “12 ko”, “1,4 Mo”."""
    language = language or active_language()
    byte = LANGUAGES[language].byte
    if octets >= 1_000_000:
        return f"{number(Fraction(octets, 1_000_000), language, digits=1)}{NO_BREAK}M{byte}"
    return f"{number(max(Fraction(1), Fraction(octets, 1000)), language, digits=0)}{NO_BREAK}k{byte}"


# Dates -----------------------------------------------------------------------------------------------------------
def day(value: date, language: str = "", *, year: bool = True, short: bool = False) -> str:
    """“1 March 2026”, “1er mars 2026”, “1 maart 2026”; never broken between the day and its month.

    A moment is told as the day that it falls on in the current time zone.
    """
    month = "MMM" if short else "MMMM"
    return _day(_here(value), f"y{month}d" if year else f"{month}d", language or active_language())


def _here(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


@lru_cache(maxsize=4096)
def _day(value: date, skeleton: str, language: str) -> str:
    text = _dated(value, skeleton, language)
    if value.day == 1:
        text = text.replace("1", LANGUAGES[language].first_day, 1)
    return text.replace(" ", NO_BREAK, 1)


def _dated(value: date, skeleton: str, language: str) -> str:
    """By the parts that a date shall have; each language has its own order of them."""
    locale = _locale(language)
    patterns = {"yMMMMd": locale.date_formats["long"], "yMMMd": locale.date_formats["medium"]}
    pattern = patterns.get(skeleton) or locale.datetime_skeletons[skeleton]
    return str(pattern.apply(value, locale))


def days(start: date, end: date, language: str = "") -> str:
    """“1 January – 31 March 2026”; the first year only where it differs."""
    return f"{day(start, language, year=start.year != end.year)} – {day(end, language)}"


def month(value: date, language: str = "", *, short: bool = False) -> str:
    """“March 2026”, “mars 2026”; short “Mar 2026”."""
    return _dated(value, "yMMM" if short else "yMMMM", language or active_language())


def moment(value: datetime, language: str = "", *, zone: tzinfo | None = None) -> str:
    """“2 March 2026, 10:30”, “2 mars 2026 à 10:30”, in the time zone given, else in the current one."""
    language, local = language or active_language(), timezone.localtime(value, zone)
    return f"{day(local.date(), language)}{LANGUAGES[language].at}{clock(local, language)}"


def clock(value: datetime, language: str = "") -> str:
    """“10:30”, as the moment itself counts its hours."""
    return format_time(value, "short", tzinfo=value.tzinfo, locale=_locale(language or active_language()))


def short_day(value: date, language: str = "") -> str:
    """“1 Mar 2026”, “1er mars 2026”, “1 mrt 2026”: for tables; in figures alone 03/04 would be March to some."""
    return day(value, language, short=True)


def short_moment(value: datetime, language: str = "") -> str:
    """“1 Mar 2026, 10:30” for tables, in every language: in the current time zone."""
    return f"{short_day(value, language)}, {clock(timezone.localtime(value), language)}"


def weekday(number: int, language: str = "", *, short: bool = False) -> str:
    """“Monday”, “lundi”, “maandag” for 0; short “Mon”, “lun.”, “ma”."""
    width = "abbreviated" if short else "wide"
    return str(_locale(language or active_language()).days["stand-alone"][width][number])


def country(code: str, language: str = "") -> str:
    """“Belgium”, “Belgique”, “België” for BE; a code that is no country stays as it is."""
    return str(_locale(language or active_language()).territories.get(code, code))


def language_within(code: str, language: str = "") -> str:
    """“French”, “français”, “Frans” for fr: as it stands within a sentence."""
    return str(_locale(language or active_language()).languages[code])


def duration(length: timedelta, language: str = "") -> str:
    """“2 days 4 hours”, “35 minutes”: the two largest units, the second only where there is any of it."""
    minutes = int(length.total_seconds()) // 60
    count = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    with translation.override(language or active_language()):
        patterns = {
            "day": ngettext("%(n)s day", "%(n)s days", count["day"]),
            "hour": ngettext("%(n)s hour", "%(n)s hours", count["hour"]),
            "minute": ngettext("%(n)s minute", "%(n)s minutes", count["minute"]),
        }
        units = list(count)
        first = next((at for at, unit in enumerate(units) if count[unit]), None)
        if first is None:
            return _("less than a minute")
        return " ".join(patterns[unit] % {"n": number(count[unit])} for unit in units[first : first + 2] if count[unit])


# Lists and marks -------------------------------------------------------------------------------------------------
def joined(items: Sequence[str], language: str = "") -> str:
    """“a”, “a and b”, “a, b and c”: as part of a sentence."""
    return format_list(items, locale=_locale(language or active_language()))


def named(names: Sequence[str], more: int = 0) -> str:
    """“INC-3, INC-2 and 12 more”, in the active language; without more, a list to stand behind a colon."""
    listed = ", ".join(names)
    if not more:
        return listed
    said = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more)
    return said % {"names": listed, "count": more}


def colon(language: str = "") -> str:
    return LANGUAGES[language or active_language()].colon


def percent_sign(language: str = "") -> str:
    """“%”, with what stands before it: a space that does not break, or nothing."""
    return str(_locale(language or active_language()).percent_formats[None].suffix[0])


def semicolon(language: str = "") -> str:
    return LANGUAGES[language or active_language()].semicolon


def labelled(name: object, value: object, language: str = "") -> str:
    """“name: value”, “name : value”."""
    return f"{name}{colon(language)} {value}"


def apart(parts: Iterable[str], language: str = "") -> str:
    """“a; b; c”, “a ; b ; c”: what is empty is left out."""
    return f"{semicolon(language)} ".join(filter(None, parts))


def quoted(text: str, language: str = "") -> str:
    """“text”, « texte »."""
    before, after = LANGUAGES[language or active_language()].quotes
    return f"{before}{text}{after}"


def isolated(text: object) -> str:
    """Keeps a name that runs from right to left from turning around the words beside it."""
    content = str(text)
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in content):
        return f"\u2068{content}\u2069"
    return content
