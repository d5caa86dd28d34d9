"""Cells that a file leaves empty where the bank says something: kept or really emptied, as a person decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from manifesto.bank import (
    PLAIN_FIELDS,
    TEXT_FIELDS,
    Bank,
    BankChange,
    ChangeKind,
    GuideEntry,
    Lines,
    QuestionEntry,
    RuleEntry,
    Sheet,
    bank_lines,
)
from manifesto.sources import SourceLine

Entry = TypeVar("Entry", Bank, RuleEntry, QuestionEntry, GuideEntry)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value of the bank: its line, its field, and its language ("" for what has none)."""

    sheet: Sheet
    key: str
    field: str
    language: str

    @property
    def column(self) -> str:
        return f"{self.field}_{self.language}" if self.language else self.field


def emptied_cells(changes: Iterable[BankChange], source: Iterable[SourceLine]) -> tuple[Cell, ...]:
    """The cells that the file leaves empty, of lines that it holds: a text that would go, or a number, a tick or a fact
    that would fall back to its default."""
    said = {(line.sheet, line.key): line.values for line in source}
    return tuple(_emptied(changes, said))


def _emptied(changes: Iterable[BankChange], said: dict[tuple[Sheet, str], dict[str, Any]]) -> Iterator[Cell]:
    for change in changes:
        if change.kind not in (ChangeKind.CHANGED, ChangeKind.MOVED):
            continue
        values = said.get((change.sheet, change.key), {})
        for field in change.fields:
            cell = Cell(sheet=change.sheet, key=change.key, field=field.field, language=field.language)
            if not is_blank(field.before) and is_blank(values.get(cell.column)):
                yield cell


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def with_kept(bank: Bank, base: Bank, kept: Collection[Cell]) -> Bank:
    """`bank` with what `base` says in the cells that are to be kept."""
    if not kept:
        return bank
    before, cells = bank_lines(base), frozenset(kept)
    rules = tuple(
        replace(
            _kept(rule, Sheet.RULES, rule.key, before, cells),
            questions=tuple(_kept_question(question, before, cells) for question in rule.questions),
            guide=_kept(rule.guide, Sheet.GUIDES, rule.key, before, cells) if rule.guide else None,
        )
        for rule in bank.rules
    )
    policy = {
        name: before[Sheet.RELEASE, "release"][name, ""]
        for name in PLAIN_FIELDS[Sheet.RELEASE]
        if Cell(sheet=Sheet.RELEASE, key="release", field=name, language="") in cells
    }
    head = _kept(bank, Sheet.RELEASE, "release", before, cells)
    return replace(head, policy=replace(bank.policy, **policy), rules=rules)


def _kept(entry: Entry, sheet: Sheet, key: str, before: Lines, cells: Collection[Cell]) -> Entry:
    texts: dict[str, Any] = {
        name: {
            language: before[sheet, key][name, language]
            if Cell(sheet=sheet, key=key, field=name, language=language) in cells
            else text
            for language, text in getattr(entry, name).items()
        }
        for name in TEXT_FIELDS[sheet]
    }
    return replace(entry, **texts)


def _kept_question(question: QuestionEntry, before: Lines, cells: Collection[Cell]) -> QuestionEntry:
    plain = {
        name: before[Sheet.QUESTIONS, question.key][name, ""]
        for name in PLAIN_FIELDS[Sheet.QUESTIONS]
        if Cell(sheet=Sheet.QUESTIONS, key=question.key, field=name, language="") in cells
    }
    levels = tuple(
        {
            language: before[Sheet.LEVELS, key]["text", language]
            if Cell(sheet=Sheet.LEVELS, key=key, field="text", language=language) in cells
            else text
            for language, text in texts.items()
        }
        for key, texts in ((f"{question.key}/{grade}", texts) for grade, texts in enumerate(question.levels))
    )
    return replace(_kept(question, Sheet.QUESTIONS, question.key, before, cells), levels=levels, **plain)
