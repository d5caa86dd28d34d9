"""The map of who holds whom as one SVG, in the active language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from groundwork.words import apart, labelled, number
from reports.charts.parts import Palette
from reports.charts.power_map import PowerPoint, PowerWords, power_map_svg
from reports.portfolio.power import FREE_SUPPORTED, FREE_UNSUPPORTED, HELD_SUPPORTED, HELD_UNSUPPORTED, Held
from reports.portfolio.support import MIDDLE


def power_figure(
    vendors: Sequence[Held], *, prefix: str, is_narrow: bool = False, palette: Palette | None = None
) -> str:
    fields = Counter(one.field_said for one in vendors)
    words = PowerWords(
        title=_("How much we depend on vendors, and how they support us"),
        desc=apart(labelled(name, number(count)) for name, count in fields.most_common()),
        corners=(str(HELD_UNSUPPORTED), str(HELD_SUPPORTED), str(FREE_UNSUPPORTED), str(FREE_SUPPORTED)),
        left=_("Seven to one rules broken"),
        right=_("None broken: none to seven met"),
        unknown=_("Not assessed"),
    )
    points = [
        PowerPoint(
            name=one.vendor.name,
            title=one.title,
            form=one.form,
            low=one.dependence.low,
            high=one.dependence.high,
            support=one.support,
            href=None if palette is Palette.LIGHT else one.vendor.get_absolute_url(),
        )
        for one in vendors
    ]
    return power_map_svg(points, words=words, middle=MIDDLE, prefix=prefix, is_narrow=is_narrow, palette=palette)
