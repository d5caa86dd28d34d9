"""Texts that are made to fit their lines on paper: cut at a word, and said where the rest stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from groundwork.languages import NO_BREAK
from groundwork.words import labelled
from reports.charts.parts import clusters, printable_line, text_width
from reports.documents import glyphs

POINT = 0.3528  # millimetres
# How wide our faces run, of what `text_width` says: measured from their own tables.
SANS, SEMIBOLD, SERIF, SERIF_BOLD = 0.9, 0.94, 0.98, 1.0
LEAST = 4.0  # millimetres that a torn word has, at least
WORDS_KEPT = 4096  # whose width is not asked again: a text is tried in many lengths, word by word


@dataclass(frozen=True, kw_only=True)
class Room:
    """So many lines of so many millimetres, in type of so many points, of one of our faces. `taken`: what a label takes
    of the first line, in millimetres."""

    lines: int
    width: float
    type: float
    face: float = SANS
    taken: float = 0.0

    def after(self, label: str) -> Room:
        """What a label in bold before the text leaves of it."""
        taken = text_width(labelled(label, ""), self.type) * SEMIBOLD * POINT
        return Room(lines=self.lines, width=self.width, type=self.type, face=self.face, taken=taken)

    def run(self, words: str) -> float:
        """How long they are in one line, in millimetres: as they are drawn, with names for what no font has."""
        return self._millimetres(_ems(words))

    def holds(self, words: Sequence[str]) -> bool:
        """Whether they fit its lines. A word that is longer than a line fits in none."""
        return self.filled(words) <= self.lines and all(self.run(word) <= self.width for word in words)

    def lines_of(self, text: str) -> int:
        """How many lines the whole text would take."""
        return self.filled(printable_line(text).split(" "))

    def filled(self, words: Sequence[str]) -> int:
        """How many lines they take, filled word by word as the renderer does."""
        line, left = 1, self.width - self.taken
        for word in words:
            ems = _ems(word)
            if self._millimetres(ems) > left:
                line, left = line + 1, self.width
            left -= self._millimetres(ems + _ems(" "))
        return line

    def _millimetres(self, ems: float) -> float:
        return ems * self.type * self.face * POINT


@lru_cache(WORDS_KEPT)
def _ems(words: str) -> float:
    """How wide they run in type of the size 1."""
    return text_width(glyphs.drawable(words), 1.0)


def cut(text: str, room: Room, *, rest: str = "") -> str:
    """The text in one run, if it fits; else as many of its words as fit with “… (rest)”. `rest`: where all of it
    stands, such as “full record, rule 3”; empty: the page says so elsewhere."""
    whole = printable_line(text)
    words = whole.split(" ")
    if room.holds(words):
        return whole
    ending = f"… ({rest.replace(' ', NO_BREAK)})" if rest else "…"
    few, many = 0, len(words)  # so many fit, so many do not
    while many - few > 1:
        middle = (few + many) // 2
        fits = room.holds(_ended(words[:middle], ending).split(" "))
        few, many = (middle, many) if fits else (few, middle)
    if few:
        return _ended(words[:few], ending)
    return f"{_torn(words[0], room, ending)}{ending}"


def _ended(words: Sequence[str], ending: str) -> str:
    """Without a bracket that nothing closes any more, unless it is most of the text."""
    kept = " ".join(words)
    opened = kept.rfind("(")
    if opened > max(kept.rfind(")"), len(kept) / 3):
        kept = kept[:opened]
    return f"{kept.rstrip(' ,;:-–(')}{ending}"


def _torn(word: str, room: Room, ending: str) -> str:
    """Of a word that has no line to itself what the first one holds, never torn between a letter and its accent."""
    left = max(room.width - room.taken - room.run(ending), LEAST)
    kept: list[str] = []
    for piece in clusters(word):
        left -= room.run(piece)
        if left < 0:
            break
        kept.append(piece)
    return "".join(kept)
