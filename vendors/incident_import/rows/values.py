"""One cell to a value: None where nothing is said, or a Problem. Each reader remembers what it has read: columns of
exports repeat themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from groundwork.clean_text import cleaned, is_plain
from groundwork.folding import folded
from groundwork.tables.cells import restore
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import SOURCE, Options
from vendors.incident_import.limits import MAX_CELL
from vendors.incident_import.rows import lengths
from vendors.incident_import.rows.problems import RowProblem
from vendors.models import Sla

_FIRST_WORD = re.compile(r"[^\W\d_]+")
MAX_SMALL = 32_767
REMEMBERED = 20_000
POWER_OF_TEN = re.compile(r"^\d(?:[.,]\d+)?E\+\d{1,3}$", re.IGNORECASE)
_TIME_LEFT = re.compile(r"^[-\u2212]?\s*\d+\s*([:.,]\d|[a-z]|$)", re.IGNORECASE)


class Remembering(dict[str, Any]):
    """`reader[text]`: what `read(text)` gives, kept for the next time; bounded."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[text] = self.read(text)
        return value


def _line_of(text: str) -> str:
    """One clean line, without our own mark against formulas."""
    if len(text) > MAX_CELL:
        text = text[:MAX_CELL]
    line = cleaned(text)
    return line if "'" not in line else cleaned(restore(text.strip()))


def clean_cell(text: str) -> str:
    """One clean line; empty where a cell only says that nothing is known."""
    text = _line_of(text)
    return "" if len(text) < 12 and folded(text) in presets.words("unknown") else text


def _word(text: str) -> str:
    """To be compared with words."""
    text = clean_cell(text)
    return folded(text)


def text_reader(most: int) -> Callable[[str], str | None]:
    """What is longer than the database keeps is cut: the end of a title is no reason to leave an incident out."""
    unknown = presets.words("unknown")

    def read(text: str) -> str | None:
        if 12 <= len(text) <= most and is_plain(text) and "'" not in text:
            return text  # as nearly all titles are
        text = _line_of(text)
        if len(text) > most:
            return f"{text[: most - 1].rstrip()}…"
        return None if len(text) < 12 and text.casefold() in unknown else text

    return read


def reference_reader(most: int) -> Callable[[str], str | RowProblem | None]:
    """As a text, but never cut: two that differ at the end are not the same. What a spreadsheet has made of a long
    number says nothing: all of them are 2,02603E+14."""

    unknown = presets.words("unknown")

    def read(text: str) -> str | RowProblem | None:
        if len(text) <= most and text.isascii() and text.isalnum() and text.lower() not in unknown:
            return text  # as nearly all references are
        value = clean_cell(text)
        if "+" in value and POWER_OF_TEN.match(value):
            return RowProblem(code="reference_power_of_ten", values={"text": value})
        if len(value) > most:
            return RowProblem(code="too_long", values={"count": most})
        return value or None

    return read


def source(text: str) -> str | RowProblem | None:
    """As sources are written everywhere, in small letters."""
    word = _word(text)
    return (word if SOURCE.match(word) else RowProblem(code="source_unreadable")) if word else None


def as_read(text: str) -> str:
    """How a text that people wrote comes back from a cell: one line of what can be seen."""
    return _line_of(text)


def number(text: str) -> int | RowProblem | None:
    """0 to 32,767; “2.0” and yes or no, too: some tools only say whether it was reopened."""
    text = clean_cell(text)
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 6:
        value = Decimal(text)
    else:
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            word = folded(text)
            if word in presets.words("yes") or word in presets.words("no"):
                return int(word in presets.words("yes"))
            return RowProblem(code="not_a_number")
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= MAX_SMALL:
        return RowProblem(code="not_a_number")
    return int(value)


def stations(text: str) -> int | RowProblem | None:
    """Hand-overs, of how many have had it: the first one was handed nothing."""
    value = number(text)
    return max(value - 1, 0) if isinstance(value, int) else value


def state(text: str) -> bool | None:
    """Whether it is closed; None where that is no state that can be read, such as a number."""
    word = _word(text)
    if not word or not any(sign.isalpha() for sign in word):
        return None
    closed = presets.words("closed")
    first = _FIRST_WORD.match(word)
    if word in closed or (first and first[0] in closed):
        return True
    return len(word) > 1 and word in presets.words("yes")  # of our own download


def yes_or_no(text: str) -> bool | RowProblem | None:
    word = _word(text)
    if not word:
        return None
    if word in presets.words("yes"):
        return True
    return False if word in presets.words("no") else RowProblem(code="not_yes_or_no")


def critical_reader(options: Options) -> Callable[[str], bool | RowProblem | None]:
    """One of the chosen values, in capitals or not; where none is chosen, yes or no."""
    chosen = frozenset(map(_word, options.critical))

    def read(text: str) -> bool | RowProblem | None:
        word = _word(text)
        return word in chosen if word else None

    return read if chosen else yes_or_no


def moment_or_length_reader(
    moment: Callable[[str], datetime | RowProblem | None], unit: timedelta | None
) -> Callable[[str], datetime | timedelta | RowProblem | None]:
    """When, or how long after it was opened. `unit`: of bare numbers; with one they are no days of a workbook."""

    def read(text: str) -> datetime | timedelta | RowProblem | None:
        word = clean_cell(text)
        if not word:
            return None
        told = lengths.length(word, unit)
        if isinstance(told, timedelta):
            return told
        found = moment(text)
        is_moment = not isinstance(found, RowProblem) or found.code != "date_unreadable"
        return found if is_moment or told is None else told

    return read


def minutes_reader(unit: timedelta | None) -> Callable[[str], int | RowProblem | None]:
    """A length of time in whole minutes, half a minute counted up."""

    def read(text: str) -> int | RowProblem | None:
        word = clean_cell(text)
        if not word:
            return None
        told = lengths.length(word, unit)
        if isinstance(told, timedelta):
            return int((told + timedelta(seconds=30)) // timedelta(minutes=1))
        return told or RowProblem(code="length_unreadable")

    return read


def sla_reader(options: Options) -> Callable[[str], str | RowProblem | None]:
    met = presets.words("met") | {_word(text) for text in options.sla_met}
    missed = presets.words("missed") | {_word(text) for text in options.sla_missed}

    def read(text: str) -> str | RowProblem | None:
        word = _word(text)
        if not word:
            return None
        if word in missed:
            return Sla.MISSED.value
        if word in met:
            return Sla.MET.value
        if options.sla_yes == "remaining":
            # “2h 30m” was left: met. “-4:23”: missed.
            if not _TIME_LEFT.match(word):
                return _by_yes(word, yes=Sla.MET.value)
            return Sla.MISSED.value if word[0] in "-\u2212" else Sla.MET.value
        return _by_yes(word, yes=Sla(options.sla_yes).value)

    return read


def _by_yes(word: str, *, yes: str) -> str | RowProblem:
    other = {Sla.MET.value: Sla.MISSED.value, Sla.MISSED.value: Sla.MET.value}[yes]
    if word in presets.words("yes"):
        return yes
    return other if word in presets.words("no") else RowProblem(code="sla_unreadable")
