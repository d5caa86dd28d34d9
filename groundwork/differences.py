"""What changed in a text, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_MARKED = 4_000  # characters; longer texts are shown whole, before and after


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of words: kept (""), "del" or "ins"."""

    mark: str
    text: str


def changed_pieces(before: str, after: str, *, shortest: int = 0) -> tuple[Piece, ...]:
    """Word by word what went and what came; long or wholly different texts stand as one before and one after, and so
    do those with fewer characters together than `shortest`."""
    whole = _whole(before, after)
    if not before or not after or not shortest <= len(before) + len(after) <= MAX_MARKED:
        return whole
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return whole
    pieces: list[Piece] = []
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(Piece(mark="", text="".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece(mark="del", text="".join(old[a:b])))
        if d > c:
            pieces.append(Piece(mark="ins", text="".join(new[c:d])))
    return tuple(pieces)


def _whole(before: str, after: str) -> tuple[Piece, ...]:
    gone, come = Piece(mark="del", text=before), Piece(mark="ins", text=after)
    if before and after:
        return (gone, Piece(mark="", text=" → "), come)
    return (gone,) if before else (come,) if after else ()
