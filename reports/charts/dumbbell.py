"""A rule as a dumbbell: a solid dot how we rate it, a hollow one what the vendor claims, over hairlines at the
thresholds. Few elements, for seven of them stand on one page; told apart by shape, so that grey prints lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reports.charts.parts import SVG, Palette, share, stroke
from reports.charts.svg import Point, element, path, short_number, text

WIDTH, HEIGHT = 120.0, 15.0
EDGE = 5.0  # so that a dot at 0 or 100 is whole
DOT = 3.6
MIDDLE = HEIGHT / 2


def dumbbell_svg(
    ours: Fraction | None,
    claim: Fraction | None,
    *,
    title: str,
    thresholds: Sequence[Fraction],
    bounds: tuple[Fraction, Fraction] | None = None,
    palette: Palette = Palette.LIGHT,
) -> str:
    """Percents from 0 to 100; None: not rated, or nothing claimed. `bounds`: between which our percent lies, whatever
    the missing grades turn out to be. `title` says the same in words."""
    lines = path((EDGE, MIDDLE), (WIDTH - EDGE, MIDDLE))
    lines += "".join(path((_at(one), 1), (_at(one), HEIGHT - 1)) for one in thresholds)
    drawn = [stroke(lines, class_="dumbbell-lines", stroke=palette.line, width=0.8)]
    if bounds is not None:
        drawn.append(_bounds(bounds, palette))
    if ours is not None and claim is not None:
        bar = path((_at(ours), MIDDLE), (_at(claim), MIDDLE))
        drawn.append(stroke(bar, class_="dumbbell-gap", stroke=palette.muted, width=1.1))
    if claim is not None:
        drawn.append(_dot(claim, "dumbbell-claim", fill=palette.paper, line=palette.ink, radius=DOT - 0.6))
    if ours is not None:
        # Where both are the same, the hollow dot shows as a ring round a smaller solid one.
        is_same = claim is not None and abs(_at(ours) - _at(claim)) < DOT
        drawn.append(_dot(ours, "dumbbell-ours", fill=palette.ink, line=palette.ink, radius=1.6 if is_same else DOT))
    return element(
        "svg",
        element("title", text(title)),
        *drawn,
        xmlns=SVG,
        class_="chart chart-dumbbell",
        viewBox=f"0 0 {short_number(WIDTH)} {short_number(HEIGHT)}",
        width=WIDTH,
        height=HEIGHT,
        role="img",
        focusable="false",
    )


def dot_svg(*, is_hollow: bool, title: str, palette: Palette = Palette.LIGHT) -> str:
    """One of the two dots alone, for the head of a column that has dumbbells."""
    fill, radius = (palette.paper, DOT - 0.6) if is_hollow else (palette.ink, DOT)
    dot = element("circle", cx=5, cy=5, r=radius, fill=fill, stroke=palette.ink, stroke_width=1.2)
    return element(
        "svg",
        element("title", text(title)),
        dot,
        xmlns=SVG,
        class_="chart chart-dot",
        viewBox="0 0 10 10",
        width=10,
        height=10,
        role="img",
        focusable="false",
    )


def _at(percent: Fraction) -> float:
    return EDGE + (WIDTH - 2 * EDGE) * share(percent)


def _bounds(bounds: tuple[Fraction, Fraction], palette: Palette) -> str:
    low, high = _at(bounds[0]), _at(bounds[1])
    ends = "".join(path((x, MIDDLE - 2.4), (x, MIDDLE + 2.4)) for x in (low, high))
    line = path((low, MIDDLE), (high, MIDDLE))
    return stroke(f"{line}{ends}", class_="dumbbell-bounds", stroke=palette.muted, width=0.7)


def _dot(percent: Fraction, class_: str, *, fill: str, line: str, radius: float) -> str:
    centre: Point = (_at(percent), MIDDLE)
    return element(
        "circle",
        class_=class_,
        cx=centre[0],
        cy=centre[1],
        r=radius,
        fill=fill,
        stroke=line,
        stroke_width=1.2,
    )
