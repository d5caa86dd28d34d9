"""How words that people typed are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def folded(words: str) -> str:
    """Without capitals and superfluous white space."""
    return " ".join(words.casefold().split())


def plain(words: str) -> str:
    """Without capitals, accents, white space and punctuation: for headings, which every tool writes in its own way."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", words).casefold() if sign.isalnum())


def without_accents(words: str) -> str:
    """“Février” as “Fevrier”: as some tools write it."""
    return "".join(sign for sign in unicodedata.normalize("NFD", words) if not unicodedata.combining(sign))
