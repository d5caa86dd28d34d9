"""What the columns and the tier words of a file mean; the words themselves are data, in import_columns.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import translation
from django.utils.translation import gettext as _

from groundwork.folding import plain
from groundwork.languages import DEFAULT, LANGUAGE_CODES, active_language
from groundwork.tables.cells import ImportRefused
from vendors.models import Tier

CONTRACT = ("contract_reference", "contract_start", "contract_end", "contract_notice", "contract_renews")
WORDS = Path(__file__).parent / "import_columns.yaml"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One heading of the file; `column` is empty where it is not understood."""

    position: int
    text: str
    column: str

    @property
    def label(self) -> str:
        return label(self.column) if self.column else ""


@cache
def _words() -> dict[str, dict[str, dict[str, list[str]]]]:
    with WORDS.open(encoding="utf-8") as file:
        data: dict[str, Any] = yaml.safe_load(file)
    return data


def columns() -> tuple[str, ...]:
    """All columns that an import understands, in the order of the template."""
    return tuple(_words()["columns"])


def label(column: str) -> str:
    """How the column is called in the language of the moment."""
    language = active_language()
    words = _words()["columns"][column]
    return words.get(language, words[DEFAULT])[0]


def also(column: str) -> list[str]:
    """The other words for the column in the language of the moment."""
    words = _words()["columns"][column]
    return words.get(active_language(), words[DEFAULT])[1:]


@cache
def _columns_by_word() -> dict[str, str]:
    return {plain(word): column for column, words in _words()["columns"].items() for word in _all(words)}


@cache
def _tiers_by_word() -> dict[str, str]:
    tiers = {plain(word): tier for tier, words in _words()["tiers"].items() for word in _all(words)}
    for tier in Tier:
        tiers[plain(tier.value)] = tier.value
        for language in LANGUAGE_CODES:  # whatever the pages call it is understood, too
            with translation.override(language):
                tiers[plain(str(tier.label))] = tier.value
    return tiers


@cache
def _languages_by_word() -> dict[str, str]:
    words = {plain(word): code for code, words in _words()["languages"].items() for word in _all(words)}
    return words | {plain(code): code for code in LANGUAGE_CODES}


@cache
def _units_by_word() -> dict[str, str]:
    return {plain(word): unit for unit, words in _words()["units"].items() for word in _all(words)}


def unit_of(word: str) -> str | None:
    """Days, weeks, months or years, by their name in any of our languages."""
    return _units_by_word().get(plain(word))


def _all(words: dict[str, list[str]]) -> list[str]:
    return [word for of_language in words.values() for word in of_language]


def column_of(heading: str) -> str:
    return _columns_by_word().get(plain(heading), "")


def tier_of(word: str) -> str | None:
    return _tiers_by_word().get(plain(word))


def language_of(word: str) -> str | None:
    """The code of a language, by its name in any of ours, or by the code itself, also with a region (fr-BE)."""
    known = _languages_by_word()
    return known.get(plain(word)) or known.get(plain(word.replace("_", "-").partition("-")[0]))


def understood(header: Sequence[str]) -> int:
    """How many headings of a line mean something."""
    return sum(bool(column_of(text)) for text in header)


def understand(header: Sequence[str]) -> tuple[Heading, ...]:
    return tuple(Heading(position=position, text=text, column=column_of(text)) for position, text in enumerate(header))


def check(header: Sequence[str]) -> None:
    """ImportRefused where vendors could not be told apart, or where two columns claim the same meaning."""
    headings = understand(header)
    meant = {heading.column for heading in headings if heading.column}
    if not meant & {"name", "reference"}:
        message = _("No column holds the vendors’ names. Call one of them “%(name)s”. The headings read: %(headings)s.")
        shown = ", ".join(text[:40] for text in header[:12] if text)
        raise ImportRefused(message % {"name": label("name"), "headings": shown})
    for column in columns():
        same = [heading.text for heading in headings if heading.column == column]
        if len(same) > 1:
            message = _(
                "These columns mean the same (%(column)s): %(headings)s. Keep one of them, or rename the others."
            )
            raise ImportRefused(message % {"column": label(column), "headings": ", ".join(same)})
