"""What every figure is made of: its colours, its frame, its texts and strokes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from reports.charts.svg import Point, clusters, element, printable_line, short_number, text, text_width

__all__ = [
    "FULL_TURN",
    "SVG",
    "TOKENS",
    "Palette",
    "caption",
    "circle",
    "clusters",
    "figure",
    "printable_line",
    "share",
    "stroke",
    "text_width",
]

FULL_TURN = 360.0
SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours and type of a figure. `LIGHT` is for paper, `PAGE` follows the custom properties that every page has."""

    paper: str
    ink: str
    muted: str
    line: str
    accent: str
    met: str
    partly: str
    broken: str
    none: str
    sans: str | None = None  # None: inherited
    serif: str | None = None

    LIGHT: ClassVar[Palette]
    PAGE: ClassVar[Palette]

    def of(self, status: str) -> str:
        return {"met": self.met, "partly": self.partly, "broken": self.broken, "not_rated": self.none}[status]


TOKENS = {
    "paper": "#fbfaf6",
    "ink": "#1c2026",
    "muted": "#595e68",
    "line": "#d8d3c7",
    "accent": "#0b5561",
    "met": "#1d6b45",
    "partly": "#8a5a00",
    "broken": "#a3281f",
    "none": "#5f6570",
}
Palette.LIGHT = Palette(**TOKENS, sans="Source Sans Pro,sans-serif", serif="Source Serif Pro,Georgia,serif")
Palette.PAGE = Palette(**{name: f"var(--{name})" for name in TOKENS}, serif="var(--serif)")


def figure(
    form: str, drawn: str, *, size: tuple[float, float], title: str, desc: str, prefix: str, over: str = ""
) -> str:
    """Left to right on every page: the figure is built so, and each text finds its own direction.

    `over`: links over the drawing. They are no part of the image, of which nothing inside could be reached.
    """
    names = f"{prefix}-{form}-title {prefix}-{form}-desc"
    return element(
        "svg",
        element("title", text(title), id=f"{prefix}-{form}-title"),
        element("desc", text(desc), id=f"{prefix}-{form}-desc"),
        element("g", drawn, role="img", aria_labelledby=names) + over if over else drawn,
        xmlns=SVG,
        class_=f"chart chart-{form}",
        viewBox=f"0 0 {short_number(size[0])} {short_number(size[1])}",
        width=size[0],
        height=size[1],
        direction="ltr",
        role=None if over else "img",
        aria_labelledby=None if over else names,
        focusable="false",
    )


def caption(
    content: str,
    at: Point,
    *,
    class_: str,
    size: float,
    fill: str,
    palette: Palette,
    anchor: str = "middle",
    weight: int | None = None,
    family: str | None = None,
) -> str:
    return element(
        "text",
        text(content),
        class_=class_,
        x=at[0],
        y=at[1],
        font_family=family or palette.sans,
        font_size=size,
        font_weight=weight,
        text_anchor=anchor,
        fill=fill,
    )


def stroke(
    d: str, *, class_: str, stroke: str, width: float, dashes: str | None = None, opacity: float | None = None
) -> str:
    return element(
        "path",
        class_=class_,
        d=d,
        fill="none",
        stroke=stroke,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
        stroke_dasharray=dashes,
        stroke_opacity=opacity,
    )


def circle(
    centre: Point, radius: float, *, class_: str, stroke: str, width: float, opacity: float | None = None
) -> str:
    return element(
        "circle",
        class_=class_,
        cx=centre[0],
        cy=centre[1],
        r=radius,
        fill="none",
        stroke=stroke,
        stroke_width=width,
        stroke_opacity=opacity,
    )


def share(percent: Fraction | float) -> float:
    return float(min(max(percent, 0), 100)) / 100
