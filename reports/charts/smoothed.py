"""A measure over time on paper: pale dots for its periods, a moving mean through them, a target in ink.

Two sizes: a spark beside the words of a table, and a chart with its axes. The line is the mean of the last six periods
that count, drawn at their middle: it runs through its dots, and its end is the figure that the table writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from reports.charts.parts import Palette, caption, figure, stroke
from reports.charts.periods import TrendPoint, round_scale
from reports.charts.svg import Point, dots, fit, path, rings, short_number, text_width

WINDOW = 6  # periods in the mean
SPARK = (300.0, 80.0)  # tenths of a millimetre
CHART = (336.0, 180.0)  # quarters of a millimetre
TYPE = 11.3  # 8 pt in quarters of a millimetre
HALVES = (0.0, 50.0, 100.0)  # the ticks of percents


def moving_mean(points: Sequence[TrendPoint]) -> list[Point]:
    """(middle of the positions, mean of the values) of each six periods in a row that count; none of fewer."""
    counted = [(at, one.value) for at, one in enumerate(points) if one.value is not None and not one.is_left_out]
    windows = (counted[start : start + WINDOW] for start in range(len(counted) - WINDOW + 1))
    return [(fmean(at for at, _value in window), fmean(value for _at, value in window)) for window in windows]


def spark_svg(
    points: Sequence[TrendPoint],
    *,
    title: str,
    desc: str,
    prefix: str,
    has_line: bool,
    target: float | None = None,
    most: float | None = None,
    palette: Palette = Palette.LIGHT,
) -> str:
    """30 by 8 mm. `has_line`: where there is a trend; a line through chance would tell a tale."""
    top = most or max(round_scale(points, None, target)[-1], 1e-9)
    frame = _Frame(points=points, palette=palette, size=SPARK, top=top, left=6, right=6, above=9, below=9, dot=8)
    drawn = [frame.target(target, width=3, dashes="9 7"), frame.counted()]
    drawn += [frame.mean(width=6)] if has_line else []
    return figure("spark", "".join(drawn), size=SPARK, title=title, desc=desc, prefix=prefix)


def smoothed_svg(
    points: Sequence[TrendPoint],
    *,
    title: str,
    desc: str,
    prefix: str,
    unit_label: str,
    has_line: bool,
    target: float | None = None,
    target_label: str = "",
    most: float | None = None,
    tick_label: Callable[[float], str] = short_number,
    palette: Palette = Palette.LIGHT,
) -> str:
    """84 by 45 mm, from zero up: percents to 100. What a target is called stands right of its line, crossed by
    nothing."""
    values = list(HALVES) if most == HALVES[-1] else round_scale(points, None, target)
    ticks = [(value, tick_label(value)) for value in values]
    named = fit(target_label, size=TYPE, width=76, lines=3) if target is not None else []
    frame = _Frame(
        points=points,
        palette=palette,
        size=CHART,
        top=values[-1],
        left=8 + max(text_width(label, TYPE) for _value, label in ticks),
        right=8 + max((text_width(line, TYPE) for line in named), default=0.0),
        above=22,
        below=20,
        dot=5,
    )
    parts = [frame.grid(ticks), frame.note(unit_label, (0, 10), anchor="start"), frame.months()]
    parts += [frame.target(target, width=1, dashes="4 3"), frame.named(target, named)]
    parts += [frame.counted(), frame.hollow(), *([frame.mean(width=2.2)] if has_line else [])]
    return figure("smoothed", "".join(parts), size=CHART, title=title, desc=desc, prefix=prefix)


@dataclass(frozen=True, kw_only=True)
class _Frame:
    points: Sequence[TrendPoint]
    palette: Palette
    size: tuple[float, float]
    top: float  # the value at the upper edge
    left: float
    right: float
    above: float
    below: float
    dot: float  # across

    @property
    def base(self) -> float:
        return self.size[1] - self.below

    @property
    def end(self) -> float:
        return self.size[0] - self.right

    def at(self, position: float, value: float) -> Point:
        step = (self.end - self.left) / max(len(self.points), 1)
        share = min(max(value / self.top, 0.0), 1.0)
        return self.left + step * (position + 0.5), self.base - (self.base - self.above) * share

    def grid(self, ticks: Sequence[tuple[float, str]]) -> str:
        lines = "".join(path((self.left, y), (self.end, y)) for y in (self.at(0, value)[1] for value, _label in ticks))
        labels = (self.note(label, (self.left - 5, self.at(0, value)[1] + 3.8), "end") for value, label in ticks)
        return stroke(lines, class_="chart-grid", stroke=self.palette.line, width=0.7) + "".join(labels)

    def months(self) -> str:
        """A notch for each period, words where there is room: at both ends first, then from the left."""
        notches = "".join(path((x, self.base), (x, self.base + 2.5)) for x in map(self._x, range(len(self.points))))
        taken: list[tuple[float, float]] = []
        named = [(at, point.axis) for at, point in enumerate(self.points) if point.axis]
        order = [*named[:1], *named[1:][-1:], *named[1:-1]]
        words = "".join(self._month(at, label, taken) for at, label in order)
        return stroke(notches, class_="chart-tick", stroke=self.palette.muted, width=0.7) + words

    def _month(self, at: int, label: str, taken: list[tuple[float, float]]) -> str:
        run = text_width(label, TYPE)
        start = min(max(self._x(at) - run / 2, self.left), self.end - run)
        if any(start < end + 8 and begin < start + run + 8 for begin, end in taken):
            return ""
        taken.append((start, start + run))
        return self.note(label, (start + run / 2, self.base + 14))

    def _x(self, position: int) -> float:
        return self.at(position, 0)[0]

    def counted(self) -> str:
        shown = [(at, one.value) for at, one in enumerate(self.points) if one.value is not None and not one.is_left_out]
        if not shown:
            return ""
        drawn = dots([self.at(at, value) for at, value in shown])
        return stroke(drawn, class_="chart-points", stroke=self.palette.accent, width=self.dot, opacity=0.4)

    def hollow(self) -> str:
        """The periods that no trend counts."""
        shown = [
            self.at(at, one.value) for at, one in enumerate(self.points) if one.value is not None and one.is_left_out
        ]
        drawn = rings(shown, self.dot / 2)
        return drawn and stroke(drawn, class_="chart-points-open", stroke=self.palette.accent, width=0.8, opacity=0.6)

    def mean(self, *, width: float) -> str:
        line = [self.at(*point) for point in moving_mean(self.points)]
        if len(line) < 2:
            return ""
        return stroke(path(*line), class_="chart-mean", stroke=self.palette.accent, width=width)

    def target(self, target: float | None, *, width: float, dashes: str) -> str:
        if target is None:
            return ""
        y = self.at(0, target)[1]
        line = path((self.left, y), (self.end, y))
        return stroke(line, class_="chart-target", stroke=self.palette.ink, width=width, dashes=dashes)

    def named(self, target: float | None, lines: Sequence[str]) -> str:
        if target is None or not lines:
            return ""
        height = TYPE * 1.15
        first = self.at(0, target)[1] + 3.8 - height * (len(lines) - 1) / 2
        first = min(max(first, TYPE), self.size[1] - height * (len(lines) - 1) - 2)
        spots = ((self.end + 5, first + height * place) for place in range(len(lines)))
        return "".join(
            self.note(line, spot, "start", fill=self.palette.ink) for line, spot in zip(lines, spots, strict=True)
        )

    def note(self, content: str, at: Point, anchor: str = "middle", *, fill: str = "") -> str:
        colour = fill or self.palette.muted
        return caption(content, at, class_="chart-note", size=TYPE, fill=colour, palette=self.palette, anchor=anchor)
