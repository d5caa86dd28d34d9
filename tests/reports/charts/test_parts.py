"""The seven marks: well formed, readable without colour, inside their frame, the same bytes each time."""

import logging
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import font_source_sans_pro
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.charts.bars import bars_svg
from reports.charts.marks import Mark, favicon_svg, mark_svg, ring_svg
from reports.charts.parts import Palette
from reports.charts.radar import radar_svg
from reports.charts.svg import clusters, fit, printable_line, short_number, text_width

SVG = "{http://www.w3.org/2000/svg}"
STATUSES = ("met", "partly", "broken", "not_rated")
NAMES = (
    "Fully support the customer",
    "Deliver consistently",
    "Guide the customer",
    "Troubleshoot incisively",
    "Be fast",
    "Prove it",
    "Get ahead of the curve",
)
HOSTILE = '<script>alert(\'1\')</script>" onload="x" & ]]> \x00\x1b\ud800\ufffe'


def ring(marks: list[Mark], **options: object) -> str:
    return ring_svg(marks, **{"headline": "5", "subline": "of 7 rules met", **options})  # type: ignore[arg-type]


FIGURES: dict[str, Callable[..., str]] = {
    "ring": ring,
    "radar": radar_svg,
    "bars": bars_svg,
    "narrow bars": partial(bars_svg, is_narrow=True),
}
every_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)


def a_mark(number: int = 1, status: str = "met", **values: object) -> Mark:
    defaults: dict[str, object] = {
        "name": NAMES[(number - 1) % 7],
        "status_label": status,
        "percent": None if status == "not_rated" else Fraction(80),
    }
    return Mark(number=number, status=status, **{**defaults, **values})  # type: ignore[arg-type]


def seven(**values: object) -> list[Mark]:
    statuses = ("met", "partly", "broken", "not_rated", "met", "met", "met")
    return [a_mark(number, status, **values) for number, status in enumerate(statuses, 1)]


def drawn(draw: Callable[..., str], marks: list[Mark], **options: object) -> Element:
    written = draw(marks, **{"title": "Five of seven", "desc": "In words", "prefix": "a", **options})
    return parsed(written)


def parsed(written: str) -> Element:
    return ElementTree.fromstring(written)  # noqa: S314 - written by ourselves


def classed(root: Element, name: str) -> list[Element]:
    return [item for item in root.iter() if name in (item.get("class") or "").split()]


def lent(root: Element) -> set[str | None]:
    """What is drawn elsewhere: on a page its marks, by `sign_sheet`."""
    return {item.get("href") for item in root.iter(f"{SVG}use")}


def shape(item: Element) -> list[tuple[object, ...]]:
    """What is left in a grey print: elements and geometry, and whether a thing is filled, but no colour."""
    return [
        (
            part.tag,
            part.get("d"),
            part.get("r"),
            part.get("fill") == "none",
            part.get("stroke") is not None,
            part.get("stroke-width"),
        )
        for part in item.iter()
        if part.tag not in (f"{SVG}title", f"{SVG}desc")
    ]


# Every figure


@every_figure
def test_figure_is_named_and_described_first(draw: Callable[..., str]):
    root = drawn(draw, seven())
    title, desc = root[0], root[1]
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert (title.tag, title.text, desc.tag, desc.text) == (
        f"{SVG}title",
        "Five of seven",
        f"{SVG}desc",
        "In words",
    )
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


def test_one_prefix_serves_all_figures_of_a_page():
    ids = [item.get("id") for draw in FIGURES.values() for item in drawn(draw, seven()).iter() if item.get("id")]
    assert len(ids) == len(set(ids)) == 2 * len(FIGURES)


@every_figure
def test_hostile_texts_stay_texts(draw: Callable[..., str]):
    root = drawn(
        draw,
        [a_mark(1, name=HOSTILE, status_label=HOSTILE, percent_label=HOSTILE)],
        title=HOSTILE,
        desc=HOSTILE,
        prefix=HOSTILE,
    )
    assert {item.tag.removeprefix(SVG) for item in root.iter()} <= {
        *("svg", "title", "desc", "g", "path", "circle", "rect", "text", "use"),
    }
    assert lent(root) <= {"#mark-met"}
    assert not [key for item in root.iter() for key in item.attrib if key.startswith("on")]
    assert "<script>alert('1')</script>" in (root[0].text or "")


@every_figure
@pytest.mark.parametrize("palette", [None, Palette.LIGHT])
def test_no_style_is_written_that_a_strict_policy_would_block(draw: Callable[..., str], palette: Palette | None):
    root = drawn(draw, seven(), palette=palette)
    assert not [item for item in root.iter() if item.get("style") is not None]
    assert not [item for item in root.iter() if item.tag in (f"{SVG}style", f"{SVG}script", f"{SVG}image")]
    assert lent(root) == (set() if palette or draw is ring else {f"#mark-{one.replace('_', '-')}" for one in STATUSES})


@every_figure
def test_same_marks_give_the_same_bytes(draw: Callable[..., str]):
    options = {"title": "t", "desc": "d", "prefix": "p"}
    assert draw(seven(), **options).encode() == draw(seven(), **options).encode()


@every_figure
def test_page_follows_custom_properties_and_paper_gets_plain_colours(draw: Callable[..., str]):
    def colours(palette: Palette | None) -> set[str]:
        root = drawn(draw, seven(), palette=palette)
        used = {item.get(key) or "none" for item in root.iter() for key in ("fill", "stroke")}
        return used - {"none"}

    assert all(re.fullmatch(r"var\(--[a-z]+\)", colour) for colour in colours(None))
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours(Palette.LIGHT))


@every_figure
def test_each_mark_tells_its_rule_and_status(draw: Callable[..., str]):
    root = drawn(draw, [a_mark(3, "partly", status_label="Partly met", percent_label="62 %")])
    tooltips = [item.text for item in root.iter(f"{SVG}title")][1:]
    assert tooltips == ["3 Guide the customer – Partly met – 62 %"]


@every_figure
def test_figure_without_marks_is_still_a_figure(draw: Callable[..., str]):
    assert drawn(draw, []).get("viewBox")


@every_figure
@pytest.mark.parametrize(
    "name", ["مرحبا بالعالم", "👨‍👩‍👧‍👦" * 30, "支援関係の評価を完全に行うこと", "a" * 300, "word " * 60, ""]
)
def test_any_script_stays_within_the_frame(draw: Callable[..., str], name: str):
    root = drawn(draw, seven(name=name, percent_label="100 %"))
    assert list(outside(root)) == []
    assert root.get("direction") == "ltr"


def test_unknown_status_is_refused():
    with pytest.raises(ValueError, match="unknown status 'perfect'"):
        a_mark(status="perfect")
    with pytest.raises(ValueError, match="unknown status"):
        mark_svg("perfect", size=12, title="")


# One mark


def test_every_status_has_its_own_shape_without_colour():
    shapes = {status: shape(parsed(mark_svg(status, size=24, title=""))) for status in STATUSES}
    assert all(shapes[a] != shapes[b] for a in STATUSES for b in STATUSES if a != b)


def test_every_segment_of_the_ring_has_its_own_shape_without_colour():
    segments = {status: shape(classed(drawn(ring, [a_mark(1, status)] * 7), "mark")[0]) for status in STATUSES}
    assert all(segments[a] != segments[b] for a in STATUSES for b in STATUSES if a != b)


def test_mark_with_a_title_is_an_image_and_without_one_an_ornament():
    named = parsed(mark_svg("met", size=16, title="Met"))
    ornament = parsed(mark_svg("met", size=16, title=""))
    assert (named.get("role"), named[0].text, named.get("aria-hidden")) == ("img", "Met", None)
    assert (ornament.get("role"), ornament.get("aria-hidden")) == (None, "true")
    assert ornament.find(f"{SVG}title") is None
    assert (named.get("width"), named.get("height")) == ("16", "16")


def test_classes_name_the_status_but_the_root_is_no_highlight():
    # A `mark` class on the <svg> itself would get the yellow ground of highlighted text.
    root = parsed(mark_svg("not_rated", size=16, title=""))
    assert "mark" not in (root.get("class") or "").split()
    assert classed(root, "mark-not-rated")


# The figures one by one


@pytest.mark.parametrize("draw", [ring, radar_svg, bars_svg])
def test_marks_stand_in_the_order_of_the_rules(draw: Callable[..., str]):
    marks = classed(drawn(draw, seven()), "mark")
    assert [(item.get("class") or "").split()[-1] for item in marks] == [
        *("mark-met", "mark-partly", "mark-broken", "mark-not-rated", "mark-met", "mark-met", "mark-met"),
    ]


def test_ring_shows_headline_subline_and_numbers():
    root = drawn(ring, seven())
    assert [item.text for item in classed(root, "chart-headline")] == ["5"]
    assert [item.text for item in classed(root, "chart-subline")] == ["of 7 rules met"]
    assert [item.text for item in classed(root, "chart-number")] == list("1234567")


def test_ring_breaks_a_long_subline_in_two():
    lines = [item.text for item in classed(drawn(ring, seven(), subline="règles respectées sur 7"), "chart-subline")]
    assert lines == ["règles respectées", "sur 7"]


def test_radar_closes_the_polygon_when_all_rules_are_rated():
    root = drawn(radar_svg, [a_mark(number) for number in range(1, 8)])
    (area,), (outline,) = classed(root, "chart-area"), classed(root, "chart-outline")
    assert area.get("d") == outline.get("d")
    assert (outline.get("d") or "").endswith("Z")


def test_radar_leaves_a_gap_where_a_rule_is_not_rated():
    marks = [a_mark(number, "not_rated" if number == 4 else "met", percent=Fraction(80)) for number in range(1, 8)]
    root = drawn(radar_svg, marks)
    (outline,) = classed(root, "chart-outline")
    # Six points in one open line, from the fifth rule round to the third: the fourth is neither 0 nor 80.
    assert len(re.findall(r"[ML]", outline.get("d") or "")) == 6
    assert not (outline.get("d") or "").endswith("Z")
    (dots,) = classed(root, "chart-point")
    assert (dots.get("d") or "").count("M") == 6


def test_radar_draws_nothing_for_nothing_rated():
    root = drawn(radar_svg, [a_mark(number, "not_rated") for number in range(1, 8)])
    assert classed(root, "chart-area") == classed(root, "chart-outline") == classed(root, "chart-point") == []


def test_radar_draws_the_vendor_only_where_it_answered():
    assert classed(drawn(radar_svg, seven()), "chart-vendor") == []
    marks = [a_mark(number, vendor_percent=Fraction(90) if number < 4 else None) for number in range(1, 8)]
    root = drawn(radar_svg, marks)
    (vendor,) = classed(root, "chart-vendor")
    assert vendor.get("stroke-dasharray")
    (dots,) = classed(root, "chart-vendor-point")
    assert (dots.get("d") or "").count("M") == 3


@pytest.mark.parametrize("draw", [radar_svg, bars_svg])
def test_whiskers_stand_only_where_the_bounds_say_something(draw: Callable[..., str]):
    certain = a_mark(1, low=Fraction(80), high=Fraction(80))
    partial = a_mark(2, "not_rated", low=Fraction(20), high=Fraction(90))
    unknown = a_mark(3, "not_rated", low=Fraction(0), high=Fraction(100))
    assert classed(drawn(draw, [certain] * 7), "chart-whisker") == []
    assert len(classed(drawn(draw, [partial] * 7), "chart-whisker")) == 7
    assert classed(drawn(draw, [unknown] * 7), "chart-whisker") == []


@pytest.mark.parametrize("draw", [radar_svg, bars_svg])
def test_thresholds_are_those_of_the_release(draw: Callable[..., str]):
    root = drawn(draw, seven(), thresholds=(Fraction(40), Fraction(125, 2)))
    assert len(classed(root, "chart-threshold")) == 2
    assert [item.text for item in classed(root, "chart-note")] == ["40", "62.5"]


def test_bar_is_as_long_as_its_percent_and_absent_when_not_rated():
    def widths(percent: int, status: str = "met") -> list[str | None]:
        root = drawn(bars_svg, [a_mark(1, status, percent=Fraction(percent))])
        return [bar.get("width") for bar in classed(root, "chart-bar")]

    assert (widths(0), widths(50), widths(100)) == (["0"], ["140"], ["280"])
    assert widths(50, "not_rated") == []


def test_narrow_bars_fit_a_phone_without_shrinking_their_letters():
    root = drawn(partial(bars_svg, is_narrow=True), seven())
    assert float(root.get("width") or 0) <= 360  # what 390 px leave
    assert {item.get("font-size") for item in classed(root, "chart-label")} == {"15"}


def test_bars_show_the_values_at_the_right():
    values = classed(drawn(bars_svg, [a_mark(1, percent_label="88 %")]), "chart-value")
    assert [(value.text, value.get("text-anchor")) for value in values] == [("88 %", "end")]


def test_favicon_has_seven_marks():
    root = parsed(favicon_svg())
    assert len(root.findall(f"{SVG}circle")) == 7


# Laws for any marks

percents = st.fractions(min_value=0, max_value=100, max_denominator=97)
maybe = st.none() | percents
some_marks = st.lists(
    st.builds(
        Mark,
        number=st.integers(1, 7),
        name=st.text(max_size=60),
        status=st.sampled_from(STATUSES),
        status_label=st.text(max_size=12),
        percent=maybe,
        low=maybe,
        high=maybe,
        percent_label=st.sampled_from(["", "–", "100 %", "7 %"]) | st.text(max_size=30),
        vendor_percent=maybe,
    ),
    max_size=8,
)


@given(some_marks, st.sampled_from(sorted(FIGURES)), st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_whatever_is_drawn_is_well_formed_and_inside_the_frame(marks: list[Mark], form: str, title: str, desc: str):
    root = drawn(FIGURES[form], marks, title=title, desc=desc)
    assert list(outside(root)) == []


@pytest.mark.parametrize("count", range(1, 9))
def test_a_wide_name_stays_inside_the_frame_at_every_spoke(count: int):
    """At eight spokes one points due west, where there is the least room."""
    root = drawn(radar_svg, [a_mark(1, name="0" * 13, percent_label="0" * 13) for _ in range(count)])
    assert list(outside(root)) == []


@given(st.text(max_size=60), st.text(max_size=80))
def test_headline_of_any_length_stays_inside_the_ring(headline: str, subline: str):
    assert list(outside(drawn(ring, seven(), headline=headline, subline=subline))) == []


def outside(root: Element) -> Iterator[tuple[str, float, float]]:
    """Every corner that lies beyond the view box, or is no number."""
    left, top, width, height = (float(value) for value in (root.get("viewBox") or "").split())
    for item in root.iter():
        for x, y in corners(item):
            if not (left - 0.01 <= x <= left + width + 0.01 and top - 0.01 <= y <= top + height + 0.01):
                yield item.tag, x, y


def corners(item: Element) -> Iterator[tuple[float, float]]:
    value = {key: float(item.get(key) or 0) for key in ("x", "y", "cx", "cy", "r", "font-size")}
    margin = float(item.get("stroke-width") or 0) / 2 if item.get("stroke") else 0.0
    if item.tag == f"{SVG}circle":
        reach = value["r"] + margin
        yield value["cx"] - reach, value["cy"] - reach
        yield value["cx"] + reach, value["cy"] + reach
    elif item.tag == f"{SVG}rect":
        yield value["x"], value["y"]
        yield value["x"] + float(item.get("width") or 0), value["y"] + float(item.get("height") or 0)
    elif item.tag == f"{SVG}text":
        run = text_width(item.text or "", value["font-size"])
        start = value["x"] - run * {"start": 0, "middle": 0.5, "end": 1}[item.get("text-anchor") or "start"]
        yield start, value["y"] - value["font-size"] * 0.75
        yield start + run, value["y"] + value["font-size"] * 0.22
    elif item.tag == f"{SVG}path":
        for x, y in path_points(item.get("d") or ""):
            yield x - margin, y - margin
            yield x + margin, y + margin


def path_points(d: str) -> Iterator[tuple[float, float]]:
    for command, arguments in re.findall(r"([MLA])([^MLAZh]*)", d):
        numbers = [float(one) for one in arguments.split()]
        assert len(numbers) == (7 if command == "A" else 2), d
        yield numbers[-2], numbers[-1]


# Texts and numbers


def test_text_breaks_between_words_and_ends_in_an_ellipsis():
    name = "Tenir ses promesses avec constance"
    assert fit(name, size=10, width=90, lines=2) == ["Tenir ses", "promesses avec…"]
    assert fit(name, size=10, width=90, lines=3) == ["Tenir ses", "promesses avec", "constance"]
    assert fit("Be fast", size=10, width=90, lines=2) == ["Be fast"]
    (only,) = fit("Get ahead of the curve", size=10, width=60)
    assert only.endswith("…")
    assert text_width(only, 10) <= 60


def test_no_break_spaces_hold():
    assert fit("7\u00a0Prendre de l’avance", size=10, width=30, lines=3)[0].startswith("7\u00a0P")


@given(st.text(max_size=80), st.integers(20, 200), st.integers(1, 3))
def test_fitted_lines_keep_to_width_and_number(content: str, width: int, lines: int):
    fitted = fit(content, size=10, width=width, lines=lines)
    assert len(fitted) <= lines
    assert all(text_width(line, 10) <= width for line in fitted)


@pytest.mark.parametrize("whole", ["👨‍👩‍👧‍👦", "🇧🇪", "e\u0301", "👍🏽", "❤️"])
def test_joined_characters_are_not_torn_apart(whole: str):
    assert clusters(f"a{whole}b") == ["a", whole, "b"]


def test_two_flags_are_two_pieces():
    assert clusters("🇧🇪🇳🇱") == ["🇧🇪", "🇳🇱"]


def test_text_is_cleaned_of_what_xml_forbids():
    assert printable_line(" a\x00b\n\tc\ud800\uffff\u202ed ") == "ab cd"
    assert printable_line("82\u202f%") == "82\u202f%"


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.0, "1"), (1.005, "1"), (-0.001, "0"), (12.345678, "12.35"), (0.1, "0.1"), (100, "100")],
)
def test_numbers_are_short(value: float, written: str):
    assert short_number(value) == written


@pytest.mark.parametrize("name", [*NAMES, "Tenir ses promesses avec constance", "Los problemen gericht op", "WMO & Œ"])
def test_widths_are_estimated_a_little_wider_than_the_font_runs(name: str):
    fonts = Path(font_source_sans_pro.__file__).parent / "files"
    font = TTFont(fonts / "SourceSansPro-Semibold.ttf")
    widths, units = font["hmtx"], font["head"].unitsPerEm
    real = sum(widths[font.getBestCmap()[ord(character)]][0] for character in name) / units * 14
    assert real <= text_width(name, 14) <= real * 1.2


# On paper


@every_figure
def test_pdf_renderer_takes_the_figure(draw: Callable[..., str], caplog: pytest.LogCaptureFixture):
    from weasyprint import HTML

    figure = draw(seven(percent_label="80 %"), title="t", desc="d", prefix="p", palette=Palette.LIGHT)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        logging.getLogger("weasyprint").propagate = True
        written = HTML(string=f"<!doctype html><html lang=en><title>t</title>{figure}").write_pdf(uncompressed_pdf=True)
    assert not [record for record in caplog.records if "SVG" in record.getMessage()]
    # #1d6b45 as the PDF writes it: the colour of `met` has arrived.
    assert re.search(rb"0?\.1137\d* 0?\.4196\d* 0?\.2705\d* (rg|scn|RG|SCN)", written)
