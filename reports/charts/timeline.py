"""Marks over time: one rule on the scorecards of a vendor, and the seven of each scorecard side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from reports.charts.marks import mark_group
from reports.charts.parts import Palette, caption, figure, stroke
from reports.charts.svg import Point, fit, path, short_number, text_width

TYPE = 13.0
FULL = Fraction(100)
APART = 6.0  # between two texts in a row


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Where another edition begins, between two moments: its name, the thresholds from there on."""

    at: float
    label: str
    broken: Fraction
    met: Fraction


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A rule at one scorecard. `at` runs from 0, the first, to 1, the last. `percent` None: not rated, a gap with its
    mark at the foot. `is_cut`: it cannot be compared with the moment before, so that no line leads here."""

    at: float
    status: str
    percent: Fraction | None
    tooltip: str
    is_cut: bool = False


def timeline_svg(
    moments: Sequence[Moment],
    *,
    turns: Sequence[Turn],
    ticks: Sequence[tuple[float, str]],
    cut_label: str,
    title: str,
    desc: str,
    prefix: str,
    scale_label: Callable[[Fraction], str] | None = None,
    palette: Palette | None = None,
    size: tuple[float, float] = (340, 190),
) -> str:
    """Percents from 0 to 100 over a true axis of time. `turns`: the first edition at 0, then each that follows.
    `cut_label`: what is said where the line is cut; `ticks`: places and days below the axis."""
    chart = _Timeline(
        moments=moments,
        turns=turns,
        palette=palette or Palette.PAGE,
        size=size,
        scale_label=scale_label or (lambda value: short_number(float(value))),
    )
    parts = [chart.scale(), chart.thresholds(), chart.editions(), chart.cuts(cut_label), chart.axis(ticks)]
    parts += [chart.line(), chart.marks()]
    return figure("timeline", "".join(parts), size=size, title=title, desc=desc, prefix=prefix)


@dataclass(frozen=True, kw_only=True)
class _Timeline:
    moments: Sequence[Moment]
    turns: Sequence[Turn]
    palette: Palette
    size: tuple[float, float]
    scale_label: Callable[[Fraction], str]
    left: float = 38.0
    right: float = 30.0
    above: float = 26.0
    below: float = 46.0
    inset: float = 10.0  # before the first and behind the last mark

    @property
    def base(self) -> float:
        return self.size[1] - self.below

    @property
    def end(self) -> float:
        return self.size[0] - self.right

    @property
    def radius(self) -> float:
        return min(6.5, max(2.6, (self.end - self.left) / max(len(self.moments), 1) * 0.45))

    def x(self, at: float) -> float:
        return self.left + self.inset + (self.end - self.left - 2 * self.inset) * min(max(at, 0.0), 1.0)

    def y(self, percent: Fraction) -> float:
        return self.base - (self.base - self.above) * float(min(max(percent, Fraction(0)), FULL)) / 100

    def place(self, moment: Moment) -> Point:
        """What is not rated stands at the foot, below the zero."""
        foot = self.base + self.radius + 4
        return self.x(moment.at), foot if moment.percent is None else self.y(moment.percent)

    def scale(self) -> str:
        """Zero, full, and the thresholds of the first edition; those of the last at the other end, if they differ."""
        drawn = [
            stroke(
                path((self.left, self.y(value)), (self.end, self.y(value))),
                class_="chart-grid",
                stroke=self.palette.muted if not value else self.palette.line,
                width=0.75,
            )
            for value in (Fraction(0), FULL)
        ]
        first, last = self.turns[0], self.turns[-1]
        drawn += self._labels((Fraction(0), FULL, first.broken, first.met), self.left - 5, "end")
        if (first.broken, first.met) != (last.broken, last.met):
            drawn += self._labels((last.broken, last.met), self.end + 4, "start")
        return "".join(drawn)

    def _labels(self, values: Sequence[Fraction], x: float, anchor: str) -> list[str]:
        """Those that come first win where two would lie over each other."""
        taken: list[float] = []
        drawn = []
        for value in values:
            y = self.y(value) + 4
            if all(abs(y - other) >= TYPE - 1 for other in taken):
                taken.append(y)
                drawn.append(self._note(self.scale_label(value), (x, y), anchor=anchor))
        return drawn

    def thresholds(self) -> str:
        """Steps where an edition sets others."""
        return self._steps([turn.broken for turn in self.turns]) + self._steps([turn.met for turn in self.turns])

    def _steps(self, values: Sequence[Fraction]) -> str:
        starts = [self.left, *(self.x(turn.at) for turn in self.turns[1:])]
        ends = [*starts[1:], self.end]
        points = [
            (x, self.y(value)) for start, end, value in zip(starts, ends, values, strict=True) for x in (start, end)
        ]
        return stroke(
            path(*points), class_="chart-threshold", stroke=self.palette.muted, width=0.9, dashes="1 3", opacity=0.9
        )

    def editions(self) -> str:
        """A hairline where another edition begins, with its name where there is room."""
        drawn, free = [], self.left
        for turn in self.turns[1:]:
            x = self.x(turn.at)
            line = path((x, self.above - 6), (x, self.base - TYPE - 5))  # below it stands that nothing is compared
            drawn.append(stroke(line, class_="chart-edition", stroke=self.palette.muted, width=0.75))
            run = text_width(turn.label, TYPE)
            start = min(max(x - run / 2, self.left), self.size[0] - run)
            if start >= free:
                free = start + run + APART
                drawn.append(self._note(turn.label, (start, self.above - 11), anchor="start"))
        return "".join(drawn)

    def cuts(self, label: str) -> str:
        """Between two moments that cannot be compared: a sign, and the words where they fit."""
        drawn, free = [], self.left
        for before, moment in pairwise(self.moments):
            if not moment.is_cut:
                continue
            x = (self.x(before.at) + self.x(moment.at)) / 2
            y = self.base - 5
            run = text_width(label, TYPE) + 4
            start = min(max(x - run / 2, self.left + 2), self.end - run)
            if start < free or run > self.end - self.left:
                drawn.append(self._note("≠", (x, y), anchor="middle", class_="chart-note chart-cut"))
                continue
            free = start + run + APART
            drawn.append(self._note(label, (start + run / 2, y), anchor="middle", class_="chart-note chart-cut"))
        return "".join(drawn)

    def axis(self, ticks: Sequence[tuple[float, str]]) -> str:
        """The first and the last day always, others between them where there is room."""
        drawn: list[str] = []
        taken: list[tuple[float, float]] = []
        for at, label in [*ticks[:1], *ticks[1:][-1:], *ticks[1:-1]]:
            (shown,) = fit(label, size=TYPE, width=(self.size[0]) / 2 - APART) or [""]
            run = text_width(shown, TYPE)
            start = min(max(self.x(at) - run / 2, 0.0), self.size[0] - run)
            if any(start < end + APART and begin < start + run + APART for begin, end in taken):
                continue
            taken.append((start, start + run))
            drawn.append(self._note(shown, (start + run / 2, self.size[1] - 6)))
        return "".join(drawn)

    def line(self) -> str:
        """Neighbours that can be compared are joined; what is not rated, or was asked otherwise, leaves a gap."""
        steps = "".join(
            path(self.place(before), self.place(moment))
            for before, moment in pairwise(self.moments)
            if not moment.is_cut and before.percent is not None and moment.percent is not None
        )
        if not steps:
            return ""
        return stroke(steps, class_="chart-joined", stroke=self.palette.accent, width=1.6)

    def marks(self) -> str:
        return "".join(
            mark_group(self.place(moment), self.radius, moment.status, self.palette, title=moment.tooltip)
            for moment in self.moments
        )

    def _note(self, content: str, at: Point, *, anchor: str = "middle", class_: str = "chart-note") -> str:
        return caption(
            content, at, class_=class_, size=TYPE, fill=self.palette.muted, palette=self.palette, anchor=anchor
        )


# The seven of each scorecard ---------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Column:
    """A scorecard: the statuses of its rules in their order, how many are met, and its day below where there is room.
    A status is empty for a rule that it does not have. `tooltips`: one a rule."""

    met: str
    label: str
    statuses: Sequence[str]
    tooltips: Sequence[str]


WIDEST, NARROWEST, STEP = 30.0, 17.0, 22.0  # of a column, by how many there are; from rule to rule
AT_MOST = 720.0


def columns_svg(
    columns: Sequence[Column], *, title: str, desc: str, prefix: str, palette: Palette | None = None
) -> str:
    """A column a scorecard, the oldest at the left: how many rules are met, and below it their marks."""
    palette = palette or Palette.PAGE
    left, above, below = 20.0, 24.0, 24.0
    step = min(WIDEST, max(NARROWEST, (AT_MOST - left) / max(len(columns), 1)))
    rules = max((len(column.statuses) for column in columns), default=0)
    size = (left + step * max(len(columns), 6), above + rules * STEP + below)

    def note(content: str, at: Point, class_: str, anchor: str = "middle", weight: int | None = None) -> str:
        fill = palette.ink if weight else palette.muted
        return caption(content, at, class_=class_, size=TYPE, fill=fill, palette=palette, anchor=anchor, weight=weight)

    drawn = [note(str(rule + 1), (0, above + rule * STEP + 15), "chart-note", "start") for rule in range(rules)]
    for place, column in enumerate(columns):
        x = left + step * (place + 0.5)
        drawn.append(note(column.met, (x, above - 8), "chart-met", weight=600))
        drawn += [
            mark_group((x, above + rule * STEP + 11), min(7.5, step * 0.42), status, palette, title=said)
            for rule, (status, said) in enumerate(zip(column.statuses, column.tooltips, strict=True))
            if status
        ]
    free = 0.0
    for place in dict.fromkeys((0, len(columns) - 1) if columns else ()):
        run = text_width(columns[place].label, TYPE)
        start = min(max(left + step * (place + 0.5) - run / 2, 0.0), size[0] - run)
        if start >= free:
            free = start + run + APART
            drawn.append(note(columns[place].label, (start, size[1] - 6), "chart-note", "start"))
    return figure("columns", "".join(drawn), size=size, title=title, desc=desc, prefix=prefix)
