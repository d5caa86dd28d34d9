"""The mark of one rule in its four states, alone, in a row, and as a ring around the headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from math import asin, degrees, pi

from reports.charts.dumbbell import dot_svg, dumbbell_svg
from reports.charts.parts import FULL_TURN, SVG, TOKENS, Palette, caption, circle, figure, stroke
from reports.charts.svg import Point, arc, dots, element, fit, path, polar, text, text_width

__all__ = [
    "STATUSES",
    "Mark",
    "dot_svg",
    "dumbbell_svg",
    "favicon_svg",
    "flag_svg",
    "mark_sign",
    "mark_svg",
    "ring_svg",
    "sign_sheet",
]
NUMERAL = 16.5  # in the ring: 8 points on paper, where it is 54.8 mm wide; the headline has 46
STATUSES = ("met", "partly", "broken", "not_rated")
GROUND, CENTRE, RADIUS = "0 0 24 24", (12.0, 12.0), 9.5  # of a mark alone


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One rule as drawn. Percents run from 0 to 100; labels come translated and formatted."""

    number: int
    name: str
    status: str
    status_label: str
    percent: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    percent_label: str = ""
    vendor_percent: Fraction | None = None

    def __post_init__(self) -> None:
        _check_status(self.status)

    @property
    def is_rated(self) -> bool:
        return self.status != "not_rated" and self.percent is not None

    @property
    def bounds(self) -> tuple[Fraction, Fraction] | None:
        """Lowest and highest possible percent, where that says something: not if they meet, or span all."""
        if self.low is None or self.high is None or self.high - self.low in (0, 100):
            return None
        return self.low, self.high

    @property
    def tooltip(self) -> str:
        return " – ".join(
            part for part in (f"{self.number} {self.name}", self.status_label, self.percent_label) if part
        )


@lru_cache(maxsize=1024)
def mark_svg(status: str, *, size: float, title: str, palette: Palette | None = None) -> str:
    """One mark. With an empty title it is an ornament beside its words, hidden from assistive technology.

    Kept, as are those of pages: a page of vendors shows some hundreds, of four kinds.
    """
    _check_status(status)
    drawn = element("g", _drawn(CENTRE, RADIUS, status, palette or Palette.PAGE), class_=f"mark {_sign(status)}")
    return _alone(drawn, size=size, title=title, xmlns=SVG, focusable="false")


@lru_cache(maxsize=1024)
def mark_sign(status: str, *, size: float, title: str) -> str:
    """The same on a page, as a reference to its `sign_sheet`: each of the four is drawn there once."""
    _check_status(status)
    return _alone(element("use", href=f"#{_sign(status)}"), size=size, title=title)


@cache
def sign_sheet() -> str:
    """The four marks that a page’s marks refer to. Nothing of it shows where it stands."""
    signs = (
        element("symbol", _drawn(CENTRE, RADIUS, one, Palette.PAGE), id=_sign(one), viewBox=GROUND) for one in STATUSES
    )
    return element("svg", *signs, class_="mark-signs", width=0, height=0, aria_hidden="true")


def _alone(drawn: str, *, size: float, title: str, xmlns: str | None = None, focusable: str | None = None) -> str:
    return element(
        "svg",
        element("title", text(title)) if title else "",
        drawn,
        xmlns=xmlns,
        class_="chart chart-mark",
        viewBox=GROUND,
        width=size,
        height=size,
        role="img" if title else None,
        aria_hidden=None if title else "true",
        focusable=focusable,
    )


def _sign(status: str) -> str:
    return f"mark-{status.replace('_', '-')}"


def mark_group(centre: Point, radius: float, status: str, palette: Palette, title: str = "") -> str:
    """A disc with a tick, a half-filled disc, a ring struck through, or a dotted ring, all of one size. On a page it
    refers to the `sign_sheet`."""
    named = element("title", text(title)) if title else ""
    drawn = _drawn(centre, radius, status, palette) if palette is not Palette.PAGE else _placed(centre, radius, status)
    return element("g", named, drawn, class_=f"mark {_sign(status)}")


def _placed(centre: Point, radius: float, status: str) -> str:
    size = 24 * radius / RADIUS
    at = {"x": centre[0] - size / 2, "y": centre[1] - size / 2}
    return element("use", href=f"#{_sign(status)}", **at, width=size, height=size)


def _drawn(centre: Point, radius: float, status: str, palette: Palette) -> str:
    draw = {"met": _met, "partly": _partly, "broken": _broken, "not_rated": _not_rated}[status]
    return draw(centre, radius, palette)


def _met(centre: Point, radius: float, palette: Palette) -> str:
    disc = element("circle", class_="mark-fill", cx=centre[0], cy=centre[1], r=radius, fill=palette.met)
    return disc + tick(centre, radius, palette)


def tick(centre: Point, radius: float, palette: Palette) -> str:
    steps = ((-0.44, 0.03), (-0.12, 0.36), (0.46, -0.34))
    return stroke(
        path(*((centre[0] + x * radius, centre[1] + y * radius) for x, y in steps)),
        class_="mark-cut",
        stroke=palette.paper,
        width=radius * 0.22,
    )


def _partly(centre: Point, radius: float, palette: Palette) -> str:
    x, y = centre
    width = radius * 0.18
    inner = radius - width / 2
    half = f"{path((x, y - inner))}{arc(inner, (x, y + inner), clockwise=False)}Z"
    return element("path", class_="mark-fill", d=half, fill=palette.partly) + circle(
        centre, inner, class_="mark-line", stroke=palette.partly, width=width
    )


def _broken(centre: Point, radius: float, palette: Palette) -> str:
    x, y = centre
    width = radius * 0.18
    reach = radius * 0.82  # the stroke leaves the ring, to differ from it at the smallest size too
    ring = circle(centre, radius * 0.86 - width / 2, class_="mark-line", stroke=palette.broken, width=width)
    return ring + stroke(
        path((x - reach, y + reach), (x + reach, y - reach)),
        class_="mark-line",
        stroke=palette.broken,
        width=width * 1.1,
    )


def _not_rated(centre: Point, radius: float, palette: Palette) -> str:
    width = radius * 0.24
    points = [polar(centre, radius - width / 2, step * FULL_TURN / 10) for step in range(10)]
    return stroke(dots(points), class_="mark-line", stroke=palette.none, width=width)


def favicon_svg() -> str:
    """Seven marks round the centre, the last one open: some is not enough. For light and dark alike."""
    centre = (16.0, 16.45)  # seven points reach higher than they hang: this looks centred
    tile = element("rect", width=32, height=32, rx=7, fill=TOKENS["accent"])
    discs = []
    for index in range(7):
        x, y = polar(centre, 9.6, index * FULL_TURN / 7)
        is_open = index == 6
        discs.append(
            element(
                "circle",
                cx=x,
                cy=y,
                r=2.5 if is_open else 3.2,
                fill="none" if is_open else TOKENS["paper"],
                stroke=TOKENS["paper"] if is_open else None,
                stroke_width=1.3 if is_open else None,
            )
        )
    return element("svg", tile, *discs, xmlns=SVG, viewBox="0 0 32 32", width=32, height=32)


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise ValueError(f"unknown status {status!r}: expected one of {', '.join(STATUSES)}")


# The seven around the headline -------------------------------------------------------------------------------------
def ring_svg(
    marks: Sequence[Mark],
    *,
    headline: str,
    subline: str,
    title: str,
    desc: str,
    prefix: str,
    palette: Palette | None = None,
    flags: Mapping[int, Sequence[str]] | None = None,
) -> str:
    """The marks as segments of a circle, the first at twelve o’clock, around the headline. `flags`: by number of a rule
    what stands beside it, `measured` (a triangle: measured otherwise) and `contested` (a pilcrow)."""
    palette = palette or Palette.PAGE
    centre = (160.0, 160.0)
    step = FULL_TURN / max(len(marks), 1)
    parts = []
    for index, mark in enumerate(marks):
        segment = _Segment(centre=centre, middle=index * step, sweep=step)
        parts.append(
            element(
                "g",
                element("title", text(mark.tooltip)),
                segment.drawn(mark.status, palette),
                class_=f"mark mark-{mark.status.replace('_', '-')}",
            )
        )
        x, y = polar(centre, 149, index * step)
        parts.append(
            caption(
                str(mark.number),
                (x, y + 4.5),
                class_="chart-number",
                size=NUMERAL,
                weight=600,
                fill=palette.muted,
                palette=palette,
            )
        )
        signs = (flags or {}).get(mark.number, ())
        parts += [_flag(sign, polar(centre, 149, index * step + 9 * at), palette) for at, sign in enumerate(signs, 1)]
    parts.append(_headline(centre, headline, subline, palette))
    return figure("ring", "".join(parts), size=(320, 320), title=title, desc=desc, prefix=prefix)


def _flag(sign: str, at: Point, palette: Palette) -> str:
    """In ink, so that it is seen beside the colours and in grey."""
    x, y = at
    if sign == "contested":
        return caption(
            "¶", (x, y + 4.5), class_="chart-flag", size=NUMERAL, weight=600, fill=palette.ink, palette=palette
        )
    return element("path", class_="chart-flag", d=triangle(at, 6), fill=palette.ink)


def triangle(centre: Point, radius: float) -> str:
    x, y = centre
    return path((x, y - radius), (x + radius, y + radius * 0.8), (x - radius, y + radius * 0.8), closed=True)


def flag_svg(sign: str, *, size: float, title: str, palette: Palette) -> str:
    """One flag alone, in the row of its rule."""
    return element(
        "svg",
        element("title", text(title)),
        _flag(sign, (10, 11 if sign == "measured" else 12), palette),
        xmlns=SVG,
        class_="chart chart-flag",
        viewBox="0 0 20 20",
        width=size,
        height=size,
        role="img",
        focusable="false",
    )


def _headline(centre: Point, headline: str, subline: str, palette: Palette) -> str:
    """The big figure and, below it, at most two short lines; together they sit on the centre of the ring."""
    x, y = centre
    size = min(94.8, 94.8 * 150 / max(text_width(headline, 94.8), 1))
    lines = fit(subline, size=NUMERAL, width=150, lines=2)
    baseline = y + 0.33 * size - 9 * len(lines) - (2 if lines else 0)
    return caption(
        headline,
        (x, baseline),
        class_="chart-headline",
        size=size,
        weight=600,
        fill=palette.ink,
        palette=palette,
        family=palette.serif,
    ) + "".join(
        caption(
            line,
            (x, baseline + 29 + index * 20),
            class_="chart-subline",
            size=NUMERAL,
            fill=palette.muted,
            palette=palette,
        )
        for index, line in enumerate(lines)
    )


@dataclass(frozen=True, kw_only=True)
class _Segment:
    """A piece of a ring between two radii. The gap to its neighbours is as wide inside as outside."""

    centre: Point
    middle: float
    sweep: float
    inner: float = 109.0
    outer: float = 134.0
    gap: float = 4.0
    border: float = 2.5
    dot_distance: float = 7.3

    def drawn(self, status: str, palette: Palette) -> str:
        colour = palette.of(status)
        if status == "not_rated":
            return stroke(dots(self._outline_points()), class_="mark-line", stroke=colour, width=2.8)
        half = self.sweep / 2
        whole = self._shape(self.middle - half, self.middle + half)
        outline = element(
            "path",
            class_="mark-fill" if status == "met" else "mark-line",
            d=whole,
            fill=colour if status == "met" else "none",
            stroke=colour,
            stroke_width=self.border,
            stroke_linejoin="round",
        )
        if status == "met":
            return outline + tick(self._centre_point, 15, palette)
        if status == "partly":
            filled = self._shape(self.middle - half, self.middle, cut_end=True)
            return outline + element("path", class_="mark-fill", d=filled, fill=colour)
        lean = min(self.sweep / 6, 5.5)
        strike = path(
            polar(self.centre, self.inner - 8, self.middle - lean),
            polar(self.centre, self.outer + 8, self.middle + lean),
        )
        return outline + stroke(strike, class_="mark-line", stroke=colour, width=self.border * 1.3)

    @property
    def _centre_point(self) -> Point:
        return polar(self.centre, (self.inner + self.outer) / 2, self.middle)

    def _angles(self, start: float, end: float, radius: float, *, cut_end: bool = False) -> tuple[float, float]:
        inset = degrees(asin((self.gap + self.border) / 2 / radius))
        return start + inset, end if cut_end else end - inset

    def _shape(self, start: float, end: float, *, cut_end: bool = False) -> str:
        outer, inner = self.outer - self.border / 2, self.inner + self.border / 2
        outer_start, outer_end = self._angles(start, end, outer, cut_end=cut_end)
        inner_start, inner_end = self._angles(start, end, inner, cut_end=cut_end)
        large = outer_end - outer_start > FULL_TURN / 2
        corner = polar(self.centre, inner, inner_end)
        return (
            path(polar(self.centre, outer, outer_start))
            + arc(outer, polar(self.centre, outer, outer_end), large=large)
            + path(corner).replace("M", "L")
            + arc(inner, polar(self.centre, inner, inner_start), large=large, clockwise=False)
            + "Z"
        )

    def _outline_points(self) -> list[Point]:
        """Dots along the edge: each side is divided by itself, so that every corner has one."""
        half = self.sweep / 2
        outer, inner = self.outer - self.border / 2, self.inner + self.border / 2
        outer_start, outer_end = self._angles(self.middle - half, self.middle + half, outer)
        inner_start, inner_end = self._angles(self.middle - half, self.middle + half, inner)
        corners = [(outer, outer_start), (outer, outer_end), (inner, inner_end), (inner, inner_start)]
        points: list[Point] = []
        for (radius, angle), (to_radius, to_angle) in zip(corners, corners[1:] + corners[:1], strict=True):
            length = abs(to_radius - radius) or abs(to_angle - angle) / FULL_TURN * 2 * pi * radius
            count = max(1, round(length / self.dot_distance))
            points += [
                polar(
                    self.centre,
                    radius + (to_radius - radius) * step / count,
                    angle + (to_angle - angle) * step / count,
                )
                for step in range(count)
            ]
        return points
