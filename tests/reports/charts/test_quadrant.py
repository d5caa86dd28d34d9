"""Service level and feeling as a picture: every disc in its cell, with its count, and each a link."""

import re
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts.parts import Palette
from reports.charts.quadrant import COLUMNS, ROWS, QuadrantCell, quadrant_svg
from tests.reports.charts.test_parts import HOSTILE, SVG, classed, outside, parsed

WORDS = {
    "group": "Missed",
    "columns": {
        "informed": "told",
        "not_told": "not told",
        "unsaid": "not said",
        "met": "Met",
        "unknown": "Unknown",
    },
    "rows": {1: "Angry", 2: "Unhappy", 3: "Neutral", 4: "Content", 5: "Delighted"},
    "fields": {True: "Met and content", False: "Green outside, red inside"},
}


def cell(column: str = "met", feeling: int = 2, count: int = 3, **fields: str) -> QuadrantCell:
    return QuadrantCell(column=column, feeling=feeling, count=count, **fields)


def drawn(cells: list[QuadrantCell], **options: object) -> Element:
    given = {"title": "Service level and feeling", "desc": "In words", "prefix": "a", **WORDS, **options}
    return parsed(quadrant_svg(cells, **given))  # type: ignore[arg-type]


def centre(root: Element) -> tuple[float, float]:
    (disc,) = classed(root, "chart-disc")
    return float(disc.get("cx") or 0), float(disc.get("cy") or 0)


def test_columns_feelings_and_fields_are_named_in_words():
    root = drawn([])
    written = " ".join(item.text or "" for item in root.iter(f"{SVG}text"))
    for word in ("Missed", "Met", "Unknown", "Angry", "Unhappy", "Neutral", "Content", "Delighted"):
        assert word in written
    assert "Green outside, red inside" in written


def test_each_count_is_a_number_in_its_disc_and_nothing_is_no_disc():
    root = drawn([cell(count=7), cell("unsaid", 5, 0)])
    assert [item.text for item in classed(root, "chart-count")] == ["7"]


def test_a_disc_stands_by_its_service_level_and_feeling():
    met_unhappy, missed_unhappy = centre(drawn([cell("met", 2)])), centre(drawn([cell("unsaid", 2)]))
    met_content, unknown = centre(drawn([cell("met", 4)])), centre(drawn([cell("unknown", 2)]))
    assert missed_unhappy[0] < met_unhappy[0] < unknown[0]
    assert met_content[1] < met_unhappy[1]


def test_no_two_cells_share_a_place():
    places = {centre(drawn([cell(sla, feeling)])) for sla in COLUMNS for feeling in ROWS}
    assert len(places) == len(COLUMNS) * len(ROWS)


def test_area_tells_the_count():
    root = drawn([cell("met", 1, 100), cell("met", 5, 64)])
    large, small = (float(item.get("r") or 0) for item in classed(root, "chart-ring"))
    assert (small / large) ** 2 == pytest.approx(0.64, abs=0.01)


def test_green_outside_and_red_inside_looks_so():
    root = drawn([cell("met", 1)], palette=Palette.LIGHT)
    (ring,), (disc,) = classed(root, "chart-ring"), classed(root, "chart-disc")
    assert (ring.get("fill"), disc.get("fill")) == (Palette.LIGHT.met, Palette.LIGHT.broken)


def test_every_face_differs_without_colour():
    faces = {
        feeling: [part.get("d") for part in classed(drawn([]), f"chart-face-{feeling}")[0].iter() if part.get("d")]
        for feeling in ROWS
    }
    assert all(faces[one] != faces[other] for one in ROWS for other in ROWS if one != other)


def test_each_disc_is_a_link_with_a_name_large_enough_for_a_finger():
    root = drawn([cell(name="Service level: met, Unhappy – 3 entries", href="/feedback/?sla=met&feeling=2")])
    image, links = (item for item in root if item.tag == f"{SVG}g")
    assert (root.get("role"), image.get("role")) == (None, "img")
    (link,) = links.iter(f"{SVG}a")
    assert link.get("href") == "/feedback/?sla=met&feeling=2"
    assert link.get("aria-label") == "Service level: met, Unhappy – 3 entries"
    (area,) = link.iter(f"{SVG}rect")
    assert min(float(area.get(side) or 0) for side in ("width", "height")) >= 44


def test_without_addresses_it_is_one_image():
    root = drawn([cell()])
    assert root.get("role") == "img"
    assert not list(root.iter(f"{SVG}a"))


def test_unknown_cells_are_refused():
    with pytest.raises(ValueError, match="no such cell"):
        cell("late", 2)
    with pytest.raises(ValueError, match="no such cell"):
        cell("met", 6)


def test_same_cells_give_the_same_bytes():
    options = {"title": "t", "desc": "d", "prefix": "p", **WORDS}
    assert quadrant_svg([cell()], **options) == quadrant_svg([cell()], **options)  # type: ignore[arg-type]


def test_paper_gets_plain_colours():
    root = drawn([cell(sla, feeling) for sla in COLUMNS for feeling in ROWS], palette=Palette.LIGHT)
    used = {item.get(key) or "none" for item in root.iter() for key in ("fill", "stroke")} - {"none"}
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in used)


def test_hostile_texts_stay_texts():
    hostile = {
        "columns": dict.fromkeys(COLUMNS, HOSTILE),
        "rows": dict.fromkeys(ROWS, HOSTILE),
        "fields": dict.fromkeys(WORDS["fields"], HOSTILE),
    }
    root = drawn([cell(name=HOSTILE, href=HOSTILE)], title=HOSTILE, desc=HOSTILE, prefix=HOSTILE, **hostile)
    assert not [key for item in root.iter() for key in item.attrib if key.startswith("on") or key == "style"]
    assert not list(root.iter(f"{SVG}script"))


words = st.text(max_size=60)


@given(
    st.lists(
        st.builds(
            QuadrantCell,
            column=st.sampled_from(COLUMNS),
            feeling=st.sampled_from(ROWS),
            count=st.integers(0, 99_999),
            name=words,
            href=st.none() | words,
        ),
        max_size=15,
        unique_by=lambda one: (one.column, one.feeling),
    ),
    words,
)
def test_whatever_is_drawn_is_well_formed_and_inside_the_frame(cells: list[QuadrantCell], word: str):
    options = {
        "columns": dict.fromkeys(COLUMNS, word),
        "rows": dict.fromkeys(ROWS, word),
        "fields": dict.fromkeys(WORDS["fields"], word),
        "axis_label": word,
    }
    assert list(outside(drawn(cells, **options))) == []
