"""Measures in words, in the active language: what they are called, how they are taken, their figures and trends."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, npgettext, pgettext_lazy
from django.utils.translation import gettext as _

from vendors.measures.loading import FINE_DIGITS, digits
from vendors.measures.metrics import SIGNIFICANT, Direction, Measures, Series, Step, Trend, Unit

NO_BREAK = "\u00a0"
LEAST_P = Decimal("0.001")  # below it, only that it is below
P_DIGITS = 2

LABELS: Mapping[str, Promise] = {
    "restored_late": gettext_lazy("Business restored after “resolved”"),
    "handovers": gettext_lazy("Hand-overs per incident"),
    "spread": gettext_lazy("Difference between those who handled"),
    "told_why": gettext_lazy("Told why the vendor asks"),
    "fixes_thrown": gettext_lazy("Fixes thrown at the problem"),
    "reopened": gettext_lazy("Reopened incidents"),
    "duration_mean": gettext_lazy("Mean time to resolve"),
    "duration_median": gettext_lazy("Median time to resolve"),
    "was_fast": gettext_lazy("Found fast by those concerned"),
    "repeats": gettext_lazy("Repeated problems"),
    "proven": gettext_lazy("Root cause proven"),
    "cause_proven": gettext_lazy("Cause seen as proven by those concerned"),
    "volume": gettext_lazy("Mission-critical incidents"),
    "sla": gettext_lazy("Service level met"),
}
EXPLAINED: Mapping[str, Promise] = {
    "restored_late": gettext_lazy(
        "The share of incidents in which the business worked again only after the vendor had called them resolved."
    ),
    "handovers": gettext_lazy("How often an incident was handed from one person or team to the next, on average."),
    "spread": gettext_lazy(
        "The hours between the slowest and the quickest of those who handled incidents: each by the median time to "
        "resolve, where they resolved at least two."
    ),
    "told_why": gettext_lazy(
        "What people answered after an incident: yes counts as 100, partly as 50, no as 0; the mean."
    ),
    "fixes_thrown": gettext_lazy(
        "Whether fixes were tried without proof of the cause, as people answered after an incident: yes counts as "
        "100, partly as 50, no as 0; the mean."
    ),
    "reopened": gettext_lazy("The share of incidents that were opened again after they had been called resolved."),
    "duration_mean": gettext_lazy(
        "The hours from opened to resolved: their sum, divided by the number of resolved incidents."
    ),
    "duration_median": gettext_lazy(
        "The hours from opened to resolved: half of the resolved incidents took less, half more."
    ),
    "was_fast": gettext_lazy(
        "Whether help was fast, as people answered after an incident: yes counts as 100, partly as 50, no as 0; "
        "the mean."
    ),
    "repeats": gettext_lazy(
        "The share of incidents whose problem had led to another mission-critical incident at most 30 days before; "
        "incidents without a problem or cause are not counted."
    ),
    "proven": gettext_lazy(
        "The share of incidents whose root cause is recorded as proven, among those where this is recorded."
    ),
    "cause_proven": gettext_lazy(
        "Whether the cause was proven, as people answered after an incident: yes counts as 100, partly as 50, no as "
        "0; the mean."
    ),
    "volume": gettext_lazy("The number of mission-critical incidents that were opened."),
    "sla": gettext_lazy(
        "The share of incidents in which the agreed service level was met, among those where this is known."
    ),
}
UNITS: Mapping[str, Promise] = {
    Unit.HOURS: pgettext_lazy("unit of a measure", "hours"),
    Unit.PERCENT: pgettext_lazy("unit of a measure", "percent"),
    Unit.TIMES: pgettext_lazy("unit of a measure", "times per incident"),
    Unit.INCIDENTS: pgettext_lazy("unit of a measure", "incidents"),
}


# Figures ---------------------------------------------------------------------------------------------------------
def figure(value: float | None, unit: str) -> str:
    """“4.2 hours”, “31%”, “1.8”, “12 incidents”; empty for None."""
    if value is None:
        return ""
    shown = _shown(value)
    if unit == Unit.HOURS:
        return npgettext("figure", "%(number)s hour", "%(number)s hours", plural(shown)) % {"number": number(shown)}
    if unit == Unit.INCIDENTS:
        said = npgettext("figure", "%(number)s incident", "%(number)s incidents", plural(shown))
        return said % {"number": number(shown)}
    if unit == Unit.PERCENT:
        return number(shown) + (f"{NO_BREAK}%" if get_language() == "fr" else "%")
    return number(shown)


def number(value: Decimal) -> str:
    """As the language writes it, without trailing zeros."""
    whole = value.to_integral_value()
    return number_format(whole if value == whole else value.normalize())


def plural(value: Decimal) -> int:
    """The whole number with the same grammatical number: 1.5 is plural in English and Dutch, singular in French."""
    if value == value.to_integral_value():
        return abs(int(value))
    return abs(int(value)) if get_language() == "fr" else 2


def _shown(value: float) -> Decimal:
    """One decimal, below 1 two. Rounded from what is kept of it, so that a page and a snapshot never differ."""
    return _rounded(Decimal(str(digits(value))), 2 if abs(value) < 1 else 1)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


# Trends ----------------------------------------------------------------------------------------------------------
def trend_words(series: Series, step: Step) -> str:
    """“falling by 3.1 hours a month, p = 0.02, 14 months”; “flat, p = 0.62, 14 months”; “too little data: 3 months”."""
    trend = series.trend
    if trend.p is None or trend.slope is None:
        return _too_little(trend.periods, step)
    said = {"p": probability(trend), "periods": trend.periods}
    if trend.direction == Direction.FLAT:
        return _flat(trend.periods, step) % said
    slope = abs(_rounded(Decimal(str(digits(trend.slope, FINE_DIGITS))), 2 if abs(trend.slope) < 1 else 1))
    if slope.is_zero():
        return _without_amount(trend, step) % said
    return _with_amount(trend, step) % {**said, "amount": change(slope, series.measure.unit)}


def probability(trend: Trend) -> str:
    """“p = 0.02”, “p < 0.001”; more decimals where two would round it to nothing or over the threshold."""
    value = Decimal(str(digits(trend.p, FINE_DIGITS)))
    if value < LEAST_P:
        return _("p < %(least)s") % {"least": number(LEAST_P)}
    places, threshold = P_DIGITS, Decimal(str(SIGNIFICANT))
    while places < FINE_DIGITS and (
        _rounded(value, places).is_zero() or (_rounded(value, places) < threshold) != (value < threshold)
    ):
        places += 1
    return _("p = %(value)s") % {"value": number(_rounded(value, places))}


def change(slope: Decimal, unit: Unit) -> str:
    """By how much a period differs from the next: shares in points, for “percent” could mean percent of a percent."""
    if unit == Unit.PERCENT:
        return npgettext("change", "%(number)s point", "%(number)s points", plural(slope)) % {"number": number(slope)}
    return figure(float(slope), unit)


def _too_little(periods: int, step: Step) -> str:
    said = (
        ngettext("too little data: %(periods)s month", "too little data: %(periods)s months", periods)
        if step == Step.MONTH
        else ngettext("too little data: %(periods)s week", "too little data: %(periods)s weeks", periods)
    )
    return said % {"periods": periods}


def _flat(periods: int, step: Step) -> str:
    if step == Step.MONTH:
        return ngettext("flat, %(p)s, %(periods)s month", "flat, %(p)s, %(periods)s months", periods)
    return ngettext("flat, %(p)s, %(periods)s week", "flat, %(p)s, %(periods)s weeks", periods)


def _with_amount(trend: Trend, step: Step) -> str:
    if trend.direction == Direction.FALLING:
        if step == Step.MONTH:
            return ngettext(
                "falling by %(amount)s a month, %(p)s, %(periods)s month",
                "falling by %(amount)s a month, %(p)s, %(periods)s months",
                trend.periods,
            )
        return ngettext(
            "falling by %(amount)s a week, %(p)s, %(periods)s week",
            "falling by %(amount)s a week, %(p)s, %(periods)s weeks",
            trend.periods,
        )
    if step == Step.MONTH:
        return ngettext(
            "rising by %(amount)s a month, %(p)s, %(periods)s month",
            "rising by %(amount)s a month, %(p)s, %(periods)s months",
            trend.periods,
        )
    return ngettext(
        "rising by %(amount)s a week, %(p)s, %(periods)s week",
        "rising by %(amount)s a week, %(p)s, %(periods)s weeks",
        trend.periods,
    )


def _without_amount(trend: Trend, step: Step) -> str:
    """A trend whose median step rounds to nothing: most periods are alike, and those that differ agree."""
    if trend.direction == Direction.FALLING:
        if step == Step.MONTH:
            return ngettext("falling, %(p)s, %(periods)s month", "falling, %(p)s, %(periods)s months", trend.periods)
        return ngettext("falling, %(p)s, %(periods)s week", "falling, %(p)s, %(periods)s weeks", trend.periods)
    if step == Step.MONTH:
        return ngettext("rising, %(p)s, %(periods)s month", "rising, %(p)s, %(periods)s months", trend.periods)
    return ngettext("rising, %(p)s, %(periods)s week", "rising, %(p)s, %(periods)s weeks", trend.periods)


# What is not used ------------------------------------------------------------------------------------------------
def left_out_words(measures: Measures) -> list[str]:
    """One sentence for each thing that the measures leave out, and why; empty where they use everything."""
    left = measures.left_out
    said = []
    if left.open_cases:
        said.append(_open(len(left.open_cases)))
    if left.young:
        said.append(_young(len(left.young), measures.step, figure(left.wait, Unit.HOURS)))
    if left.not_critical:
        said.append(_not_critical(left.not_critical))
    return said


def _open(count: int) -> str:
    said = ngettext(
        "%(count)s incident is still open, so it has no time to resolve yet.",
        "%(count)s incidents are still open, so they have no time to resolve yet.",
        count,
    )
    return said % {"count": count}


def _young(count: int, step: Step, wait: str) -> str:
    if not wait:
        return _unended(count, step)
    if step == Step.MONTH:
        said = ngettext(
            "The newest month is shown but is in no trend: it is not complete, or ended less than %(wait)s ago, the "
            "time within which nine of ten incidents were resolved.",
            "The newest %(count)s months are shown but are in no trend: they are not complete, or ended less than "
            "%(wait)s ago, the time within which nine of ten incidents were resolved.",
            count,
        )
    else:
        said = ngettext(
            "The newest week is shown but is in no trend: it is not complete, or ended less than %(wait)s ago, the "
            "time within which nine of ten incidents were resolved.",
            "The newest %(count)s weeks are shown but are in no trend: they are not complete, or ended less than "
            "%(wait)s ago, the time within which nine of ten incidents were resolved.",
            count,
        )
    return said % {"count": count, "wait": wait}


def _unended(count: int, step: Step) -> str:
    """Where no incident is resolved yet, only what is not complete is left out."""
    if step == Step.MONTH:
        return _("The newest month is shown but is in no trend: it is not complete.")
    return _("The newest week is shown but is in no trend: it is not complete.")


def _not_critical(count: int) -> str:
    said = ngettext(
        "%(count)s incident is not mission-critical, so it is in no measure.",
        "%(count)s incidents are not mission-critical, so they are in no measure.",
        count,
    )
    return said % {"count": count}
