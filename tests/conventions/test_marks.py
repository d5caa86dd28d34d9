"""The four discs say how a rule stands and nothing else: met, partly met, broken, not rated.

They are drawn by `reports/charts/marks.py` alone. Tiers and states of work are words; trends are arrows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from reports.charts.marks import STATUSES, mark_sign, mark_svg, sign_sheet
from reports.charts.trend import ARROWS, arrow_svg
from reports.templatetags.figures import tendency, verdict

ROOT = Path(__file__).resolve().parents[2]
SIGNS = {"chevron", "tick"}  # what CSS may draw: a thing that unfolds, a choice that is made
OF_A_RULE = re.compile(r"""\{%\s*(?:mark|verdict)\s+(?!(?:\w+\.)*status\b)""")
BY_HAND = re.compile(
    rf"""class="[^"]*(?<![\w.-])(?:verdict|mark-|chip-(?:{"|".join(STATUSES)})\b|chip-\{{\{{ \w+\.status)"""
)
SHAPE = re.compile(r"--shape-(\w+)")
DISC = re.compile(rf"\.(?:chip|tag|verdict|bank-chip)\b[^{{]*::(?:before|after)|\.chip-(?:{'|'.join(STATUSES)})\b")


def lent(text: str) -> Iterator[str]:
    """Where a template draws a mark by hand, or gives it to something else than the status of a rule."""
    for number, line in enumerate(text.splitlines(), 1):
        if OF_A_RULE.search(line) or BY_HAND.search(line):
            yield f"{number}: {line.strip()}"


def drawn(text: str) -> Iterator[str]:
    """Where a stylesheet draws a disc of its own."""
    yield from sorted({f"--shape-{name}" for name in SHAPE.findall(text)} - {f"--shape-{name}" for name in SIGNS})
    yield from (found.group() for found in DISC.finditer(text))


@pytest.mark.parametrize(
    "line",
    [
        '<span class="chip chip-met">Service level met</span>',
        '<span class="chip chip-{{ rule.status }}">{{ rule.status_label }}</span>',
        '<span class="verdict verdict-met">Approved</span>',
        '<i class="mark-broken"></i>',
        "{% mark vendor.tier vendor.get_tier_display %}",
        "{% verdict assessment.state assessment.get_state_display %}",
        '{% verdict "met" _("Approved") %}',
    ],
)
def test_a_planted_mark_of_something_else_is_found(line: str) -> None:
    assert list(lent(f"<p>\n{line}\n</p>")) == [f"2: {line}"]


def test_a_planted_disc_of_a_stylesheet_is_found() -> None:
    planted = ":root { --shape-ring: url(r.svg); --shape-tick: url(t.svg) } .chip-late::before { content: '' }"

    assert list(drawn(planted)) == ["--shape-ring", ".chip-late::before"]
    assert list(drawn(".chip-partly { color: red }")) == [".chip-partly"]


def test_no_template_lends_the_mark_of_a_rule_to_something_else() -> None:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    found = {str(path.relative_to(ROOT)): list(lent(path.read_text(encoding="utf-8"))) for path in templates}

    assert sum("{% verdict " in path.read_text(encoding="utf-8") for path in templates) > 5
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_stylesheet_draws_a_disc() -> None:
    sheets = [*(ROOT / "static").rglob("*.css")]

    assert len(sheets) > 8
    assert {sheet.name: found for sheet in sheets if (found := list(drawn(sheet.read_text(encoding="utf-8"))))} == {}


@pytest.mark.parametrize("status", STATUSES)
def test_a_verdict_is_the_mark_and_the_word(status: str) -> None:
    assert verdict(status, "A & B") == (
        f'<span class="verdict verdict-{status}">{mark_sign(status, size=16, title="")} A &amp; B</span>'
    )


@pytest.mark.parametrize("status", STATUSES)
def test_a_mark_of_a_page_refers_to_the_sheet_that_every_page_has(status: str) -> None:
    (sign,) = re.findall(r'<use href="#([^"]+)"/>', mark_sign(status, size=16, title=""))
    (drawn,) = re.findall(rf'<symbol id="{sign}" viewBox="0 0 24 24">(.+?)</symbol>', sign_sheet())

    assert f">{drawn}<" in mark_svg(status, size=16, title="")
    assert render_to_string("base.html").count(sign_sheet()) == 1


def test_a_mark_of_a_page_has_the_name_that_it_is_given() -> None:
    named, ornament = mark_sign("met", size=16, title="A & B"), mark_sign("met", size=16, title="")

    assert 'role="img"><title>A &amp; B</title>' in named and "aria-hidden" not in named
    assert 'aria-hidden="true">' in ornament and "role" not in ornament and "title" not in ornament


def test_the_arrows_of_trends_differ_in_shape_and_have_no_disc() -> None:
    arrows = [arrow_svg(way, size=15) for way in ARROWS]

    assert len({re.search(r' d="([^"]+)"', arrow).group(1) for arrow in arrows}) == 3  # type: ignore[union-attr]
    assert not any("<circle" in arrow for arrow in arrows)
    assert tendency("too_little", "Too little data") == '<span class="tendency">Too little data</span>'


def test_a_tendency_that_has_no_arrow_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown tendency 'sideways'"):
        arrow_svg("sideways", size=15)
