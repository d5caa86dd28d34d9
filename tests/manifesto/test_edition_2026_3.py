"""Edition 2026.3 is 2026.2 with supplementary questions beside it, written by the same rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundwork.languages import LANGUAGE_CODES
from manifesto import yaml_files
from manifesto.bank import Bank, QuestionEntry
from tests.manifesto import test_edition_2026_2 as written

BEFORE: Bank = yaml_files.read_folder(yaml_files.SHIPPED / "2026.2")
BANK: Bank = yaml_files.read_folder(yaml_files.SHIPPED / "2026.3")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "bank-2026.3.md"
NEW = {
    "support": ["support-need"],
    "consistency": ["consistency-staff"],
    "guidance": ["guidance-tone", "guidance-training"],
    "troubleshooting": ["troubleshooting-documentation", "troubleshooting-interfaces"],
    "speed": ["speed-answers"],
    "proof": [],
    "prevention": ["prevention-news"],
}


def _counting(bank: Bank) -> Bank:
    return replace(bank, rules=tuple(replace(rule, questions=rule.counting) for rule in bank.rules))


def _supplementary(bank: Bank) -> Bank:
    """The bank with what is new in it alone."""
    also = (tuple(q for q in rule.questions if q.supplementary) for rule in bank.rules)
    return replace(bank, rules=tuple(replace(rule, questions=new) for rule, new in zip(bank.rules, also, strict=True)))


ALSO = _supplementary(BANK)


def _new() -> Iterator[QuestionEntry]:
    for _rule, question in ALSO.questions():
        yield question


def test_the_22_and_their_rules_are_those_of_the_edition_before_word_for_word() -> None:
    assert _counting(BANK).rules == BEFORE.rules
    assert BANK.policy == BEFORE.policy


def test_eight_supplementary_questions_stand_behind_those_that_count() -> None:
    assert {rule.key: [q.key for q in rule.questions if q.supplementary] for rule in BANK.rules} == NEW
    for rule in BANK.rules:
        assert rule.questions[: len(rule.counting)] == rule.counting


def test_they_begin_at_revision_one_and_knock_nothing_out() -> None:
    assert {(question.revision, question.knockout, question.weight) for question in _new()} == {(1, False, 1)}


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_they_say_how_lapses_count_and_what_a_period_without_a_case_makes(language: str) -> None:
    assert written.without_counting(ALSO, language) == []
    for question in _new():
        levels = [level[language] for level in question.levels]
        assert re.search(written.NO_CASE[language], levels[1]), question.key
        assert all(written.LAPSE[language] in level for level in levels[3:]), question.key


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_their_levels_stack_and_are_read_alone(language: str) -> None:
    assert written.leaning(ALSO, language) == []
    assert written.absolute(ALSO, language) == []
    for question in _new():
        levels = [level[language] for level in question.levels]
        assert levels[4].startswith(levels[3]), question.key
        assert max(map(len, levels)) <= written.LONGEST_LEVEL, question.key


def test_no_seven_words_of_the_edition_are_those_of_others() -> None:
    planted = replace(BANK, title={**BANK.title, "en": "Seven wet ducks stand behind the grey church"})
    assert len(written.shared(written._said(planted))) == 2
    assert written.shared(written._said(BANK)) == []


def test_the_page_on_the_edition_names_each_of_them() -> None:
    told = re.findall(r"^\| `([a-z-]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert told == [question.key for question in _new()]
