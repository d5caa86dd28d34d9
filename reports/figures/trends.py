"""A measure as a chart, for page and paper: vendors/measures/metrics.py measures, reports/charts/ draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from groundwork.words import apart, month, number, short_day
from reports.charts.parts import Palette
from reports.charts.trend import TrendPoint, slope_line, smoothed_svg, spark_svg, trend_svg
from vendors.measures.basis import why_words
from vendors.measures.cards import agreed_words
from vendors.measures.catalogue import MOST
from vendors.measures.metrics import Direction, PeriodLength, Point, Series
from vendors.measures.plain_data import FINE_DIGITS
from vendors.measures.words import LABELS, UNITS, brief, figure, period_words, silence_brief, trend_words


def trend_figure(
    series: Series,
    step: PeriodLength,
    *,
    prefix: str,
    target: float | None = None,
    is_expected: bool = False,
    hrefs: Sequence[str] = (),
    palette: Palette | None = None,
    size: tuple[float, float] = (400, 170),
    tells_periods: bool = True,
) -> str:
    """The SVG, in the active language. `is_expected`: the target holds for all vendors. `hrefs`: where a click on each
    period leads, for the page; `tells_periods`: as `trend_svg` has it."""
    points = _points(series, step, hrefs)
    measure, trend = series.measure, series.trend
    held_to = "" if target is None else _held_to(series, target, is_expected=is_expected)
    # A line through chance, or one that is level in its words, would tell a tale.
    has_trend = trend.direction in (Direction.FALLING, Direction.RISING) and not _is_level(trend.slope)
    return trend_svg(
        points,
        title=str(LABELS[measure.key]),
        desc=_desc(series, step, points, held_to),
        prefix=prefix,
        unit_label=str(UNITS[measure.unit]),
        slope_line=slope_line(points, trend.slope) if has_trend else None,
        target=target,
        target_label=held_to,
        most=MOST.get(measure.unit),
        tick_label=_tick,
        palette=palette,
        size=size,
        tells_periods=tells_periods,
    )


def _is_level(slope: float | None) -> bool:
    return slope is None or brief(slope, FINE_DIGITS).is_zero()


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A measure as paper draws it. `has_line`: whether a line may be drawn through its periods; `is_expected`: the
    target holds for all vendors; `said`: how it reads, for whoever does not see it."""

    series: Series
    step: PeriodLength
    has_line: bool
    target: float | None
    is_expected: bool
    said: str


def spark_figure(drawn: Drawn) -> str:
    """Beside the words of a table, 30 by 8 mm."""
    measure = drawn.series.measure
    return spark_svg(
        _points(drawn.series, drawn.step, ()),
        title=str(LABELS[measure.key]),
        desc=drawn.said,
        prefix=f"fact-{measure.key}",
        has_line=drawn.has_line,
        target=drawn.target,
        most=MOST.get(measure.unit),
    )


def smoothed_figure(drawn: Drawn) -> str:
    """With its axes and the months below, 84 by 45 mm."""
    series, measure = drawn.series, drawn.series.measure
    points = [
        replace(one, axis=_axis(point.start, drawn.step, is_end=True))
        for one, point in zip(_points(series, drawn.step, ()), series.points, strict=True)
    ]
    held_to = "" if drawn.target is None else _held_to(series, drawn.target, is_expected=drawn.is_expected)
    return smoothed_svg(
        points,
        title=str(LABELS[measure.key]),
        desc=_desc(series, drawn.step, points, held_to),
        prefix=f"fact-{measure.key}",
        unit_label=str(UNITS[measure.unit]),
        has_line=drawn.has_line,
        target=drawn.target,
        target_label=held_to,
        most=MOST.get(measure.unit),
        tick_label=_tick,
    )


def _points(series: Series, step: PeriodLength, hrefs: Sequence[str]) -> list[TrendPoint]:
    last = len(series.points) - 1
    href_of = dict(enumerate(hrefs))
    return [
        TrendPoint(
            label=period_words(point.start, step),
            value=point.value,
            is_left_out=point.is_left_out,
            href=href_of.get(at) or None,
            value_label=_value(point, series),
            axis=_axis(point.start, step, is_end=at in (0, last)),
        )
        for at, point in enumerate(series.points)
    ]


def _value(point: Point, series: Series) -> str:
    """“4.2 hours”, “4.2 hours, too new to count”."""
    value = figure(point.value, series.measure.unit) or _("no data")
    return ", ".join(filter(None, (value, why_words(point.why))))


def _axis(start: date, step: PeriodLength, *, is_end: bool) -> str:
    """The month and the year at both ends, and the year where one begins."""
    if is_end:
        return month(start, short=True) if step == PeriodLength.MONTH else short_day(start)
    begins = start.month == 1 and (step == PeriodLength.MONTH or start.day <= 7)
    return str(start.year) if begins else ""


def _desc(series: Series, step: PeriodLength, points: Sequence[TrendPoint], held_to: str) -> str:
    parts = [trend_words(series, step), silence_brief(series)]
    newest = next((point for point in reversed(points) if point.value is not None and not point.is_left_out), None)
    if newest:
        parts.append(f"{newest.label}, {newest.value_label}")
    return apart([*parts, held_to])


def _held_to(series: Series, target: float, *, is_expected: bool) -> str:
    said = {"target": agreed_words(series.measure, target)}
    return (_("expected: %(target)s") if is_expected else _("agreed: %(target)s")) % said


def _tick(value: float) -> str:
    """As few decimals as the step of a scale needs."""
    return number(Fraction(str(value)))
