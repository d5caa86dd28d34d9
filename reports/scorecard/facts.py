"""The table of facts: each measure with its figure, where it goes, what was agreed, and how that reads in a word."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.findings.findings import MeasuredRules
from groundwork.words import apart
from reports.figures.trends import Drawn
from vendors.measures.cards import TREND_WORDS, tendency
from vendors.measures.loading import Target
from vendors.measures.metrics import Direction, PeriodLength, Series, is_within, recent
from vendors.measures.plain_data import FINE_DIGITS
from vendors.measures.words import (
    EXPLAINED,
    LABELS,
    brief,
    change_words,
    corrected_words,
    figure,
    known_words,
    probability,
    silence_brief,
)

SEVERAL = 3  # measures, before what they share is said once


@dataclass(frozen=True, kw_only=True)
class FactView:
    """One measure. `rule` is the number of the rule that it speaks to, None for none; `decides`: held against it.

    `change` is empty without a clear trend; `way` is that of the arrow, empty for none; `target_note` says whether it
    is kept, and whether it is expected of all. For the record alone: `rests_on` is n and p, `known` of how many it is
    known, `explained` what the measure is.
    """

    key: str
    label: str
    rule: int | None
    decides: bool
    figure: str
    change: str
    way: str
    reading: str
    target: str
    target_note: str
    rests_on: str
    known: str
    explained: str
    drawn: Drawn

    @property
    def finding(self) -> str:
        """What its chart shows, as the title of it."""
        said = {"measure": self.label, "reading": self.reading.lower(), "change": self.change}
        if self.change and self.drawn.step == PeriodLength.MONTH:
            return _("%(measure)s: %(reading)s, %(change)s a month") % said
        if self.change:
            return _("%(measure)s: %(reading)s, %(change)s a week") % said
        return _("%(measure)s: %(reading)s") % said


@dataclass(frozen=True, kw_only=True)
class FactsView:
    """Those that are held against a rule first, then the others by the rules that they speak to."""

    rows: tuple[FactView, ...]
    recent_head: str
    change_head: str

    @property
    def deciding(self) -> tuple[FactView, ...]:
        """The measures that get a chart."""
        return tuple(row for row in self.rows if row.decides)

    @property
    def mostly_known(self) -> str:
        """Of how many it is known, where several measures say the same of it; empty where none do."""
        said = Counter(row.known for row in self.rows if row.known).most_common(1)
        return said[0][0] if said and said[0][1] >= SEVERAL else ""


def of(measured: MeasuredRules, rules: dict[str, int]) -> FactsView:
    """The measures that have data, in the active language; `rules`: the number of each rule by its key."""
    step, deciding = measured.measures.step, {rule.measure for rule in measured.rules if rule.measure}
    shown = [series for series in measured.measures.series if recent(series) is not None]
    rows = [
        _fact(series, step, measured.targets.get(series.measure.key), rules, decides=series.measure.key in deciding)
        for series in shown
    ]
    rows.sort(key=lambda row: (not row.decides, row.rule or len(rules) + 1))
    is_monthly = step == PeriodLength.MONTH
    return FactsView(
        rows=tuple(rows),
        recent_head=_("Last six months") if is_monthly else _("Last six weeks"),
        change_head=_("Trend a month") if is_monthly else _("Trend a week"),
    )


def _fact(
    series: Series, step: PeriodLength, target: Target | None, rules: dict[str, int], *, decides: bool
) -> FactView:
    measure, way, change = series.measure, tendency(series), _change(series)
    reading = str(TREND_WORDS[way])
    return FactView(
        key=measure.key,
        label=str(LABELS[measure.key]),
        rule=rules.get(measure.rule),
        decides=decides,
        figure=figure(recent(series), measure.unit),
        change=change,
        way="" if way == "too_little" else way,
        reading=reading,
        target=figure(target.value, measure.unit) if target else "",
        target_note=_target_note(series, target),
        rests_on=_rests_on(series, step),
        known=known_words(series),
        explained=str(EXPLAINED[measure.key]),
        drawn=Drawn(
            series=series,
            step=step,
            has_line=bool(change),
            target=target.value if target else None,
            is_expected=target is not None and target.is_expected,
            said=apart((reading, change)),
        ),
    )


def _change(series: Series) -> str:
    """“+3.1 hours”, “−0.43 incidents”; empty where the trend is not clear, or its slope rounds to nothing."""
    trend = series.trend
    if trend.slope is None or trend.direction not in (Direction.FALLING, Direction.RISING):
        return ""
    slope = abs(brief(trend.slope, FINE_DIGITS))
    if slope.is_zero():
        return ""
    sign = "+" if trend.direction == Direction.RISING else "\N{MINUS SIGN}"
    return sign + change_words(slope, series.measure.unit)


def _target_note(series: Series, target: Target | None) -> str:
    """“missed”, “kept; agreed here, expected of all: 2 hours”."""
    if target is None:
        return ""
    parts = []
    if series.measure.lower_is_better is not None:
        is_kept = is_within(series, target.value)
        parts.append(pgettext("target", "kept") if is_kept else pgettext("target", "missed"))
    if target.is_expected:
        parts.append(_("expected of all"))
    elif target.differs:
        parts.append(_("expected of all: %(target)s") % {"target": figure(target.expected, series.measure.unit)})
    return apart(parts)


def _rests_on(series: Series, step: PeriodLength) -> str:
    """“12 months; p = 0.02; p = 0.04 after correction”, and which change a flat trend would not show."""
    trend = series.trend
    if step == PeriodLength.MONTH:
        periods = ngettext("%(count)s month", "%(count)s months", trend.periods) % {"count": trend.periods}
    else:
        periods = ngettext("%(count)s week", "%(count)s weeks", trend.periods) % {"count": trend.periods}
    found = probability(trend) if trend.p is not None else ""
    return apart((periods, found, corrected_words(trend), silence_brief(series)))
