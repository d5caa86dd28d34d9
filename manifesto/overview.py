"""An edition at a glance: the seven rules with their questions, and what is still missing where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from groundwork.languages import LANGUAGE_CODES, active_language
from manifesto import bank as banks
from manifesto.bank import TEXT_FIELDS, ChangeKind, QuestionEntry, Sheet, Texts
from manifesto.editions import predecessor
from manifesto.models import Release, ReleaseState, Rule


@dataclass(frozen=True, kw_only=True)
class QuestionLine:
    pk: int
    key: str
    label: str
    weight: Decimal
    knockout: bool
    supplementary: bool
    fact: str
    revision: int
    missing: tuple[str, ...]  # languages in which a text is missing
    change: str  # a ChangeKind against the edition before; "" for unchanged, and for editions that are final
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    pk: int
    key: str
    position: int
    name: str
    missing: tuple[str, ...]
    change: str
    weight: Decimal  # of all its questions that count
    questions: tuple[QuestionLine, ...]


def overview(release: Release) -> tuple[RuleLine, ...]:
    """A constant number of queries, however many questions."""
    changes = _changes(release) if release.state == ReleaseState.DRAFT else {}
    rules = release.rules.order_by("position").select_related("guide").prefetch_related("questions__levels")
    return tuple(_rule_line(rule, changes) for rule in rules)


def _changes(release: Release) -> dict[tuple[Sheet, str], str]:
    previous = predecessor(release)
    if previous is None:
        return {}
    kinds: dict[tuple[Sheet, str], str] = {}
    for change in banks.compare(banks.read(previous), banks.read(release)):
        if change.kind in (ChangeKind.UNCHANGED, ChangeKind.REMOVED):
            continue
        if change.sheet is Sheet.LEVELS:
            kinds.setdefault((Sheet.QUESTIONS, change.key.rsplit("/", 1)[0]), ChangeKind.CHANGED.value)
        elif change.sheet is Sheet.GUIDES:
            kinds.setdefault((Sheet.RULES, change.key), ChangeKind.CHANGED.value)
        else:
            kinds[change.sheet, change.key] = change.kind.value
    return kinds


def _rule_line(rule: Rule, changes: dict[tuple[Sheet, str], str]) -> RuleLine:
    questions = sorted(rule.questions.all(), key=lambda question: (question.position, question.pk))
    last = len(questions) - 1
    lines = tuple(
        QuestionLine(
            pk=question.pk,
            label=question.short or question.key,
            weight=question.weight,
            fact=question.get_fact_display() if question.fact != "none" else "",
            missing=_missing_languages(_texts(banks.read_question(question))),
            change=changes.get((Sheet.QUESTIONS, question.key), ""),
            is_first=number == 0,
            is_last=number == last,
            **{name: getattr(question, name) for name in ("key", "knockout", "supplementary", "revision")},
        )
        for number, question in enumerate(questions)
    )
    return RuleLine(
        pk=rule.pk,
        key=rule.key,
        position=rule.position,
        name=rule.name or rule.key,
        missing=_missing_languages(_texts_of_rule(rule)),
        change=changes.get((Sheet.RULES, rule.key), ""),
        weight=sum((question.weight for question in questions if not question.supplementary), Decimal(0)),
        questions=lines,
    )


def _texts_of_rule(rule: Rule) -> Iterator[Texts]:
    """Those of the page beside it, too, once somebody has begun to write it."""
    yield from (banks.texts_of(rule, name) for name in TEXT_FIELDS[Sheet.RULES])
    guide = banks.read_guide(rule)
    yield from (getattr(guide, name) for name in TEXT_FIELDS[Sheet.GUIDES]) if guide else ()


def _texts(question: QuestionEntry) -> Iterator[Texts]:
    yield from (getattr(question, name) for name in TEXT_FIELDS[Sheet.QUESTIONS])
    yield from question.levels


def _missing_languages(texts: Iterator[Texts]) -> tuple[str, ...]:
    said = list(texts)
    return tuple(language for language in LANGUAGE_CODES if not all(text[language] for text in said))


def preview_language(asked: str) -> str:
    """The language of a preview: the one asked for, else the one the page is in."""
    return asked if asked in LANGUAGE_CODES else active_language()
