"""Service level and feeling as a figure: vendors/voice/quadrant.py counts, reports/charts/quadrant.py draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from groundwork.words import apart, labelled, number
from reports.charts.parts import Palette
from reports.charts.quadrant import QuadrantCell, quadrant_svg
from vendors.models import Feeling, Sla
from vendors.voice.quadrant import FIELD_WORDS, Cell, Column, Field, field_of

# Under “Missed”, and beside it.
SHORT: Mapping[Column, Promise] = {
    Column.INFORMED: pgettext_lazy("under “Missed”", "told"),
    Column.NOT_TOLD: pgettext_lazy("under “Missed”", "not told"),
    Column.UNSAID: pgettext_lazy("under “Missed”", "not said"),
    Column.MET: Sla.MET.label,
    Column.UNKNOWN: Sla.UNKNOWN.label,
}


def quadrant_figure(cells: Sequence[Cell], *, prefix: str, palette: Palette | None = None) -> str:
    """The SVG, in the active language; on paper without links."""
    return quadrant_svg(
        [
            QuadrantCell(
                column=cell.column,
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
        group=str(Sla.MISSED.label),
        columns={column: str(word) for column, word in SHORT.items()},
        rows={feeling.value: str(feeling.label) for feeling in Feeling},
        fields={True: str(FIELD_WORDS[Field.GOOD]), False: str(FIELD_WORDS[Field.GREEN_OUTSIDE])},
        axis_label=_("Service level"),
        count_label=number,
        palette=palette,
    )


def _desc(cells: Sequence[Cell]) -> str:
    """How many stand in each field."""
    counts = dict.fromkeys(Field, 0)
    for cell in cells:
        if field := field_of(cell.column, cell.feeling):
            counts[field] += cell.count
    return apart(labelled(FIELD_WORDS[field], _entries(count)) for field, count in counts.items())


def _entries(count: int) -> str:
    return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": number(count)}
