"""What a new edition is called: a name that is free, and titles that say it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from manifesto.bank import LIMITS, Texts, texts_of
from manifesto.models import Release

LONGEST_NAME = 20  # characters, as the column holds
LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What tells an edition from the one before it."""

    edition: str
    title: Texts
    note: Texts


@dataclass(frozen=True, kw_only=True)
class Retold:
    """A title or a note that another edition has already."""

    field: str  # "title" or "note"
    language: str
    edition: str  # the one that says it


def next_name(edition: str, taken: Collection[str]) -> str:
    """The name with its last number raised until it is free ("2026.1" → "2026.2"); "" where none fits the column."""
    if not LAST_NUMBER.search(edition):
        edition = f"{edition} 1"
    name = edition
    while name in taken or name == edition:
        name = LAST_NUMBER.sub(_raised, name)
    return name if len(name) <= LONGEST_NAME else ""


def _raised(number: re.Match[str]) -> str:
    return str(int(number.group()) + 1).zfill(len(number.group()))


def retitled(title: str, edition: str, name: str) -> str:
    """The title with `name` where it said `edition`, else with `name` behind it; as it was where that is too long."""
    if not title or edition == name:
        return title
    said = re.compile(rf"(?<![\w.]){re.escape(edition)}(?!\w|\.\w)")
    new = said.sub(lambda _found: name, title) if said.search(title) else f"{title}, {name}"
    return new if len(new) <= LIMITS["title"] else title


def retold(title: Texts, note: Texts, others: Iterable[Release]) -> tuple[Retold, ...]:
    """Which of these texts another edition has word for word: its title names that one, its note tells what was new
    then. What is not written is not retold."""
    both = (("title", title), ("note", note))
    written = {(name, language): text for name, texts in both for language, text in texts.items()}
    told_by: dict[tuple[str, str], str] = {}
    for other in others:
        for (name, language), text in written.items():
            if text and texts_of(other, name)[language] == text:
                told_by.setdefault((name, language), other.edition)
    return tuple(
        Retold(field=name, language=language, edition=told_by[name, language])
        for name, language in written
        if (name, language) in told_by
    )
