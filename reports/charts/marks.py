"""The mark of one rule in its four states, alone and in a row."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports.charts.parts import FULL_TURN, SVG, TOKENS, Palette, circle, stroke
from reports.charts.svg import Point, arc, dots, element, path, polar, text

STATUSES = ("met", "partly", "broken", "not_rated")


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


def mark_svg(status: str, *, size: float, title: str, palette: Palette | None = None) -> str:
    """One mark. With an empty title it is an ornament beside its words, hidden from assistive technology."""
    _check_status(status)
    return element(
        "svg",
        element("title", text(title)) if title else "",
        mark_group((12, 12), 9.5, status, palette or Palette.PAGE),
        xmlns=SVG,
        class_="chart chart-mark",
        viewBox="0 0 24 24",
        width=size,
        height=size,
        role="img" if title else None,
        aria_hidden=None if title else "true",
        focusable="false",
    )


def mark_group(centre: Point, radius: float, status: str, palette: Palette, title: str = "") -> str:
    """A disc with a tick, a half-filled disc, a ring struck through, or a dotted ring, all of one size."""
    draw = {"met": _met, "partly": _partly, "broken": _broken, "not_rated": _not_rated}[status]
    return element(
        "g",
        element("title", text(title)) if title else "",
        draw(centre, radius, palette),
        class_=f"mark mark-{status.replace('_', '-')}",
    )


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
