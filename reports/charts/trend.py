"""One measure over time: its periods as points, its trend as a line, what was agreed as a dashed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from reports.charts.parts import SVG, Palette, caption, figure, stroke
from reports.charts.periods import Line, TrendPoint, round_scale
from reports.charts.smoothed import smoothed_svg, spark_svg
from reports.charts.svg import Point, dots, element, fit, path, rings, short_number, text, text_width

__all__ = ["ARROWS", "TrendPoint", "arrow_svg", "slope_line", "smoothed_svg", "spark_svg", "trend_svg"]

TYPE = 13.0  # the size of its words


def trend_svg(
    series_points: Sequence[TrendPoint],
    *,
    title: str,
    desc: str,
    prefix: str,
    unit_label: str,
    slope_line: Line | None = None,
    target: float | None = None,
    target_label: str = "",
    most: float | None = None,
    tick_label: Callable[[float], str] = short_number,
    palette: Palette | None = None,
    size: tuple[float, float] = (400, 170),
    tells_periods: bool = True,
) -> str:
    """From zero upwards, the oldest period at the left; `most`: what no value can exceed, such as 100 percent.

    Links are no part of the image: the table has them too. `tells_periods`: each value to whoever points at its period;
    where a table beside the chart says it, only what no trend counts is told, and why.
    """
    palette = palette or Palette.PAGE
    slope_line = slope_line and _possible(slope_line, most)
    scale = [(value, tick_label(value)) for value in round_scale(series_points, slope_line, target)]
    left = min(12 + max(text_width(label, TYPE) for _value, label in scale), size[0] / 3)
    chart = _Trend(points=series_points, palette=palette, size=size, scale=scale, left=left)
    words = chart.scale_words() + chart.unit(unit_label) + chart.axis()
    parts = [chart.grid(), chart.noted(words), chart.target(target, target_label), chart.joined()]
    parts += [chart.trend(slope_line), chart.dots(), chart.told(everything=tells_periods)]
    return figure("trend", "".join(parts), size=size, title=title, desc=desc, prefix=prefix, over=chart.links())


def slope_line(points: Sequence[TrendPoint], slope: float | None) -> Line | None:
    """The Theil–Sen line over the periods that count: through the median of what each leaves at the given slope."""
    counted = [
        (at, point.value) for at, point in enumerate(points) if point.value is not None and not point.is_left_out
    ]
    if slope is None or len(counted) < 2:
        return None
    start = median(value - slope * at for at, value in counted)
    first, last = counted[0][0], counted[-1][0]
    return (first, start + slope * first), (last, start + slope * last)


@dataclass(frozen=True, kw_only=True)
class _Trend:
    points: Sequence[TrendPoint]
    palette: Palette
    size: tuple[float, float]
    scale: Sequence[tuple[float, str]]  # its values from zero to the top, as written
    left: float
    right: float = 10.0
    above: float = 26.0
    below: float = 26.0

    @property
    def width(self) -> float:
        return self.size[0] - self.left - self.right

    @property
    def base(self) -> float:
        return self.size[1] - self.below

    @property
    def step(self) -> float:
        return self.width / max(len(self.points), 1)

    def at(self, position: float, value: float) -> Point:
        height = self.base - self.above
        return self.left + self.step * (position + 0.5), self.base - height * min(
            max(value / self.scale[-1][0], 0.0), 1.0
        )

    def grid(self) -> str:
        base, *others = (self.at(0, value)[1] for value, _label in self.scale)
        lines = "".join(path((self.left, y), (self.left + self.width, y)) for y in others)
        zero = path((self.left, base), (self.left + self.width, base))
        return (
            stroke(zero, class_="chart-grid", stroke=self.palette.muted, width=0.75)
            + stroke(lines, class_="chart-grid", stroke=self.palette.line, width=1)
            + self.notches()
        )

    def noted(self, words: str) -> str:
        """What all words have in common is written once."""
        return element("g", words, font_family=self.palette.sans, font_size=TYPE, fill=self.palette.muted)

    def scale_words(self) -> str:
        at = ((label, (self.left - 6, self.at(0, value)[1] + 4)) for value, label in self.scale)
        return "".join(_note(label, place, anchor="end") for label, place in at)

    def unit(self, label: str) -> str:
        lines = fit(label, size=TYPE, width=self.size[0] * 0.9)
        return "".join(_note(line, (0, self.above - 11)) for line in lines)

    def axis(self) -> str:
        return "".join(_note(label, (middle, self.base + 18), anchor="middle") for _at, label, middle in self._named())

    def notches(self) -> str:
        """One path for those of all the periods that are named."""
        places = [self.at(at, 0)[0] for at, _label, _middle in self._named()]
        drawn = "".join(path((x, self.base), (x, self.base + 4)) for x in places)
        return drawn and stroke(drawn, class_="chart-tick", stroke=self.palette.muted, width=0.75)

    def _named(self) -> Iterator[tuple[int, str, float]]:
        """(position, words, their middle): the first and the last period always, others where there is room."""
        named = [(at, point.axis) for at, point in enumerate(self.points) if point.axis]
        if not named and self.points:
            ends = {0: self.points[0].label, len(self.points) - 1: self.points[-1].label}
            named = list(ends.items())
        taken: list[tuple[float, float]] = []
        for at, label in [*named[:1], *named[1:][-1:], *named[1:-1]]:
            (shown,) = fit(label, size=TYPE, width=self.width / 2 - 8) or [""]
            run = text_width(shown, TYPE)
            start = min(max(self.at(at, 0)[0] - run / 2, self.left), self.left + self.width - run)
            if shown and not any(start < end + 8 and begin < start + run + 8 for begin, end in taken):
                taken.append((start, start + run))
                yield at, shown, start + run / 2

    def target(self, target: float | None, label: str) -> str:
        if target is None:
            return ""
        y = self.at(0, target)[1]
        line = path((self.left, y), (self.left + self.width, y))
        drawn = stroke(line, class_="chart-target", stroke=self.palette.met, width=1.5, dashes="6 4")
        (shown,) = fit(label, size=TYPE, width=self.width * 0.75) or [""]
        if not shown:
            return drawn
        is_low = y + 18 > self.base  # then the words stand above the line
        at = (self.left + self.width, y - 5 if is_low else y + 14)
        return drawn + caption(
            shown,
            at,
            class_="chart-note chart-target-note",
            size=TYPE,
            fill=self.palette.met,
            palette=self.palette,
            anchor="end",
        )

    def joined(self) -> str:
        """Neighbours are joined, gaps stay gaps; towards what is left out the line is dotted."""
        closed, dotted = "", ""
        for at, (one, other) in enumerate(zip(self.points, self.points[1:], strict=False)):
            if one.value is None or other.value is None:
                continue
            step = path(self.at(at, one.value), self.at(at + 1, other.value))
            if one.is_left_out or other.is_left_out:
                dotted += step
            else:
                closed += step
        return self._joined(closed) + self._joined(dotted, dashes="1 3.5")

    def _joined(self, steps: str, *, dashes: str | None = None) -> str:
        if not steps:
            return ""
        return stroke(steps, class_="chart-joined", stroke=self.palette.accent, width=1.2, dashes=dashes, opacity=0.55)

    def trend(self, line: Line | None) -> str:
        if line is None:
            return ""
        ends = [self.at(*end) for end in line]
        return stroke(path(*ends), class_="chart-slope", stroke=self.palette.ink, width=2)

    def dots(self) -> str:
        """One path for those that count, one for those that are left out."""
        radius = min(3.2, max(self.step * 0.4, 1.2))
        shown = [
            (self.at(at, one.value), one.is_left_out) for at, one in enumerate(self.points) if one.value is not None
        ]
        solid = dots([place for place, is_open in shown if not is_open])
        hollow = rings([place for place, is_open in shown if is_open], radius)
        accent = self.palette.accent
        drawn = solid and stroke(solid, class_="chart-point", stroke=accent, width=2 * radius + 1.2)
        return drawn + (
            hollow
            and element(
                "path",
                class_="chart-point chart-point-open",
                d=hollow,
                fill=self.palette.paper,
                stroke=accent,
                stroke_width=1.2,
            )
        )

    def told(self, *, everything: bool) -> str:
        """Each value for the pointer over its period, on a page; where a period is a link, that says the same."""
        told = [
            element("path", element("title", text(one.tooltip)), d=self._upright(at))
            for at, one in enumerate(self.points)
            if one.value is not None and not one.href and (everything or one.is_left_out)
        ]
        if not told or self.palette is Palette.LIGHT:
            return ""
        colour, wide = self.palette.accent, self.step
        return element("g", *told, class_="chart-told", stroke=colour, stroke_opacity="0", stroke_width=wide)

    def _upright(self, at: int) -> str:
        x = self.at(at, 0)[0]
        return path((x, self.above), (x, self.base))

    def links(self) -> str:
        """A short cut for the pointer over each period, from top to bottom. Keyboards and screen readers take the
        table, where the same links are large enough."""
        drawn = [self._link(at, point, point.href) for at, point in enumerate(self.points) if point.href]
        unseen = {"fill": self.palette.accent, "fill_opacity": "0"}
        return element("g", *drawn, class_="chart-links", aria_hidden="true", **unseen) if drawn else ""

    def _link(self, at: int, point: TrendPoint, href: str) -> str:
        strip = element(
            "rect",
            class_="chart-strip",
            x=self.left + self.step * at,
            y=self.above,
            width=self.step,
            height=self.base - self.above,
        )
        return element("a", element("title", text(point.tooltip)), strip, href=href, tabindex="-1")


def _note(content: str, at: Point, *, anchor: str | None = None) -> str:
    return element("text", text(content), class_="chart-note", x=at[0], y=at[1], text_anchor=anchor)


def _possible(line: Line, most: float | None) -> Line | None:
    """Cut off where it would fall below zero or rise above the most: no measure does."""
    (x, y), (end_x, end_y) = line
    top = inf if most is None else most
    if y == end_y:
        return line if 0 <= y <= top else None
    low, high = sorted((limit - y) / (end_y - y) for limit in (0.0, top))  # as parts of the way from end to end
    first, last = max(low, 0.0), min(high, 1.0)
    if first >= last:
        return None
    return (x + (end_x - x) * first, y + (end_y - y) * first), (x + (end_x - x) * last, y + (end_y - y) * last)


# Which way it goes, told by the direction of an arrow: never by a disc, which belongs to a rule --------------------
# Start, end and the two barbs of each arrow, on a ground of 16 by 16.
ARROWS = {
    "better": ((3, 13), (13, 3), ((6, 3), (13, 10))),
    "worse": ((3, 3), (13, 13), ((13, 6), (6, 13))),
    "flat": ((2, 8), (14, 8), ((9.5, 3.5), (9.5, 12.5))),
}


def arrow_svg(tendency: str, *, size: float, title: str = "", palette: Palette | None = None) -> str:
    """Up where it gets better, down where worse, level without a clear change. Without a title it is an ornament beside
    its words."""
    if tendency not in ARROWS:
        raise ValueError(f"unknown tendency {tendency!r}")
    start, end, (one, other) = ARROWS[tendency]
    colours = palette or Palette.PAGE
    colour = {"better": colours.met, "worse": colours.broken, "flat": colours.none}[tendency]
    return element(
        "svg",
        element("title", text(title)) if title else "",
        stroke(f"{path(start, end)}{path(one, end, other)}", class_="arrow-line", stroke=colour, width=2),
        xmlns=SVG,
        class_=f"chart chart-arrow arrow-{tendency}",
        viewBox="0 0 16 16",
        width=size,
        height=size,
        role="img" if title else None,
        aria_hidden=None if title else "true",
        focusable="false",
    )
