"""What a comparison says: made from the snapshots of its scorecards and a language alone, for page and paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from assessments.score.arithmetic import Confidence
from reports.comparison import words
from reports.comparison.differences import RuleDifferences, Side, in_rule
from reports.comparison.shapes import Column, ComparisonView, QuestionCell, QuestionRow, RuleCell, RuleRow
from reports.models import Scorecard
from reports.reasons import inputs
from reports.scorecard import snapshots
from reports.scorecard.shapes import QuestionView, RuleView, ScorecardView
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.view import build

Revisions = Mapping[str, int]  # by the key of a question: what it means, counted by the bank


def view_of(scorecards: Sequence[Scorecard], *, language: str) -> ComparisonView:
    """The scorecards side by side, in this order, once the hash of each is verified. Raises SnapshotDamaged."""
    contents = [snapshots.load(card) for card in scorecards]
    cards = [
        build(content, sha256=card.sha256, language=language)
        for content, card in zip(contents, scorecards, strict=True)
    ]
    with translation.override(language):
        return _compared(cards, [_revisions(content) for content in contents], _editions(contents), language)


def _editions(contents: Sequence[Snapshot]) -> list[str]:
    """Of each scorecard, the first edition among them that asks and judges the same: what a newer one asks beside the
    questions that count keeps nobody from comparing."""
    asked = [inputs.asked_in(content["release"]) for content in contents]
    return [contents[asked.index(one)]["release"]["edition"] for one in asked]


def _compared(
    cards: Sequence[ScorecardView], revisions: Sequence[Revisions], editions: Sequence[str], language: str
) -> ComparisonView:
    columns = tuple(Column(position=place, card=card) for place, card in enumerate(cards, start=1))
    by_key = [{rule.key: rule for rule in card.rules} for card in cards]
    found: list[tuple[RuleView, RuleDifferences]] = []
    rows = []
    for rule in cards[0].rules:  # the seven rules are the same in every edition
        rules = [of_card[rule.key] for of_card in by_key]
        differences = in_rule([_side(*each) for each in zip(cards, rules, editions, strict=True)])
        found.append((rule, differences))
        rows.append(_rule_row(columns, rules, revisions, words.sentences(differences, cards, rules)))
    return ComparisonView(
        language=language,
        organisation=cards[0].organisation,
        columns=columns,
        summary=words.summary(found),
        doubts=words.doubts_of_all_rules(cards, editions),
        rules=tuple(rows),
    )


def _side(card: ScorecardView, rule: RuleView, edition: str) -> Side:
    mark = rule.mark
    return Side(
        percent=mark.percent,
        low=mark.low,
        high=mark.high,
        edition=edition,
        confidence=Confidence(card.confidence),
    )


def _rule_row(
    columns: Sequence[Column], rules: Sequence[RuleView], revisions: Sequence[Revisions], sentences: tuple[str, ...]
) -> RuleRow:
    first = rules[0]
    return RuleRow(
        key=first.key,
        number=first.number,
        name=first.name,
        promise=first.promise,
        cells=tuple(
            RuleCell(
                vendor=column.vendor,
                rule=rule,
                notices=tuple(notice for notice in column.notices if notice.rule == rule.key),
            )
            for column, rule in zip(columns, rules, strict=True)
        ),
        sentences=sentences,
        questions=tuple(_question_rows(columns, rules, revisions)),
    )


def _question_rows(
    columns: Sequence[Column], rules: Sequence[RuleView], revisions: Sequence[Revisions]
) -> list[QuestionRow]:
    """The same question in one row, by its key; those of the first vendor first, then what only others were asked."""
    asked = [{question.key: question for question in rule.questions} for rule in rules]
    keys = dict.fromkeys(key for of_rule in asked for key in of_rule)
    return [_question_row(key, columns, [of_rule.get(key) for of_rule in asked], revisions) for key in keys]


def _question_row(
    key: str, columns: Sequence[Column], asked: Sequence[QuestionView | None], revisions: Sequence[Revisions]
) -> QuestionRow:
    first, meant = next(
        (question, revision[key]) for question, revision in zip(asked, revisions, strict=True) if question is not None
    )
    return QuestionRow(
        key=key,
        number=first.number,
        short=first.short,
        text=first.text,
        cells=tuple(
            QuestionCell(
                vendor=column.vendor,
                edition=column.card.edition,
                question=question,
                is_otherwise=question is not None and revision[key] != meant,
            )
            for column, question, revision in zip(columns, asked, revisions, strict=True)
        ),
    )


def _revisions(content: Snapshot) -> Revisions:
    rules: Sequence[Mapping[str, Any]] = content["release"]["rules"]
    return {question["key"]: question["revision"] for rule in rules for question in rule["questions"]}
