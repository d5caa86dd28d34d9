"""Writing SVG by hand: escaped elements, short numbers, and text that is made to fit. Plain Python."""

from __future__ import annotations

import unicodedata
from functools import cache
from math import cos, radians, sin
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]

# Widths in em, close to Source Sans: enough to decide where a line must break, never to place anything.
_WIDTHS = {
    0.28: "ijlI|ï.,:;'’‘·",
    0.36: "!()-[]frt/\\{} \u00a0\u202f",
    0.47: 'sczx?*–“”"«»ç',
    0.67: "DGHNOQU&",
    0.8: "wMWæ—",
    0.88: "mœŒÆ@%",
    1.0: "…",
}
_EM = {character: width for width, characters in _WIDTHS.items() for character in characters}
_NO_BREAK = "\u00a0\u202f"


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element. Children are markup already; attributes are escaped, `stroke_width` → stroke-width."""
    written = [f" {_spelled(key)}={_quoted(value)}" for key, value in attributes.items() if value is not None]
    start = f"<{name}{''.join(written)}"
    return f"{start}>{''.join(children)}</{name}>" if children else f"{start}/>"


@cache
def _spelled(key: str) -> str:
    return key if key in ("viewBox", "xmlns") else key.rstrip("_").replace("_", "-")


def _quoted(value: str | float) -> str:
    return quoteattr(printable_line(value)) if isinstance(value, str) else f'"{short_number(value)}"'


def text(content: str) -> str:
    """Escaped text, without the characters that no XML document may hold."""
    return escape(printable_line(content))


def printable_line(content: str) -> str:
    """One line: white space folded, but for the no-break spaces; what XML forbids is left out."""
    if not (content.isascii() and content.isprintable()):
        content = "".join(
            " " if character.isspace() and character not in _NO_BREAK else character
            for character in content
            if character.isspace() or not _is_forbidden(character)
        )
    return " ".join(part for part in content.split(" ") if part)


def _is_forbidden(character: str) -> bool:
    """Controls, lone surrogates and non-characters; and bidi overrides, which turn what follows around."""
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in "\ufffe\uffff"
        or "\u202a" <= character <= "\u202e"
    )


def short_number(value: float) -> str:
    """At most two decimals, no trailing zeros, no negative zero: the same figure is the same bytes."""
    shown = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def polar(centre: Point, radius: float, degrees: float) -> Point:
    """The point at so many degrees clockwise from twelve o’clock."""
    angle = radians(degrees)
    return centre[0] + radius * sin(angle), centre[1] - radius * cos(angle)


def path(*points: Point, closed: bool = False) -> str:
    steps = " L".join(f"{short_number(x)} {short_number(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def arc(radius: float, end: Point, *, large: bool = False, clockwise: bool = True) -> str:
    """An arc from where the path is."""
    size = short_number(radius)
    return f"A{size} {size} 0 {int(large)} {int(clockwise)} {short_number(end[0])} {short_number(end[1])}"


def dots(points: list[Point]) -> str:
    """Dots as subpaths of no length with round ends: unlike dashes, every renderer spaces them alike."""
    return "".join(f"M{short_number(x)} {short_number(y)}h.01" for x, y in points)


def rings(points: list[Point], radius: float) -> str:
    """Circles as parts of one path: an element for all of a style, not one each."""
    halves = (
        path((x - radius, y)) + arc(radius, (x + radius, y)) + arc(radius, (x - radius, y)) + "Z" for x, y in points
    )
    return "".join(halves)


def text_width(content: str, size: float) -> float:
    """About how wide the text runs, on the generous side."""
    return size * sum(_em(character) for character in content)


def _em(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.25 if unicodedata.category(character) == "So" else 1.0
    return _EM.get(character, 0.6 if character.isupper() else 0.55)


def fit(content: str, *, size: float, width: float, lines: int = 1) -> list[str]:
    """The text in at most so many lines, each within the width; what does not fit ends in an ellipsis."""
    fitted: list[str] = []
    words = printable_line(content).split(" ")
    while words and len(fitted) < lines:
        taken = 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), size) <= width:
            taken += 1
        if len(fitted) == lines - 1 and taken < len(words):
            taken = len(words)
        fitted.append(_shortened(" ".join(words[:taken]), size=size, width=width))
        words = words[taken:]
    return [line for line in fitted if line]


def _shortened(content: str, *, size: float, width: float) -> str:
    if text_width(content, size) <= width:
        return content
    kept = clusters(content)
    while kept and text_width("".join(kept) + "…", size) > width:
        kept.pop()
    return "".join(kept).rstrip(" ,;:-–(") + "…"


def clusters(content: str) -> list[str]:
    """The text in pieces that must not be torn apart: a letter with its accents, a joined emoji, a flag."""
    pieces: list[str] = []
    for character in content:
        if pieces and (_joins(character) or pieces[-1].endswith("\u200d") or _is_half_flag(pieces[-1], character)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _joins(character: str) -> bool:
    is_skin_tone = 0x1F3FB <= ord(character) <= 0x1F3FF
    return character == "\u200d" or is_skin_tone or unicodedata.category(character).startswith("M")


def _is_half_flag(piece: str, character: str) -> bool:
    return len(piece) == 1 and all(0x1F1E6 <= ord(one) <= 0x1F1FF for one in piece + character)
