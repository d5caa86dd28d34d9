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
from reports.scorecard.shapes import Turned
from reports.scorecard.standing import turned_in
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
    """In the order of the scorecards, which have their assessment; constant queries, however many there are. Of a
    vendor that the member still rates nothing is told."""
    before = _before(member, cards)
    pairs = [(card, before[card.pk]) for card in cards if card.pk in before]
    prefetch_related_objects(cards, "rules")
    turned = dict(zip((card.pk for card, _earlier in pairs), turned_in(pairs), strict=True))
    closed = withheld(member)
    return [
        _changed(card, before.get(card.pk), turned.get(card.pk, []), is_closed=card.assessment.vendor_id in closed)
        for card in cards
    ]


def _before(member: Membership, cards: Sequence[Scorecard]) -> dict[int, Scorecard]:
    """By the key of a scorecard, the vendor’s scorecard before it; two queries."""
    rows = Scorecard.objects.for_member(member)
    keys = rows.filter(pk__in=[card.pk for card in cards]).keys_before()
    found = rows.without_snapshot().select_related("assessment").in_bulk([key for key in keys.values() if key])
    return {pk: found[key] for pk, key in keys.items() if key in found}


def _changed(card: Scorecard, before: Scorecard | None, turned: Sequence[Turned], *, is_closed: bool) -> Changed:
    if before is None:
        return Changed(scorecard=card, before=None, lines=(), note=_("First scorecard"))
    if is_closed:
        said = _("What changed is told once you have handed in your own answers.")
        return Changed(scorecard=card, before=before, lines=(), note=said)
    note = "" if turned else _("No rule changed its status")
    lines = tuple(_lines(turned, of=len(card.rules.all())))
    return Changed(scorecard=card, before=before, lines=lines, note=note)


def _lines(turned: Sequence[Turned], *, of: int) -> Iterable[ChangeLine]:
    for one in turned:
        if one.before is not None:
            yield ChangeLine(said=_turned(one.position, one.before, one.now), way=one.way)
    if strange := [one.position for one in turned if one.before is None]:
        yield ChangeLine(said=_strange(strange) if len(strange) < of else _nothing_compares(), way="")


def _turned(position: int, before: str, now: str) -> str:
    rule = _("Rule %(number)s") % {"number": position}
    return labelled(rule, _("%(before)s → %(now)s") % {"before": STATUSES[before], "now": STATUSES[now]})


def _nothing_compares() -> str:
    return _("No rule can be compared: its questions or thresholds are others since")


def _strange(positions: Sequence[int]) -> str:
    rules = joined([str(position) for position in positions])
    said = ngettext("Rule %(rules)s", "Rules %(rules)s", len(positions)) % {"rules": rules}
    return labelled(said, _("not comparable"))
