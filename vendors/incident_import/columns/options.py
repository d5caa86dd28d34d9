"""How one file is read: what its columns mean, and how its dates and words are understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Dates = Literal["auto", "day_first", "month_first", "iso", "day_first_turned"]
DATES: tuple[Dates, ...] = ("auto", "day_first", "month_first", "iso", "day_first_turned")
SlaMeaning = Literal["met", "missed", "remaining"]
SLA_MEANINGS: tuple[SlaMeaning, ...] = ("met", "missed", "remaining")
LogVendor = Literal["last", "longest"]
LOG_VENDORS: tuple[LogVendor, ...] = ("last", "longest")
LeadingZeros = Literal["", "match", "new"]
LEADING_ZEROS: tuple[LeadingZeros, ...] = ("", "match", "new")
SOURCE = re.compile(r"^[a-z0-9][a-z0-9_.\-]{0,39}\Z")
NEW, SKIP = "new", "skip"  # what a name in the vendor column may stand for, beside {"vendor": id}


@dataclass(frozen=True, kw_only=True)
class Options:
    """`columns`: field → heading, as `reading.distinct_headings` writes those that occur twice. `vendor`: one vendor
    for the whole file; else `vendors`: what stands in the vendor column → {"vendor": id}, "new" or "skip". A name that
    is not in it means the vendor of exactly that name."""

    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str = ""
    source: str = ""  # the key of rows that do not tell their own in the column of the origin
    source_name: str = ""  # what a person calls it, where it is a new one
    source_is_other: bool = False  # a new one, although many references are known under another: a person says so
    time_zone: str = "UTC"  # of moments without an offset of their own
    dates: Dates = "auto"
    sheet: str = ""  # empty: the first that can be seen
    critical: tuple[str, ...] = ()  # values of the mission-critical column, or else of the priority
    vendor: int | None = None
    vendors: Mapping[str, Any] = field(default_factory=dict)
    sla_yes: SlaMeaning = (
        "met"  # what “yes” says in the service level column; "remaining": time left, negative is missed
    )
    sla_met: tuple[str, ...] = ()  # further words of this file
    sla_missed: tuple[str, ...] = ()
    new_services: bool = False  # add services that the vendor does not have yet; else the incident names none
    one_line_per_update: bool | None = None  # a log: the last line of a reference counts. None: nobody has said
    log_moment: str = ""  # of a log: the heading of when its lines were written; empty: in the order of the lines
    log_vendor: LogVendor = "last"  # of a log: whose the incident is, where several held it
    leading_zeros: LeadingZeros = ""  # references that equal known ones but for zeros in front; empty: nobody has said

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it; `from_data` reads it back."""
        data = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            **data,
            "columns": dict(self.columns),
            "vendors": dict(self.vendors),
            **{name: list(data[name]) for name in ("critical", "sla_met", "sla_missed")},
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Options:
        """What is not known is left out: options of an older edition are read, too."""
        known = {item.name for item in fields(cls)}
        given = {name: value for name, value in data.items() if name in known}
        for name in ("critical", "sla_met", "sla_missed"):
            if name in given:
                given[name] = tuple(given[name])
        return cls(**given)
