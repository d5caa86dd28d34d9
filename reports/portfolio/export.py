"""The portfolio as rows of a file: all that is chosen, in the order and the words of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from groundwork.words import apart, day
from reports.models import RULE_POSITIONS
from reports.portfolio.words import CardWords, Row


def sheet(rows: Iterable[Row], rules: Mapping[int, str]) -> Iterator[list[str]]:
    """The heading first. A rule has two columns, its status and its percent; what is not known is an empty cell."""
    yield _heading(rules)
    for row in rows:
        yield [
            row.vendor.name,
            row.tier,
            *(_card_cells(row.card) if row.card else [_silence(row), *[""] * (2 * len(RULE_POSITIONS) + 4)]),
            row.commitments,
            row.overdue,
            row.kept,
            row.card.number if row.card else "",
            day(row.card.approved_on) if row.card else "",
            _age(row.card) if row.card else "",
            day(row.decide_by) if row.decide_by else "",
        ]


def _heading(rules: Mapping[int, str]) -> list[str]:
    heading = [_("Vendor"), _("Tier"), _("State"), _("Rules met"), _("Broken")]
    for position in RULE_POSITIONS:
        name = {"number": position, "name": rules.get(position, "")}
        heading += [_("Rule %(number)s, %(name)s") % name, _("Rule %(number)s, percent") % name]
    heading += [_("Weakest rule"), _("Findings"), _("Open commitments"), _("Overdue commitments")]
    heading += [_("Commitments kept")]
    return [*heading, _("Scorecard"), _("Approved on"), _("Age"), _("Decide by")]


def _card_cells(card: CardWords) -> list[str]:
    rules = [text for cell in card.cells for text in (cell.status_label, cell.percent)]
    findings = apart(said for _code, said in card.findings) or ("" if card.is_measured else _("not measured"))
    return [_("Assessed"), card.met_said, card.broken_said, *rules, card.weakest, findings]


def _silence(row: Row) -> str:
    if row.is_withheld:
        return _("Your own answers come first")
    return _("Never assessed; the first assessment is in hand") if row.is_in_hand else _("Never assessed")


def _age(card: CardWords) -> str:
    return apart([card.age, _("older than 12 months") if card.is_old else ""])
