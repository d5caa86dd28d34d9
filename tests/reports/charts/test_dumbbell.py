"""The dumbbell: a solid dot for us, a hollow one for a claim that was made, in few elements that grey keeps apart."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from reports.charts.dumbbell import WIDTH, dot_svg, dumbbell_svg

LINES = (Fraction(50), Fraction(75))


def drawn(ours: int | None, claim: int | None, **fields: object) -> dict[str, ElementTree.Element]:
    """The elements by their class, the title as such."""
    given = [None if one is None else Fraction(one) for one in (ours, claim)]
    written = dumbbell_svg(*given, title="Words", thresholds=LINES, **fields)  # type: ignore[arg-type]
    root = ElementTree.fromstring(written)  # noqa: S314 - written by ourselves
    return {element.get("class", "title"): element for element in root}


def test_both_views_are_two_dots_told_apart_by_their_fill() -> None:
    found = drawn(50, 100)
    assert set(found) == {"title", "dumbbell-lines", "dumbbell-gap", "dumbbell-claim", "dumbbell-ours"}
    assert float(found["dumbbell-ours"].get("cx", 0)) == WIDTH / 2
    assert found["dumbbell-ours"].get("fill") == found["dumbbell-claim"].get("stroke")
    assert found["dumbbell-ours"].get("fill") != found["dumbbell-claim"].get("fill")


def test_a_claim_that_was_not_made_and_a_rule_that_is_not_rated_have_no_dot() -> None:
    assert set(drawn(50, None)) == {"title", "dumbbell-lines", "dumbbell-ours"}
    assert set(drawn(None, 60)) == {"title", "dumbbell-lines", "dumbbell-claim"}
    assert set(drawn(None, None)) == {"title", "dumbbell-lines"}


def test_where_both_are_the_same_both_are_seen() -> None:
    found = drawn(75, 75)
    assert float(found["dumbbell-ours"].get("r", 0)) < float(found["dumbbell-claim"].get("r", 0))


def test_missing_grades_are_a_bracket() -> None:
    assert "dumbbell-bounds" in drawn(50, None, bounds=(Fraction(40), Fraction(60)))


@pytest.mark.parametrize("hollow", [True, False])
def test_the_dots_of_the_legend_have_names(hollow: bool) -> None:
    assert "<title>Name</title>" in dot_svg(is_hollow=hollow, title="Name")
