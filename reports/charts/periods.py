"""What charts of a measure over time are made of: its periods, and a scale of round numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from reports.charts.svg import Point

LEAST = 1e-9  # what is smaller is drawn as zero: no step of a scale can be told from it
Line = tuple[Point, Point]  # (position of a period, value), at both ends


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One period as drawn. `value` None: no data, a gap; `is_left_out`: drawn hollow, and no trend counts it.

    `value_label` is the value as people read it; `axis` what stands below it, if there is room; `href` where a click
    on it leads.
    """

    label: str
    value: float | None
    is_left_out: bool = False
    href: str | None = None
    value_label: str = ""
    axis: str = ""

    @property
    def tooltip(self) -> str:
        return " – ".join(part for part in (self.label, self.value_label) if part)


def round_scale(points: Sequence[TrendPoint], line: Line | None, target: float | None) -> list[float]:
    """Round numbers from zero to over all that is drawn."""
    highest = max((point.value for point in points if point.value is not None), default=0.0)
    highest = max(highest, target or 0.0, *(value for _at, value in line or ((0, 0.0),)))
    if highest < LEAST:
        return [0.0, 1.0]
    rough = highest / 3
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    return [step * count for count in range(ceil(highest / step - 1e-9) + 1)]
