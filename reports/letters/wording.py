"""What our letters say: texts in files, a file a language. Letters have forms of address of their own in each, so that
these are no translations of one another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groundwork.languages import LANGUAGES, NARROW_NO_BREAK, NO_BREAK
from reports.models import LetterKind

TEXTS = Path(__file__).parent / "texts"
# Where two of our kinds are called as a sentence of all letters is.
SECTIONS = {LetterKind.RESULT: "result_letter", LetterKind.CLOSING: "closing_letter"}


@cache
def texts(language: str) -> Mapping[str, Any]:
    """All of one language. Raises FileNotFoundError for one that there are no letters in."""
    content = (TEXTS / f"{language}.yaml").read_text(encoding="utf-8")
    if LANGUAGES[language].semicolon != ";":  # a space stands before such marks
        content = re.sub(r" (?=[;?!])", NARROW_NO_BREAK, re.sub(r"(?<=[\w}]) (?=:(?: |\"))", NO_BREAK, content))
    found: Mapping[str, Any] = yaml.safe_load(content)
    return found


def said(language: str, name: str, **values: object) -> str:
    """A sentence of all letters, filled in."""
    return str(texts(language)[name]).format_map(values)


class Section:
    """The words of one kind of letter in one language, filled in with the values of this letter."""

    def __init__(self, kind: LetterKind, language: str, values: Mapping[str, object]) -> None:
        self.words: Mapping[str, Any] = texts(language)[SECTIONS.get(kind, kind.value)]
        self.values = values

    def one(self, name: str, **more: object) -> str:
        return str(self.words.get(name, "")).format_map({**self.values, **more})

    def several(self, name: str) -> Sequence[str]:
        return tuple(str(line).format_map(dict(self.values)) for line in self.words.get(name, ()))
