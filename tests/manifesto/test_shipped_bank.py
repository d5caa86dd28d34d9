"""The editions as shipped: complete, the same shape in three languages, short where they must be short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest

from groundwork.languages import LANGUAGE_CODES
from manifesto import yaml_files
from manifesto.bank import LIMITS, Bank, QuestionEntry, bank_lines
from manifesto.models import RULE_KEYS

BANKS: dict[str, Bank] = {folder.name: yaml_files.read_folder(folder) for folder in yaml_files.shipped_editions()}
NARROW, WIDE = "\u202f", "\u00a0"


@pytest.fixture(params=BANKS)
def bank(request: pytest.FixtureRequest) -> Bank:
    return BANKS[request.param]


def _said(bank: Bank, language: str) -> Iterator[tuple[str, str]]:
    for (sheet, key), fields in bank_lines(bank).items():
        for (field, of), value in fields.items():
            if of == language:
                yield f"{sheet}/{key}.{field}", value


def _questions(bank: Bank) -> list[QuestionEntry]:
    return [question for _rule, question in bank.questions()]


def test_a_folder_is_named_after_its_edition(bank: Bank) -> None:
    assert BANKS[bank.edition] is bank


def test_it_has_seven_rules_and_22_questions_in_order(bank: Bank) -> None:
    assert [rule.key for rule in bank.rules] == list(RULE_KEYS)
    assert [len(rule.counting) for rule in bank.rules] == [3, 3, 3, 3, 4, 3, 3]


def test_every_question_belongs_to_its_rule_by_key(bank: Bank) -> None:
    assert all(question.key.startswith(f"{rule.key}-") for rule, question in bank.questions())


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_every_text_is_there(bank: Bank, language: str) -> None:
    said = dict(_said(bank, language))
    assert [place for place, text in said.items() if not text] == []
    assert len(said) == 2 + 7 * 3 + len(_questions(bank)) * (4 + 5)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_every_question_has_five_different_levels(bank: Bank, language: str) -> None:
    for question in _questions(bank):
        assert len({level[language] for level in question.levels}) == 5, question.key


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_labels_are_short_and_tell_questions_apart(bank: Bank, language: str) -> None:
    labels = [question.short[language] for question in _questions(bank)]
    assert max(map(len, labels)) <= LIMITS["short"]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_translation_is_no_copy_of_the_english(bank: Bank, language: str) -> None:
    english = dict(_said(bank, "en"))
    assert [place for place, text in _said(bank, language) if text == english[place]] == []


def test_french_has_its_spaces_before_double_punctuation(bank: Bank) -> None:
    wrong = [
        place
        for place, text in _said(bank, "fr")
        if re.search(rf"[^\s{NARROW}{WIDE}][;?!»]|[^\s{NARROW}{WIDE}\d]:", text)
    ]
    breakable = [place for place, text in _said(bank, "fr") if re.search(r" [:;?!»]|« ", text)]
    assert (wrong, breakable) == ([], [])


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_quotation_marks_and_apostrophes_are_typographic(bank: Bank, language: str) -> None:
    assert [place for place, text in _said(bank, language) if re.search(r"[\"'`]|\.\.\.|--", text)] == []


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_no_text_has_stray_spaces_or_is_unreasonably_long(bank: Bank, language: str) -> None:
    assert [place for place, text in _said(bank, language) if re.search(r"  |\s\.", text) or len(text) > 1100] == []


def test_weights_knockouts_and_facts_are_those_of_the_manifesto(bank: Bank) -> None:
    assert {question.key for question in _questions(bank) if question.fact == "percentage"} == {"prevention-share"}
    assert {question.key for question in _questions(bank) if question.fact == "frequency"} == {
        "speed-practice",
        "speed-review",
    }
    assert all(Decimal(0) < question.weight <= 2 for question in _questions(bank))


def test_the_shipped_files_survive_the_combined_file(bank: Bank) -> None:
    from manifesto.sources import assemble

    assert assemble(yaml_files.read_lines(yaml_files.write(bank), "bank.yaml")) == bank


def test_a_revision_never_falls_from_one_edition_to_the_next() -> None:
    editions = list(BANKS.values())
    assert {question.revision for question in _questions(editions[0])} == {1}
    for before, after in pairwise(editions):
        lowest = {question.key: question.revision for question in _questions(before)}
        assert all(question.revision >= lowest.get(question.key, 1) for question in _questions(after))
