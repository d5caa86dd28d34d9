"""On paper a chart is one image: named in words, drawn as inline, without what only a page needs."""

import re
from fractions import Fraction
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from weasyprint import HTML

from reports.charts.marks import Mark, mark_svg, ring_svg
from reports.charts.paper import image
from reports.charts.parts import Palette
from reports.charts.periods import TrendPoint
from reports.charts.smoothed import smoothed_svg
from reports.charts.trend import arrow_svg

SVG = "{http://www.w3.org/2000/svg}"


class Attributes(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def written(svg: str) -> dict[str, str | None]:
    ((tag, attributes),) = Attributes(image(svg)).tags
    assert tag == "img"
    return attributes


def inside(svg: str) -> ElementTree.Element:
    kind, _comma, drawn = (written(svg)["src"] or "").partition(",")
    assert kind == "data:image/svg+xml"
    return ElementTree.fromstring(unquote(drawn))  # noqa: S314 - written by ourselves


def a_chart(**options: str) -> str:
    points = [TrendPoint(label=f"M{at}", value=at * 1.5, axis=f"M{at}") for at in range(12)]
    said = {"title": "Hours", "desc": "Falling", "prefix": "a", "unit_label": "h", **options}
    return smoothed_svg(points, has_line=True, **said)  # type: ignore[arg-type]


def test_its_title_and_description_stand_instead_of_it() -> None:
    assert written(a_chart(title="Tom & “Ann's” <hours>", desc="80 % in 'May'"))["alt"] == (
        "Tom & “Ann's” <hours> – 80 % in 'May'"
    )
    assert written(arrow_svg("better", size=8, title="better", palette=Palette.LIGHT))["alt"] == "better"


def test_its_class_stays_for_the_stylesheet() -> None:
    assert written(a_chart())["class"] == "chart chart-smoothed"


def test_what_it_shows_is_drawn_as_inline() -> None:
    svg = a_chart(unit_label="# of 100 % & “hours” < 'ten'")

    def shown(root: ElementTree.Element) -> list[tuple[str, str | None, dict[str, str]]]:
        kept = [item for item in root.iter() if item.tag.removeprefix(SVG) not in ("g", "title", "desc")]
        spoken = ("class", "role", "aria-labelledby", "focusable")
        return [
            (item.tag, item.text, {key: value for key, value in item.attrib.items() if key not in spoken})
            for item in kept
        ]

    assert shown(inside(svg)) == shown(ElementTree.fromstring(svg))  # noqa: S314 - written by ourselves


def test_nothing_in_it_is_for_pointers_classes_or_groups() -> None:
    marks = [Mark(number=1, name="Be fast", status="met", status_label="Met", percent=Fraction(80))]
    ring = ring_svg(marks, headline="1", subline="of 1", title="t", desc="d", prefix="p", palette=Palette.LIGHT)
    root = inside(ring)

    assert {item.tag.removeprefix(SVG) for item in root.iter()} == {"svg", "path", "text"}
    assert not [item for item in root.iter() if item.get("class") or item.get("role")]


def test_letters_stay_letters_so_that_those_without_a_glyph_are_found() -> None:
    assert "Délai 漢字" in image(a_chart(unit_label="Délai 漢字"))


def test_what_has_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="has a title"):
        image(mark_svg("met", size=16, title="", palette=Palette.LIGHT))


def test_the_renderer_draws_it_as_it_draws_it_inline(caplog: pytest.LogCaptureFixture) -> None:
    def painted(figure: str) -> list[bytes]:
        page = HTML(string=f"<!doctype html><html lang=en><title>t</title><p>{figure}")
        return re.findall(rb"stream\n.*?endstream", page.write_pdf(uncompressed_pdf=True), re.DOTALL)[:1]

    svg = a_chart()
    assert painted(image(svg)) == painted(svg)
    assert not caplog.records
