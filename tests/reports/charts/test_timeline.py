"""A rule over the scorecards of a vendor: gaps stay gaps, thresholds step, everything stays in its frame."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts.parts import Palette
from reports.charts.timeline import Column, Moment, Turn, columns_svg, timeline_svg
from tests.reports.charts.test_parts import HOSTILE, SVG, classed, outside, parsed, path_points

FIRST = Turn(at=0.0, label="2026.1", broken=Fraction(50), met=Fraction(75))
SECOND = Turn(at=0.5, label="2026.2", broken=Fraction(40), met=Fraction(80))
STATUSES = ["met", "partly", "broken"]


def moments(*percents: int | None, cut: tuple[int, ...] = ()) -> list[Moment]:
    last = max(len(percents) - 1, 1)
    return [
        Moment(
            at=place / last,
            status="not_rated" if percent is None else STATUSES[place % 3],
            percent=None if percent is None else Fraction(percent),
            tooltip=f"Card {place}",
            is_cut=place in cut,
        )
        for place, percent in enumerate(percents)
    ]


def drawn(given: list[Moment], turns: tuple[Turn, ...] = (FIRST,), **options: object) -> Element:
    words = {"title": "5. Be fast", "desc": "Better", "prefix": "a", "cut_label": "not comparable", **options}
    ticks = [(0.0, "Jan 2025"), (1.0, "Mar 2026")]
    return parsed(timeline_svg(given, turns=turns, ticks=ticks, **words))  # type: ignore[arg-type]


def subpaths(root: Element) -> int:
    return sum((line.get("d") or "").count("M") for line in classed(root, "chart-joined"))


def texts(root: Element, name: str) -> list[str]:
    return [item.text or "" for item in classed(root, name)]


def test_it_is_an_image_with_title_and_description() -> None:
    root = drawn(moments(30, 60, 80))
    assert (root.get("role"), root[0].text, root[1].text) == ("img", "5. Be fast", "Better")


def test_each_scorecard_has_its_mark_with_its_words() -> None:
    root = drawn(moments(30, None, 80))
    titles = [item.text for item in root.iter(f"{SVG}title")][1:]
    assert titles == ["Card 0", "Card 1", "Card 2"]
    assert len(classed(root, "mark-not-rated")) == 1


def test_neighbours_are_joined_and_what_is_not_rated_leaves_a_gap() -> None:
    assert subpaths(drawn(moments(30, 60, 80, 90))) == 3
    assert subpaths(drawn(moments(30, None, 80, 90))) == 1
    assert subpaths(drawn(moments(30, None))) == 0


def test_what_was_asked_otherwise_breaks_the_line_and_is_named() -> None:
    root = drawn(moments(30, 60, 80, 90, cut=(2,)))
    assert subpaths(root) == 2
    assert texts(root, "chart-cut") == ["not comparable"]


def test_where_the_words_do_not_fit_a_sign_stands_for_them() -> None:
    root = drawn(moments(*range(30, 38), cut=(3, 4, 5)))
    assert texts(root, "chart-cut") == ["not comparable", "≠", "≠"]


def test_the_thresholds_step_where_the_edition_sets_others() -> None:
    flat, stepped = drawn(moments(30, 60)), drawn(moments(30, 60), (FIRST, SECOND))
    for root, heights in ((flat, [1, 1]), (stepped, [2, 2])):
        lines = [path_points(line.get("d") or "") for line in classed(root, "chart-threshold")]
        assert [len({y for _x, y in points}) for points in lines] == heights
    assert texts(stepped, "chart-note").count("75") == texts(stepped, "chart-note").count("80") == 1


def test_a_hairline_and_a_name_mark_where_another_edition_begins() -> None:
    root = drawn(moments(30, 60), (FIRST, SECOND))
    assert len(classed(root, "chart-edition")) == 1
    assert "2026.2" in texts(root, "chart-note")
    assert "2026.1" not in texts(root, "chart-note")


def test_the_axis_is_true_to_time() -> None:
    given = [Moment(at=at, status="met", percent=Fraction(80), tooltip="") for at in (0.0, 0.1, 1.0)]
    (line,) = classed(drawn(given), "chart-joined")
    xs = sorted({x for x, _y in path_points(line.get("d") or "")})
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(0.1, abs=0.01)


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=40),
    st.sets(st.integers(1, 39)),
    st.text(max_size=30),
)
def test_everything_stays_in_its_frame(percents: list[int | None], cut: set[int], label: str) -> None:
    root = drawn(moments(*percents, cut=tuple(cut)), (FIRST, SECOND), cut_label=label or "x")
    assert list(outside(root)) == []


def test_what_people_wrote_is_escaped_and_paper_has_fixed_colours() -> None:
    svg = timeline_svg(
        moments(30, 60),
        turns=(FIRST,),
        ticks=[],
        cut_label=HOSTILE,
        title=HOSTILE,
        desc=HOSTILE,
        prefix="a",
        palette=Palette.LIGHT,
    )
    parsed(svg)
    assert "var(" not in svg
    assert "style=" not in svg


# The seven of each scorecard --------------------------------------------------------------------------------------
def columns(count: int) -> list[Column]:
    return [
        Column(met=str(place % 8), label="Mar 2026", statuses=[*STATUSES * 2, ""], tooltips=["said"] * 7)
        for place in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_each_scorecard_is_a_column_of_marks_below_its_number(count: int) -> None:
    root = parsed(columns_svg(columns(count), title="Rules met", desc="", prefix="a"))
    assert texts(root, "chart-met") == [str(place % 8) for place in range(count)]
    assert len(classed(root, "mark-met")) == 2 * count
    assert list(outside(root)) == []
