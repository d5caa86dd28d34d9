"""What no packaged font can draw is said in words or by its number, never left as an empty box."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from reports.documents import glyphs, pdf, typefaces

AT = "2026-03-02T09:30:00Z"


def test_plain_and_accented_words_are_left_as_they_are() -> None:
    text = "Œuvre, naïf, coöperatie – “ça” – 1\u202f234,5\u00a0% Σ × ≥ Привет"
    assert glyphs.drawable(text) == text


def test_scripts_of_the_packaged_fonts_are_left_as_they_are() -> None:
    text = "אבטחה בע״מ, شركة الدعم, हिन्दी क्षत्रिय, ภาษาไทยที่"
    assert glyphs.drawable(text) == text
    assert not glyphs.are_told(text)


def test_symbols_are_named_and_letters_get_their_numbers() -> None:
    assert glyphs.drawable("go 🚀 now") == "go [rocket] now"
    assert glyphs.drawable("漢字 and 語") == "[U+6F22 U+5B57] and [U+8A9E]"
    assert glyphs.drawable("👍🏽") == "[thumbs up sign]"
    assert glyphs.drawable("\u0378") == "[U+0378]"
    assert glyphs.are_told("漢") and glyphs.are_told("🚀") and not glyphs.are_told("é")


def test_a_long_text_is_not_told_letter_by_letter() -> None:
    assert glyphs.drawable("漢" * 500) == f"[{'U+6F22 ' * 12}+488]"


def test_what_can_be_written_otherwise_is() -> None:
    assert glyphs.drawable("ȩＡ") == "e\u0327A"
    assert not glyphs.are_told("ȩＡ")


def test_beside_words_from_right_to_left_brackets_keep_their_direction() -> None:
    assert glyphs.drawable("אב 漢") == "אב \u2068[U+6F22]\u2069"


def test_controls_and_direction_overrides_are_left_out() -> None:
    assert glyphs.drawable("a\x00b\x1bc\u202ed\u202c\ue000") == "abcd"
    assert glyphs.drawable("line\nbreak\ttab") == "line\nbreak\ttab"


def test_joiners_without_a_shape_stay() -> None:
    assert glyphs.drawable("a\u200db\u2068c\u2069\ufe0f") == "a\u200db\u2068c\u2069\ufe0f"


@given(st.text())
def test_whatever_is_written_only_what_a_font_has_or_what_has_no_shape_is_left(text: str) -> None:
    for character in glyphs.drawable(text):
        has_no_shape = character in "\n\t\r" or glyphs._instead(character, is_undrawn=False) is None
        assert ord(character) in typefaces.code_points() or has_no_shape


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_document_says_what_its_brackets_mean_and_only_where_it_has_any(language: str) -> None:
    def words(said: str) -> str:
        made = pdf.to_pdf(f"<html><body><p>{said}</p></body></html>", language=language, title="x", created=AT)
        return PdfReader(BytesIO(made)).pages[0].extract_text()

    assert "Unicode" not in words("plain é")
    assert "[U+6F22 U+5B57]" in words("漢字")


def test_an_accent_that_has_no_glyph_on_its_letter_is_left_out_on_a_second_look() -> None:
    made = pdf.to_pdf("<html><body><p>ק\u0303 x</p></body></html>", language="en", title="x", created=AT)
    assert "x" in PdfReader(BytesIO(made)).pages[0].extract_text()


def test_a_font_that_is_not_packaged_makes_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "_checksums", frozenset)
    with pytest.raises(pdf.DocumentUnreadable):
        pdf.to_pdf("<html><body><p>x</p></body></html>", language="en", title="x", created=AT)


def test_a_missing_glyph_that_stays_makes_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "drawable", lambda text, undrawn=frozenset(): text)
    with pytest.raises(pdf.DocumentUnreadable, match=re.escape("U+6F22")):
        pdf.to_pdf("<html><body><p>漢</p></body></html>", language="en", title="x", created=AT)


def test_the_stylesheet_names_packaged_fonts_alone() -> None:
    css = Path("static/pdf/scorecard.css").read_text(encoding="utf-8")
    families = {name.strip(' "') for rule in re.findall(r"font-family:([^;}]+)", css) for name in rule.split(",")}
    assert families == {"Source Sans Pro", "Source Serif Pro"}
