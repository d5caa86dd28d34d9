"""The rules that are not met, on one page: what was expected, found, proven, replied and asked of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.score.arithmetic import RuleScore, RuleStatus, Score
from groundwork.words import apart, isolated, labelled
from reports.scorecard.paper.cutting import Room, cut
from reports.scorecard.paper.sections import record
from reports.scorecard.paper.shapes import RuleOnPaper, Said
from reports.scorecard.shapes import QuestionView, RuleView, ScorecardView

WIDTH, TYPE = 114.4, 9.5
EVIDENCE = Room(lines=2, width=50, type=8)
GOOD = Fraction(3)  # a grade that says nothing of what is wrong


# Lines that each rule has, by how many are not met: together they fill the page and never more.
LINES = (30, 22, 15, 11, 9, 7, 7)


def of(card: ScorecardView, score: Score) -> tuple[RuleOnPaper, ...]:
    """In the active language; the rules that are not rated among them."""
    failed = [(rule, one) for rule, one in zip(card.rules, score.rules, strict=True) if one.status != RuleStatus.MET]
    lines = LINES[min(len(failed), len(LINES)) - 1]
    return tuple(
        RuleOnPaper(
            rule=rule,
            evidence=cut(evidence(rule), EVIDENCE, rest=record(rule.number)),
            lines=tuple(_lines(rule, one, card, lines)),
        )
        for rule, one in failed
    )


def _lines(rule: RuleView, score: RuleScore, card: ScorecardView, lines: int) -> Iterable[Said]:
    parts = (
        (_("We expect"), _expected(rule, card)),
        (_("We found"), _found(rule, score, card)),
        (_("The vendor replies"), _reply(rule, card)),
        (_("We ask"), _asked(rule)),
    )
    rooms = [Room(lines=1, width=WIDTH, type=TYPE).after(label) for label, _text in parts]
    needs = [room.lines_of(text) for room, (_label, text) in zip(rooms, parts, strict=True)]
    for room, given, (label, text) in zip(rooms, allotted(needs, lines), parts, strict=True):
        yield Said(label=label, text=cut(text, replace(room, lines=given), rest=record(rule.number)))


def allotted(needs: Sequence[int], lines: int) -> list[int]:
    """How many lines each part gets: one at least, then one after the other as long as there are any left, those that
    need few first."""
    given = [1] * len(needs)
    order = sorted(range(len(needs)), key=lambda place: needs[place])
    left = lines - len(needs)
    while left > 0 and any(got < need for got, need in zip(given, needs, strict=True)):
        for place in order:
            if left > 0 and given[place] < needs[place]:
                given[place] += 1
                left -= 1
    return given


def _expected(rule: RuleView, card: ScorecardView) -> str:
    """The promise of the rule, and what the customer expects beyond it."""
    own = card.expected.rules.get(rule.key) if card.expected else None
    return " ".join([rule.promise, *(line.text for line in (own.lines if own else ()))])


def _found(rule: RuleView, score: RuleScore, card: ScorecardView) -> str:
    """Why it is not met; what the measures say; then each weak question with the level that it is graded at."""
    notices = card.measured.notices if card.measured else ()
    measured = [labelled(one.label, one.plain) for one in notices if one.rule == rule.key]
    graded = zip(rule.questions, score.questions, strict=True)
    weak = sorted(
        ((one.grade, question) for question, one in graded if one.grade is not None and one.grade < GOOD),
        key=lambda pair: pair[0],
    )
    return " ".join([rule.reason, *measured, *(_weak(question) for _grade, question in weak)])


def _weak(question: QuestionView) -> str:
    named = f"{question.number} {question.short} ({question.grade})"
    return labelled(named, question.level) if question.level else f"{named}."


def evidence(rule: RuleView) -> str:
    """How many files stand behind its grades, and which."""
    names = [file.name for question in rule.questions for answer in question.answers for file in answer.evidence]
    files = list(dict.fromkeys(names))
    if not files:
        return _("No file: these grades rest on what the raters say.")
    counted = ngettext("%(count)s file as evidence", "%(count)s files as evidence", len(files)) % {"count": len(files)}
    return labelled(counted, ", ".join(map(isolated, files)))


def _reply(rule: RuleView, card: ScorecardView) -> str:
    if rule.reply:
        said = f"{rule.reply.stance_label}." if not rule.reply.text else rule.reply.stance_label
        return labelled(said, isolated(rule.reply.text)) if rule.reply.text else said
    if card.reply_note:
        return card.reply_note
    return _("nothing to this rule.") if card.reply_asked else _("it was not asked about this result.")


def _asked(rule: RuleView) -> str:
    """Request, owner and day of each, what is late first."""
    asked = sorted((one for one in rule.asked if one.is_open), key=lambda one: one.kind != "late")
    if not asked:
        return _("nothing yet.")
    return apart(
        ", ".join(
            filter(
                None, (one.what.rstrip(". "), isolated(one.contact or one.owner), one.due, late(one.kind, one.state))
            )
        )
        for one in asked
    )


def late(kind: str, state: str) -> str:
    return state.lower() if kind in ("late", "attention") else ""
