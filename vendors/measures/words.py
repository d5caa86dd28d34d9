"""Measures in words, in the active language: what they are called, how they are taken, their figures and trends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext, pgettext_lazy

from groundwork.rounding import rounded, rounded_fairly
from groundwork.words import day, month, number, percent, plural, points
from vendors.measures.catalogue import LEAST, MEASURES, MOST, Unit
from vendors.measures.metrics import Measures, PeriodLength, Point, Series
from vendors.measures.plain_data import DIGITS, FINE_DIGITS, digits
from vendors.measures.trend import FEWEST_PERIODS, LEAST_CHANGE, PROVEN, SIGNIFICANT, Direction, Trend

LEAST_P = Fraction("0.001")  # below it, only that it is below
P_DIGITS = 2

LABELS: Mapping[str, Promise] = {measure.key: gettext_lazy(measure.label) for measure in MEASURES}
EXPLAINED: Mapping[str, Promise] = {measure.key: gettext_lazy(measure.explanation) for measure in MEASURES}
UNITS: Mapping[str, Promise] = {
    Unit.HOURS: pgettext_lazy("unit of a measure", "hours"),
    Unit.PERCENT: pgettext_lazy("unit of a measure", "percent"),
    Unit.TIMES: pgettext_lazy("unit of a measure", "times per incident"),
    Unit.INCIDENTS: pgettext_lazy("unit of a measure", "incidents"),
    Unit.DAYS: pgettext_lazy("unit of a measure", "working days"),
    Unit.FEELING: pgettext_lazy("unit of a measure", "from 1 to 5"),
}


# Figures ---------------------------------------------------------------------------------------------------------
def figure(value: float | None, unit: str) -> str:
    """“4.2 hours”, “15 minutes”, “31%”, “1.8”, “12 incidents”, “9.5 working days”, “3.4 of 5”; empty for None."""
    if value is None:
        return ""
    if unit == Unit.HOURS and 0 < brief(value) < 1:
        return _minutes(brief(value))
    return _in_unit(value, unit)


def _minutes(hours: Decimal) -> str:
    """Of what is below an hour, whole: nobody reads a quarter of an hour in 0.25 hours. Two decimals of an hour, which
    is what is kept, tell each minute from the next."""
    shown = rounded(Fraction(hours) * 60)
    return ngettext("%(n)s minute", "%(n)s minutes", plural(shown)) % {"n": number(shown)}


def _in_unit(value: float, unit: str) -> str:
    shown = brief(value)
    if unit == Unit.PERCENT:
        return percent(shown, digits=2)
    return _figure_pattern(unit, plural(shown)) % {"number": number(shown)}


def _figure_pattern(unit: str, count: int) -> str:
    if unit == Unit.HOURS:
        return npgettext("figure", "%(number)s hour", "%(number)s hours", count)
    if unit == Unit.INCIDENTS:
        return npgettext("figure", "%(number)s incident", "%(number)s incidents", count)
    if unit == Unit.DAYS:
        return npgettext("figure", "%(number)s working day", "%(number)s working days", count)
    if unit == Unit.FEELING:
        return pgettext("figure", "%(number)s of 5")
    return "%(number)s"


def impossible(unit: str, target: Decimal | float) -> str:
    """Why nothing measured in this unit can reach that target; empty where it can."""
    if unit == Unit.PERCENT and target > MOST[unit]:
        return _("A share is at most 100 percent.")
    if unit == Unit.FEELING and not LEAST[unit] <= target <= MOST[unit]:
        return _("A feeling is a number from 1 (angry) to 5 (delighted).")
    return ""


def brief(value: float, kept: int = DIGITS) -> Decimal:
    """One decimal, below 1 two. Rounded from what is kept of it, so that a page and a snapshot never differ."""
    return rounded(Fraction(str(digits(value, kept))), 2 if abs(value) < 1 else 1)


def period_words(start: date, step: PeriodLength) -> str:
    """“March 2026”, “week of 2 March 2026”."""
    if step == PeriodLength.MONTH:
        return month(start)
    return _("week of %(day)s") % {"day": day(start)}


# Trends ----------------------------------------------------------------------------------------------------------
def trend_words(series: Series, step: PeriodLength) -> str:
    """“falling by 3.1 hours a month, p = 0.02, 14 months”; “flat, p = 0.62, 14 months”; “too little data: 3 months”."""
    trend = series.trend
    if trend.p is None or trend.slope is None:
        return _too_little(trend.periods, step)
    values = {"p": probability(trend), "periods": trend.periods}
    if trend.direction == Direction.FLAT:
        return _flat(trend.periods, step) % values
    slope = abs(brief(trend.slope, FINE_DIGITS))
    if slope.is_zero():
        return _without_amount(trend, step) % values
    return _with_amount(trend, step) % {**values, "amount": change_words(slope, series.measure.unit)}


def probability(trend: Trend) -> str:
    """“p = 0.02”, “p < 0.001”; more decimals where two would round it to nothing or over the threshold."""
    return _p_words(trend.p, SIGNIFICANT)


def corrected_words(trend: Trend) -> str:
    """“p = 0.04 after correction” of a measure that decides; empty for others, and where there is no trend."""
    if trend.adjusted_p is None:
        return ""
    return _("%(p)s after correction") % {"p": _p_words(trend.adjusted_p, PROVEN, SIGNIFICANT)}


def _p_words(p: float | None, *thresholds: float) -> str:
    value, lines = Fraction(str(digits(p, FINE_DIGITS))), [Fraction(str(threshold)) for threshold in thresholds]
    if value < LEAST_P:
        return _("p < %(least)s") % {"least": number(LEAST_P, digits=FINE_DIGITS)}
    shown = rounded_fairly(
        value, P_DIGITS, lambda near: (near == 0, *(near < line for line in lines)), most=FINE_DIGITS
    )
    return _("p = %(value)s") % {"value": number(shown, digits=FINE_DIGITS)}


def least_change() -> str:
    """“10%”: a change of less, of the average over the whole time, accuses nobody."""
    return percent(Fraction(str(100 * LEAST_CHANGE)))


def silence_words(series: Series, step: PeriodLength) -> str:
    """What a flat trend does not say: how large a change would not have shown. Empty where there is a trend, where
    nothing was there to change, and in what was kept before this was measured."""
    trend = series.trend
    if not _is_silent(trend):
        return ""
    if trend.smallest is None:
        return _even_six_times(trend.periods, step) % {"periods": trend.periods}
    return _less_than(trend.periods, step) % {"share": _share(trend.smallest), "periods": trend.periods}


def silence_brief(series: Series) -> str:
    """The same in one line of a table: “a change of less than about 60% would not show”."""
    trend = series.trend
    if not _is_silent(trend):
        return ""
    if trend.smallest is None:
        return _("even a change by a factor of six would not show")
    return _("a change of less than about %(share)s would not show") % {"share": _share(trend.smallest)}


def _is_silent(trend: Trend) -> bool:
    return trend.direction == Direction.FLAT and trend.change is not None


def _share(part: float) -> str:
    return percent(rounded(Fraction(str(digits(100 * part)))))


def _less_than(periods: int, step: PeriodLength) -> str:
    if step == PeriodLength.MONTH:
        return ngettext(
            "A change of less than about %(share)s over this %(periods)s month would not have shown.",
            "A change of less than about %(share)s over these %(periods)s months would not have shown.",
            periods,
        )
    return ngettext(
        "A change of less than about %(share)s over this %(periods)s week would not have shown.",
        "A change of less than about %(share)s over these %(periods)s weeks would not have shown.",
        periods,
    )


def _even_six_times(periods: int, step: PeriodLength) -> str:
    if step == PeriodLength.MONTH:
        return ngettext(
            "Even a change by a factor of six over this %(periods)s month would not have shown.",
            "Even a change by a factor of six over these %(periods)s months would not have shown.",
            periods,
        )
    return ngettext(
        "Even a change by a factor of six over this %(periods)s week would not have shown.",
        "Even a change by a factor of six over these %(periods)s weeks would not have shown.",
        periods,
    )


def threshold_words() -> str:
    """The p below which a trend is said."""
    return number(Fraction(str(SIGNIFICANT)))


def change_words(slope: Decimal, unit: Unit) -> str:
    """By how much a period differs from the next."""
    if unit == Unit.PERCENT:
        return points(slope, digits=2)
    if unit == Unit.FEELING:
        said = npgettext("of the five feelings", "%(number)s step", "%(number)s steps", plural(slope))
        return said % {"number": number(slope)}
    return _in_unit(float(slope), unit)  # in the unit that the figures beside it mostly have


def _too_little(periods: int, step: PeriodLength) -> str:
    said = (
        ngettext("too little data: %(periods)s month", "too little data: %(periods)s months", periods)
        if step == PeriodLength.MONTH
        else ngettext("too little data: %(periods)s week", "too little data: %(periods)s weeks", periods)
    )
    return said % {"periods": periods}


def _flat(periods: int, step: PeriodLength) -> str:
    if step == PeriodLength.MONTH:
        return ngettext("flat, %(p)s, %(periods)s month", "flat, %(p)s, %(periods)s months", periods)
    return ngettext("flat, %(p)s, %(periods)s week", "flat, %(p)s, %(periods)s weeks", periods)


def _with_amount(trend: Trend, step: PeriodLength) -> str:
    if trend.direction == Direction.FALLING:
        if step == PeriodLength.MONTH:
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
    if step == PeriodLength.MONTH:
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


def _without_amount(trend: Trend, step: PeriodLength) -> str:
    """A trend whose median step rounds to nothing: most periods are alike, and those that differ agree."""
    if trend.direction == Direction.FALLING:
        if step == PeriodLength.MONTH:
            return ngettext("falling, %(p)s, %(periods)s month", "falling, %(p)s, %(periods)s months", trend.periods)
        return ngettext("falling, %(p)s, %(periods)s week", "falling, %(p)s, %(periods)s weeks", trend.periods)
    if step == PeriodLength.MONTH:
        return ngettext("rising, %(p)s, %(periods)s month", "rising, %(p)s, %(periods)s months", trend.periods)
    return ngettext("rising, %(p)s, %(periods)s week", "rising, %(p)s, %(periods)s weeks", trend.periods)


# Of how many -----------------------------------------------------------------------------------------------------
def known_words(series: Series) -> str:
    """“7 incidents came back, of 41 whose problem is known; of 12 it is not known.”, “Known for 41 of 53 incidents.”

    Empty where it is not known of how many, and where every incident counts by itself.
    """
    if series.known is None or series.total is None or not series.total or series.measure.key == "volume":
        return ""
    if series.measure.is_said:
        return _said_words(series.known, series.total)
    unknown = series.total - series.known
    said = {"known": number(series.known), "total": number(series.total), "unknown": number(unknown)}
    if series.measure.key == "repeat_count":
        count = round(series.overall or 0)
        return _came_back(count, is_known_of_all=not unknown) % {**said, "count": number(count)}
    if not unknown:
        known = ngettext("Known for the %(total)s incident.", "Known for all %(total)s incidents.", series.total)
        return known % said
    return _("Incidents of which it is known: %(known)s of %(total)s.") % said


def _said_words(known: int, total: int) -> str:
    """Of how many entries of the voice of the customer."""
    if known == total:
        said = ngettext("%(total)s person said so.", "%(total)s people said so.", total)
    else:
        said = _("Entries in the voice of the customer that say something about it: %(known)s of %(total)s.")
    return said % {"known": number(known), "total": number(total)}


def _came_back(count: int, *, is_known_of_all: bool) -> str:
    if is_known_of_all:
        return ngettext(
            "%(count)s incident came back, of %(known)s; the problem of each is known.",
            "%(count)s incidents came back, of %(known)s; the problem of each is known.",
            count,
        )
    return ngettext(
        "%(count)s incident came back, of %(known)s whose problem is known; of %(unknown)s it is not known.",
        "%(count)s incidents came back, of %(known)s whose problem is known; of %(unknown)s it is not known.",
        count,
    )


def known_of_words(point: Point) -> str:
    """“41 of 53”, in a table; empty where that is not known."""
    if point.known is None or point.total is None:
        return ""
    return _("%(known)s of %(total)s") % {"known": number(point.known), "total": number(point.total)}


# What is not used ------------------------------------------------------------------------------------------------
def left_out_words(measures: Measures) -> list[str]:
    """One sentence for each thing that was left out of what was kept before measures had a basis, and why."""
    left = measures.left_out
    sentences = []
    if left.open_cases:
        sentences.append(_open(len(left.open_cases)))
    if left.young:
        sentences.append(_young(len(left.young), measures.step, figure(left.wait, Unit.HOURS)))
    if left.not_critical:
        sentences.append(not_critical_words(left.not_critical))
    return sentences


def _open(count: int) -> str:
    said = ngettext(
        "%(count)s incident is still open, so it has no time to resolve yet.",
        "%(count)s incidents are still open, so they have no time to resolve yet.",
        count,
    )
    return said % {"count": number(count)}


def _young(count: int, step: PeriodLength, wait: str) -> str:
    if not wait:
        # Where no incident is resolved yet, only what is not complete is left out.
        if step == PeriodLength.MONTH:
            return _("The newest month is shown but is in no trend: it is not complete.")
        return _("The newest week is shown but is in no trend: it is not complete.")
    if step == PeriodLength.MONTH:
        sentence = ngettext(
            "The newest month is shown but is in no trend: it is not complete, or ended less than %(wait)s ago, the "
            "time within which nine of ten incidents were resolved.",
            "The newest %(count)s months are shown but are in no trend: they are not complete, or ended less than "
            "%(wait)s ago, the time within which nine of ten incidents were resolved.",
            count,
        )
    else:
        sentence = ngettext(
            "The newest week is shown but is in no trend: it is not complete, or ended less than %(wait)s ago, the "
            "time within which nine of ten incidents were resolved.",
            "The newest %(count)s weeks are shown but are in no trend: they are not complete, or ended less than "
            "%(wait)s ago, the time within which nine of ten incidents were resolved.",
            count,
        )
    return sentence % {"count": count, "wait": wait}


def not_critical_words(count: int) -> str:
    said = ngettext(
        "%(count)s incident is not mission-critical, so it is in no measure.",
        "%(count)s incidents are not mission-critical, so they are in no measure.",
        count,
    )
    return said % {"count": number(count)}


def reading_aid() -> dict[str, object]:
    """The figures in the page of the help on measures, in the active language."""
    return {
        "contradicted_below": number(Fraction(str(PROVEN))),
        "trend_below": threshold_words(),
        "least_change": least_change(),
        "fewest_periods": FEWEST_PERIODS,
    }
