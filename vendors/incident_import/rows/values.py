"""One cell to a value: None where nothing is said, or a Problem. Each reader remembers what it has read: columns of
exports repeat themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from groundwork.clean_text import cleaned
from groundwork.folding import folded
from groundwork.tables.cells import restore
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import SOURCE, Options
from vendors.incident_import.limits import MAX_CELL
from vendors.incident_import.rows.problems import RowProblem
from vendors.models import Sla

MAX_SMALL = 32_767
REMEMBERED = 20_000
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
    text = text.strip()
    return cleaned(restore(text) if text[:1] == "'" else text)


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
        text = _line_of(text[:MAX_CELL])
        if len(text) > most:
            return f"{text[: most - 1].rstrip()}…"
        return None if len(text) < 12 and text.casefold() in unknown else text

    return read


def reference_reader(most: int) -> Callable[[str], str | RowProblem | None]:
    """As a text, but never cut: two that differ at the end are not the same."""

    def read(text: str) -> str | RowProblem | None:
        value = clean_cell(text)
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
