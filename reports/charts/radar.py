"""The seven marks as spokes: customer, vendor and bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.charts.marks import Mark, mark_group
from reports.charts.parts import FULL_TURN, Palette, caption, circle, figure, share, stroke
from reports.charts.svg import Point, dots, element, fit, path, polar, rings, short_number, text_width


def radar_svg(
    marks: Sequence[Mark],
    *,
    title: str,
    desc: str,
    prefix: str,
    thresholds: Sequence[float | Fraction] = (50, 75),
    palette: Palette | None = None,
    is_small: bool = False,
) -> str:
    """One spoke a rule, the first upwards. What is not rated leaves a gap, never a zero.

    `is_small`: one of several beside each other, with the numbers of the rules instead of their names.
    """
    palette = palette or Palette.PAGE
    radar = (_SmallRadar if is_small else _Radar)(marks=marks, palette=palette)
    parts = [radar.grid(thresholds), radar.area(), radar.vendor(), radar.whiskers(), radar.points()]
    parts += [radar.threshold_labels(thresholds), radar.labels()]
    return figure("radar", "".join(parts), size=radar.size, title=title, desc=desc, prefix=prefix)


@dataclass(frozen=True, kw_only=True)
class _Radar:
    marks: Sequence[Mark]
    palette: Palette
    size: tuple[float, float] = (540.0, 400.0)
    centre: Point = (270.0, 208.0)
    radius: float = 132.0

    def at(self, index: int, percent: Fraction | float) -> Point:
        return polar(self.centre, self.radius * share(percent), self.angle(index))

    def angle(self, index: float) -> float:
        return index * FULL_TURN / max(len(self.marks), 1)

    def grid(self, thresholds: Sequence[float | Fraction]) -> str:
        colour = self.palette.line
        rim = circle(self.centre, self.radius, class_="chart-grid", stroke=colour, width=1)
        lines = "".join(path(self.centre, self.at(index, 100)) for index in range(len(self.marks)))
        spokes = lines and stroke(lines, class_="chart-spoke", stroke=colour, width=1)
        levels = "".join(
            circle(
                self.centre,
                self.radius * share(threshold),
                class_="chart-threshold",
                stroke=self.palette.muted,
                width=0.75,
                opacity=0.6,
            )
            for threshold in thresholds
        )
        return rim + spokes + levels

    def threshold_labels(self, thresholds: Sequence[float | Fraction]) -> str:
        """Between the last spoke and the first, each on a scrap of paper that hides its ring."""
        drawn = []
        for threshold in thresholds:
            label = short_number(float(threshold))
            x, y = polar(self.centre, self.radius * share(threshold), self.angle(-0.5))
            width = text_width(label, 10.5) + 5
            drawn.append(
                element(
                    "rect",
                    class_="chart-paper",
                    x=x - width / 2,
                    y=y - 6.5,
                    width=width,
                    height=13,
                    rx=3,
                    fill=self.palette.paper,
                )
                + caption(
                    label,
                    (x, y + 3.6),
                    class_="chart-note",
                    size=10.5,
                    fill=self.palette.muted,
                    palette=self.palette,
                )
            )
        return "".join(drawn)

    def area(self) -> str:
        """The customer’s polygon: filled from the centre, its outline drawn only between rated neighbours."""
        runs = _runs([mark.percent if mark.is_rated else None for mark in self.marks])
        drawn = []
        for indices, is_closed in runs:
            points = [self.at(index, self.marks[index].percent or 0) for index in indices]
            if len(points) > 1:
                shape = path(*points, closed=True) if is_closed else path(self.centre, *points, closed=True)
                drawn.append(
                    element("path", class_="chart-area", d=shape, fill=self.palette.accent, fill_opacity="0.14")
                )
            outline = path(*points, closed=is_closed) if len(points) > 1 else path(self.centre, *points)
            drawn.append(stroke(outline, class_="chart-outline", stroke=self.palette.accent, width=2))
        return "".join(drawn)

    def vendor(self) -> str:
        """How the vendor sees itself: a dashed outline with open points."""
        drawn, places = [], []
        for indices, is_closed in _runs([mark.vendor_percent for mark in self.marks]):
            points = [self.at(index, self.marks[index].vendor_percent or 0) for index in indices]
            if len(points) > 1:
                outline = path(*points, closed=is_closed)
                drawn.append(stroke(outline, class_="chart-vendor", stroke=self.palette.ink, width=1.4, dashes="5 4"))
            places += points
        if places:
            drawn.append(
                element(
                    "path",
                    class_="chart-vendor-point",
                    d=rings(places, 3),
                    fill=self.palette.paper,
                    stroke=self.palette.ink,
                    stroke_width=1.2,
                )
            )
        return "".join(drawn)

    def whiskers(self) -> str:
        """From the lowest to the highest percent that the missing grades allow."""
        drawn = []
        for index, mark in enumerate(self.marks):
            if mark.bounds is None:
                continue
            ends = [self.at(index, percent) for percent in mark.bounds]
            caps = [path(polar(end, 4, self.angle(index) + 90), polar(end, 4, self.angle(index) - 90)) for end in ends]
            drawn.append(
                stroke(
                    path(*ends) + "".join(caps),
                    class_="chart-whisker",
                    stroke=self.palette.accent if mark.is_rated else self.palette.none,
                    width=1.2,
                )
            )
        return "".join(drawn)

    def points(self) -> str:
        places = [
            self.at(index, mark.percent)
            for index, mark in enumerate(self.marks)
            if mark.is_rated and mark.percent is not None
        ]
        return dots(places) and stroke(dots(places), class_="chart-point", stroke=self.palette.accent, width=7.2)

    def labels(self) -> str:
        return "".join(self._label(index, mark) for index, mark in enumerate(self.marks))

    def _label(self, index: int, mark: Mark) -> str:
        """The mark at the end of its spoke, then number, name and percent, growing away from the figure."""
        x, y = polar(self.centre, self.radius + 17, self.angle(index))
        side = x - self.centre[0]
        is_upright = abs(side) < 12
        text_x = x if is_upright else x + (14 if side > 0 else -14)
        room = 108 if is_upright else min(108, text_x if side < 0 else self.size[0] - text_x)
        names = fit(
            f"{mark.number}\u00a0{mark.name}",
            size=13.5,
            width=240 if is_upright else room,
            lines=1 if is_upright else 3,
        )
        lines = [*names, *fit(mark.percent_label, size=13.5, width=room)]
        leading = 16.5
        anchor, top = self._anchored(y, side, (len(lines) - 1) * leading, is_upright=is_upright)
        drawn = [mark_group((x, y), 8, mark.status, self.palette, mark.tooltip)]
        for row, line in enumerate(lines):
            is_name = row < len(names)
            drawn.append(
                caption(
                    line,
                    (text_x, top + row * leading),
                    class_="chart-label" if is_name else "chart-value",
                    size=13.5,
                    weight=600 if is_name else None,
                    anchor=anchor,
                    fill=self.palette.ink if is_name else self.palette.muted,
                    palette=self.palette,
                )
            )
        return "".join(drawn)

    def _anchored(self, y: float, side: float, height: float, *, is_upright: bool) -> tuple[str, float]:
        """Where lines of this height hold on to their spoke, and at which height the first one stands."""
        if not is_upright:
            return "start" if side > 0 else "end", y + 4.7 - height / 2
        return "middle", y - 13 - height if y < self.centre[1] else y + 23


@dataclass(frozen=True, kw_only=True)
class _SmallRadar(_Radar):
    """As wide as a column of five: each spoke ends in its mark, with the number of the rule beyond it."""

    size: tuple[float, float] = (260.0, 260.0)
    centre: Point = (130.0, 134.0)
    radius: float = 80.0

    def _label(self, index: int, mark: Mark) -> str:
        x, y = polar(self.centre, self.radius + 34, self.angle(index))
        number = caption(
            str(mark.number),
            (x, y + 5),
            class_="chart-label",
            size=15,
            weight=600,
            fill=self.palette.ink,
            palette=self.palette,
        )
        end = polar(self.centre, self.radius + 15, self.angle(index))
        return mark_group(end, 8, mark.status, self.palette, mark.tooltip) + number


def _runs(values: Sequence[Fraction | None]) -> list[tuple[list[int], bool]]:
    """Neighbouring spokes that have a value, going round; and whether they close the whole circle."""
    count = len(values)
    present = [index for index in range(count) if values[index] is not None]
    if count > 2 and len(present) == count:
        return [(present, True)]
    runs: list[list[int]] = []
    for index in present:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    # Twelve o’clock is no border: the last run goes on into the first.
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == count - 1:
        runs[0] = runs.pop() + runs[0]
    return [(run, False) for run in runs]
