"""What changed in each of several scorecards since the one before it, by the stored numbers. In the active language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import WithAnnotations

from accounts.models import Membership
from assessments.models import Assessment
from assessments.score.words import STATUSES
from assessments.secrecy import vendors_being_rated
from groundwork.together import attach, read_together
from groundwork.words import joined, labelled
from manifesto.models import Release
from reports.models import Scorecard, ScorecardRule
from reports.models.scorecard import KeyBefore
from reports.scorecard import stored
from reports.scorecard.shapes import Turned
from reports.scorecard.standing import turned_in


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


def changes_of(member: Membership, cards: Sequence[WithAnnotations[Scorecard, KeyBefore]]) -> list[Changed]:
    """In the order of the scorecards, which have their assessment and the key of the one before; one query, however
    many there are. Of a vendor that the member still rates nothing is told."""
    keys = {key for card in cards for key in (card.pk, card.key_before) if key is not None}
    ours = Scorecard.objects.for_member(member).without_snapshot().select_related("assessment")
    earlier = ours.filter(pk__in=[card.key_before for card in cards if card.key_before is not None])
    rules, closed = ScorecardRule.objects.filter(scorecard__in=keys), vendors_being_rated(member)
    editions = Assessment.objects.filter(scorecard__in=keys).order_by().values("release")
    releases, asked = Release.objects.filter(pk__in=editions), stored.rows_asked(editions)
    read_together(earlier, rules, releases, asked, closed)

    found = {card.pk: card for card in earlier}
    by_position = sorted(rules, key=lambda rule: rule.position)
    attach([*cards, *found.values()], "rules", ((rule.scorecard_id, rule) for rule in by_position))
    pairs = [(card, found[card.key_before]) for card in cards if card.key_before in found]
    turned = turned_in(pairs, stored.asked_in(asked, stored.policies_in(releases)))
    return _told(cards, pairs, turned, closed=set(closed))


def _told(
    cards: Iterable[Scorecard],
    pairs: Sequence[tuple[Scorecard, Scorecard]],
    turned: Iterable[Sequence[Turned]],
    *,
    closed: Collection[int],
) -> list[Changed]:
    before = {card.pk: earlier for card, earlier in pairs}
    of_card = dict(zip(before, turned, strict=True))
    return [
        _changed(card, before.get(card.pk), of_card.get(card.pk, []), is_closed=card.assessment.vendor_id in closed)
        for card in cards
    ]


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
