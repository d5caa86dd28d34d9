"""One line of text, whatever wrote it."""

from __future__ import annotations

import unicodedata
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundwork.clean_text import cleaned
from tests.patience import patience

PIECES = ["&", "amp;", "lt;", "#38;", "#x26;", "_x", "000D_", "005F_", "0026_", "<", "br", "b", ">", "/", " ", "#LBBR#"]
PIECES += ["\u037e", "\u0338", "\u200b", "\u00ad", "\ufe0f", "e", "\u0301", "\u00a0", "\x1f", "\r\n", "\ud800", "&shy;"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("R&eacute;seau &gt; VPN", "Réseau > VPN"),
        ("a &amp;lt; b &amp;amp;gt; c", "a < b > c"),
        ("&quot;quai&#160;3&quot; &#x2013;", '"quai 3" –'),
        ("Durand Lise<br>Petit Marc", "Durand Lise Petit Marc"),
        ("Durand Lise#LBBR#Petit Marc", "Durand Lise Petit Marc"),
        ("&lt;p&gt;No light&lt;/p&gt;&lt;p class='x'&gt;No sound&lt;/p&gt;", "No light No sound"),
        ("<b>Net</b>work<BR />down", "Network down"),
        ("line one_x000D_\nline two", "line one line two"),
        ("Re\u0301seau sature\u0301\u200b", "Réseau saturé"),
        ("\ufeffPass\u00adword\u2069 \u202dlost\u2060", "Password lost"),
        ("  much \u00a0\u2003 space\t\r\nhere ", "much space here"),
        ("half \ud800", "half"),
        ("tab\x0bpage\x00less\x1f", "tab pageless"),
    ],
)
def test_what_a_tool_left_in_a_text_is_taken_out(text: str, seen: str) -> None:
    assert cleaned(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "a < b and b > c",
        "if x <b or y> 2",
        "Error at <time>: <unknown> in <code>",
        "R&D, AT&T; Q&A",
        "https://example.org/?id=1&copy=2&lt=3",
        "&nosuchname;",
        "a_xylophone, file_x12_y",
        "#12 #LBX",
        "C# <3 snake_case",
        "الشبكة معطلة",
        "ﬁle ½ ①",  # NFC keeps what only looks alike
    ],
)
def test_what_people_wrote_stays(text: str) -> None:
    assert cleaned(text) == text


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=24).map("".join)))
@example("&" + "amp;" * 50 + "lt;br>")
@example("&&#97;mp;#97;mp;#97;mp;#97;mp;#97;mp;#97;mp;#97;mp;lt;")
@example("_x005F_x005F_x005F_x005F_x005F_x005F_x000D_")
@example("<<b><b><b><b><b>b>")
def test_a_clean_text_is_clean(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert once == " ".join(once.split()) == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in once)


@given(st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="&<#_"), min_size=1))
def test_letters_in_one_part_and_in_two_are_the_same(text: str) -> None:
    parts = unicodedata.normalize("NFD", text)
    assert cleaned(parts) == cleaned(text)


@pytest.mark.parametrize(
    "text", ["<a " * 7_000, "&" + "amp;" * 5_000, "&#97;mp;" * 2_500, "_x" * 10_000, "< " * 10_000]
)
def test_no_cell_holds_it_up(text: str) -> None:
    start = process_time()
    cleaned(text)
    assert process_time() - start < patience(0.5)
