"""An edition of the expectations, rule by rule, as pages and papers show it, in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from groundwork.words import labelled
from manifesto.models import RULE_KEYS, Release
from vendors.measures.cards import agreed_words
from vendors.measures.catalogue import BY_KEY
from vendors.measures.words import LABELS
from vendors.models import Expectation, ExpectationEdition


@dataclass(frozen=True, kw_only=True)
class Line:
    """One expectation. `told_by`: what tells whether it is kept, in words; empty where nothing measures it."""

    expectation: Expectation
    text: str
    told_by: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class RuleSheet:
    """What is expected under one of the seven; `name` and `promise` are empty without an edition of the bank."""

    key: str
    number: int
    name: str
    promise: str
    lines: tuple[Line, ...]


def edition_in_force(organisation: int, today: date) -> ExpectationEdition | None:
    """The one that holds on that day in an organisation (its key). One query."""
    return ExpectationEdition.objects.filter(organisation=organisation).in_force(today).first()


def sheet_of(edition: ExpectationEdition) -> tuple[RuleSheet, ...]:
    """All seven rules, in their order, those without an expectation too. Three queries."""
    return rules_of(edition.expectations.order_by("position", "pk"))


def rules_of(expectations: Iterable[Expectation]) -> tuple[RuleSheet, ...]:
    rows = list(expectations)
    release = Release.objects.current()
    rules = {rule.key: rule for rule in release.rules.all()} if release else {}
    return tuple(
        RuleSheet(
            key=key,
            number=number,
            name=rules[key].name if key in rules else "",
            promise=rules[key].promise if key in rules else "",
            lines=_lines([row for row in rows if row.rule == key]),
        )
        for number, key in enumerate(RULE_KEYS, start=1)
    )


def _lines(rows: list[Expectation]) -> tuple[Line, ...]:
    return tuple(
        Line(
            expectation=row,
            text=row.text,
            told_by=told_by(row),
            is_first=row is rows[0],
            is_last=row is rows[-1],
        )
        for row in rows
    )


def told_by(expectation: Expectation) -> str:
    """“Time to the first response: at most 15 minutes”; the measure alone without a target; empty where none tells."""
    measure = BY_KEY.get(expectation.measure)
    if measure is None:
        return ""
    label = LABELS[measure.key]
    if expectation.target is None:
        return str(label)
    return labelled(label, agreed_words(measure, float(expectation.target)))
