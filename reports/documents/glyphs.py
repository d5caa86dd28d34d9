"""Characters that no font at hand can draw: written in brackets instead of as an empty box.

A box tells a reader nothing, and PDF/UA forbids it. The packaged fonts come first, then those of the system.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import font_source_sans_pro
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from weasyprint.text.ffi import ffi, fontconfig

PACKAGED = Path(font_source_sans_pro.font_directory) / "SourceSansPro-Regular.ttf"
UNDRAWABLE_CATEGORIES = frozenset({"Cc", "Co", "Cs"})
SILENT_CATEGORIES = frozenset({"Cf", "Mn", "Me", "Zl", "Zp"})  # joiners and accents: dropped without a word
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")  # would turn around what stands beside them
KEPT = frozenset("\n\t\r")
BASIC = frozenset(map(chr, range(0x20, 0x7F))) | KEPT


def drawable(text: str) -> str:
    """The text with every character that cannot be drawn replaced: 🚀 becomes [rocket] where no font has it."""
    unusual = set(text) - BASIC
    replaced: dict[str, str | int | None] = {
        character: spoken for character in unusual if (spoken := _instead(character)) is not None
    }
    return text.translate(str.maketrans(replaced)) if replaced else text


@cache
def _instead(character: str) -> str | None:
    """What to write instead; None: the character is drawn as it is."""
    category = unicodedata.category(character)
    if category in UNDRAWABLE_CATEGORIES or character in OVERRIDES:
        return ""
    code = ord(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return None  # without a shape of their own: the layout engine keeps them out of the page
    if code in _packaged() or code in _system():
        return None
    if category in SILENT_CATEGORIES or 0x1F3FB <= code <= 0x1F3FF:  # a skin tone without its emoji
        return ""
    if category.startswith("L") or category == "Cn":
        return "?"
    return f"[{unicodedata.name(character, 'symbol').lower()}]"


@cache
def _packaged() -> frozenset[int]:
    with TTFont(PACKAGED, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _system() -> frozenset[int]:
    """Read only when a text needs it: every code point that a font of the system has."""
    covered: set[int] = set()
    for path in _system_fonts():
        try:
            for font in TTCollection(path, lazy=True) if path.suffix.lower() == ".ttc" else [TTFont(path, lazy=True)]:
                covered.update(font.getBestCmap() or ())
        except (OSError, TTLibError):
            continue
    return frozenset(covered)


def _system_fonts() -> Iterator[Path]:
    config = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    fonts = fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem)
    found = ffi.new("FcChar8 **")
    for index in range(0 if fonts == ffi.NULL else fonts.nfont):
        fontconfig.FcPatternGetString(fonts.fonts[index], b"file", 0, found)
        path = Path(ffi.string(found[0]).decode())
        if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
            yield path
