"""Every text of the interface stands in three languages, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from config.messages import KEYWORDS, LANGUAGES, found_in_source, read_catalogue, source_files

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def messages(language: str) -> Iterator[Message]:
    return (message for message in read_catalogue(ROOT, language) if message.id)


def faults(message: Message) -> list[str]:
    """What is wrong with a translation: missing, uncertain, or with other placeholders."""
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    if not all(texts):
        return ["missing"]
    if message.fuzzy:
        return ["marked fuzzy"]
    source = message.id[-1] if isinstance(message.id, tuple | list) else message.id
    wanted = set(PLACEHOLDER.findall(source))
    return [f"placeholders of {text!r}" for text in texts[-1:] if set(PLACEHOLDER.findall(text)) != wanted]


@cache
def used_in_the_source() -> frozenset[str]:
    return frozenset(_singular(message) for message in found_in_source(ROOT) if message.id)


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    wrong = {str(message.id): faults(message) for message in messages(language) if faults(message)}
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_every_text_of_the_source(language: str) -> None:
    missing = used_in_the_source() - {_singular(message) for message in messages(language)}
    assert missing == set()


def test_the_extraction_finds_the_texts_of_templates_and_code() -> None:
    found = used_in_the_source()
    assert "Not applicable" in found  # a choice in assessments/models.py
    assert len(found) > 300


def test_a_missing_and_a_broken_translation_are_caught() -> None:
    assert faults(Message("Sign in", "")) == ["missing"]
    assert faults(Message("%(count)s vendors", "%(number)s fournisseurs"))
    assert faults(Message("Sign in", "Se connecter")) == []


BREAKS = re.compile(
    r"[^\s\u00a0\u202f:/]( |(?<![\u00a0\u202f]))[;?!](\s|$)"  # none, or one that breaks, before a high mark
    r"|\w (:|»)|« "
    r"|(\d|%\(\w+\)[sd]) (%(?!\()|[kM]o\b)|\d \d{3}\b"  # a number torn from its unit, or apart
)


def breaking(message: Message) -> list[str]:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return [text for text in texts if BREAKS.search(text)]


@pytest.mark.parametrize(
    "planted", ["Quoi?", "Quoi ?", "Note : 3", "un « mot", "%(share)s %% des notes", "au plus 2 Mo", "5 000 lignes"]
)
def test_a_planted_french_space_that_breaks_is_found(planted: str) -> None:
    assert breaking(Message("x", planted))
    assert not breaking(Message("x", planted.replace(" ", "\u00a0").replace("Quoi?", "Quoi\u202f?")))


def test_french_texts_keep_their_spaces_before_marks_and_units() -> None:
    assert [text for message in messages("fr") for text in breaking(message)] == []


def hidden_names(code: str) -> list[str]:
    """What code calls a translating function by, that the extraction does not know: its texts stay English."""
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    translating = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    called = [name.asname or name.name for name in translating if "gettext" in name.name]
    return [name for name in called if name not in KEYWORDS]


def test_a_planted_hidden_name_is_found() -> None:
    code = "from django.utils.translation import gettext as translated, gettext_lazy as _, override as spoken"
    assert hidden_names(code) == ["translated"]


def test_every_translating_function_is_called_by_a_name_that_the_extraction_knows() -> None:
    code = [path for path in source_files(ROOT) if path.suffix == ".py"]
    assert {str(path): names for path in code if (names := hidden_names(path.read_text("utf-8")))} == {}
