"""A chart in a page: the same drawing as a part of its HTML, without what the page says already, and its lines no finer
than a screen shows them."""

from __future__ import annotations

import re
from collections import Counter

from reports.charts.parts import SVG

# HTML knows what an <svg> is, no browser of today gives it the focus, the stylesheet rounds the ends of lines, and
# words begin where they stand. Nothing is styled by the classes of words and of the parts of a mark.
_SAID = re.compile(
    rf' (?:xmlns="{re.escape(SVG)}"|focusable="false"|stroke-line(?:cap|join)="round"|text-anchor="start"'
    r'|class="mark-(?:fill|line|cut)")|(?<=<text) class="[^"]*"'
)
_PLACED = re.compile(r' (?:d|x|y|cx|cy|r|width|height|points)="[^"]*\.\d\d[^"]*"')
_FINE = re.compile(r"(?<!h)\d*\.\d\d")  # as `short_number` writes it; not the step of no length that makes a dot
_TYPE = re.compile(r'(?<= font-size=")[^"]+')


def inline(svg: str) -> str:
    """Of a figure as `reports.charts.parts.figure` makes it: tenths of its units are less than a dot of a screen."""
    return _with_one_type(_PLACED.sub(_to_tenths, _SAID.sub("", svg)))


def _to_tenths(found: re.Match[str]) -> str:
    return _FINE.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), found[0])


def _with_one_type(svg: str) -> str:
    """The size that most words have is written once, at the root."""
    sizes = Counter(_TYPE.findall(svg))
    if not sizes:
        return svg
    ((size, times),) = sizes.most_common(1)
    said = f' font-size="{size}"'
    return svg.replace(said, "").replace("<svg", f"<svg{said}", 1) if times > 1 else svg
