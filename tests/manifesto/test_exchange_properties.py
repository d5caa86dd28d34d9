"""Whatever the bank says: out as a file and in again, it says the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundwork.languages import LANGUAGE_CODES
from groundwork.tables import cells
from manifesto import bank as banks
from manifesto import workbook, yaml_files
from manifesto.bank import (
    LIMITS,
    TEXT_FIELDS,
    Bank,
    ChangeKind,
    GuideEntry,
    Policy,
    QuestionEntry,
    RuleEntry,
    Sheet,
    Texts,
    tidy_text,
)
from manifesto.emptied import Cell, with_kept
from manifesto.models import RULE_KEYS, FactKind
from manifesto.sources import assemble

HARD_TO_WRITE = (
    ["=1+1", "'=x", "''@a", "+32 2", "-", "@sum", "'", "no", "1.5", "~", "null", "2026-01-01", "> a\n\n b: #c"],
    ["é ?", "_x000D_", "\u2028", "a\tb", "- a", "{", "&a *a", "😀", "<b>&amp;</b>", "1e5", "0x1F", "true"],
)
WRITTEN = st.one_of(st.text(max_size=40), *(st.sampled_from(texts) for texts in HARD_TO_WRITE))


def _texts(limit: int = 8000) -> st.SearchStrategy[Texts]:
    return st.fixed_dictionaries(
        dict.fromkeys(LANGUAGE_CODES, WRITTEN.map(lambda text: tidy_text(tidy_text(text)[:limit])))
    )


@st.composite
def _questions(draw: Any, key: str) -> QuestionEntry:
    return QuestionEntry(
        key=key,
        weight=draw(st.decimals(min_value="0.01", max_value="9999.99", places=2)),
        knockout=draw(st.booleans()),
        fact=draw(st.sampled_from(FactKind.values)),
        revision=draw(st.integers(1, 9999)),
        text=draw(_texts()),
        short=draw(_texts(LIMITS["short"])),
        why=draw(_texts()),
        evidence=draw(_texts()),
        levels=tuple(draw(_texts()) for _grade in banks.GRADES),
    )


@st.composite
def _guides(draw: Any) -> GuideEntry:
    """With a word at least: one without any is none."""
    texts = {name: draw(_texts()) for name in TEXT_FIELDS[Sheet.GUIDES]}
    return GuideEntry(**{**texts, "proof": {**texts["proof"], "fr": "Une date."}})


@st.composite
def _banks(draw: Any) -> Bank:
    rules = []
    for rule in RULE_KEYS:
        count = draw(st.integers(0, 1))
        questions = tuple(draw(_questions(f"{rule}-{number}")) for number in range(count))
        texts = {"name": draw(_texts(80)), "promise": draw(_texts(240)), "guidance": draw(_texts())}
        guide = draw(_guides()) if rule == "speed" else None  # one says what seven would, in less time
        rules.append(RuleEntry(key=rule, questions=questions, guide=guide, **texts))
    low = draw(st.integers(0, 99))
    policy = Policy(
        broken_threshold=low,
        met_threshold=draw(st.integers(low + 1, 100)),
        minimum_coverage=draw(st.integers(0, 100)),
        knockout_below=draw(st.integers(0, 4)),
    )
    edition = draw(st.text("0123456789.-ab=", min_size=1, max_size=20))
    return Bank(edition=edition, policy=policy, title=draw(_texts(160)), note=draw(_texts()), rules=tuple(rules))


SLOW = settings(max_examples=settings.default.max_examples // 4, suppress_health_check=list(HealthCheck))


@SLOW
@given(_banks())
def test_yaml_out_and_in_changes_nothing(bank: Bank) -> None:
    assert assemble(yaml_files.read_lines(yaml_files.write(bank), "bank.yaml")) == bank


@SLOW
@given(_banks())
def test_a_workbook_out_and_in_changes_nothing(bank: Bank) -> None:
    assert assemble(workbook.read_lines(workbook.write(bank), "bank.xlsx")) == bank


@SLOW
@given(_banks())
def test_plain_values_out_and_in_change_nothing(bank: Bank) -> None:
    assert banks.from_plain(banks.to_plain(bank)) == bank
    assert all(change.kind is ChangeKind.UNCHANGED for change in banks.compare(bank, bank))


@given(st.text())
def test_a_neutralised_text_is_no_formula_and_comes_back(text: str) -> None:
    written = cells.neutralise(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cells.restore(written) == text


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert tidy_text(tidy_text(text)) == tidy_text(text)


@pytest.mark.django_db
@settings(max_examples=settings.default.max_examples // 10, suppress_health_check=list(HealthCheck))
@given(_banks(), _banks())
def test_storing_makes_any_draft_equal_to_any_bank(first: Bank, second: Bank) -> None:
    from django.db import transaction

    from manifesto.models import Release

    with transaction.atomic():
        draft = Release.objects.create(edition="x")
        for bank in (first, second, second):
            banks.store(bank, draft)
            assert banks.bank_lines(banks.read(draft)) == banks.bank_lines(bank)
        transaction.set_rollback(True)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(bank=_banks(), base=_banks(), data=st.data())
def test_kept_cells_say_what_the_base_says_and_all_others_what_the_file_says(bank: Bank, base: Bank, data: Any) -> None:
    before, after = banks.bank_lines(base), banks.bank_lines(bank)
    both = [
        Cell(sheet=place[0], key=place[1], field=field, language=language)
        for place in after.keys() & before.keys()
        for field, language in after[place]
        if field != "rule"
    ]
    kept = data.draw(st.frozensets(st.sampled_from(sorted(both, key=str)), max_size=30))
    result = banks.bank_lines(with_kept(bank, base, kept))
    assert list(result) == list(after)
    for (sheet, key), line in result.items():
        for (field, language), value in line.items():
            cell = Cell(sheet=sheet, key=key, field=field, language=language)
            assert value == (before if cell in kept else after)[sheet, key][field, language]
