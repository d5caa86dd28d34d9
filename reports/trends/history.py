"""The scorecards of one vendor in their order, from the stored numbers: no snapshot is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils import timezone

from accounts.models import Membership
from assessments.score.arithmetic import Policy, RuleStatus
from assessments.score.reading import policy_of
from manifesto.models import Release
from manifesto.printed import edition
from reports.models import Scorecard, ScorecardRule
from reports.scorecard.snapshots import rule_names
from vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as an edition puts it: its number on the page, “3.1”, and what its percent is made with."""

    number: str
    short: str
    revision: int
    weight: Fraction


AskedOfRule = Mapping[str, Asked]  # by the key of the question


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Why a percent cannot be compared with the one before: the questions of the rule are no longer the same."""

    revised: tuple[Asked, ...]
    new: tuple[Asked, ...]
    gone: tuple[Asked, ...]
    weighed: tuple[Asked, ...]  # the same questions that now weigh otherwise


@dataclass(frozen=True, kw_only=True)
class RulePoint:
    """One rule on one scorecard. `percent` is None where it is not rated; `gap`: towards the scorecard before."""

    status: str
    percent: Fraction | None
    gap: Gap | None


@dataclass(frozen=True, kw_only=True)
class CardPoint:
    """One scorecard. `turns`: it stands on another edition than the one before it."""

    card: Scorecard
    day: date
    edition: str
    policy: Policy
    total: int
    turns: bool


@dataclass(frozen=True, kw_only=True)
class RuleHistory:
    """One rule; its points go along with the scorecards, None where one does not have it."""

    key: str
    position: int
    name: str
    points: tuple[RulePoint | None, ...]


@dataclass(frozen=True, kw_only=True)
class History:
    """The oldest scorecard first; the rules in their order."""

    cards: tuple[CardPoint, ...]
    rules: tuple[RuleHistory, ...]


def history_of(member: Membership, vendor: Vendor, *, latest: int | None = None) -> History:
    """Of all scorecards of the vendor, or of its latest; four queries, however many there are."""
    rows = Scorecard.objects.for_member(member).filter(assessment__vendor=vendor).without_snapshot()
    return history_by(rows.newest_first()[:latest])


def history_by(newest: Iterable[Scorecard]) -> History:
    """Of these scorecards of a vendor, the newest first, with their editions and rules; two queries."""
    cards = list(newest)[::-1]
    if not cards:
        return History(cards=(), rules=())
    return _History(cards, asked_by({card.assessment.release for card in cards}), rule_names()).history()


def asked_by(releases: Iterable[Release]) -> dict[tuple[int, str], AskedOfRule]:
    """What each rule of these editions asks, by edition and rule."""
    found: dict[tuple[int, str], dict[str, Asked]] = defaultdict(dict)
    for release in releases:
        for question, rule, weight in edition(release).weights:
            found[release.pk, rule][question.key] = Asked(
                number=f"{question.rule.position}.{question.position}",
                short=question.short,
                revision=question.revision,
                weight=weight,
            )
    return dict(found)


def gap_between(then: AskedOfRule, now: AskedOfRule) -> Gap | None:
    """None where the same questions are asked with the same weights, however their wording was corrected."""
    kept = [key for key in now if key in then]
    gap = Gap(
        revised=tuple(now[key] for key in kept if now[key].revision != then[key].revision),
        new=tuple(asked for key, asked in now.items() if key not in then),
        gone=tuple(asked for key, asked in then.items() if key not in now),
        weighed=tuple(now[key] for key in kept if now[key].weight != then[key].weight),
    )
    return gap if any((gap.revised, gap.new, gap.gone, gap.weighed)) else None


@dataclass(frozen=True, kw_only=True)
class _Rows:
    card: Scorecard
    rules: Mapping[str, ScorecardRule]


class _History:
    """Puts the rows of one vendor together."""

    def __init__(
        self, cards: list[Scorecard], asked: Mapping[tuple[int, str], AskedOfRule], names: Mapping[str, str]
    ) -> None:
        self.rows = [_Rows(card=card, rules={rule.key: rule for rule in card.rules.all()}) for card in cards]
        self.asked = asked
        self.names = names

    def history(self) -> History:
        before = [None, *self.rows[:-1]]
        return History(
            cards=tuple(self._card(*pair) for pair in zip(self.rows, before, strict=True)),
            rules=tuple(self._rule(key) for key in self._keys()),
        )

    def _keys(self) -> list[str]:
        """Of every scorecard, in the order of the newest that has the rule."""
        positions = {rule.key: rule.position for row in self.rows for rule in row.rules.values()}
        return sorted(positions, key=lambda key: (positions[key], key))

    def _card(self, row: _Rows, before: _Rows | None) -> CardPoint:
        release = row.card.assessment.release
        return CardPoint(
            card=row.card,
            day=timezone.localdate(row.card.approved_at),
            edition=release.edition,
            policy=policy_of(release),
            total=len(row.rules),
            turns=before is not None and before.card.assessment.release_id != release.pk,
        )

    def _rule(self, key: str) -> RuleHistory:
        before = [None, *self.rows[:-1]]
        points = tuple(self._point(key, *pair) for pair in zip(self.rows, before, strict=True))
        newest = next(row.rules[key] for row in reversed(self.rows) if key in row.rules)
        return RuleHistory(key=key, position=newest.position, name=self.names.get(key, key), points=points)

    def _point(self, key: str, row: _Rows, before: _Rows | None) -> RulePoint | None:
        rule = row.rules.get(key)
        if rule is None:
            return None
        is_rated = rule.status != RuleStatus.NOT_RATED and rule.percent is not None
        return RulePoint(
            status=rule.status,
            percent=Fraction(rule.percent) if is_rated and rule.percent is not None else None,
            gap=self._gap(key, row, before),
        )

    def _gap(self, key: str, row: _Rows, before: _Rows | None) -> Gap | None:
        if before is None or key not in before.rules:
            return None
        then, now = (self.asked.get((one.card.assessment.release_id, key), {}) for one in (before, row))
        return gap_between(then, now)
