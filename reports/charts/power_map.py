"""Who holds whom: vendors by how much a customer depends on them, and by how they support it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reports.charts.parts import SVG, Palette, caption, figure, stroke
from reports.charts.svg import Point, element, fit, path, text, text_width

FORMS = ("met", "not_met", "undecided", "none")
WIDE, NARROW = (760.0, 520.0), (356.0, 560.0)
RADIUS = 6.0
NUDGES = tuple(
    (dx, dy) for reach in (0, 7, 14, 21, 28, 42, 56) for dx in (0, reach, -reach) for dy in (0, reach, -reach)
)
_TYPE = 12.0
_STRIP = 54.0  # for vendors of which nothing is known
_HEAD, _FOOT, _SIDE = 12.0, 46.0, 34.0


@dataclass(frozen=True, kw_only=True)
class PowerPoint:
    """One vendor. `support`: 0 to 1 from left to right, None: not known; `low` and `high`: how much the customer
    depends on it, 0 to 100, the same where all of it is known; `form`: one of FORMS; `title`: all of it in words."""

    name: str
    title: str
    form: str
    low: float
    high: float
    support: float | None = None
    href: str | None = None

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"unknown form {self.form!r}")


@dataclass(frozen=True, kw_only=True)
class PowerWords:
    """All words of the figure. `corners`: top left, top right, bottom left, bottom right; `left` and `right`: what the
    two halves hold; `unknown`: what stands in the strip beside them."""

    title: str
    desc: str
    corners: tuple[str, str, str, str]
    left: str
    right: str
    unknown: str


Box = tuple[float, float, float, float]  # left, top, right, bottom


def power_map_svg(
    points: Sequence[PowerPoint],
    *,
    words: PowerWords,
    middle: float,
    prefix: str,
    is_narrow: bool = False,
    palette: Palette | None = None,
) -> str:
    """Each vendor as a mark that leads to it. Marks that would hide each other stand beside each other; a name that
    finds no place is left out, and stands in the mark's title. The first points get their places first. `middle`: where
    the two halves meet, 0 to 1."""
    drawing = _Map(size=NARROW if is_narrow else WIDE, middle=middle, words=words, palette=palette or Palette.PAGE)
    parts = [drawing.ground(), drawing.corners(), drawing.axes()]
    placed = drawing.places(points)
    parts += [drawing.range(point, at) for point, at in placed if point.low != point.high]
    parts += [_mark(at, point.form, drawing.palette, point.title) for point, at in placed]
    parts.append(drawing.names(placed))
    links = "".join(drawing.link(point, at) for point, at in placed if point.href)
    over = element("g", links, class_="chart-links") if links else ""
    form = "power-narrow" if is_narrow else "power"
    return figure(form, "".join(parts), size=drawing.size, title=words.title, desc=words.desc, prefix=prefix, over=over)


def vendor_mark_svg(form: str, *, size: float = 16, palette: Palette | None = None) -> str:
    """The mark of a vendor beside its word: an ornament."""
    return element(
        "svg",
        _mark((8, 8), form, palette or Palette.PAGE, ""),
        xmlns=SVG,
        class_="chart chart-vendor-mark",
        viewBox="0 0 16 16",
        width=size,
        height=size,
        aria_hidden="true",
        focusable="false",
    )


def _mark(at: Point, form: str, palette: Palette, title: str) -> str:
    """A filled square, an open diamond, an open triangle, a cross: told apart by their shape, and no mark of a rule."""
    x, y = at
    r = RADIUS
    shapes = {
        "met": (palette.met, ((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))),
        "not_met": (palette.broken, ((x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y))),
        "undecided": (palette.partly, ((x, y - r), (x + r, y + r - 1), (x - r, y + r - 1))),
    }
    if form == "none":
        reach = r - 1
        falling = path((x - reach, y - reach), (x + reach, y + reach))
        cross = falling + path((x + reach, y - reach), (x - reach, y + reach))
        drawn = stroke(cross, class_="power-line", stroke=palette.none, width=2)
    else:
        colour, corners = shapes[form]
        inside = colour if form == "met" else palette.paper
        drawn = element(
            "path", class_="power-shape", d=path(*corners, closed=True), fill=inside, stroke=colour, stroke_width=2
        )
    return element("g", element("title", text(title)) if title else "", drawn, class_=f"power-mark power-{form}")


@dataclass(frozen=True, kw_only=True)
class _Map:
    size: tuple[float, float]
    middle: float
    words: PowerWords
    palette: Palette
    boxes: list[Box] = field(default_factory=list)  # what is taken: marks, then names

    @property
    def frame(self) -> Box:
        """The map itself; the strip of what is not known stands left of it."""
        return _SIDE + _STRIP, _HEAD, self.size[0] - 4, self.size[1] - _FOOT

    @property
    def cross(self) -> Point:
        left, top, right, bottom = self.frame
        return left + (right - left) * self.middle, (top + bottom) / 2

    def level(self, points: float) -> float:
        _left, top, _right, bottom = self.frame
        return bottom - 10 - (bottom - top - 20) * points / 100

    def places(self, points: Sequence[PowerPoint]) -> list[tuple[PowerPoint, Point]]:
        left, _top, right, _bottom = self.frame
        placed = []
        for point in points:
            x = _SIDE + _STRIP / 2 if point.support is None else left + 10 + (right - left - 20) * point.support
            level = (point.low + point.high) / 2
            at = self._free((x, self.level(level)), self.part_of(point.support, level))
            placed.append((point, at))
        return placed

    def part_of(self, support: float | None, level: float) -> Box:
        """The field in which a mark belongs, or its half of the strip: none may seem to stand in another."""
        left, top, right, bottom = self.frame
        x, y = self.cross
        low, high = (top, y) if level >= 50 else (y, bottom)
        if support is None:
            return _SIDE, low, left, high
        return (left, low, x, high) if support < self.middle else (x, low, right, high)

    def _free(self, at: Point, part: Box) -> Point:
        """The nearest place within this part whose mark hides no other; where all is full, its own."""
        for dx, dy in NUDGES:
            x, y = at[0] + dx, at[1] + dy
            box = (x - 7, y - 7, x + 7, y + 7)
            is_inside = part[0] <= box[0] and box[2] <= part[2] and part[1] <= box[1] and box[3] <= part[3]
            if is_inside and not self._is_taken(box):
                self.boxes.append(box)
                return x, y
        return at

    def _is_taken(self, box: Box) -> bool:
        left, top, right, bottom = box
        return any(left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in self.boxes)

    def ground(self) -> str:
        left, top, right, bottom = self.frame
        x, y = self.cross
        lines = [path((_SIDE, top), (right, top), (right, bottom), (_SIDE, bottom), closed=True)]
        lines.append(path((left, top), (left, bottom)))
        grid = "".join(stroke(line, class_="chart-grid", stroke=self.palette.line, width=1) for line in lines)
        axes = path((x, top), (x, bottom)) + path((left, y), (right, y))
        return grid + stroke(axes, class_="chart-axis", stroke=self.palette.muted, width=1)

    def corners(self) -> str:
        """The names of the four fields, in their outer corners."""
        left, top, right, bottom = self.frame
        x, _y = self.cross
        drawn = []
        for index, name in enumerate(self.words.corners):
            is_right, is_low = index % 2 == 1, index > 1
            width = (right - x if is_right else x - left) - 12
            lines = fit(name, size=_TYPE, width=width, lines=3)
            anchor, at = ("end", right - 6) if is_right else ("start", left + 6)
            first = bottom - 8 - 14 * (len(lines) - 1) if is_low else top + 16
            for row, line in enumerate(lines):
                drawn.append(self._write(line, (at, first + 14 * row), anchor=anchor, weight=600, muted=True))
                wide = text_width(line, _TYPE)
                start = at - wide if is_right else at
                self.boxes.append((start, first + 14 * row - 11, start + wide, first + 14 * row + 3))
        return "".join(drawn)

    def axes(self) -> str:
        left, _top, right, bottom = self.frame
        x, _y = self.cross
        halves = ((self.words.left, left, x), (self.words.right, x, right))
        drawn = []
        for words, start, end in halves:
            for row, line in enumerate(fit(words, size=_TYPE, width=end - start - 8, lines=3)):
                drawn.append(self._write(line, ((start + end) / 2, bottom + 15 + 13 * row), muted=True))
        for row, line in enumerate(fit(self.words.unknown, size=_TYPE, width=_STRIP + _SIDE - 6, lines=3)):
            drawn.append(self._write(line, (2, bottom + 15 + 13 * row), anchor="start", muted=True))
        for points in (0, 25, 50, 75, 100):
            drawn.append(self._write(str(points), (_SIDE - 6, self.level(points) + 4), anchor="end", muted=True))
        return "".join(drawn)

    def range(self, point: PowerPoint, at: Point) -> str:
        """How far what is not known reaches."""
        low, high = self.level(point.low), self.level(point.high)
        return stroke(
            path((at[0], low), (at[0], high)), class_="power-range", stroke=self.palette.muted, width=1, dashes="1 3"
        )

    def names(self, placed: Sequence[tuple[PowerPoint, Point]]) -> str:
        return "".join(self._name(point.name, at) for point, at in placed)

    def _name(self, name: str, at: Point) -> str:
        shown = fit(name, size=_TYPE, width=self.size[0] / 4)[0] if name.strip() else ""
        start_at = _SIDE if at[0] < self.frame[0] else self.frame[0]
        found = [one for one in self._places(text_width(shown, _TYPE), at) if self._is_free(one[0], start_at)]
        if not found:
            return ""
        # A line through a name is read as one through its vendor: only where no other side is free.
        box, place, anchor = next((one for one in found if not self._is_crossed(one[0])), found[0])
        self.boxes.append(box)
        return self._write(shown, place, anchor=anchor)

    def _places(self, wide: float, at: Point) -> Iterator[tuple[Box, Point, str]]:
        """Where a name may stand, the best first: its box, its point and how it hangs on it."""
        x, y = at
        sides = (
            *(("start", x + 10, y + 4), ("end", x - 10, y + 4), ("middle", x, y - 11), ("middle", x, y + 19)),
            *((anchor, px, py) for py in (y - 11, y + 19) for anchor, px in (("end", x - 4), ("start", x + 4))),
        )
        for anchor, px, py in sides:
            start = {"start": px, "end": px - wide, "middle": px - wide / 2}[anchor]
            yield (start, py - 11, start + wide, py + 3), (px, py), anchor

    def _is_free(self, box: Box, start_at: float) -> bool:
        """Within the field: a name may run out of the strip, since its mark says where it stands."""
        _left, top, right, bottom = self.frame
        is_inside = start_at <= box[0] and box[2] <= right and top <= box[1] and box[3] <= bottom
        return is_inside and not self._is_taken(box)

    def _is_crossed(self, box: Box) -> bool:
        x, y = self.cross
        return box[0] < x < box[2] or (box[1] < y < box[3] and box[2] > self.frame[0])

    def link(self, point: PowerPoint, at: Point) -> str:
        area = element(
            "circle", class_="chart-strip", cx=at[0], cy=at[1], r=12, fill=self.palette.accent, fill_opacity="0"
        )
        return element("a", element("title", text(point.title)), area, href=point.href, aria_label=point.title)

    def _write(
        self, content: str, at: Point, *, anchor: str = "middle", weight: int | None = None, muted: bool = False
    ) -> str:
        return caption(
            content,
            at,
            class_="chart-note" if muted else "chart-label",
            size=_TYPE,
            weight=weight,
            anchor=anchor,
            fill=self.palette.muted if muted else self.palette.ink,
            palette=self.palette,
        )
