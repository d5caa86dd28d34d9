"""A measure on paper: a moving mean between its dots, a target that nothing crosses, few strokes."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts.parts import Palette
from reports.charts.periods import TrendPoint
from reports.charts.smoothed import WINDOW, moving_mean, smoothed_svg, spark_svg
from reports.charts.svg import text_width
from tests.reports.charts.test_parts import HOSTILE, classed, outside, parsed, path_points

VALUES = st.lists(st.one_of(st.none(), st.floats(min_value=0, max_value=1e6)), max_size=30)


def points(*values: float | None, left_out: int = 0, **fields: Any) -> list[TrendPoint]:
    return [
        TrendPoint(label=f"Month {at}", value=value, is_left_out=at < left_out, axis=f"M {at}", **fields)
        for at, value in enumerate(values)
    ]


def spark(series: list[TrendPoint], **options: Any) -> Element:
    said = {"title": "Mean time", "desc": "Getting worse", "prefix": "a", "has_line": True}
    return parsed(spark_svg(series, **{**said, **options}))


def chart(series: list[TrendPoint], **options: Any) -> Element:
    said = {"title": "Mean time", "desc": "Worse", "prefix": "a", "has_line": True, "unit_label": "hours"}
    return parsed(smoothed_svg(series, **{**said, **options}))


def notes(root: Element) -> list[str]:
    return [item.text or "" for item in classed(root, "chart-note")]


def test_each_mean_is_of_six_that_count_and_stands_in_their_middle() -> None:
    assert moving_mean(points(1, 2, 3, 4, 5, 6, 13)) == [(2.5, 3.5), (3.5, 5.5)]
    assert moving_mean(points(99, 1, 2, None, 3, 4, 5, 6, left_out=1)) == [(pytest.approx(25 / 6), 3.5)]


def test_fewer_than_six_have_no_mean() -> None:
    assert moving_mean(points(1, 2, 3, 4, 5)) == []


@given(VALUES)
def test_the_mean_stays_between_the_values_and_ends_at_the_mean_of_the_last_six(values: list[float | None]) -> None:
    means, known = moving_mean(points(*values)), [value for value in values if value is not None]
    assert len(means) == max(len(known) - WINDOW + 1, 0)
    assert all(min(known) * 0.999999 - 1e-9 <= value <= max(known) * 1.000001 + 1e-9 for _at, value in means)
    if means:
        assert means[-1][1] == pytest.approx(fmean(known[-WINDOW:]))


def test_a_spark_is_one_path_of_dots_and_one_line_without_a_title_a_point() -> None:
    root = spark(points(*range(14)), target=4)
    assert (root.get("role"), root[0].text, root[1].text) == ("img", "Mean time", "Getting worse")
    drawn = [item for item in root if item.tag.endswith("path")]
    assert [item.get("class") for item in drawn] == ["chart-target", "chart-points", "chart-mean"]
    assert len(list(root.iter())) == 6
    assert drawn[0].get("stroke") == Palette.LIGHT.ink


def test_without_a_trend_there_are_dots_alone() -> None:
    assert classed(spark(points(*[3] * 14), has_line=False), "chart-mean") == []
    assert classed(chart(points(*[3] * 14), has_line=False), "chart-mean") == []


def test_percents_reach_to_a_hundred_whatever_was_measured() -> None:
    assert notes(chart(points(*[30] * 8), most=100.0))[:3] == ["0", "50", "100"]


def test_nothing_crosses_what_the_target_is_called() -> None:
    root = chart(points(*[30] * 14), target=30, target_label="agreed: at most 30 hours")
    words = [item for item in classed(root, "chart-note") if item.get("fill") == Palette.LIGHT.ink]
    assert " ".join(item.text or "" for item in words) == "agreed: at most 30 hours"
    start = min(float(item.get("x") or 0) for item in words)
    assert start + max(text_width(item.text or "", 11.3) for item in words) <= 336
    drawn = [item.get("d") or "" for item in root.iter() if item.get("d")]
    assert max(x for d in drawn for x, _y in path_points(d.replace("h.01", ""))) < start


def test_the_mean_lies_over_its_dots_and_is_cut_nowhere() -> None:
    root = chart(points(*[100.0] * 14), most=100.0)
    (mean,), (dots,) = classed(root, "chart-mean"), classed(root, "chart-points")
    top = {y for _x, y in path_points(mean.get("d") or "")}
    assert top == {y for _x, y in path_points((dots.get("d") or "").replace("h.01", ""))}


def test_both_ends_are_named_by_their_months_and_no_two_names_touch() -> None:
    root = chart(points(*range(14)))
    named = [(item.text, float(item.get("x") or 0)) for item in classed(root, "chart-note")]
    months = sorted((x, text) for text, x in named if (text or "").startswith("M "))
    assert [months[0][1], months[-1][1]] == ["M 0", "M 13"]
    assert all(later - before > 30 for (before, _a), (later, _b) in pairwise(months))


@given(VALUES, st.one_of(st.none(), st.floats(min_value=0, max_value=1e6)))
def test_everything_stays_in_its_frame(values: list[float | None], target: float | None) -> None:
    for root in (spark(points(*values), target=target), chart(points(*values), target=target, target_label="agreed")):
        assert list(outside(root)) == []


def test_what_people_write_is_text() -> None:
    assert HOSTILE[:8] in (chart(points(1, 2), target=1, target_label="x", title=HOSTILE)[0].text or "")
