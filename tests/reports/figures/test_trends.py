"""A measure as a chart in words and numbers of the reader's language, for page and paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element

import pytest
from django.utils import translation

from reports.charts.parts import Palette
from reports.figures.trends import trend_figure
from tests.reports.charts.test_parts import SVG, classed, parsed
from vendors.measures.catalogue import BY_KEY
from vendors.measures.metrics import PeriodLength, Point, Series
from vendors.measures.trend import Direction, Trend
from vendors.measures.window import WhyLeftOut


def series(direction: Direction = Direction.FALLING, slope: float | None = -0.5, *, left_out: int = 1) -> Series:
    points = tuple(
        Point(
            start=date(2026, month, 1),
            end=date(2026, month, 28),
            value=6 - month / 2,
            cases=(month,),
            why=WhyLeftOut.YOUNG if month > 8 - left_out else None,
        )
        for month in range(1, 9)
    )
    trend = Trend(direction=direction, slope=slope, p=0.01, periods=7)
    return Series(measure=BY_KEY["handovers"], points=points, trend=trend, overall=None)


def drawn(shown: Series, **options: object) -> Element:
    return parsed(trend_figure(shown, PeriodLength.MONTH, prefix="a", **options))  # type: ignore[arg-type]


def test_the_chart_says_its_trend_its_newest_figure_and_what_was_agreed() -> None:
    root = drawn(series(), target=1.5)
    assert root[0].text == "Hand-overs per incident"
    assert root[1].text == "falling by 0.5 a month, p = 0.01, 7 months; July 2026, 2.5; agreed: at most 1.5"


def test_what_no_trend_counts_is_drawn_hollow_and_says_why() -> None:
    root = drawn(series())
    (hollow,) = classed(root, "chart-point-open")
    assert (hollow.get("d") or "").count("M") == 1
    titles = [item.text or "" for item in root.iter(f"{SVG}title")]
    assert [title for title in titles if "too new to count" in title] == ["August 2026 – 2, too new to count"]


def test_the_words_of_the_chart_tell_what_a_flat_trend_hides() -> None:
    flat = series(Direction.FLAT, 0.0)
    flat = replace(flat, trend=replace(flat.trend, change=0.0, smallest=0.4))
    assert drawn(flat)[1].text == (
        "flat, p = 0.01, 7 months; a change of less than about 40% would not show; July 2026, 2.5"
    )


@pytest.mark.parametrize(("direction", "lines"), [("falling", 1), ("rising", 1), ("flat", 0), ("too_little_data", 0)])
def test_only_a_trend_has_a_line(direction: str, lines: int) -> None:
    assert len(classed(drawn(series(Direction(direction))), "chart-slope")) == lines


def test_numbers_and_months_are_those_of_the_language() -> None:
    with translation.override("fr"):
        root = drawn(series(slope=-0.5))
    titles = [item.text or "" for item in root.iter(f"{SVG}title")]
    assert any(title.startswith("juillet 2026") and title.endswith("2,5") for title in titles)


def test_on_paper_there_are_no_links() -> None:
    hrefs = [f"/incidents/?ids={number}" for number in range(8)]
    assert len(list(drawn(series(), hrefs=hrefs).iter(f"{SVG}a"))) == 8
    assert not list(drawn(series(), palette=Palette.LIGHT).iter(f"{SVG}a"))
