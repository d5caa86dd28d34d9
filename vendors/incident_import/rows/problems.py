"""What can be wrong with a cell or a row: a code and what its words tell, so that it reads in any language."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from vendors.models import ImportProblem

MAX_KEPT = 10_000  # of one import; more are counted

LAST_OF_YEAR = {"day_first": "31/12/2026", "month_first": "12/31/2026", "iso": "2026-12-31"}  # an order, by example
CELL_LEFT_OUT = "cell_left_out"  # a warning: the row is taken without the cell
RESOLVED_LEFT_OUT = "resolved_left_out"  # the same of the moment of resolution: the incident counts as open then
WARNINGS = frozenset({CELL_LEFT_OUT, RESOLVED_LEFT_OUT})
WORDS: dict[str, str | Promise] = {
    "required": _("This cell must not be empty."),
    "too_long": _("The text is too long: at most %(count)s characters."),
    "date_unreadable": _("This is not read as a date and time. Use for example 2026-02-28 14:30."),
    "date_order": _("There is no such day in the order “%(order)s”. Choose the other order of dates."),
    "date_short_year": _("Write the year with four digits: the century cannot be told."),
    "date_does_not_exist": _("There is no such day or time."),
    "date_in_gap": _("This time does not exist in %(zone)s: the clock was put forward over it."),
    "date_out_of_range": _("The year is not between 1990 and 2100."),
    "date_in_future": _("This moment lies in the future. Are day and month mixed up?"),
    "resolved_before_opened": _("It was resolved before it was opened (%(opened)s)."),
    "closed_before_opened": _("It was closed before it was opened (%(opened)s)."),
    "closed_in_place_before_opened": _("It was closed before it was opened (%(opened)s)."),
    "restored_before_opened": _("The business was restored before the incident was opened (%(opened)s)."),
    "not_a_number": _("This is not a whole number from 0 to 32,767."),
    "not_yes_or_no": _("This is read neither as yes nor as no."),
    "sla_unreadable": _("This is read neither as met nor as missed."),
    "date_order_unsaid": _(
        "Send 2026-02-28T14:30, or say by “reading” which comes first: “day_first” or “month_first”."
    ),
    "vendor_not_known": _("No vendor is called so. Nothing is decided by a likeness: send its UUID or its exact name."),
    "service_not_known": _("This vendor has no service of that name. Send its UUID, its exact name, or nothing."),
    "service_left_out": _("This vendor has no service of that name: the incident is taken without one."),
    "pushed_twice": _("Entry %(line)s, counted from 0, has the same reference, and says something else."),
    "formula": _("A formula is not accepted: write the value."),
    "cell_error": _("The cell holds an error, not a value."),
    "too_many_cells": _("The row has more cells than there are headings. Is a quotation mark missing?"),
    "reference_twice": _("Line %(line)s has the same reference, and says something else."),
    "vendor_unknown": ngettext_lazy(
        "Nobody has said yet which vendor this is. It stands in %(count)s row.",
        "Nobody has said yet which vendor this is. It stands in %(count)s rows.",
        "count",
    ),
    "vendor_empty": _("No vendor is told."),
    "reference_power_of_ten": _(
        "A spreadsheet has turned this number into %(text)s, and many into the same: format the column as text and "
        "export it again."
    ),
    "first_response_before_opened": _("It was answered before it was opened (%(opened)s)."),
    "length_without_unit": _("Seconds, minutes or hours? Name the unit in the heading, such as “(minutes)”."),
    "length_unreadable": _("This is not read as a length of time. Use for example 2h 30m or 02:30:00."),
    "length_too_long": _("This is longer than ten years."),
    CELL_LEFT_OUT: _("%(why)s The incident is taken without it."),
    RESOLVED_LEFT_OUT: _("%(why)s The incident is taken without it, and counts as open."),
    "source_unreadable": _("Name the source in small letters and digits, for example “servicenow”."),
}


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """`field`: the key of the field it is about; empty: the whole row."""

    code: str
    field: str = ""
    value: str = ""
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def left_out(problem: RowProblem, *, counts_as_open: bool) -> RowProblem:
    """The warning about a cell that cannot be taken, of a row that is."""
    code = RESOLVED_LEFT_OUT if counts_as_open and problem.field in {"resolved", "closed"} else CELL_LEFT_OUT
    return dataclasses.replace(problem, code=code, values={**problem.values, "because": problem.code})


def reason(problem: RowProblem | ImportProblem) -> str:
    """Why it cannot be taken, in the active language."""
    words, values = WORDS.get(problem.code, problem.code), dict(problem.values)
    if "order" in values:
        values["order"] = LAST_OF_YEAR.get(values["order"], values["order"])
    if "because" in values:
        why: str | Promise = WORDS.get(values["because"], "")
        values["why"] = str(why % values)
    return str(words % values if values else words)
