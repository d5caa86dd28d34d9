"""What moved between two scorecards of a vendor, rule by rule; compared only where the same was asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext as _

from assessments.score.arithmetic import RuleStatus
from assessments.score.words import STATUSES
from reports.reasons.inputs import asked_in
from reports.reasons.telling import Reason
from reports.scorecard import snapshots
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.words import Words

RANKS: Mapping[str, int] = {RuleStatus.BROKEN: 0, RuleStatus.PARTLY: 1, RuleStatus.MET: 2}


class Direction(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    OTHERWISE = "otherwise"  # rated before or now only
    ASKED_OTHERWISE = "asked_otherwise"  # other questions, weights or thresholds: not to be compared


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule of one scorecard. `asked`: what its status was made from beside the grades; equal where the same."""

    key: str
    position: int
    status: str
    percent: Fraction | None  # None: not told
    asked: Hashable


@dataclass(frozen=True, kw_only=True)
class Move:
    position: int
    key: str
    before: RuleResult | None  # None: the rule is new
    now: RuleResult
    direction: Direction


def moves(now: Iterable[RuleResult], before: Iterable[RuleResult]) -> list[Move]:
    """The rules that moved, in their order: those of another status or percent, and those that cannot be compared.

    A percent that moved within its status goes the way that it went.
    """
    earlier = {rule.key: rule for rule in before}
    found = (_move(rule, earlier.get(rule.key)) for rule in now)
    return [move for move in found if move is not None]


def _move(now: RuleResult, before: RuleResult | None) -> Move | None:
    direction = _direction(now, before)
    if direction is None:
        return None
    return Move(position=now.position, key=now.key, before=before, now=now, direction=direction)


def _direction(now: RuleResult, before: RuleResult | None) -> Direction | None:
    if before is None or before.asked != now.asked:
        return Direction.ASKED_OTHERWISE
    if now.status in RANKS and before.status in RANKS:
        return _compared((RANKS[now.status], now.percent), (RANKS[before.status], before.percent))
    return None if now.status == before.status else Direction.OTHERWISE


def _compared(now: tuple[int, Fraction | None], before: tuple[int, Fraction | None]) -> Direction | None:
    if now[0] != before[0]:
        return Direction.BETTER if now[0] > before[0] else Direction.WORSE
    if now[1] is None or before[1] is None or now[1] == before[1]:
        return None
    return Direction.BETTER if now[1] > before[1] else Direction.WORSE


# Of two snapshots -------------------------------------------------------------------------------------------------
def results_of(snapshot: Snapshot) -> list[RuleResult]:
    """The seven rules as they were stored."""
    asked = asked_in(snapshot["release"])
    scores = {rule.rule: rule for rule in snapshots.score_of(snapshot).rules}
    return [
        RuleResult(
            key=rule["key"],
            position=rule["position"],
            status=scores[rule["key"]].status,
            percent=scores[rule["key"]].percent,
            asked=asked[rule["key"]],
        )
        for rule in snapshot["release"]["rules"]
    ]


@dataclass(frozen=True, kw_only=True)
class MoveLine:
    """A move in words: the rule, and “Broken → Partly met (41.7% → 56.3%)”. `reasons`: the largest, where asked for."""

    key: str
    number: int
    name: str
    said: str
    direction: str
    reasons: tuple[Reason, ...] = ()

    @property
    def has_arrow(self) -> bool:
        return self.direction in (Direction.BETTER, Direction.WORSE)


def lines(snapshot: Snapshot, earlier: Snapshot, words: Words) -> tuple[MoveLine, ...]:
    """What moved since the earlier one, one line a rule, in the language of `words`."""
    return tuple(
        MoveLine(
            key=move.key,
            number=move.position,
            name=words.rules[move.key],
            said=_said(move, words),
            direction=move.direction,
        )
        for move in moves(results_of(snapshot), results_of(earlier))
    )


def _said(move: Move, words: Words) -> str:
    if move.before is None or move.direction == Direction.ASKED_OTHERWISE:
        return _("not comparable: its questions or thresholds have changed since")
    before, now = _percent(move.before, words), _percent(move.now, words)
    if move.before.status == move.now.status:
        return _("%(status)s, %(before)s → %(now)s") % {
            "status": STATUSES[move.now.status],
            "before": before,
            "now": now,
        }
    said = {"before": STATUSES[move.before.status], "now": STATUSES[move.now.status]}
    stated = _("%(before)s → %(now)s") % said
    if not before or not now:
        return stated
    return _("%(moved)s (%(before)s → %(now)s)") % {"moved": stated, "before": before, "now": now}


def _percent(rule: RuleResult, words: Words) -> str:
    """Empty for one that is not rated: its percent says nothing."""
    return words.percent(rule.percent) if rule.status in RANKS and rule.percent is not None else ""
