"""What no font can draw is said in words, never left as an empty box."""

import pytest

from reports.documents import glyphs


@pytest.fixture
def _only_packaged_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "_system", frozenset)
    glyphs._instead.cache_clear()
    yield
    glyphs._instead.cache_clear()


def test_plain_and_accented_words_are_left_as_they_are() -> None:
    text = "Œuvre, naïf, coöperatie – “ça” – 1\u202f234,5\u00a0% Σ × ≥"
    assert glyphs.drawable(text) == text


@pytest.mark.usefixtures("_only_packaged_fonts")
def test_symbols_are_named_letters_marked_and_accents_dropped() -> None:
    assert glyphs.drawable("go 🚀 now") == "go [rocket] now"
    assert glyphs.drawable("漢字") == "??"
    assert glyphs.drawable("👍🏽") == "[thumbs up sign]"
    assert glyphs.drawable("א\u05b0") == "?"


def test_controls_and_direction_overrides_are_left_out() -> None:
    assert glyphs.drawable("a\x00b\x1bc\u202ed\u202c\ue000") == "abcd"
    assert glyphs.drawable("line\nbreak\ttab") == "line\nbreak\ttab"


def test_joiners_without_a_shape_stay() -> None:
    assert glyphs.drawable("a\u200db\u2068c\u2069\ufe0f") == "a\u200db\u2068c\u2069\ufe0f"


def test_the_fonts_of_the_system_are_found() -> None:
    assert ord("a") in glyphs._system()
