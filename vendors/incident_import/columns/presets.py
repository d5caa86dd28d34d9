"""What the tools call their columns; the words themselves are data, in presets.yaml. Our own are those of the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from django.utils.translation import gettext as _

from groundwork.folding import folded, plain, without_accents
from groundwork.languages import LANGUAGE_CODES
from vendors.incident_fields import WRITTEN
from vendors.incident_import.columns import own_download
from vendors.incident_import.columns.options import SlaMeaning
from vendors.models import BY_HAND

OTHER = "other"
OWN = "own"
FILE_LANGUAGES = (*LANGUAGE_CODES, "de", "es", "it", "pt")  # of exports that people have
DATA = Path(__file__).parent / "presets.yaml"
_NUMBERED = re.compile(r"^(.*) \(\d+\)$", re.DOTALL)
_LEVEL = re.compile(
    r"^(?P<mark>p|s|sev|severity|prio|priority|priorité|prioriteit|priorität|prioridad|level|niveau)?[ .\-]*"
    r"(?P<level>\d)(?!\w)[ .:)/\-–—]*"
)


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


@cache
def months() -> dict[str, int]:
    """Word → month, 1 to 12, in the languages that files come in: whole and short, with accents and without."""
    named = {str(word): number for word, number in _data()["words"]["months"].items()}
    for language in FILE_LANGUAGES:
        for context, width in product(("format", "stand-alone"), ("wide", "abbreviated")):
            for number, word in Locale.parse(language).months[context][width].items():
                named |= {word: number, without_accents(word): number}
    return {word.casefold().rstrip("."): number for word, number in named.items()}


def bare_unit(key: str) -> timedelta | None:
    """In which the tool writes lengths of time as bare numbers; None: that is not known."""
    unit = _data()["presets"].get(key, {}).get("bare_unit")
    return timedelta(**{unit: 1}) if unit else None


def counts_the_first(heading: str) -> bool:
    """Whether a column of hand-overs begins at one: it counts who has had the incident."""
    return plain(heading) in {plain(text) for text in _data()["counts_the_first"]}


@cache
def units() -> dict[str, timedelta]:
    """Word → length of time."""
    told: dict[str, list[str]] = _data()["words"]["units"]
    return {str(word): timedelta(**{unit: 1}) for unit, words in told.items() for word in words}


def recognise(header: Sequence[str]) -> Preset | None:
    """The tool that writes such headings; None: nothing tells."""
    there = {plain(text) for text in bare_headings(header)}
    best = max(all_presets(), key=lambda one: _fitness(one, there))
    return best if _fitness(best, there) > (0, 0) and best.key != OTHER else None


def bare_headings(header: Sequence[str]) -> list[str]:
    """As the file has them: those that occur more than once without the number by which they are told apart."""
    numbered = [_NUMBERED.match(text) for text in header]
    often = Counter(found[1] for found in numbered if found)
    return [found[1] if found and often[found[1]] > 1 else text for text, found in zip(header, numbered, strict=True)]


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


def other() -> Preset:
    return all_presets()[-1]


def is_highest(value: str) -> bool:
    """Whether a priority speaks of the highest level: “1 - Critical”, “P1 – Kritiek”, “1-High”, “Urgent”."""
    word = folded(value)
    found = _LEVEL.match(word)
    level, rest = (found["level"], word[found.end() :]) if found else ("", word)
    if rest in words("lowest"):
        return False
    is_first = level == "1" or (level == "0" and bool(found and (found["mark"] or rest)))
    return is_first or rest in words("highest")
