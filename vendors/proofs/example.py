"""What a good proof holds: one short example, made up; its words are data, in example.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groundwork.languages import DEFAULT, active_language

WORDS = Path(__file__).parent / "example.yaml"


@dataclass(frozen=True, kw_only=True)
class Example:
    """`texts`: part of a proof → what a good one says; `others`: another cause, and the fact that ruled it out."""

    happened: str
    texts: dict[str, str]
    others: tuple[tuple[str, str], ...]


def example() -> Example:
    """In the active language."""
    return _examples().get(active_language()) or _examples()[DEFAULT]


@cache
def _examples() -> dict[str, Example]:
    with WORDS.open(encoding="utf-8") as file:
        told: dict[str, dict[str, Any]] = yaml.safe_load(file)
    return {language: _example(dict(words)) for language, words in told.items()}


def _example(words: dict[str, Any]) -> Example:
    others = tuple((str(one["cause"]), str(one["ruled_out_by"])) for one in words.pop("others"))
    return Example(happened=str(words.pop("happened")), texts={**words}, others=others)
