"""A chart on paper: the same drawing as an image with words instead of it, and without what only a page needs.

Inline, each of its elements is parsed as HTML and held against every rule of the stylesheet, though none is meant for
it. As an image it is one element, and what stands in a document twenty times is read once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from xml.sax.saxutils import quoteattr

# As `element` writes it: a root with its class, and what it is called before anything is drawn.
_ROOT = re.compile(r'<svg[^>]* class="(?P<class>[^"]*)"[^>]*>(?:<title[^>]*>(?P<title>[^<]*)</title>)?')
_DESC = re.compile(r"<desc[^>]*>(?P<desc>[^<]*)</desc>")
# Groups hold a class and nothing that is drawn; titles within are for whoever points at a part.
_FOR_PAGES = re.compile(
    r"<(title|desc)\b[^>]*>[^<]*</\1>|</?g\b[^>]*>| (?:class|role|aria-[a-z]+|focusable)=\"[^\"]*\""
)
# What would end an attribute or an address, or be taken for an entity or a tag. Letters stay as they are, so that
# characters without a glyph are found in them as in any text of the document.
_QUOTED = str.maketrans({one: f"%{ord(one):02X}" for one in "%#\"'&<>\n"})


@lru_cache(maxsize=256)
def image(svg: str) -> str:
    """`<img>` of a chart that was drawn in the colours of paper. Kept: marks come again and again.

    Raises ValueError where it has no title: on paper nothing is read that has no name.
    """
    root, desc = _ROOT.match(svg), _DESC.search(svg)
    if root is None or not root["title"]:
        raise ValueError("A chart on paper has a title.")
    said = " – ".join(unescape(one) for one in (root["title"], desc["desc"] if desc else "") if one)
    address = f"data:image/svg+xml,{_FOR_PAGES.sub('', svg).translate(_QUOTED)}"
    return f'<img class="{root["class"]}" alt={quoteattr(said)} src="{address}">'
