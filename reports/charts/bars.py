"""The seven marks as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.charts.marks import Mark, mark_group
from reports.charts.parts import Palette, caption, figure, share, stroke
from reports.charts.svg import element, fit, number, path


def bars_svg(
    marks: Sequence[Mark],
    *,
    title: str,
    desc: str,
    prefix: str,
    thresholds: Sequence[float | Fraction] = (50, 75),
    palette: Palette | None = None,
) -> str:
    """One bar a rule: thresholds as lines, bounds as a whisker, the value at the right."""
    palette = palette or Palette.PAGE
    bars = _Bars(palette=palette, bottom=26.0 + 38.0 * len(marks))
    rows = "".join(bars.row(mark, 26.0 + 38.0 * index + 19.0) for index, mark in enumerate(marks))
    drawn = bars.thresholds(thresholds) + rows
    return figure("bars", drawn, size=(600, bars.bottom + 6), title=title, desc=desc, prefix=prefix)


@dataclass(frozen=True, kw_only=True)
class _Bars:
    palette: Palette
    bottom: float
    left: float = 226.0
    width: float = 300.0

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
                    number(float(threshold)),
                    (x, 15),
                    class_="chart-note",
                    size=11.5,
                    fill=self.palette.muted,
                    palette=self.palette,
                )
            )
        return "".join(drawn)

    def row(self, mark: Mark, y: float) -> str:
        palette = self.palette
        track = stroke(
            path((self.left, y), (self.left + self.width, y)),
            class_="chart-track",
            stroke=palette.line,
            width=1,
        )
        names = fit(mark.name, size=14, width=174, lines=2)
        top = y + 4.8 - (len(names) - 1) * 8.25
        labels = "".join(
            caption(
                line,
                (48, top + row * 16.5),
                class_="chart-label",
                size=14,
                anchor="start",
                fill=palette.ink,
                palette=palette,
            )
            for row, line in enumerate(names)
        )
        order = caption(
            str(mark.number),
            (36, y + 4.8),
            class_="chart-number",
            size=14,
            fill=palette.muted,
            palette=palette,
        )
        value = caption(
            "".join(fit(mark.percent_label, size=14, width=64)),
            (594, y + 4.8),
            class_="chart-value",
            size=14,
            weight=600,
            anchor="end",
            fill=palette.ink,
            palette=palette,
        )
        bar = self._bar(mark, y) if mark.is_rated else ""
        return (
            track
            + mark_group((14, y), 8, mark.status, palette, mark.tooltip)
            + order
            + labels
            + bar
            + self._whisker(mark, y)
            + value
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
        if mark.low is None or mark.high is None or mark.low == mark.high:
            return ""
        end = self.x(mark.percent) if mark.is_rated and mark.percent is not None else self.left
        low, high = self.x(mark.low), self.x(mark.high)
        outside = path((max(low, end), y), (high, y)) + path((high, y - 4), (high, y + 4))
        inside = path((low, y), (min(high, end), y)) + path((low, y - 4), (low, y + 4))
        if not mark.is_rated:
            outside += path((low, y - 4), (low, y + 4))
            inside = ""
        drawn = stroke(outside, class_="chart-whisker", stroke=self.palette.of(mark.status), width=1.4)
        if inside:
            drawn += stroke(inside, class_="chart-whisker mark-cut", stroke=self.palette.paper, width=1.4)
        return drawn
