"""Which way a measure goes, told by the direction of an arrow: never by a disc, which belongs to a rule."""

from __future__ import annotations

from reports.charts.parts import SVG, Palette, stroke
from reports.charts.svg import element, path, text

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
        raise ValueError(f"unknown tendency {tendency!r}: expected one of {', '.join(ARROWS)}")
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
