"""What a scorecard says of the one before it, from its own snapshot alone: an arrow a rule, and one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.score.words import STATUSES
from groundwork.words import apart, joined
from reports.scorecard import moves
from reports.scorecard.moves import RANKS, Direction, Move, RuleResult
from reports.scorecard.shapes import BeforeView
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.words import Words

Stored = Mapping[str, Any]


def before_of(snapshot: Snapshot, words: Words) -> dict[str, BeforeView]:
    """By rule what stands beside its percent; nothing where no earlier scorecard is frozen with its rules."""
    earlier = {result.key: result for result in _earlier(snapshot)}
    if not earlier:
        return {}
    why = {rule["rule"]: rule["why"][words.language] for rule in snapshot["previous"]["rules"]}
    views = {now.key: _view(now, earlier.get(now.key), words) for now in _now(snapshot)}
    return {key: replace(view, why=why.get(key, "")) for key, view in views.items() if view is not None}


def sentence(snapshot: Snapshot, words: Words) -> str:
    """“Since S-2026-001 of 3 March 2026 (rules met then: 3 of 7): rule 7 Broken → Partly met.” Empty as above."""
    earlier = _earlier(snapshot)
    if not earlier:
        return ""
    before = snapshot["previous"]
    found = moves.moves(_now(snapshot), [replace(result, percent=None) for result in earlier])
    said = _("Since %(number)s of %(day)s (rules met then: %(met)s of %(total)s): %(moved)s.")
    return said % {
        "number": before["number"],
        "day": words.day(before["approved_at"]),
        "met": before["met"],
        "total": before["of"],
        "moved": moved_words(found),
    }


def brief(snapshot: Snapshot, words: Words) -> tuple[str, str]:
    """The same as a label and what stands beside it: “Since S-2026-001”, “Of 3 March 2026, rules met then: 3 of 7. Rule
    7: Broken → Partly met.” Both empty where no earlier scorecard is frozen with its rules."""
    earlier = _earlier(snapshot)
    if not earlier:
        return "", ""
    before = snapshot["previous"]
    found = moves.moves(_now(snapshot), [replace(result, percent=None) for result in earlier])
    moved = moved_words(found)
    said = _("Of %(day)s; rules met then: %(met)s of %(total)s. %(moved)s.")
    told = {"day": words.day(before["approved_at"]), "met": before["met"], "total": before["of"]}
    label = _("Since %(number)s") % {"number": before["number"]}
    return label, said % {**told, "moved": f"{moved[:1].upper()}{moved[1:]}"}


def moved_words(found: Iterable[Move]) -> str:
    """“rule 7 Broken → Partly met; not comparable: rules 1 and 3”: what kept its status is not named."""
    turned: dict[tuple[str, str], list[int]] = defaultdict(list)
    strange: list[int] = []
    for move in found:
        if move.before is None or move.direction is Direction.ASKED_OTHERWISE:
            strange.append(move.position)
        elif move.before.status != move.now.status:
            turned[move.before.status, move.now.status].append(move.position)
    parts = [_turned(before, now, positions) for (before, now), positions in turned.items()]
    if not parts:
        parts = [_("no rule changed its status")] if not strange else []
    if strange:
        parts.append(_("not comparable: %(rules)s") % {"rules": _rules(strange)})
    return apart(parts)


def _turned(before: str, now: str, positions: list[int]) -> str:
    said = {"rules": _rules(positions), "before": STATUSES[before], "now": STATUSES[now]}
    return _("%(rules)s %(before)s → %(now)s") % said


def _rules(positions: list[int]) -> str:
    """“rule 7”, “rules 1, 3 and 4”."""
    numbers = joined([str(position) for position in positions])
    return ngettext("rule %(numbers)s", "rules %(numbers)s", len(positions)) % {"numbers": numbers}


def _now(snapshot: Snapshot) -> list[RuleResult]:
    """As they are compared here: what is asked is the same, or not, as it was frozen."""
    return [replace(result, asked=True) for result in moves.results_of(snapshot)]


def _earlier(snapshot: Snapshot) -> list[RuleResult]:
    stored = snapshot["previous"]
    return [_result(position, rule) for position, rule in enumerate(stored["rules"] if stored else (), start=1)]


def _result(position: int, stored: Stored) -> RuleResult:
    percent = stored["percent"]
    return RuleResult(
        key=stored["rule"],
        position=position,
        status=stored["status"],
        percent=None if percent is None else Fraction(percent),
        asked=stored["comparable"],
    )


def _view(now: RuleResult, before: RuleResult | None, words: Words) -> BeforeView | None:
    """The arrow follows the percent; what became of the status is said in the sentence."""
    if before is None or before.asked != now.asked:
        return BeforeView(way="", said=_("not comparable"))
    was, now_is = _percent(before), _percent(now)
    if was is None:
        return None if now_is is None else BeforeView(way="", said=_("not rated before"))
    percent = words.percent(was)
    if now_is is None:
        return BeforeView(way="", said=_("before: %(percent)s") % {"percent": percent}, was=percent)
    if was == now_is:
        return BeforeView(way="flat", said=_("as before"), was=percent, way_label=_("the same"))
    said = pgettext("last time", "from %(percent)s") % {"percent": percent}
    if now_is > was:
        return BeforeView(way="better", said=said, was=percent, way_label=_("higher"))
    return BeforeView(way="worse", said=said, was=percent, way_label=_("lower"))


def _percent(result: RuleResult) -> Fraction | None:
    """None where it is not rated: its percent says nothing."""
    return result.percent if result.status in RANKS else None
