"""The seven marks as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import ClassVar

from reports.charts.marks import Mark, mark_group
from reports.charts.parts import Palette, caption, figure, share, stroke
from reports.charts.svg import element, fit, path, short_number


def bars_svg(
    marks: Sequence[Mark],
    *,
    title: str,
    desc: str,
    prefix: str,
    thresholds: Sequence[float | Fraction] = (50, 75),
    palette: Palette | None = None,
    is_narrow: bool = False,
) -> str:
    """One bar a rule: thresholds as lines, bounds as a whisker, the value at the right.

    `is_narrow`: as wide as a phone, each name above its bar, so that the letters are as large as those of the page.
    """
    palette = palette or Palette.PAGE
    bars = (_NarrowBars if is_narrow else _Bars)(palette=palette, count=len(marks))
    rows = "".join(bars.row(mark, bars.top + bars.step * (index + 0.5)) for index, mark in enumerate(marks))
    drawn = bars.thresholds(thresholds) + bars.tracks() + rows
    form = "narrow-bars" if is_narrow else "bars"  # both may stand on one page
    return figure(form, drawn, size=(bars.right, bars.bottom + 6), title=title, desc=desc, prefix=prefix)


@dataclass(frozen=True, kw_only=True)
class _Bars:
    """Names at the left, in at most two lines; all centred on their bars."""

    palette: Palette
    count: int
    top: ClassVar[float] = 26.0
    step: ClassVar[float] = 38.0
    left: ClassVar[float] = 240.0
    width: ClassVar[float] = 280.0
    right: ClassVar[float] = 600.0

    @property
    def bottom(self) -> float:
        return self.top + self.step * self.count

    def x(self, percent: Fraction | float) -> float:
        return self.left + self.width * share(percent)

    def thresholds(self, thresholds: Sequence[float | Fraction]) -> str:
        drawn = []
        for threshold in thresholds:
            x = self.x(threshold)
            line = path((x, 22), (x, self.bottom))
            drawn.append(stroke(line, class_="chart-threshold", stroke=self.palette.muted, width=0.75, opacity=0.6))
            drawn.append(
                caption(
                    short_number(float(threshold)),
                    (x, 15),
                    class_="chart-note",
                    size=11.5,
                    fill=self.palette.muted,
                    palette=self.palette,
                )
            )
        return "".join(drawn)

    def tracks(self) -> str:
        levels = (self.top + self.step * (index + 0.5) for index in range(self.count))
        lines = "".join(path((self.left, y), (self.left + self.width, y)) for y in levels)
        return lines and stroke(lines, class_="chart-track", stroke=self.palette.line, width=1)

    def row(self, mark: Mark, y: float) -> str:
        sign = mark_group((14, y), 8, mark.status, self.palette, mark.tooltip)
        bar = self._bar(mark, y) if mark.is_rated else ""
        return sign + self._texts(mark, y) + bar + self._whisker(mark, y)

    def _texts(self, mark: Mark, y: float) -> str:
        ink, muted = self.palette.ink, self.palette.muted
        base = y + 4.8
        names = fit(mark.name, size=14, width=172, lines=2)  # 20 less than there is: another font may be wider
        top = base - (len(names) - 1) * 8.25
        value = "".join(fit(mark.percent_label, size=14, width=64))

        write = partial(caption, size=14, palette=self.palette)
        return (
            write(str(mark.number), (36, base), class_="chart-number", fill=muted)
            + "".join(
                write(line, (48, top + row * 16.5), class_="chart-label", fill=ink, anchor="start")
                for row, line in enumerate(names)
            )
            + write(value, (594, base), class_="chart-value", fill=ink, anchor="end", weight=600)
        )

    def _bar(self, mark: Mark, y: float) -> str:
        return element(
            "rect",
            class_=f"chart-bar chart-bar-{mark.status}",
            x=self.left,
            y=y - 6,
            width=self.x(mark.percent or 0) - self.left,
            height=12,
            rx=1.5,
            fill=self.palette.of(mark.status),
        )

    def _whisker(self, mark: Mark, y: float) -> str:
        """Drawn in paper where it lies on the bar, and in the colour of the bar beyond it."""
        if mark.bounds is None:
            return ""
        end = self.x(mark.percent) if mark.is_rated and mark.percent is not None else self.left
        low, high = (self.x(percent) for percent in mark.bounds)
        outside = path((max(low, end), y), (high, y)) + path((high, y - 4), (high, y + 4))
        inside = path((low, y), (min(high, end), y)) + path((low, y - 4), (low, y + 4))
        if not mark.is_rated:
            outside += path((low, y - 4), (low, y + 4))
            inside = ""
        drawn = stroke(outside, class_="chart-whisker", stroke=self.palette.of(mark.status), width=1.4)
        if inside:
            drawn += stroke(inside, class_="chart-whisker mark-cut", stroke=self.palette.paper, width=1.4)
        return drawn


@dataclass(frozen=True, kw_only=True)
class _NarrowBars(_Bars):
    """Names above their bars, in one line each."""

    step: ClassVar[float] = 50.0
    left: ClassVar[float] = 30.0
    width: ClassVar[float] = 270.0
    right: ClassVar[float] = 360.0

    def _texts(self, mark: Mark, y: float) -> str:
        write = partial(caption, size=15, palette=self.palette)
        name = "".join(fit(f"{mark.number} {mark.name}", size=15, width=305))
        value = "".join(fit(mark.percent_label, size=15, width=52))
        return write(name, (self.left, y - 13), class_="chart-label", fill=self.palette.ink, anchor="start") + write(
            value, (self.right - 2, y + 5), class_="chart-value", fill=self.palette.ink, anchor="end", weight=600
        )
