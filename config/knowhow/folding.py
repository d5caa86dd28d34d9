"""Texts as a search compares them: small letters without accents."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """“Évaluation” as “evaluation”, “œuvre” as “oeuvre”, “l’appel” with a plain apostrophe."""
    return "".join(_folded_character(character) for character in text)


def places(text: str) -> list[int]:
    """For each character of `folded(text)`, which one of `text` it comes from."""
    return [number for number, character in enumerate(text) for _part in _folded_character(character)]


SPELT = {"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "\u00a0": " ", "\u202f": " "}


def _folded_character(character: str) -> str:
    small = character.lower()
    apart = unicodedata.normalize("NFKD", SPELT.get(small, small))
    return "".join(part for part in apart if not unicodedata.combining(part))
