"""Texts that are made to fit their lines on paper: cut at a word, and said where the rest stands. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundwork.languages import NO_BREAK
from reports.charts.svg import clusters, printable_line, text_width

POINT = 0.3528  # millimetres
FILLED = 0.94  # of a line, before the next word goes to the next one
# How wide our faces run, of what `text_width` says: measured from their own tables.
SANS, SEMIBOLD, SERIF, SERIF_BOLD = 0.9, 0.93, 0.97, 0.99


@dataclass(frozen=True, kw_only=True)
class Room:
    """So many lines of so many millimetres, in type of so many points, of one of our faces."""

    lines: int
    width: float
    type: float
    face: float = SANS

    @property
    def run(self) -> float:
        """All its lines put together, in points: the last one can be filled to its end."""
        return self.width / POINT * ((self.lines - 1) * FILLED + 1) / self.face

    def after(self, label: str) -> Room:
        """What a label in bold before the text leaves of it."""
        taken = text_width(f"{label}: ", self.type) * SEMIBOLD * POINT
        return replace(self, width=self.width - taken / ((self.lines - 1) * FILLED + 1))


def cut(text: str, room: Room, *, rest: str = "") -> str:
    """The text in one run, if it fits; else as many of its words as fit with “… (rest)”. `rest`: where all of it
    stands, such as “record, section 3”; empty: the page says so elsewhere."""
    whole = printable_line(text)
    if text_width(whole, room.type) <= room.run:
        return whole
    ending = f"… ({rest.replace(' ', NO_BREAK)})" if rest else "…"
    left = room.run - text_width(f" {ending}", room.type)
    kept: list[str] = []
    for word in whole.split(" "):
        if text_width(" ".join([*kept, word]), room.type) > left:
            break
        kept.append(word)
    if not kept:
        return f"{_torn(whole, left, room.type)}{ending}"
    return f"{' '.join(kept).rstrip(' ,;:-–(')}{ending}"


def _torn(text: str, left: float, size: float) -> str:
    """Of a text without a space what fits, never between a letter and its accent."""
    kept: list[str] = []
    width = 0.0
    for piece in clusters(text):
        width += text_width(piece, size)
        if width > left:
            break
        kept.append(piece)
    return "".join(kept)
