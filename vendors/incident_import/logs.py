"""Files with a line for each update of an incident: what looks like one, and which line of an incident counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from groundwork.folding import plain
from groundwork.tables.reading import Line
from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows import values
from vendors.incident_import.rows.reading import RowReader, Spoken

WRITTEN_AT = ("sysupdatedat", "updated", "updatedat", "lastupdate", "lastupdated", "lastmodified", "modified")
TWICE_AT_LEAST = 3


@dataclass(frozen=True, kw_only=True)
class LogSigns:
    """What speaks for a log, in the lines that were looked at: the same reference again, saying something else."""

    references: int
    lines: int
    several_vendors: int  # of the references
    log_moment: str  # the heading that seems to tell when a line was written; empty: none does


def signs_of_log(header: Sequence[str], lines: Sequence[Sequence[str]], options: Options) -> LogSigns | None:
    """None where nothing speaks for a log: hardly a reference comes again, or the references are none, because a
    spreadsheet has made numbers of them."""
    heading = options.columns.get("reference", "")
    if heading not in header:
        return None
    place = header.index(heading)
    rows = [(row[place].strip(), tuple(row)) for row in lines if place < len(row) and row[place].strip()]
    if any(values.POWER_OF_TEN.match(reference) for reference, _row in rows):
        return None
    distinct = dict.fromkeys(rows)
    references = {reference for reference, _row in distinct}
    if len(distinct) - len(references) < max(TWICE_AT_LEAST, len(rows) // 5):
        return None
    return LogSigns(
        references=len(references),
        lines=len(rows),
        several_vendors=_with_several(distinct, header, options.columns.get("vendor", "")),
        log_moment=moment_heading(header, options),
    )


def _with_several(rows: Iterable[tuple[str, tuple[str, ...]]], header: Sequence[str], heading: str) -> int:
    """References whose lines name more than one vendor."""
    if heading not in header:
        return 0
    place = header.index(heading)
    named: dict[str, set[str]] = defaultdict(set)
    for reference, row in rows:
        if place < len(row) and (text := values.clean_cell(row[place])):
            named[reference].add(text)
    return sum(len(texts) > 1 for texts in named.values())


def moment_heading(header: Sequence[str], options: Options) -> str:
    """The heading that seems to tell when a line was written, of those that tell nothing else; empty: none does."""
    if told := options.columns.get("updated", ""):
        return told
    free = {plain(text): text for text in header if text not in options.columns.values()}
    return next((free[word] for word in WRITTEN_AT if word in free), "")


class Chosen(NamedTuple):
    """Of one incident: the line that counts, and the text of the vendor that it is counted at."""

    line: int
    vendor: str


class _Told(NamedTuple):
    """One line of a log. `moment`: when it was written, where the log says so."""

    moment: datetime | None
    line: int
    vendor: str


def chosen_lines(reader: RowReader, lines: Iterable[Line]) -> dict[Spoken, Chosen]:
    """Incident → its last line: by the moments of the log, else by the order of the lines. It counts at the vendor of
    that line, or where the options say so at the one that held the incident longest."""
    options = reader.options
    told: dict[Spoken, list[_Told]] = {}
    ends: dict[Spoken, datetime] = {}
    for line in lines:
        of, vendor = reader.identity(line)
        if not of.reference:
            continue
        one = _Told(reader.moment(options.log_moment, line) if options.log_moment else None, line.number, vendor)
        if options.log_vendor == "last":
            told[of] = [max(told.get(of, [one])[0], one, key=_in_order)]
            continue
        told.setdefault(of, []).append(one)
        if (end := reader.moment(options.columns.get("resolved", ""), line)) is not None:
            ends[of] = end
    return {of: _chosen(sorted(found, key=_in_order), ends.get(of)) for of, found in told.items()}


def _in_order(one: _Told) -> tuple[float, int]:
    return one.moment.timestamp() if one.moment else 0.0, one.line


def _chosen(found: Sequence[_Told], end: datetime | None) -> Chosen:
    """`found` in order; of one line alone, its vendor."""
    last = found[-1]
    if len(found) == 1:
        return Chosen(last.line, last.vendor)
    held: dict[str, float] = {}
    for one, after in zip(found, [*(one.moment for one in found[1:]), end], strict=True):
        held[one.vendor] = held.pop(one.vendor, 0.0) + _held(one.moment, after)  # the later of two that are equal wins
    return Chosen(last.line, max(reversed(held), key=lambda vendor: held[vendor]))


def _held(since: datetime | None, until: datetime | None) -> float:
    """Seconds; where the log tells no moments, each line counts alike."""
    if since is None:
        return 1.0
    return max(0.0, (until - since).total_seconds()) if until else 0.0
