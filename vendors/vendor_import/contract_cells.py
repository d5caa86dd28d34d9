"""What the cells of a row say of a contract, and of how long it would take to replace the vendor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groundwork.clean_text import cleaned
from vendors.contracts.terms import MOST_DAYS, MOST_MONTHS, Unit
from vendors.incident_import.columns.options import Dates
from vendors.incident_import.rows import dates
from vendors.models import Contract
from vendors.vendor_import import headings
from vendors.vendor_import.headings import Heading
from vendors.vendor_import.table import RegisterRow

DAY_COLUMNS = ("contract_start", "contract_end")
LENGTH = re.compile(r"^(?P<count>\d{1,5})(?:[.,]0+)?\s*(?P<unit>[^\W\d_]*)\.?$")
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True)
class DayReader:
    """Reads the days of one file. `order`: which of day and month comes first in it; None: no date of it tells."""

    order: Dates | None

    @classmethod
    def of(cls, rows: Iterable[RegisterRow], columns: Sequence[Heading]) -> DayReader:
        places = [heading.position for heading in columns if heading.column in DAY_COLUMNS]
        texts = (row.cells[place] for row in rows for place in places if place < len(row.cells))
        return cls(order=dates.order_of(*dates.votes(texts)))

    def __call__(self, text: str) -> date:
        """Raises ValidationError."""
        if self.order is None and dates.has_order(text):
            raise ValidationError(_("Day or month first? No date of the file tells. Write it as 2026-12-31."))
        moment = dates.Moments(UTC, self.order or "iso").read(cleaned(text))
        if isinstance(moment, datetime):
            return moment.date()
        raise ValidationError(_("This is not read as a day. Write it with four digits of the year, as 2026-12-31."))


def months(text: str) -> int:
    """How long a vendor takes to replace: a number, or one with its unit. Raises ValidationError."""
    count, unit = _length(text)
    if unit not in {None, Unit.MONTHS} or not 0 <= count <= MOST_MONTHS:
        raise ValidationError(_("This is not read as months. Write a whole number, at most %(most)s.") % _MOST)
    return count


def contract_of(
    values: Mapping[str, str], read_day: DayReader, refuse: Callable[[str, ValidationError], None]
) -> dict[str, Any]:
    """The fields of a contract that the cells tell, empty where they tell none. `refuse` is told of each column that
    cannot be taken, and why."""
    taken: dict[str, Any] = {}
    for column, clean in _cleaners(read_day).items():
        if column not in values:
            continue
        try:
            taken |= clean(values[column])
        except ValidationError as error:
            refuse(column, error)
    told = [column for column in headings.CONTRACT if column in values]
    if told and "contract_reference" not in values:
        refuse(told[0], ValidationError(_("Which contract is it? Give its reference in a column of its own.")))
    return taken


def _cleaners(read_day: DayReader) -> Mapping[str, Callable[[str], dict[str, Any]]]:
    return {
        "contract_reference": _reference,
        "contract_start": lambda text: {"starts_on": read_day(text)},
        "contract_end": lambda text: {"ends_on": read_day(text)},
        "contract_notice": _notice,
        "contract_renews": _renews,
    }


def _reference(text: str) -> dict[str, Any]:
    of_model: Any = Contract._meta.get_field("reference")
    return {"reference": of_model.clean(cleaned(text), None)}


def _notice(text: str) -> dict[str, Any]:
    count, unit = _length(text)
    if unit is None or count > (MOST_DAYS if unit is Unit.DAYS else MOST_MONTHS):
        raise ValidationError(_("This is not read as a notice. Write for example “3 months” or “90 days”."))
    return {"notice": count, "notice_unit": unit.value}


def _renews(text: str) -> dict[str, Any]:
    count, unit = _length(text)
    if unit not in {None, Unit.MONTHS} or not 1 <= count <= MOST_MONTHS:
        reason = _("This is not read as months. Leave it empty where the contract ends; else write 1 to %(most)s.")
        raise ValidationError(reason % _MOST)
    return {"renews_months": count}


_MOST = {"most": MOST_MONTHS}


def _length(text: str) -> tuple[int, Unit | None]:
    """A number and its unit, None where none is told; weeks as days and years as months. Raises ValidationError."""
    found = LENGTH.match(cleaned(text))
    if found is None:
        raise ValidationError(_("This is not read as a length of time. Write for example “3 months” or “90 days”."))
    count, word = int(found["count"]), found["unit"]
    if not word:
        return count, None
    unit = headings.unit_of(word)
    if unit is None:
        raise ValidationError(_("This unit is not known. Write for example “3 months” or “90 days”."))
    times, of = _UNITS[unit]
    return count * times, of


_UNITS = {
    "days": (1, Unit.DAYS),
    "weeks": (7, Unit.DAYS),
    "months": (1, Unit.MONTHS),
    "years": (12, Unit.MONTHS),
}
