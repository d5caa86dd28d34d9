"""Characters that no packaged font can draw: written in brackets instead of as an empty box.

A box tells a reader nothing, and PDF/UA and PDF/A forbid it. A symbol is named, a letter gets its Unicode number, which
says which it was; the snapshot that is attached has the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from functools import cache

from reports.documents import typefaces

UNDRAWABLE_CATEGORIES = frozenset({"Cc", "Co", "Cs"})
SILENT_CATEGORIES = frozenset({"Cf", "Mn", "Me", "Zl", "Zp"})  # joiners and accents: dropped without a word
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")  # would turn around what stands beside them
KEPT = frozenset("\n\t\r")
BASIC = frozenset(map(chr, range(0x20, 0x7F))) | KEPT
LONGEST_RUN = 12  # letters told one by one; of a longer text it would take pages
TOLD = re.compile(r"\[(?:U\+[^\]]*|[a-z][a-z0-9 -]*)\]")
ISOLATED = "\u2068\\g<0>\u2069"  # a bracket takes the direction of what stands beside it
LETTER = "letter"
NOTHING: frozenset[str] = frozenset()


def drawable(text: str, *, undrawn: Set[str] = NOTHING) -> str:
    """The text with every character that cannot be drawn replaced: 🚀 becomes [rocket], 漢字 becomes [U+6F22 U+5B57].

    `undrawn`: characters that were found to have no glyph where they stood, though some font has one.
    """
    unusual = set(text) - BASIC
    replaced: dict[str, str | int | None] = {}
    letters: list[str] = []
    for character in unusual:
        spoken = _instead(character, is_undrawn=character in undrawn)
        if spoken == LETTER:
            letters.append(character)
        elif spoken is not None:
            replaced[character] = spoken
    if letters:
        text = re.sub(f"[{re.escape(''.join(sorted(letters)))}]+", _numbers, text)
    text = text.translate(str.maketrans(replaced)) if replaced else text
    return TOLD.sub(ISOLATED, text) if any(map(_is_from_right, unusual)) else text


def are_told(text: str, *, undrawn: Set[str] = NOTHING) -> bool:
    """Whether brackets stand for something in this text, so that the document has to say what they mean."""
    spoken = (_instead(one, is_undrawn=one in undrawn) for one in set(text) - BASIC)
    return any(said and (said == LETTER or said.startswith("[")) for said in spoken)


@cache
def _instead(character: str, *, is_undrawn: bool) -> str | None:
    """What to write instead; None: the character is drawn as it is; `LETTER`: its number, with those beside it."""
    category = unicodedata.category(character)
    if category in UNDRAWABLE_CATEGORIES or character in OVERRIDES:
        return ""
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return "" if is_undrawn else None  # without a shape: the layout engine keeps them out of the page
    if not is_undrawn and ord(character) in typefaces.code_points():
        return None
    return (not is_undrawn and _otherwise_written(character)) or _told(character, category)


def _told(character: str, category: str) -> str:
    if category in SILENT_CATEGORIES or "\U0001f3fb" <= character <= "\U0001f3ff":  # a skin tone without its emoji
        return ""
    if category.startswith("L") or category in ("Cn", "Mc", "Nd", "Nl"):
        return LETTER
    return f"[{unicodedata.name(character, 'symbol').lower()}]"


def _is_from_right(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def _otherwise_written(character: str) -> str:
    """The same in characters that a font has: ȩ as e and its accent, Ａ as A; empty where there is none."""
    for form in ("NFD", "NFKC"):
        written = unicodedata.normalize(form, character)
        if written != character and all(ord(one) in typefaces.code_points() for one in written):
            return written
    return ""


def _numbers(run: re.Match[str]) -> str:
    """[U+6F22 U+5B57], and how many more follow where there are too many to tell."""
    told = [f"U+{ord(character):04X}" for character in run[0]]
    if len(told) > LONGEST_RUN:
        told[LONGEST_RUN:] = [f"+{len(told) - LONGEST_RUN}"]
    return f"[{' '.join(told)}]"
