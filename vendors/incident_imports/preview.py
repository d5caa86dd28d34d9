"""The first rows of a file as they will be read, for the page on which the columns are mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vendors.incident_imports.options import Dates, Options
from vendors.incident_imports.problems import Problem
from vendors.models import IncidentImport


@dataclass(frozen=True, kw_only=True)
class ReadCell:
    """One mapped cell: `raw` as the file has it; `value` as it is read, in the active language (empty: nothing said);
    or `problem`, whose words `problems.reason(problem)` gives."""

    raw: str
    value: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    line: int
    cells: tuple[str, ...]  # raw, one a heading
    read: Mapping[str, ReadCell]  # by field, the mapped ones only


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`dates`: the order that dates are read in; `dates_unsure`: nothing in the first rows decides between day first
    and month first, so that the person should be asked. `values`: heading → its first distinct values (at most 40),
    to choose the critical priorities from. `sheets`: of a workbook."""

    headings: tuple[str, ...]
    sample: tuple[SampleRow, ...]
    dates: Dates = "iso"
    dates_unsure: bool = False
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    delimiter: str = ""  # empty for a workbook
    encoding: str = ""


def preview(upload: IncidentImport, options: Options, rows: int = 8) -> Preview:
    """ImportRefused where the file cannot be read."""
    raise NotImplementedError
