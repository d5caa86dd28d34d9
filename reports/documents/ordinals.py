"""The first of a month in French, as print sets it: a 1 with its “er” raised, “1<sup>er</sup> mars”."""

from __future__ import annotations

import re

# Tags, and texts of drawings that hold no markup, are passed over whole; a 1er counts before the name of a month alone.
_PATTERN = re.compile(
    r"<(?:title|desc|text)\b[^>]*>[^<]*|<[^>]*>"
    r"|(?<!\w)1(er)(?=[\s\u00a0\u202f](?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))"
)


def raised(html: str) -> str:
    """The same document, with the letters raised in its running text."""
    return _PATTERN.sub(lambda found: "1<sup>er</sup>" if found[1] else found[0], html)
