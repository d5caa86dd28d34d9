"""A language is one row of groundwork/languages.py: its code stands nowhere else, and everything knows them all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from babel import Locale
from django.conf import settings

from config.messages import catalogue_path
from groundwork.languages import DEFAULT, LANGUAGE_CODES, LANGUAGES
from manifesto.models import Release
from manifesto.yaml_files import shipped_editions
from tests.conventions.test_house import ROOT, modules

LISTED_IN = ROOT / "groundwork" / "languages.py"
IN_TEMPLATES = re.compile(rf"""[!=]=\s*["']({"|".join(LANGUAGE_CODES)})["']""")


def named_languages(code: str, name: str) -> Iterator[str]:
    """Where a language is called by its code."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and node.value in LANGUAGE_CODES:
            yield f"{name}:{node.lineno}: {node.value!r}"


def test_no_code_asks_for_one_language() -> None:
    paths = [path for path in modules() if path != LISTED_IN]
    assert [found for path in paths for found in named_languages(path.read_text(encoding="utf-8"), path.name)] == []


def test_asking_for_one_language_is_caught() -> None:
    planted = 'def space(language):\n    return "" if language == "nl" else {"fr": " "}.get(language)\n'
    assert list(named_languages(planted, "planted.py")) == ["planted.py:2: 'nl'", "planted.py:2: 'fr'"]


def test_no_template_asks_for_one_language() -> None:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert [path.name for path in templates if IN_TEMPLATES.search(path.read_text(encoding="utf-8"))] == []
    assert IN_TEMPLATES.search('{% if LANGUAGE_CODE == "fr" %}')


def test_settings_and_texts_of_the_bank_know_the_same_languages() -> None:
    assert tuple(dict(settings.LANGUAGES)) == tuple(settings.MODELTRANSLATION_LANGUAGES) == LANGUAGE_CODES
    assert settings.LANGUAGE_CODE == DEFAULT


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_each_language_has_its_catalogue_its_bank_and_the_rules_of_babel(language: str) -> None:
    assert catalogue_path(ROOT, language).is_file(), f"locale/ has no catalogue for {language}: bin/manage messages"
    for edition in shipped_editions():
        assert (edition / f"{language}.yaml").is_file(), f"the bank has no texts in {language}: {edition}"
    assert Locale.parse(LANGUAGES[language].locale).language == language
    fields = {field.name for field in Release._meta.get_fields()}
    assert f"title_{language}" in fields, f"the tables of the bank have no columns for {language}: makemigrations"
