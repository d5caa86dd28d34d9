"""What the page of a vendor shows of its measures: the two that the manifesto itself puts to the test."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Membership
from vendors.measures.basis import basis_of
from vendors.measures.cards import TREND_CHIPS, TREND_WORDS, tendency
from vendors.measures.catalogue import DECIDING
from vendors.measures.loading import measures_of
from vendors.measures.metrics import PeriodLength, Series
from vendors.measures.words import LABELS, corrected_words, silence_words, trend_words
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.withheld import is_withheld


@dataclass(frozen=True, kw_only=True)
class MeasureLine:
    key: str
    label: str
    chip: str
    chip_label: str
    trend: str
    corrected: str  # its p after correction
    silence: str  # which change a flat trend would not have shown


def measure_panel(member: Membership, vendor: Vendor) -> Panel | None:
    """None where there is nothing to measure: the panel of the incidents says how to begin."""
    if is_withheld(member, vendor):
        return Panel(template="vendors/measures/_measure_panel.html", context={"vendor": vendor, "is_withheld": True})
    measures = measures_of(vendor, now=timezone.now())
    if not measures.cases:
        return None
    lines = [_line(measures.of(key), measures.step) for key in DECIDING.values()]
    context = {"vendor": vendor, "lines": lines, "basis": basis_of(measures)}
    return Panel(template="vendors/measures/_measure_panel.html", context=context)


def _line(series: Series, step: PeriodLength) -> MeasureLine:
    key, goes = series.measure.key, tendency(series)
    return MeasureLine(
        key=key,
        label=str(LABELS[key]),
        chip=TREND_CHIPS[goes],
        chip_label=str(TREND_WORDS[goes]),
        trend=trend_words(series, step),
        corrected=corrected_words(series.trend),
        silence=silence_words(series, step),
    )
