"""Lengths of time as tools write them: “2h 30m”, “01:30:00”, a number of the unit that the heading names."""

from __future__ import annotations

import re
from datetime import timedelta

from vendors.incident_import.columns import presets
from vendors.incident_import.rows.problems import RowProblem

LONGEST = timedelta(days=3_660)
_CLOCK = re.compile(
    r"^(?:(?P<days>\d{1,4}) ?(?:d|days?),? )?"
    r"(?P<hours>\d{1,5}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d)(?:[.,]\d+)?)?$"
)
_PART = re.compile(r"(\d{1,8}(?:[.,]\d{1,8})?) ?([^\W\d]+)\.?[ ,;]*")
_NUMBER = re.compile(r"^\d{1,8}(?:[.,]\d{1,8})?$")
_WORD = re.compile(r"[^\W\d_]+")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)\s*$")
_NEW_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")  # within “FirstResponseInMin”


def unit_in(heading: str) -> timedelta | None:
    """The unit that a heading names: “First Response Time (in Hrs)”, “agent_wait_time_in_minutes”; None: it names none,
    or several. Single letters are no units there."""
    last = _IN_BRACKETS.search(heading)
    return (_one_unit(last[1]) if last else None) or _one_unit(_NEW_WORD.sub(" ", heading))


def _one_unit(words: str) -> timedelta | None:
    units = presets.units()
    named = {units[word] for word in _WORD.findall(words.casefold()) if len(word) > 1 and word in units}
    return named.pop() if len(named) == 1 else None


def length(text: str, unit: timedelta | None) -> timedelta | RowProblem | None:
    """`text` clean and not empty; `unit`: of a bare number. None: it is not written as a length."""
    if _NUMBER.match(text):
        return RowProblem(code="length_without_unit") if unit is None else _bounded(_times(text, unit))
    if found := _CLOCK.match(text):
        return _bounded(timedelta(**{name: int(number or 0) for name, number in found.groupdict().items()}))
    return _in_parts(text)


def _in_parts(text: str) -> timedelta | RowProblem | None:
    """“2h 30m”, “1 day 4 hours”."""
    units, total, end = presets.units(), timedelta(), 0
    while found := _PART.match(text, end):
        unit = units.get(found[2].casefold())
        if unit is None:
            return None
        total, end = min(total + _times(found[1], unit), LONGEST + unit), found.end()
    return _bounded(total) if 0 < end == len(text) else None


def _times(number: str, unit: timedelta) -> timedelta:
    return float(number.replace(",", ".")) * unit


def _bounded(told: timedelta) -> timedelta | RowProblem:
    return told if told <= LONGEST else RowProblem(code="length_too_long")
