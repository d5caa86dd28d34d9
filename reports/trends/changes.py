"""What changed in each of several scorecards since the one before it, by the stored numbers. In the active language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from assessments.score.words import STATUSES
from groundwork.words import joined, labelled
from reports.models import Scorecard
from reports.scorecard import moves, stored
from reports.scorecard.moves import Direction, Move
from vendors.withheld import withheld


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """“Rule 7: Broken → Partly met”. `way`: of its arrow, empty for none."""

    said: str
    way: str


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A scorecard and what changed since the one before. `note` stands where there are no lines."""

    scorecard: Scorecard
    before: Scorecard | None
    lines: tuple[ChangeLine, ...]
    note: str


def changes_of(member: Membership, cards: Sequence[Scorecard]) -> list[Changed]:
    """In the order of the scorecards, which have their assessment; five queries, however many there are. Of a vendor
    that the member still rates nothing is told."""
    before = _before(member, cards)
    prefetch_related_objects([*cards, *before.values()], "rules")
    asked = stored.asked_of(stored.policies_of([*cards, *before.values()]))
    closed = withheld(member)
    return [_changed(card, before.get(card.pk), asked, is_closed=card.assessment.vendor_id in closed) for card in cards]


def _before(member: Membership, cards: Sequence[Scorecard]) -> dict[int, Scorecard]:
    """By the key of a scorecard, the vendor’s scorecard before it; two queries."""
    rows = Scorecard.objects.for_member(member)
    keys = dict(rows.filter(pk__in=[card.pk for card in cards]).with_before().values_list("pk", "before"))
    found = rows.without_snapshot().select_related("assessment").in_bulk([key for key in keys.values() if key])
    return {pk: found[key] for pk, key in keys.items() if key in found}


def _changed(card: Scorecard, before: Scorecard | None, asked: stored.Asked, *, is_closed: bool) -> Changed:
    if before is None:
        return Changed(scorecard=card, before=None, lines=(), note=_("First scorecard"))
    if is_closed:
        said = _("What changed is told once you have handed in your own answers.")
        return Changed(scorecard=card, before=before, lines=(), note=said)
    found = moves.moves(stored.results_of(card, asked), stored.results_of(before, asked))
    note = "" if found else _("No rule changed its status")
    return Changed(scorecard=card, before=before, lines=tuple(_lines(found)), note=note)


def _lines(found: Iterable[Move]) -> Iterable[ChangeLine]:
    strange: list[int] = []
    for move in found:
        if move.before is None or move.direction is Direction.ASKED_OTHERWISE:
            strange.append(move.position)
            continue
        way = "" if move.direction is Direction.OTHERWISE else move.direction.value
        yield ChangeLine(said=_turned(move.position, move.before.status, move.now.status), way=way)
    if strange:
        yield ChangeLine(said=_strange(strange), way="")


def _turned(position: int, before: str, now: str) -> str:
    rule = _("Rule %(number)s") % {"number": position}
    return labelled(rule, _("%(before)s → %(now)s") % {"before": STATUSES[before], "now": STATUSES[now]})


def _strange(positions: Sequence[int]) -> str:
    rules = joined([str(position) for position in positions])
    said = ngettext("Rule %(rules)s", "Rules %(rules)s", len(positions)) % {"rules": rules}
    return labelled(said, _("not comparable"))
