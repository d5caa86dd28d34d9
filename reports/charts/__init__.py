"""The seven marks, the figure that recurs on page and paper: one function a form, each returning one SVG.

Plain Python: no framework, and every text is passed in. A status is told by shape first and by colour
second, so a grey print loses nothing. No style attribute is written: colours are presentation attributes,
which a strict content security policy allows and the PDF renderer understands (it gives document CSS to no
inline SVG). Every part also has a class, for the page to restyle.
"""

from reports.charts.bars import bars_svg
from reports.charts.marks import Mark, favicon_svg, line_svg, mark_svg
from reports.charts.parts import Palette
from reports.charts.quadrant import QuadrantCell, quadrant_svg
from reports.charts.radar import radar_svg
from reports.charts.ring import ring_svg
from reports.charts.trend import TrendPoint, slope_line, trend_svg

__all__ = [
    "Mark",
    "Palette",
    "QuadrantCell",
    "TrendPoint",
    "bars_svg",
    "favicon_svg",
    "line_svg",
    "mark_svg",
    "quadrant_svg",
    "radar_svg",
    "ring_svg",
    "slope_line",
    "trend_svg",
]
