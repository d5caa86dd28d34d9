"""The moments of one row, each against the moment when it was opened, and what stands in for another.

A day without an hour is compared as a day: what was resolved on the day on which it was opened was not resolved before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vendors.incident_import.columns.options import Options
from vendors.incident_import.columns.presets import OWN
from vendors.incident_import.rows.dates import is_day
from vendors.incident_import.rows.places import ANSWERED, BY_CLOSING, CLOSED, IS_CLOSED, PLACES, RESOLVED, TO_DAY
from vendors.incident_import.rows.problems import RowProblem

LATER = ("resolved", "closed", "restored", "first_response")  # than it was opened, or at the same moment
CONTRADICTIONS = frozenset({"resolved_before_opened", "closed_in_place_before_opened"})


class Order:
    """Of the rows of one file. `used`: field → place of its cell."""

    def __init__(self, options: Options, used: Mapping[str, int]) -> None:
        self._zone = ZoneInfo(options.time_zone)
        self._used = used
        self._later = [(name, used[name], PLACES[name]) for name in LATER if name in used]
        # Our own download does not say on what a resolution rests: what is known of it stays.
        self._tells_basis = options.preset != OWN and ("resolved" in used or "closed" in used)

    def settle(self, values: list[Any], cells: Sequence[str], opened: datetime) -> Sequence[RowProblem]:
        """Put right in `values` what can be; what cannot is a problem, and its value is taken out."""
        if type(values[ANSWERED]) is timedelta:
            values[ANSWERED] = opened + values[ANSWERED]
        problems: Sequence[RowProblem] = ()
        of_day: set[str] = set()
        for name, place, index in self._later:
            moment = values[index]
            if moment is None or moment >= opened:
                continue
            if self._is_same_day(moment, opened):
                values[index] = opened
                of_day.add(name)
            else:
                values[index] = None
                problem = self._problem(name, cells[place], cells, is_alone=values[RESOLVED] is None)
                problems = (*problems, problem)
        if self._tells_basis:
            self._tell_basis(values, cells, of_day)
        return problems

    def _is_same_day(self, moment: datetime, opened: datetime) -> bool:
        """A midnight that stands for its day, whether the cell says 00:00 or no hour at all."""
        local = moment.astimezone(self._zone)
        is_midnight = not (local.hour or local.minute or local.second)
        return is_midnight and local.date() >= opened.astimezone(self._zone).date()

    def _problem(self, name: str, text: str, cells: Sequence[str], *, is_alone: bool) -> RowProblem:
        """`is_alone`: nothing else tells when it was resolved."""
        code = "closed_in_place_before_opened" if name == "closed" and is_alone else f"{name}_before_opened"
        told = {"opened": cells[self._used["opened"]].strip()[:40]}
        return RowProblem(code=code, field=name, value=text.strip(), values=told)

    def _tell_basis(self, values: list[Any], cells: Sequence[str], of_day: set[str]) -> None:
        """Where nobody wrote down when it was resolved, the moment of closing stands in."""
        closed, teller = values[CLOSED], "resolved"
        if closed is not None:
            values[IS_CLOSED] = True
            if values[RESOLVED] is None:
                values[RESOLVED], teller = closed, "closed"
        if values[RESOLVED] is not None:
            text = cells[self._used[teller]]
            values[BY_CLOSING] = teller == "closed"
            values[TO_DAY] = teller in of_day or (":" not in text and is_day(text.strip()))
