"""Service level and feeling as a figure: vendors/voice/quadrant.py counts, reports/charts/quadrant.py draws."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.words import apart, labelled, number
from reports.charts.parts import Palette
from reports.charts.quadrant import QuadrantCell, quadrant_svg
from vendors.models import Feeling, Sla
from vendors.voice.quadrant import CORNERS, FIELD_WORDS, Cell, Field, field_of


def quadrant_figure(cells: Sequence[Cell], *, prefix: str, palette: Palette | None = None) -> str:
    """The SVG, in the active language; on paper without links."""
    return quadrant_svg(
        [
            QuadrantCell(
                sla=cell.sla,
                feeling=cell.feeling,
                count=cell.count,
                name=f"{cell.name} – {_entries(cell.count)}",
                href=None if palette is Palette.LIGHT else cell.href,
            )
            for cell in cells
        ],
        title=_("Service level and feeling"),
        desc=_desc(cells),
        prefix=prefix,
        columns={sla: str(word) for sla, word in Sla.choices},
        rows={feeling.value: str(feeling.label) for feeling in Feeling},
        fields={corner: str(FIELD_WORDS[field]) for corner, field in CORNERS.items()},
        axis_label=_("Service level"),
        count_label=number,
        palette=palette,
    )


def _desc(cells: Sequence[Cell]) -> str:
    """How many stand in each field."""
    counts = dict.fromkeys(Field, 0)
    for cell in cells:
        if field := field_of(cell.sla, cell.feeling):
            counts[field] += cell.count
    return apart(labelled(FIELD_WORDS[field], _entries(count)) for field, count in counts.items())


def _entries(count: int) -> str:
    return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": number(count)}
