"""Service level and feeling as one picture: green outside and red inside, and its opposite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from reports.charts.parts import Palette, caption, figure, stroke
from reports.charts.svg import Point, element, fit, path, short_number, text, text_width

MISSED = ("informed", "not_told", "unsaid")  # by what people say of being told
COLUMNS = (*MISSED, "met", "unknown")
ROWS = (5, 4, 3, 2, 1)  # from delighted down to angry
SIZE = (400.0, 402.0)
_EDGES = {  # left and width; unknown apart
    "informed": (98.0, 44.0),
    "not_told": (142.0, 44.0),
    "unsaid": (186.0, 44.0),
    "met": (230.0, 96.0),
    "unknown": (338.0, 61.0),
}
_STRIP, _ROW, _HEAD, _LINE = 38.0, 54.0, 54.0, 14.5
_LARGEST, _SMALLEST = 20.0, 11.0


@dataclass(frozen=True, kw_only=True)
class QuadrantCell:
    """The entries of one column and one feeling. `name` is what the link to them is called."""

    column: str
    feeling: int
    count: int
    name: str = ""
    href: str | None = None

    def __post_init__(self) -> None:
        if self.column not in COLUMNS or self.feeling not in ROWS:
            raise ValueError(f"no such cell: {self.column!r}, {self.feeling!r}")


def quadrant_svg(
    cells: Sequence[QuadrantCell],
    *,
    title: str,
    desc: str,
    prefix: str,
    group: str,
    columns: Mapping[str, str],
    rows: Mapping[int, str],
    fields: Mapping[bool, str],
    axis_label: str = "",
    count_label: Callable[[int], str] = short_number,
    palette: Palette | None = None,
) -> str:
    """Discs with their counts, which their areas show too.

    `columns`: a heading each, those of MISSED under that of their `group`; `rows`: a word by feeling; `fields`: where
    the service level was met, the name of each field by whether people are content.
    """
    palette = palette or Palette.PAGE
    shown = [cell for cell in cells if cell.count]
    drawing = _Quadrant(palette=palette, most=max((cell.count for cell in shown), default=1), label=count_label)
    parts = [
        drawing.ground(),
        drawing.headings(group, columns, axis_label),
        drawing.feelings(rows),
        drawing.fields(fields),
    ]
    parts += [drawing.disc(cell) for cell in shown]
    over = "".join(drawing.link(cell, cell.href) for cell in shown if cell.href)
    over = element("g", over, class_="chart-links") if over else ""
    return figure("quadrant", "".join(parts), size=SIZE, title=title, desc=desc, prefix=prefix, over=over)


@dataclass(frozen=True, kw_only=True)
class _Quadrant:
    palette: Palette
    most: int
    label: Callable[[int], str]
    type: float = 12.0

    def top(self, feeling: int) -> float:
        strips = _STRIP * (1 if feeling > 2 else 2)
        return _HEAD + strips + _ROW * (5 - feeling)

    @property
    def bottom(self) -> float:
        return self.top(1) + _ROW

    def middle(self, cell: QuadrantCell) -> Point:
        left, width = _EDGES[cell.column]
        return left + width / 2, self.top(cell.feeling) + _ROW / 2

    def ground(self) -> str:
        """The cross: hairlines round each field, and the neutral row between the fields."""
        line = self.palette.line
        boxes = ((98.0, 326.0), (338.0, 399.0))
        levels = [_HEAD, self.top(3), self.top(3) + _ROW, self.bottom]
        uprights = (*(x for box in boxes for x in box), _EDGES["not_told"][0], _EDGES["unsaid"][0])
        drawn = "".join(path((left, y), (right, y)) for y in levels for left, right in boxes)
        drawn += "".join(path((x, _HEAD), (x, self.bottom)) for x in uprights)
        axis = path((_EDGES["met"][0], _HEAD), (_EDGES["met"][0], self.bottom))
        return stroke(drawn, class_="chart-grid", stroke=line, width=1) + stroke(
            axis, class_="chart-axis", stroke=self.palette.muted, width=1
        )

    def headings(self, group: str, columns: Mapping[str, str], axis_label: str) -> str:
        left, right = _EDGES[MISSED[0]][0], _EDGES["met"][0]
        drawn = [
            self._write(line, at, anchor="start", muted=True)
            for line, at in self._lines(axis_label, 0, left - 6, bottom=_HEAD - 9)
        ]
        for line in fit(group, size=self.type, width=right - left - 4):
            drawn.append(self._write(line, ((left + right) / 2, _HEAD - 9 - 2 * _LINE), weight=600))
        for column in COLUMNS:
            start, width = _EDGES[column]
            weight = None if column in MISSED else 600
            for line, (_x, y) in self._lines(columns[column], start, width - 2, bottom=_HEAD - 9):
                drawn.append(self._write(line, (start + width / 2, y), weight=weight))
        return "".join(drawn)

    def _lines(self, content: str, left: float, width: float, *, bottom: float) -> list[tuple[str, Point]]:
        """Up to two, the last of them at `bottom`."""
        shown = fit(content, size=self.type, width=width, lines=2)
        first = bottom - _LINE * (len(shown) - 1)
        return [(line, (left, first + row * _LINE)) for row, line in enumerate(shown)]

    def feelings(self, rows: Mapping[int, str]) -> str:
        drawn = []
        for feeling in ROWS:
            y = self.top(feeling) + _ROW / 2
            drawn.append(face((10, y), 8.5, feeling, self.palette))
            for line in fit(rows[feeling], size=self.type, width=72):
                drawn.append(self._write(line, (24, y + 4.2), anchor="start"))
        return "".join(drawn)

    def fields(self, fields: Mapping[bool, str]) -> str:
        drawn = []
        left, width = _EDGES["met"]
        for is_content, name in fields.items():
            top = self.top(5 if is_content else 2) - _STRIP
            for row, line in enumerate(fit(name, size=self.type, width=width - 10, lines=2)):
                drawn.append(self._write(line, (left + 6, top + 16 + row * _LINE), anchor="start", muted=True))
        return "".join(drawn)

    def disc(self, cell: QuadrantCell) -> str:
        """Two colours: the service level outside, the feeling inside, as people say it."""
        x, y = self.middle(cell)
        shown = self.label(cell.count)
        radius = max(_SMALLEST, _LARGEST * sqrt(cell.count / self.most), text_width(shown, self.type) / 2 + 5)
        missed = dict.fromkeys(MISSED, self.palette.broken)
        outside = {"met": self.palette.met, **missed}.get(cell.column, self.palette.none)
        inside = self.palette.none
        if cell.feeling != 3 and cell.column != "unknown":
            inside = self.palette.met if cell.feeling > 3 else self.palette.broken
        parts = [
            element("title", text(cell.name)) if cell.name and not cell.href else "",  # else its link says the same
            element("circle", class_="chart-ring", cx=x, cy=y, r=radius, fill=outside),
            element("circle", class_="chart-gap", cx=x, cy=y, r=radius - 2, fill=self.palette.paper),
            element("circle", class_="chart-disc", cx=x, cy=y, r=radius - 3, fill=inside),
            caption(
                shown,
                (x, y + 4.2),
                class_="chart-count",
                size=self.type,
                weight=600,
                fill=self.palette.paper,
                palette=self.palette,
            ),
        ]
        return element("g", *parts, class_="chart-cell")

    def link(self, cell: QuadrantCell, href: str) -> str:
        left, width = _EDGES[cell.column]
        area = element(
            "rect",
            class_="chart-strip",
            x=left + 2,
            y=self.top(cell.feeling) + 2,
            width=width - 4,
            height=_ROW - 4,
            fill=self.palette.accent,
            fill_opacity="0",
        )
        return element("a", element("title", text(cell.name)), area, href=href, aria_label=cell.name or None)

    def _write(
        self, content: str, at: Point, *, anchor: str = "middle", weight: int | None = None, muted: bool = False
    ) -> str:
        return caption(
            content,
            at,
            class_="chart-note" if muted else "chart-label",
            size=self.type,
            weight=weight,
            anchor=anchor,
            fill=self.palette.muted if muted else self.palette.ink,
            palette=self.palette,
        )


def face(centre: Point, radius: float, feeling: int, palette: Palette) -> str:
    """A face for a feeling, 1 (angry) to 5 (delighted): its mouth alone tells it, and its word stands beside it."""
    x, y = centre
    ring = element("circle", cx=x, cy=y, r=radius, fill="none", stroke=palette.muted, stroke_width=1.2)
    eyes = "".join(
        element("circle", cx=x + side * radius * 0.36, cy=y - radius * 0.22, r=radius * 0.12, fill=palette.muted)
        for side in (-1, 1)
    )
    reach = radius * 0.48
    bend = (feeling - 3) * radius * 0.16
    level = y + radius * 0.4 - bend / 2
    steps = [(x - reach, level), (x - reach / 2, level + bend * 0.75), (x, level + bend)]
    steps += [(x + reach / 2, level + bend * 0.75), (x + reach, level)]
    mouth = stroke(path(*steps), class_="chart-mouth", stroke=palette.muted, width=1.2)
    brows = ""
    if feeling == 1:
        brows = "".join(
            stroke(
                path((x + side * radius * 0.56, y - radius * 0.58), (x + side * radius * 0.18, y - radius * 0.4)),
                class_="chart-mouth",
                stroke=palette.muted,
                width=1.2,
            )
            for side in (-1, 1)
        )
    return element("g", ring, eyes, mouth, brows, class_=f"chart-face chart-face-{feeling}")
