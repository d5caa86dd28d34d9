"""What is kept with a style: what WeasyPrint works out, and only as long as it is the WeasyPrint that was read."""

from __future__ import annotations

import inspect
import sys
from hashlib import sha256
from typing import Any

import pytest
from weasyprint import css
from weasyprint.css.properties import INITIAL_VALUES, Dimension
from weasyprint.formatting_structure import boxes
from weasyprint.text import line_break

from reports.documents import pdf, thrift

READ = {
    "check_math": "4f8e6a21258e09ba",
    "__missing__": "b318d8efc8ac79d7",
    "resolve_percentages": "71673078096fcf87",
    "setup": "fb227a55094f41d4",
    "text": "67a30c3e181b4a80",
}
PIXELS = Dimension(12, "px")


class Style(dict[str, Any]):
    """As WeasyPrint’s, with what each property has of its own."""

    def __init__(self, **said: Any) -> None:
        super().__init__({**INITIAL_VALUES, **said})


@pytest.mark.parametrize("original", thrift.ORIGINALS, ids=lambda one: one.__name__)
def test_weasyprint_is_the_one_that_was_read(original: Any) -> None:
    """Where this fails, read what changed, then what stands in for it here, and only then write the new sum."""
    assert sha256(inspect.getsource(original).encode()).hexdigest()[:16] == READ[original.__name__]


def test_nothing_is_left_of_what_is_stood_in_for() -> None:
    pdf.warm_up()
    modules = [module for name, module in sys.modules.items() if name.startswith("weasyprint.")]
    left = [
        (module.__name__, one.__name__)
        for module in modules
        for one, _ours in thrift.STANDING_IN
        if one in (value for value in vars(module).values() if callable(value))
    ]
    assert left == []
    assert css.ComputedStyle.__missing__ is thrift._missing
    assert line_break.Layout.setup is thrift._setup


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"margin_left": PIXELS, "width": PIXELS, "min_width": "auto"},
        {"height": PIXELS, "max_height": PIXELS, "border_top_width": 2},
        {"height": Dimension(50, "%"), "padding_left": Dimension(5, "%")},
        {"width": PIXELS, "padding_left": PIXELS, "box_sizing": "border-box"},
        {"border_collapse": "collapse", "border_left_width": 3},
    ],
)
@pytest.mark.parametrize("height", ["auto", 300])
def test_lengths_are_those_of_weasyprint(said: dict[str, Any], height: Any) -> None:
    def resolved(resolve: Any) -> dict[str, Any]:
        box = boxes.BlockBox("p", Style(**said), None, [])
        for _time in range(2):
            resolve(box, (200, height))
        return {name: value for name, value in vars(box).items() if name != "style"}

    assert resolved(thrift._resolve_percentages) == resolved(thrift._original_resolve_percentages)


@pytest.mark.parametrize("value", ["auto", 3, None, PIXELS, (PIXELS, PIXELS), (("a", PIXELS), 1), ()])
def test_a_value_without_a_calculation_has_none(value: Any) -> None:
    assert not thrift._check_math(value)
    assert not thrift._original_check_math(value)


def test_styles_and_faces_that_are_kept_print_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    html = (
        '<html><body class="document"><h2>Wording</h2><p>An <em>answer</em> of <u>a</u> length, hy&shy;phen&shy;ated '
        "where that is asked for.</p><table><tr><th>Rule</th><td class='number'>1.5</td></tr></table></body></html>"
    )

    def printed() -> bytes:
        return pdf.to_pdf(html, language="en", title="x", created="2026-01-01")

    thrifty = printed()
    monkeypatch.setattr(css.ComputedStyle, "__missing__", thrift._original_missing)
    monkeypatch.setattr(line_break.Layout, "setup", thrift._original_setup)
    assert printed() == thrifty


@pytest.mark.parametrize(("place", "runs"), [("", 1), (' dx="1 1"', 6), (' letter-spacing="2"', 6)])
def test_a_text_of_a_chart_is_drawn_in_one_run(place: str, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    split = line_break.split_first_line

    def splitting(text: str, *rest: Any, **named: Any) -> Any:
        drawn.append(text)
        return split(text, *rest, **named)

    monkeypatch.setattr(line_break, "split_first_line", splitting)
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 99 20'><text x='2' y='9'{place}>metred</text></svg>"
    address = f"data:image/svg+xml,{svg.translate(str.maketrans({'<': '%3C', '>': '%3E', chr(34): '%22'}))}"
    pdf.to_pdf(
        f'<html><body><img alt="m" src="{address}"></body></html>', language="en", title="x", created="2026-01-01"
    )
    assert len(drawn) == runs + 1  # once before, for how long it is
