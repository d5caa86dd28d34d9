"""The bank as shipped: complete, the same shape in three languages, short where it must be short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from groundwork.languages import LANGUAGE_CODES
from manifesto import yaml_files
from manifesto.bank import LIMITS, Bank, bank_lines
from manifesto.models import RULE_KEYS

BANK: Bank = yaml_files.read_folder()
QUESTIONS = [question for _rule, question in BANK.questions()]
NARROW, WIDE = "\u202f", "\u00a0"


def _said(language: str) -> Iterator[tuple[str, str]]:
    for (sheet, key), fields in bank_lines(BANK).items():
        for (field, of), value in fields.items():
            if of == language:
                yield f"{sheet}/{key}.{field}", value


def test_it_has_seven_rules_and_22_questions_in_order() -> None:
    assert [rule.key for rule in BANK.rules] == list(RULE_KEYS)
    assert [len(rule.questions) for rule in BANK.rules] == [3, 3, 3, 3, 4, 3, 3]


def test_every_question_belongs_to_its_rule_by_key() -> None:
    assert all(question.key.startswith(f"{rule.key}-") for rule, question in BANK.questions())


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_every_text_is_there(language: str) -> None:
    said = dict(_said(language))
    assert [place for place, text in said.items() if not text] == []
    assert len(said) == 2 + 7 * 3 + 22 * 4 + 110


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_every_question_has_five_different_levels(language: str) -> None:
    for question in QUESTIONS:
        assert len({level[language] for level in question.levels}) == 5, question.key


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_labels_are_short_and_tell_questions_apart(language: str) -> None:
    labels = [question.short[language] for question in QUESTIONS]
    assert max(map(len, labels)) <= LIMITS["short"]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_translation_is_no_copy_of_the_english(language: str) -> None:
    english = dict(_said("en"))
    assert [place for place, text in _said(language) if text == english[place]] == []


def test_french_has_its_spaces_before_double_punctuation() -> None:
    wrong = [
        place for place, text in _said("fr") if re.search(rf"[^\s{NARROW}{WIDE}][;?!»]|[^\s{NARROW}{WIDE}\d]:", text)
    ]
    breakable = [place for place, text in _said("fr") if re.search(r" [:;?!»]|« ", text)]
    assert (wrong, breakable) == ([], [])


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_quotation_marks_and_apostrophes_are_typographic(language: str) -> None:
    assert [place for place, text in _said(language) if re.search(r"[\"'`]|\.\.\.|--", text)] == []


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_no_text_has_stray_spaces_or_is_unreasonably_long(language: str) -> None:
    assert [place for place, text in _said(language) if re.search(r"  |\s\.", text) or len(text) > 900] == []


def test_weights_knockouts_and_facts_are_those_of_the_manifesto() -> None:
    assert {question.key for question in QUESTIONS if question.fact == "percentage"} == {"prevention-share"}
    assert {question.key for question in QUESTIONS if question.fact == "frequency"} == {
        "speed-practice",
        "speed-review",
    }
    assert all(Decimal(0) < question.weight <= 2 for question in QUESTIONS)
    assert all(question.revision == 1 for question in QUESTIONS)


def test_the_shipped_files_survive_the_combined_file() -> None:
    from manifesto.sources import assemble

    assert assemble(yaml_files.read_lines(yaml_files.write(BANK), "bank.yaml")) == BANK
