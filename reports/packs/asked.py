"""What both packs say of a question: its texts and its anchors, in all languages; and initials for names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from groundwork.languages import LANGUAGE_CODES
from manifesto.models import Question

Texts = dict[str, str]  # by language


def texts_of(row: Any, name: str) -> Texts:
    """`name`: a text that the row has in every language."""
    return {code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGE_CODES}


def question_of(question: Question) -> dict[str, Any]:
    """Its `levels` must be at hand: five, from 0 to 4."""
    return {
        "number": f"{question.rule.position}.{question.position}",
        "key": question.key,
        "text": texts_of(question, "text"),
        "short": texts_of(question, "short"),
        "evidence_to_ask": texts_of(question, "evidence"),
        "supplementary": question.supplementary,
        "levels": [texts_of(level, "text") for level in sorted(question.levels.all(), key=lambda level: level.grade)],
    }


def initials_of(names: Mapping[int, str]) -> dict[int, str]:
    """By key: “AB” of “Anna Berg” and of “anna.berg@…”; of several with the same letters each has a number. In the
    order of the keys, so that the same people have the same initials."""
    letters = {key: _letters(name) for key, name in sorted(names.items())}
    shared = {one for one in letters.values() if list(letters.values()).count(one) > 1}
    counts: dict[str, int] = {}
    initials = {}
    for key, one in letters.items():
        counts[one] = counts.get(one, 0) + 1
        initials[key] = f"{one}{counts[one]}" if one in shared else one
    return initials


def shortened(text: str, longest: int) -> str:
    """Cut at a word, which is said by “…”; line breaks are spaces here."""
    flat = re.sub(r"\s+", " ", text).strip()
    if len(flat) <= longest:
        return flat
    head, _, _rest = flat[: longest + 1].rpartition(" ")
    return f"{head or flat[:longest]} …"


def _letters(name: str) -> str:
    words = [word for word in re.split(r"[\s._\-]+", name.partition("@")[0]) if word]
    first = [_first_letter(word) for word in _ends(words)]
    return "".join(filter(None, first)) or "?"


def _ends(words: Sequence[str]) -> list[str]:
    return [words[0], words[-1]] if len(words) > 1 else list(words)


def _first_letter(word: str) -> str:
    """What a reader sees as its first letter: a mark above it stays."""
    composed = unicodedata.normalize("NFC", word)
    return next((letter.upper() for letter in composed if letter.isalnum()), "")
