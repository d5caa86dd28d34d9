"""The styles of paper: what is taken out of the flow lies over whatever stands there, so it is named by itself."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

ALONE = re.compile(r"\.[a-z-]+")


def lifted_by_chance(css: str) -> list[str]:
    """The selectors that lift more out of the flow than one class of its own."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    lifted = [selector.strip() for selectors, body in rules if "absolute" in body for selector in selectors.split(",")]
    return [selector for selector in lifted if not ALONE.fullmatch(selector)]


@pytest.mark.parametrize(
    ("css", "found"),
    [
        (".sheet h2 { position: absolute; left: 0; }", [".sheet h2"]),
        (".name, h2 { top: 0; position: absolute; }", ["h2"]),
        (".name { position: absolute; } .sheet h2 { left: 0; } /* .a b { position: absolute } */", []),
    ],
)
def test_the_checker_finds_what_lifts_the_headings_of_others(css: str, found: list[str]) -> None:
    assert lifted_by_chance(css) == found


def test_only_what_has_a_name_of_its_own_leaves_the_flow_of_paper() -> None:
    css = (settings.BASE_DIR / "static/pdf/scorecard.css").read_text()
    assert "position: absolute" in css
    assert lifted_by_chance(css) == []


SIZES = {"inherit", "8pt", "9.5pt", "12pt", "15pt", "23pt", "46pt"}


def odd_sizes(css: str) -> set[str]:
    """Sizes of type beside the six that paper has."""
    return {size.strip() for size in re.findall(r"font-size:([^;}]+)", css)} - SIZES


def test_the_checker_finds_a_size_that_paper_does_not_have() -> None:
    assert odd_sizes(".a { font-size: 8.5pt } .b { color: red; font-size: 12pt; }") == {"8.5pt"}


def test_paper_has_six_sizes_of_type() -> None:
    assert odd_sizes((settings.BASE_DIR / "static/pdf/scorecard.css").read_text()) == set()
