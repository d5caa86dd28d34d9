"""A measure over time as a chart: gaps stay gaps, what is left out is hollow, everything stays in its frame."""

import re
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts.parts import Palette
from reports.charts.trend import TrendPoint, slope_line, trend_svg
from tests.reports.charts.test_parts import HOSTILE, SVG, classed, outside, parsed, path_points


def points(*values: float | None, left_out: int = 0, **fields: object) -> list[TrendPoint]:
    count = len(values)
    return [
        TrendPoint(
            label=f"Month {at + 1}",
            value=value,
            is_left_out=at >= count - left_out,
            **fields,  # type: ignore[arg-type]
        )
        for at, value in enumerate(values)
    ]


def drawn(series: list[TrendPoint], **options: object) -> Element:
    given = {"title": "Mean time", "desc": "Falling", "prefix": "a", "unit_label": "hours", **options}
    return parsed(trend_svg(series, **given))  # type: ignore[arg-type]


def texts(root: Element, name: str) -> list[str]:
    return [item.text or "" for item in classed(root, name)]


def test_chart_is_an_image_with_title_and_description():
    root = drawn(points(1, 2, 3))
    assert (root.get("role"), root[0].text, root[1].text) == ("img", "Mean time", "Falling")
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"


def test_a_period_without_data_leaves_a_gap():
    root = drawn(points(4, 5, None, 6, 7))
    (dots,) = classed(root, "chart-point")
    assert (dots.get("d") or "").count("M") == 4
    (joined,) = classed(root, "chart-joined")
    assert (joined.get("d") or "").count("M") == 2


def test_what_is_left_out_is_hollow_and_joined_by_dots():
    root = drawn(points(4, 5, 6, left_out=1))
    (hollow,) = classed(root, "chart-point-open")
    (solid,) = (item for item in classed(root, "chart-point") if item is not hollow)
    assert ((solid.get("d") or "").count("M"), (hollow.get("d") or "").count("M")) == (2, 1)
    assert (hollow.get("fill"), solid.get("fill")) == ("var(--paper)", "none")
    assert [line.get("stroke-dasharray") is not None for line in classed(root, "chart-joined")] == [False, True]


def test_trend_and_target_differ_in_shape():
    root = drawn(points(8, 7, 6), slope_line=((0, 8.0), (2, 6.0)), target=5, target_label="at most 5")
    (slope,), (target,) = classed(root, "chart-slope"), classed(root, "chart-target")
    assert slope.get("stroke-dasharray") is None
    assert target.get("stroke-dasharray")
    assert texts(root, "chart-target-note") == ["at most 5"]


def test_without_trend_and_target_neither_is_drawn():
    root = drawn(points(8, 7, 6))
    assert classed(root, "chart-slope") == classed(root, "chart-target") == []


def test_trend_line_ends_where_it_would_fall_below_zero():
    root = drawn(points(4, 2, 0, 0), slope_line=((0, 4.0), (3, -2.0)))
    (line,) = classed(root, "chart-slope")
    start, end = path_points(line.get("d") or "")
    base = max(y for grid in classed(root, "chart-grid") for _x, y in path_points(grid.get("d") or ""))
    assert end[1] == pytest.approx(base)
    assert start[1] < end[1]


def test_trend_line_wholly_below_zero_is_not_drawn():
    assert classed(drawn(points(0, 0), slope_line=((0, -1.0), (1, -2.0))), "chart-slope") == []


def test_trend_line_ends_where_it_would_exceed_the_most():
    root = drawn(points(100, 100, 90, 80), slope_line=((0, 110.0), (3, 80.0)), most=100.0)
    (line,) = classed(root, "chart-slope")
    start, end = path_points(line.get("d") or "")
    top = min(y for grid in classed(root, "chart-grid") for _x, y in path_points(grid.get("d") or ""))
    assert start[1] == pytest.approx(top)
    assert start[1] < end[1]
    assert "150" not in texts(root, "chart-note")


@pytest.mark.parametrize(
    ("highest", "scale"),
    [
        (0, ["0", "1"]),
        (1, ["0", "0.5", "1"]),
        (3, ["0", "1", "2", "3"]),
        (9.7, ["0", "5", "10"]),
        (31, ["0", "20", "40"]),
        (100, ["0", "50", "100"]),
        (724, ["0", "250", "500", "750"]),
    ],
)
def test_scale_is_of_round_numbers_from_zero(highest: float, scale: list[str]):
    notes = texts(drawn(points(0, highest)), "chart-note")
    assert [note for note in notes if re.fullmatch(r"[\d.]+", note)] == scale


def test_scale_has_room_for_the_target():
    notes = texts(drawn(points(1, 2), target=80), "chart-note")
    assert "100" in notes


def test_a_target_too_small_to_draw_is_drawn_as_zero():
    notes = texts(drawn(points(0, 0), target=5e-324), "chart-note")
    assert [note for note in notes if re.fullmatch(r"[\d.]+", note)] == ["0", "1"]


def test_numbers_of_the_scale_are_written_as_the_language_does():
    root = drawn(points(0, 1), tick_label=lambda value: f"{value:.1f}".replace(".", ","))
    assert "0,5" in texts(root, "chart-note")


def test_first_and_last_period_are_named_and_others_where_there_is_room():
    few = [TrendPoint(label="", value=1.0, axis=f"Month {number}") for number in range(3)]
    many = [TrendPoint(label="", value=1.0, axis=f"Month {number}") for number in range(40)]
    assert [note for note in texts(drawn(few), "chart-note") if "Month" in note] == ["Month 0", "Month 2", "Month 1"]
    shown = [note for note in texts(drawn(many), "chart-note") if "Month" in note]
    assert shown[:2] == ["Month 0", "Month 39"]
    assert 2 < len(shown) < 10


def test_each_period_tells_its_value():
    root = drawn(points(4, value_label="4 hours"))
    assert [item.text for item in root.iter(f"{SVG}title")][1:] == ["Month 1 – 4 hours"]


def test_a_period_that_is_a_link_tells_its_value_once():
    root = drawn(points(4, None, value_label="4 hours", href="/incidents/"))
    assert [item.text for item in root.iter(f"{SVG}title")][1:] == ["Month 1 – 4 hours", "Month 2 – 4 hours"]
    assert classed(root, "chart-told") == []


def test_the_dots_of_a_style_are_one_element_however_many_there_are():
    few, many = (len(list(drawn(points(*[5.0] * count, href="/"), palette=Palette.LIGHT).iter())) for count in (6, 36))
    per_period = 3  # a link, its title and its strip
    assert many - few == 30 * per_period


def test_links_of_periods_are_no_part_of_the_image_and_not_in_the_way_of_the_keyboard():
    root = drawn([TrendPoint(label="Month 1", value=2.0, href="/incidents/?since=2026-01-01&until=2026-01-31")])
    image, links = (item for item in root if item.tag == f"{SVG}g")
    assert (root.get("role"), image.get("role"), links.get("aria-hidden")) == (None, "img", "true")
    assert not list(image.iter(f"{SVG}a"))
    (link,) = links.iter(f"{SVG}a")
    assert (link.get("href"), link.get("tabindex")) == ("/incidents/?since=2026-01-01&until=2026-01-31", "-1")


def test_chart_without_links_has_none():
    assert not list(drawn(points(1, 2)).iter(f"{SVG}a"))


def test_chart_without_points_is_still_a_chart():
    assert list(outside(drawn([]))) == []


def test_same_points_give_the_same_bytes():
    options = {"title": "t", "desc": "d", "prefix": "p", "unit_label": "hours"}
    assert trend_svg(points(1, 2), **options) == trend_svg(points(1, 2), **options)  # type: ignore[arg-type]


def test_hostile_texts_stay_texts():
    hostile = [TrendPoint(label=HOSTILE, value=1.0, value_label=HOSTILE, axis=HOSTILE, href=HOSTILE)]
    root = drawn(
        hostile, title=HOSTILE, desc=HOSTILE, prefix=HOSTILE, unit_label=HOSTILE, target=1, target_label=HOSTILE
    )
    assert not [key for item in root.iter() for key in item.attrib if key.startswith("on") or key == "style"]
    assert not list(root.iter(f"{SVG}script"))


def test_paper_gets_plain_colours():
    root = drawn(points(1, 2, left_out=1), palette=Palette.LIGHT, target=1, slope_line=((0, 1.0), (1, 2.0)))
    used = {item.get(key) or "none" for item in root.iter() for key in ("fill", "stroke")} - {"none"}
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in used)


# The line of the trend


def test_line_of_the_trend_goes_through_the_median_of_what_the_slope_leaves():
    # 1, 3, 5 lie on a line; 100 does not, and moves nothing.
    assert slope_line(points(1, 3, 5, 100, 9), 2.0) == ((0, 1.0), (4, 9.0))


def test_line_of_the_trend_spans_only_the_periods_that_count():
    assert slope_line(points(None, 3, 5, 7, 100, left_out=1), 2.0) == ((1, 3.0), (3, 7.0))


@pytest.mark.parametrize("slope", [None, 1.0])
def test_too_little_data_has_no_line(slope: float | None):
    assert slope_line(points(1.0), slope) is None
    assert slope_line(points(1.0, 2.0), None) is None


# Laws for any series

numbers = st.none() | st.floats(min_value=0, max_value=1e6, allow_nan=False)
ends = st.floats(min_value=-1e5, max_value=1e6)


@given(
    st.lists(
        st.builds(
            TrendPoint,
            label=st.text(max_size=20),
            value=numbers,
            is_left_out=st.booleans(),
            href=st.none() | st.text(max_size=20),
            value_label=st.text(max_size=20),
            axis=st.sampled_from(["", "Nov 2026", "a" * 80]),
        ),
        max_size=40,
    ),
    st.none() | st.tuples(ends, ends),
    st.none() | st.floats(min_value=0, max_value=1e6),
    st.sampled_from([(400, 170), (260.0, 110.0), (640.0, 220.0)]),
    st.text(max_size=60),
)
def test_whatever_is_drawn_is_well_formed_and_inside_the_frame(
    series: list[TrendPoint],
    line: tuple[float, float] | None,
    target: float | None,
    size: tuple[float, float],
    label: str,
):
    slope = ((0, line[0]), (max(len(series) - 1, 0), line[1])) if line else None
    root = drawn(series, slope_line=slope, target=target, target_label=label, unit_label=label, size=size)
    assert list(outside(root)) == []


def test_pdf_renderer_takes_the_chart():
    from weasyprint import HTML

    chart = trend_svg(
        points(3, 2, None, 1, left_out=1),
        title="t",
        desc="d",
        prefix="p",
        unit_label="hours",
        target=2,
        palette=Palette.LIGHT,
    )
    written = HTML(string=f"<!doctype html><html lang=en><title>t</title>{chart}").write_pdf(uncompressed_pdf=True)
    # #0b5561 as the PDF writes it: the points have arrived.
    assert re.search(rb"0?\.0431\d* 0?\.3333\d* 0?\.3803\d* (rg|scn|RG|SCN)", written)
