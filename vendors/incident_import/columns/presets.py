"""What the tools call their columns; the words themselves are data, in presets.yaml. Our own are those of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from groundwork.folding import folded, plain
from vendors.incident_fields import WRITTEN
from vendors.incident_import.columns import own_download
from vendors.incident_import.columns.options import Options, SlaMeaning
from vendors.models import BY_HAND

OTHER = "other"
OWN = "own"
DATA = Path(__file__).parent / "presets.yaml"
MAX_CRITICAL = 40


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A tool: what its exports call the fields."""

    key: str
    of_tool: str
    columns: Mapping[str, tuple[str, ...]]  # field → headings, the better ones first
    known_by: tuple[tuple[str, ...], ...]  # headings that only it has together
    critical: tuple[str, ...] = ()
    sla_yes: SlaMeaning = "met"

    @property
    def name(self) -> str:
        return self.of_tool or (_("Customer Manifesto") if self.key == OWN else _("Another tool"))

    @property
    def source(self) -> str:
        """Of its incidents. A row that somebody has added to our own file says nothing of it: it is theirs."""
        return BY_HAND if self.key == OWN else self.key


@cache
def _data() -> dict[str, Any]:
    with DATA.open(encoding="utf-8") as file:
        data: dict[str, Any] = yaml.safe_load(file)
    return data


@cache
def all_presets() -> tuple[Preset, ...]:
    """In the order of the page; the last one is “other”."""
    *tools, other = (_preset(key, told) for key, told in _data()["presets"].items())
    return *tools, _own(), other


def _own() -> Preset:
    """Incidents that were downloaded here, or from another installation."""
    by_language = list(own_download.headings().values())
    return Preset(
        key=OWN,
        of_tool="",
        columns={field.key: tuple(dict.fromkeys(said[field.key] for said in by_language)) for field in WRITTEN},
        known_by=tuple(tuple(said[name] for name in own_download.MARKS) for said in by_language),
    )


def _preset(key: str, told: Mapping[str, Any]) -> Preset:
    return Preset(
        key=key,
        of_tool=told["name"],
        columns={name: tuple(map(str, headings)) for name, headings in told["columns"].items()},
        known_by=tuple(tuple(map(str, headings)) for headings in told["known_by"]),
        critical=tuple(map(str, told["critical"])),
        sla_yes=told["sla_yes"],
    )


def preset(key: str) -> Preset:
    """KeyError where there is none of that key."""
    return {found.key: found for found in all_presets()}[key]


@cache
def words(kind: str) -> frozenset[str]:
    """The words of a kind (unknown, yes, no, met, missed), folded."""
    return frozenset(folded(str(word)) for word in _data()["words"][kind])


def months() -> list[list[str]]:
    """The names of the twelve months, in the languages that files come in."""
    return [[folded(str(word)) for word in names] for names in _data()["words"]["months"]]


def recognise(header: Sequence[str]) -> Preset | None:
    """The tool that writes such headings; None: nothing tells."""
    there = {plain(text) for text in header}
    best = max(all_presets(), key=lambda one: _fitness(one, there))
    return best if _fitness(best, there) > (0, 0) and best.key != OTHER else None


def _fitness(one: Preset, there: set[str]) -> tuple[int, int]:
    """How many headings of the longest signature stand there, then how many fields would be found."""
    signature = max((len(marks) for marks in one.known_by if {plain(mark) for mark in marks} <= there), default=0)
    if not signature:
        return (0, 0)
    return signature, sum(any(plain(text) in there for text in texts) for texts in one.columns.values())


@cache
def _known_headings() -> frozenset[str]:
    return frozenset(plain(text) for one in all_presets() for texts in one.columns.values() for text in texts)


def understood(header: Sequence[str]) -> int:
    """How many headings of a line mean something to some tool."""
    return sum(plain(text) in _known_headings() for text in header if text)


def suggest(header: Sequence[str], sample: Sequence[Sequence[str]] = (), *, preset: Preset | None = None) -> Options:
    """Options to begin with: of `preset`, else of the tool recognised, else guessed from the words of the headings."""
    chosen = preset or recognise(header) or _other()
    columns = _columns(chosen, header)
    if chosen.key != OTHER:
        guessed = _columns(_other(), [text for text in header if text not in columns.values()])
        columns |= {name: text for name, text in guessed.items() if name not in columns and name != "vendor"}
    return Options(
        columns=columns,
        preset=chosen.key,
        source=chosen.source,
        time_zone=settings.TIME_ZONE,
        critical=_critical(chosen, columns, header, sample),
        sla_yes=chosen.sla_yes if columns.get("sla") in _columns(chosen, header).values() else "met",
    )


def _other() -> Preset:
    return all_presets()[-1]


def _columns(chosen: Preset, header: Sequence[str]) -> dict[str, str]:
    """Field → heading of the file; a heading serves one field."""
    by_word: dict[str, str] = {}
    for text in header:
        by_word.setdefault(plain(text), text)
    heading_of: dict[str, str] = {}
    for name, texts in chosen.columns.items():
        for text in texts:
            heading = by_word.get(plain(text))
            if heading and heading not in heading_of.values():
                heading_of[name] = heading
                break
    return heading_of


def _values(columns: Mapping[str, str], name: str, header: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
    if name not in columns:
        return []
    place = list(header).index(columns[name])
    return list(dict.fromkeys(row[place].strip() for row in sample if place < len(row) and row[place].strip()))


def _critical(
    chosen: Preset, columns: Mapping[str, str], header: Sequence[str], sample: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """The values of this file that the tool means by critical; where the sample has none, those of the tool."""
    if "mission_critical" in columns:
        return ()
    meant = {folded(text) for text in chosen.critical}
    there = [text for text in _values(columns, "priority", header, sample) if folded(text) in meant]
    return tuple(there[:MAX_CRITICAL]) or chosen.critical
