"""A vendor’s scorecards over time, drawn and in words: reports/charts/timeline.py draws. In the active language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.score.words import CONFIDENCES, STATUSES
from assessments.score.words import percent as percent_words
from groundwork.words import apart, day, joined, labelled, month, quoted
from groundwork.words import percent as plain_percent
from reports.charts.parts import Palette
from reports.charts.timeline import Column, Moment, Turn, columns_svg, timeline_svg
from reports.trends.history import Asked, CardPoint, Gap, History, RuleHistory, RulePoint

EVEN = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class RuleTrend:
    """One rule over all scorecards. `now`: “Partly met, 56.3%”; `gaps`: where it cannot be compared, and why."""

    history: History
    rule: RuleHistory
    now: str
    gaps: tuple[str, ...]

    @property
    def number(self) -> int:
        return self.rule.position

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def status(self) -> str:
        newest = self.rule.points[-1]
        return newest.status if newest else ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A rule on a scorecard in the table. `status` is empty for a rule that it does not have."""

    label: str
    status: str
    status_label: str
    percent: str
    is_cut: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """A scorecard in the table."""

    card: CardPoint
    confidence: str
    cells: tuple[Cell, ...]


def trends_of(history: History) -> tuple[RuleTrend, ...]:
    return tuple(_trend(history, rule) for rule in history.rules)


def rows_of(history: History) -> tuple[Row, ...]:
    """The newest first."""
    rows = [
        Row(
            card=card,
            confidence=str(CONFIDENCES[card.card.confidence]),
            cells=tuple(_cell(rule, rule.points[place], card) for rule in history.rules),
        )
        for place, card in enumerate(history.cards)
    ]
    return tuple(reversed(rows))


def _trend(history: History, rule: RuleHistory) -> RuleTrend:
    newest = rule.points[-1]
    return RuleTrend(
        history=history,
        rule=rule,
        now=stands(newest, history.cards[-1]) if newest else _("no longer a rule"),
        gaps=tuple(
            _gap(point.gap, card)
            for point, card in zip(rule.points, history.cards, strict=True)
            if point is not None and point.gap is not None
        ),
    )


def _cell(rule: RuleHistory, point: RulePoint | None, card: CardPoint) -> Cell:
    return Cell(
        label=f"{rule.position}. {rule.name}",
        status=point.status if point else "",
        status_label=str(STATUSES[point.status]) if point else "",
        percent=percent_words(point.percent, card.policy) if point else "",
        is_cut=bool(point and point.gap),
    )


def stands(point: RulePoint, card: CardPoint) -> str:
    """“Partly met, 56.3%”, “Not rated”."""
    return ", ".join(filter(None, (str(STATUSES[point.status]), percent_words(point.percent, card.policy))))


# Where nothing can be compared -------------------------------------------------------------------------------------
def _gap(gap: Gap, card: CardPoint) -> str:
    """“Not comparable from 3 March 2026 on (edition 2026.2): asked otherwise: 3.1 “Triggers””."""
    said = _("Not comparable from %(day)s on (edition %(edition)s)") % {"day": day(card.day), "edition": card.edition}
    return labelled(said, gap_words(gap))


def gap_words(gap: Gap) -> str:
    parts = [
        (gap.revised, _("asked otherwise")),
        (gap.new, _("new")),
        (gap.gone, _("no longer asked")),
        (gap.weighed, _("weighs otherwise")),
    ]
    return apart(labelled(said, _named(asked)) for asked, said in parts if asked)


def _named(asked: Sequence[Asked]) -> str:
    return joined([f"{one.number} {quoted(one.short)}" for one in asked])


# Drawn -------------------------------------------------------------------------------------------------------------
def rule_figure(trend: RuleTrend, *, palette: Palette | None = None) -> str:
    """The SVG of one rule: its marks over time, with the thresholds of each edition."""
    history, rule = trend.history, trend.rule
    places = _places(history.cards)
    moments = [
        Moment(
            at=place,
            status=point.status,
            percent=point.percent,
            tooltip=labelled(f"{day(card.day)}, {card.card.number}", stands(point, card)),
            is_cut=point.gap is not None,
        )
        for place, point, card in zip(places, rule.points, history.cards, strict=True)
        if point is not None
    ]
    return timeline_svg(
        moments,
        turns=_turns(history.cards, places),
        ticks=_ticks(history.cards, places),
        cut_label=_("not comparable"),
        title=f"{rule.position}. {rule.name}",
        desc=_desc(trend),
        prefix=f"rule-{rule.key}",
        scale_label=_scale_label,
        palette=palette,
    )


def _scale_label(value: Fraction) -> str:
    return plain_percent(value, digits=0)


def _desc(trend: RuleTrend) -> str:
    """What it was at first and is now; the table says the rest."""
    points = [
        (point, card) for point, card in zip(trend.rule.points, trend.history.cards, strict=True) if point is not None
    ]
    ends = dict.fromkeys([0, len(points) - 1])
    return apart([*(labelled(day(points[at][1].day), stands(*points[at])) for at in ends), *trend.gaps])


def _places(cards: Sequence[CardPoint]) -> list[float]:
    """From 0 to 1 by the moment of the approval; evenly where all have one moment."""
    first, last = cards[0].card.approved_at, cards[-1].card.approved_at
    if last - first == EVEN:
        return [place / max(len(cards) - 1, 1) for place in range(len(cards))]
    return [(card.card.approved_at - first) / (last - first) for card in cards]


def _turns(cards: Sequence[CardPoint], places: Sequence[float]) -> list[Turn]:
    """The first edition, and where each other begins: midway between the last scorecard of one and the first of the
    next."""
    starts = [0.0, *((before + now) / 2 for before, now in pairwise(places))]
    return [
        Turn(at=start, label=card.edition, broken=card.policy.broken_threshold, met=card.policy.met_threshold)
        for place, (start, card) in enumerate(zip(starts, cards, strict=True))
        if card.turns or not place
    ]


def _ticks(cards: Sequence[CardPoint], places: Sequence[float]) -> list[tuple[float, str]]:
    """The months of the first and the last scorecard, and the years that begin between them."""
    ends = [(0.0, month(cards[0].day, short=True))]
    if places[-1] > 0:
        ends.append((1.0, month(cards[-1].day, short=True)))
    span = (cards[-1].day - cards[0].day).days
    years = range(cards[0].day.year + 1, cards[-1].day.year + 1) if span else ()
    begun = [((date(year, 1, 1) - cards[0].day).days / span, str(year)) for year in years]
    return [*ends[:1], *begun, *ends[1:]]


def headline_figure(history: History, *, prefix: str, palette: Palette | None = None) -> str:
    """The SVG of the seven marks of each scorecard, with how many rules it met."""
    columns = [
        Column(
            met=str(card.card.rules_met),
            label=month(card.day, short=True),
            statuses=[point.status if (point := rule.points[place]) else "" for rule in history.rules],
            tooltips=[
                labelled(f"{day(card.day)}, {rule.position} {rule.name}", stands(point, card))
                if (point := rule.points[place])
                else ""
                for rule in history.rules
            ],
        )
        for place, card in enumerate(history.cards)
    ]
    return columns_svg(
        columns, title=_("Rules met on each scorecard"), desc=headline_words(history), prefix=prefix, palette=palette
    )


def headline_words(history: History) -> str:
    """“3 scorecards; 12 March 2025: 2 of 7 rules met; 3 March 2026: 4 of 7 rules met”."""
    count = len(history.cards)
    said = ngettext("%(count)s scorecard", "%(count)s scorecards", count) % {"count": count}
    ends = dict.fromkeys([0, count - 1])
    return apart([said, *(labelled(day(history.cards[at].day), _met(history.cards[at])) for at in ends)])


def _met(card: CardPoint) -> str:
    met, total = card.card.rules_met, card.total
    return ngettext("%(met)s of %(total)s rules met", "%(met)s of %(total)s rules met", met) % {
        "met": met,
        "total": total,
    }
