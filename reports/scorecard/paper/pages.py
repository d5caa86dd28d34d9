"""What brief and scorecard say, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils import translation
from django.utils.translation import ngettext

from assessments.score.arithmetic import RuleStatus
from groundwork.words import apart, labelled
from reports.scorecard import snapshots
from reports.scorecard.facts import FactsView
from reports.scorecard.paper import basis, page_one, unmet
from reports.scorecard.paper.cutting import Room, cut
from reports.scorecard.paper.sections import record
from reports.scorecard.paper.shapes import PageOne, Pages, Unmeasured
from reports.scorecard.shapes import ScorecardView
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.words import words_of
from vendors.measures.catalogue import MEASURES
from vendors.measures.words import EXPLAINED, LABELS

MOST_NOTES = 4
MOST_FACTS = 10
FACT_NOTE = Room(lines=2, width=174, type=8)


def brief(snapshot: Snapshot, card: ScorecardView) -> PageOne:
    """The brief: page one alone, in the language of `card`."""
    with translation.override(card.language):
        return page_one.of(snapshot, card, words_of(snapshot, card.language))


def scorecard(snapshot: Snapshot, card: ScorecardView) -> Pages:
    """The three pages behind page one, in the language of `card`."""
    words, score = words_of(snapshot, card.language), snapshots.score_of(snapshot)
    with translation.override(card.language):
        departments = basis.departments(snapshot)
        rows = page_one.rows(card, score, words)
        return Pages(
            facts=_weightiest(card.facts) if card.facts else None,
            facts_note=_more_facts(card.facts) if card.facts else "",
            unmeasured=() if card.facts else tuple(_unmeasured(card)),
            fact_notes=tuple(cut(note, FACT_NOTE, rest=record()) for note in _fact_notes(card))[:MOST_NOTES],
            unmet=unmet.of(card, score),
            met=tuple(row for row in rows if row.rule.status == RuleStatus.MET),
            departments=tuple(departments[: basis.MOST_DEPARTMENTS]),
            departments_note=basis.more_departments(len(departments) - basis.MOST_DEPARTMENTS),
            basis=tuple(basis.lines(snapshot, card)),
            method=basis.method(words),
            signatures=basis.signatures(snapshot, card),
        )


def _weightiest(facts: FactsView) -> FactsView:
    """As many rows as the page has room for, in their order: what decides is kept first, then what gets worse, then
    what is held to a target."""
    ranked = sorted(facts.rows, key=lambda row: (not row.decides, row.way != "worse", not row.target, not row.change))
    kept = {row.key for row in ranked[:MOST_FACTS]}
    return replace(facts, rows=tuple(row for row in facts.rows if row.key in kept))


def _unmeasured(card: ScorecardView) -> Iterable[Unmeasured]:
    """What would tell of each rule, so that whoever reads knows what to record."""
    numbers = {rule.key: rule.number for rule in card.rules}
    told = (measure for measure in MEASURES if measure.rule in numbers)
    for measure in sorted(told, key=lambda measure: numbers[measure.rule]):
        yield Unmeasured(
            rule=numbers[measure.rule], label=str(LABELS[measure.key]), explained=str(EXPLAINED[measure.key])
        )


def _more_facts(facts: FactsView) -> str:
    more = len(facts.rows) - MOST_FACTS
    if more <= 0:
        return ""
    said = ngettext("%(count)s measure more in the %(record)s.", "%(count)s measures more in the %(record)s.", more)
    return said % {"count": more, "record": record()}


def _fact_notes(card: ScorecardView) -> Iterable[str]:
    """What the figures rest on, and what was held together, the weightiest first."""
    if card.measured and card.measured.basis:
        yield card.measured.basis.age
        yield card.measured.basis.followed
    if card.measured and card.measured.felt:
        felt = card.measured.felt
        yield labelled(felt.line.label, apart((felt.line.figure, felt.tendency_label.lower())))
    for cause in card.proven:
        yield cause.text
    for one in card.practice:
        yield f"{one.label}. {one.text}"
