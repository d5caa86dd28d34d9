"""How words that people typed are compared."""

from __future__ import annotations

import pytest

from groundwork.folding import folded, plain


@pytest.mark.parametrize("text", ["P1 - Critical", " p1  -\tCRITICAL\n", "P1\u00a0- critical"])
def test_capitals_and_white_space_make_no_difference(text: str) -> None:
    assert folded(text) == "p1 - critical"


def test_accents_and_signs_do() -> None:
    assert len({folded(text) for text in ("cafe", "café", "ca-fe")}) == 3
    assert folded("STRASSE") == folded("Straße")


@pytest.mark.parametrize("text", ["Opened at", "opened_at", "OPENED-AT:", "Opéned  Ät"])
def test_headings_are_the_same_however_a_tool_writes_them(text: str) -> None:
    assert plain(text) == "openedat"
