"""The seven marks in templates. `paper` draws in fixed colours, as an image; else the figure follows the page’s own."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from groundwork.words import isolated
from reports.charts.bars import bars_svg
from reports.charts.marks import Mark, dot_svg, dumbbell_svg, flag_svg, mark_sign, mark_svg, ring_svg
from reports.charts.paper import image
from reports.charts.parts import Palette
from reports.charts.power_map import vendor_mark_svg
from reports.charts.radar import radar_svg
from reports.charts.trend import ARROWS, arrow_svg
from reports.comparison.shapes import Column
from reports.figures.feelings import quadrant_figure
from reports.figures.page import inline
from reports.figures.trends import Drawn, smoothed_figure, spark_figure, trend_figure
from reports.portfolio.power import Held
from reports.portfolio.power_figure import power_figure
from reports.scorecard.shapes import ChartView
from reports.scorecard.view import ScorecardView
from reports.trends.figures import RuleTrend, headline_figure, rule_figure
from reports.trends.history import History
from vendors.measures.cards import MeasureCard
from vendors.voice.quadrant import Cell

register = template.Library()
register.filter("isolated", isolated)
SMALL = (300, 150)


@register.simple_tag
def mark(status: str, label: str = "", *, size: int = 16, paper: bool = False) -> SafeString:
    """`{% mark rule.status rule.status_label %}`; without a label it is an ornament beside its words."""
    if not paper:
        return SafeString(mark_sign(status, size=size, title=label))
    return SafeString(image(mark_svg(status, size=size, title=label, palette=Palette.LIGHT)))


@register.simple_tag
def verdict(status: str, label: str) -> SafeString:
    """`{% verdict rule.status rule.status_label %}`: the mark of a rule and its word, the same on every page."""
    return format_html('<span class="verdict verdict-{}">{} {}</span>', status, mark(status), label)


@register.simple_tag
def tendency(way: str, label: str) -> SafeString:
    """`{% tendency card.tendency card.tendency_label %}`: an arrow and a word; too little data has a word alone."""
    if way not in ARROWS:
        return format_html('<span class="tendency">{}</span>', label)
    return format_html(
        '<span class="tendency tendency-{}">{} {}</span>', way, SafeString(inline(arrow_svg(way, size=15))), label
    )


@register.simple_tag
def arrow(way: str, label: str, *, size: int = 11) -> SafeString:
    """`{% arrow rule.before.way _("better") %}`: on paper, where nothing is read that has no name."""
    return _shown(arrow_svg(way, size=size, title=label, palette=Palette.LIGHT), paper=True)


@register.simple_tag
def ring(card: ScorecardView, *, paper: bool = False, flags: Mapping[int, Sequence[str]] | None = None) -> SafeString:
    number = str(card.met)
    return _shown(
        ring_svg(
            card.marks,
            headline=number,
            subline=card.headline.removeprefix(number).strip(),
            title=card.figure_title,
            desc=card.figure_desc,
            prefix="card",
            palette=_palette(paper=paper),
            flags=flags,
        ),
        paper=paper,
    )


@register.simple_tag
def flag(kind: str, label: str, *, size: int = 10) -> SafeString:
    """What stands beside a rule on paper: a triangle for measured otherwise, a pilcrow for contested."""
    return _shown(flag_svg(kind, size=size, title=label, palette=Palette.LIGHT), paper=True)


@register.simple_tag
def dot(kind: str, label: str) -> SafeString:
    """The solid dot of our view, or the hollow one of a claim, at the head of the dumbbells."""
    return _shown(dot_svg(is_hollow=kind == "claim", title=label), paper=True)


@register.simple_tag
def dumbbell(
    mark: Mark, said: str, thresholds: Sequence[Fraction], bounds: tuple[Fraction, Fraction] | None
) -> SafeString:
    """Our view of a rule and the vendor’s, on paper; `said`: the same in words."""
    drawn = dumbbell_svg(mark.percent, mark.vendor_percent, title=said, thresholds=thresholds, bounds=bounds)
    return _shown(drawn, paper=True)


@register.simple_tag
def radar(card: ScorecardView, *, paper: bool = False) -> SafeString:
    return _shown(
        radar_svg(
            card.marks,
            title=card.figure_title,
            desc=card.figure_desc,
            prefix="card",
            thresholds=card.thresholds,
            palette=_palette(paper=paper),
        ),
        paper=paper,
    )


@register.simple_tag
def small_radar(column: Column, *, paper: bool = False) -> SafeString:
    """The radar of one vendor among several that are compared."""
    card = column.card
    return _shown(
        radar_svg(
            card.marks,
            title=card.figure_title,
            desc=card.figure_desc,
            prefix=f"vendor-{column.position}",
            thresholds=card.thresholds,
            palette=_palette(paper=paper),
            is_small=True,
        ),
        paper=paper,
    )


@register.simple_tag
def bars(card: ScorecardView, *, paper: bool = False, narrow: bool = False) -> SafeString:
    return _shown(
        bars_svg(
            card.marks,
            title=card.figure_title,
            desc=card.figure_desc,
            prefix="card",
            thresholds=card.thresholds,
            palette=_palette(paper=paper),
            is_narrow=narrow,
        ),
        paper=paper,
    )


@register.simple_tag
def trend(card: MeasureCard, *, linked: bool = False) -> SafeString:
    """A measure over time; `linked`: each period a short cut to its incidents, as in the table beside it. The other
    leaves the values to its table, which brings the linked one as soon as somebody points at it."""
    return _shown(
        trend_figure(
            card.series,
            card.step,
            prefix=f"measure-{card.key}",
            target=card.target.value if card.target else None,
            is_expected=card.target is not None and card.target.is_expected,
            hrefs=[row.href for row in card.rows] if linked else (),
            palette=Palette.PAGE,
            tells_periods=linked,
        ),
        paper=False,
    )


@register.simple_tag
def card_trend(chart: ChartView, *, paper: bool = False) -> SafeString:
    """A measure as a scorecard keeps it: small, several of them beside each other."""
    return _shown(
        trend_figure(
            chart.series,
            chart.step,
            prefix=f"card-{chart.series.measure.key}",
            target=chart.target,
            is_expected=chart.is_expected,
            palette=_palette(paper=paper),
            size=SMALL,
        ),
        paper=paper,
    )


@register.simple_tag
def spark(drawn: Drawn) -> SafeString:
    """A measure in the table of facts on paper."""
    return _shown(spark_figure(drawn), paper=True)


@register.simple_tag
def fact_chart(drawn: Drawn) -> SafeString:
    """A measure that decides, on paper."""
    return _shown(smoothed_figure(drawn), paper=True)


@register.simple_tag
def rule_history(one: RuleTrend) -> SafeString:
    """A rule over the scorecards of a vendor; the table beside it says the same."""
    return _shown(rule_figure(one), paper=False)


@register.simple_tag
def headline_history(history: History) -> SafeString:
    """The seven marks of each scorecard of a vendor, side by side."""
    return _shown(headline_figure(history, prefix="history"), paper=False)


@register.simple_tag
def quadrant(cells: Sequence[Cell], *, paper: bool = False) -> SafeString:
    """Service level and feeling, each disc a link to its entries."""
    return _shown(quadrant_figure(cells, prefix="voices", palette=_palette(paper=paper)), paper=paper)


@register.simple_tag
def power_map(vendors: Sequence[Held], *, paper: bool = False, narrow: bool = False) -> SafeString:
    """Who holds whom: each vendor a mark that leads to it."""
    prefix = "held-narrow" if narrow else "held"
    drawn = power_figure(vendors, prefix=prefix, is_narrow=narrow, palette=_palette(paper=paper))
    return _shown(drawn, paper=paper)


@register.simple_tag
def vendor_mark(form: str) -> SafeString:
    """The mark of a vendor on that map, beside its words."""
    return SafeString(vendor_mark_svg(form))


@register.filter
def direction(text: str) -> str:
    """“rtl” where the first strong character runs from right to left, else “ltr”."""
    for character in str(text):
        bidirectional = unicodedata.bidirectional(character)
        if bidirectional in ("R", "AL"):
            return "rtl"
        if bidirectional == "L":
            return "ltr"
    return "ltr"


def _palette(*, paper: bool) -> Palette:
    return Palette.LIGHT if paper else Palette.PAGE


def _shown(svg: str, *, paper: bool) -> SafeString:
    return SafeString(image(svg) if paper else inline(svg))
