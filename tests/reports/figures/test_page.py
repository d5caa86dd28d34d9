"""A chart in a page: what the page says already is not said again, and nothing that can be seen is lost."""

import re

import pytest

from reports.charts.parts import Palette, figure, stroke
from reports.charts.svg import dots, element, path
from reports.charts.trend import TrendPoint, trend_svg
from reports.figures.page import inline


def chart(**options: object) -> str:
    points = [
        TrendPoint(label=f"Month {at}", value=at * 1.37, value_label=f"{at}.25 hours", is_left_out=at == 23)
        for at in range(24)
    ]
    given = {"title": "Mean time", "desc": "Falling", "prefix": "a", "unit_label": "hours", **options}
    return trend_svg(points, **given)  # type: ignore[arg-type]


def test_lines_are_as_fine_as_a_screen_and_words_stay_as_they_are() -> None:
    drawn = inline(chart(desc="Falling by 0.25 a month"))

    places = re.findall(r' (?:d|x|y|width|height)="([^"]*)"', drawn)
    assert places
    assert not [one for one in places if re.search(r"(?<!h)\.\d\d", one)]
    assert "<desc" in drawn and "Falling by 0.25 a month" in drawn and "Month 3 – 3.25 hours" in drawn


@pytest.mark.parametrize(("written", "kept"), [(1.25, "1.2"), (1.26, "1.3"), (12.96, "13"), (-0.47, "-0.5"), (7, "7")])
def test_a_number_is_rounded_to_tenths(written: float, kept: str) -> None:
    assert inline(element("rect", x=written)) == f'<rect x="{kept}"/>'


def test_a_dot_keeps_the_step_that_makes_it_one() -> None:
    assert inline(stroke(dots([(1.26, 2)]), class_="a", stroke="red", width=2)).count("M1.3 2h.01") == 1


def test_the_size_of_most_words_is_said_once() -> None:
    words = [
        element("text", word, class_="chart-note", font_size=size) for word, size in [("a", 13), ("b", 9), ("c", 13)]
    ]

    assert inline(element("svg", *words)) == (
        '<svg font-size="13"><text>a</text><text font-size="9">b</text><text>c</text></svg>'
    )


def test_what_names_a_chart_stays() -> None:
    drawn = inline(figure("trend", path((0, 0), (1, 1)), size=(10, 10), title="T", desc="D", prefix="p"))

    assert drawn.startswith('<svg class="chart chart-trend" viewBox="0 0 10 10"')
    assert 'role="img" aria-labelledby="p-trend-title p-trend-desc"' in drawn
    assert '<title id="p-trend-title">T</title><desc id="p-trend-desc">D</desc>' in drawn


def test_where_a_table_says_them_only_what_no_trend_counts_is_told() -> None:
    told = inline(chart(tells_periods=False, palette=Palette.PAGE))

    assert "Month 3" in chart() and "Month 3" not in told
    assert "Month 23 – 23.25 hours" in told
    assert len(told) < 3000
