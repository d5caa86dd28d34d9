"""The map of who holds whom: every vendor is there, none hides another, and names do not overlap."""

from __future__ import annotations

import re
from random import Random
from xml.etree import ElementTree

import pytest

from reports.charts.power_map import FORMS, NARROW, WIDE, PowerPoint, PowerWords, power_map_svg, vendor_mark_svg
from reports.charts.svg import text_width

WORDS = PowerWords(
    title="Who holds whom",
    desc="3 vendors",
    corners=("hold, against", "hold, for", "free, against", "free, for"),
    left="Broken",
    right="None broken",
    unknown="Not assessed",
)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(points: list[PowerPoint], *, narrow: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(power_map_svg(points, words=WORDS, middle=7 / 15, prefix="t", is_narrow=narrow))  # noqa: S314


def crowd(count: int, seed: int = 1) -> list[PowerPoint]:
    random = Random(seed)
    return [
        PowerPoint(
            name=f"Vendor with a name {number}",
            title=f"Vendor {number}",
            form=FORMS[number % 4],
            low=random.choice([20, 45, 70]),
            high=random.choice([70, 94]),
            support=None if number % 4 == 3 else random.choice([0.1, 0.3, 0.6, 0.9]),
            href=f"/vendors/{number}/",
        )
        for number in range(count)
    ]


def spots(root: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in root.iter(f"{SVG}circle")]


@pytest.mark.parametrize("narrow", [False, True])
def test_every_vendor_is_a_mark_that_opens_it_and_stays_on_the_map(narrow: bool) -> None:
    points = crowd(60)
    root = drawn(points, narrow=narrow)
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == [point.href for point in points]
    assert all(link.get("aria-label") for link in root.iter(f"{SVG}a"))
    width, height = NARROW if narrow else WIDE
    assert all(0 < x < width and 0 < y < height for x, y in spots(root))


def test_marks_of_the_same_place_stand_beside_each_other() -> None:
    same = [
        PowerPoint(name=name, title=name, form="met", low=50, high=50, support=0.5, href=f"/{name}/")
        for name in "abcdef"
    ]
    found = spots(drawn(same))
    assert len(set(found)) == 6
    apart = [max(abs(x - u), abs(y - v)) for at, (x, y) in enumerate(found) for u, v in found[at + 1 :]]
    assert min(apart) >= 13


@pytest.mark.parametrize("seed", range(4))
def test_names_overlap_neither_each_other_nor_a_mark(seed: int) -> None:
    root = drawn(crowd(40, seed))
    boxes = []
    for one in root.iter(f"{SVG}text"):
        if one.get("class") != "chart-label":
            continue
        wide = text_width(one.text or "", 12)
        x, y = float(one.get("x", "")), float(one.get("y", ""))
        start = {"start": x, "end": x - wide, "middle": x - wide / 2}[one.get("text-anchor", "")]
        boxes.append((start, y - 10, start + wide, y + 2))
    assert len(boxes) > 10
    names = len(boxes)
    boxes += [(x - 6, y - 6, x + 6, y + 6) for x, y in spots(root)]
    clashes = [
        (one, other)
        for at, one in enumerate(boxes[:names])
        for other in boxes[at + 1 :]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert clashes == []


def test_no_line_runs_through_a_name_that_has_another_side() -> None:
    """One just left of the middle, one just above the half: their names turn away from the lines."""
    points = [
        PowerPoint(name="A name of some length", title="a", form="met", low=80, high=80, support=0.44),
        PowerPoint(name="Another one as long", title="b", form="met", low=51, high=51, support=0.2),
    ]
    left, above = [one for one in drawn(points).iter(f"{SVG}text") if one.get("class") == "chart-label"]
    assert left.get("text-anchor") == "end"
    assert float(above.get("y", "")) + 3 < (12 + WIDE[1] - 46) / 2


@pytest.mark.parametrize("narrow", [False, True])
def test_no_mark_seems_to_stand_in_another_field_than_its_own(narrow: bool) -> None:
    """Many just left of the middle and just below the half: none is moved over a line to find a place."""
    points = [
        PowerPoint(name=str(at), title=str(at), form="not_met", low=48, high=48, support=0.44, href=f"/{at}/")
        for at in range(40)
    ]
    root = drawn(points, narrow=narrow)
    axis = next(one for one in root.iter(f"{SVG}path") if one.get("class") == "chart-axis").get("d", "")
    (x, _top), (_x, _bottom), (_left, y), (_right, _y) = (
        tuple(map(float, place.split())) for place in re.findall(r"[\d.]+ [\d.]+", axis)
    )
    assert all(cx < x and cy > y for cx, cy in spots(root))


def test_what_is_known_in_full_has_no_range_and_the_unknown_has_one() -> None:
    known = PowerPoint(name="Known", title="Known", form="met", low=60, high=60, support=0.5)
    unknown = PowerPoint(name="Unknown", title="Unknown", form="none", low=30, high=54)
    found = power_map_svg([known, unknown], words=WORDS, middle=0.5, prefix="t")
    assert found.count("power-range") == 1
    assert "<a " not in found  # on paper there are no links


def test_a_better_supporter_stands_farther_right_and_one_we_depend_on_more_stands_higher() -> None:
    low = PowerPoint(name="a", title="a", form="met", low=10, high=10, support=0.2, href="/a/")
    high = PowerPoint(name="b", title="b", form="met", low=90, high=90, support=0.8, href="/b/")
    (x, y), (u, v) = spots(drawn([low, high]))
    assert x < u and y > v


def test_the_four_marks_differ_in_shape() -> None:
    shapes = {re.sub(r'(fill|stroke|class)="[^"]*"', "", vendor_mark_svg(form)) for form in FORMS}
    assert len(shapes) == 4
    with pytest.raises(ValueError, match="unknown form"):
        PowerPoint(name="a", title="a", form="good", low=0, high=0)
