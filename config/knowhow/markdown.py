"""A section of a packaged guide as HTML. HTML in the source is not taken; links and images lead to our own pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from django.templatetags.static import static
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

GUIDE_LINK = re.compile(r"(?:\.\./)?guide-([a-z-]+)\.md(#[\w-]+)?")
IMAGE = re.compile(r"(?:\.\./)*(?:static/)?(?:guides/)?([a-z-]+\.png)")
CLASSES = {"table_open": "table-quiet"}


def slug(heading: str) -> str:
    """As the links of the guides name a heading: “How they are taken” as “how-they-are-taken”."""
    words = re.sub(r"[^\w\s-]", "", re.sub(r"[*_`]", "", heading).lower())
    return re.sub(r"\s", "-", words.strip())


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=512)  # packaged texts alone: there are fewer
def as_html(source: str, anchors: tuple[str, ...] = ()) -> str:
    """`anchors`: of the headings in it, in their order; what else they are called by stands for those that lack."""
    parser = _parser()
    tokens = parser.parse(source)
    _place_headings(tokens, anchors)
    for token in tokens:
        if token.type in CLASSES:
            token.attrSet("class", CLASSES[token.type])
        if token.children:
            token.children = list(_ours(token.children))
    return str(parser.renderer.render(tokens, parser.options, {}))


def as_text(source: str) -> str:
    """Its words alone, a paragraph or a cell a line."""
    return "\n".join(_words(token) for token in _parser().parse(source) if token.type == "inline")


def headings(source: str) -> list[str]:
    """What the headings in it say."""
    return [_words(after) for token, after in pairwise(_parser().parse(source)) if _is_heading(token)]


def subheadings(source: str) -> list[str]:
    """The anchors of the headings in it."""
    return [slug(heading) for heading in headings(source)]


def _words(token: Token) -> str:
    return "".join(
        " " if child.type == "softbreak" else child.content
        for child in token.children or []
        if child.type in ("text", "code_inline", "softbreak")
    )


def _is_heading(token: Token) -> bool:
    return token.type == "heading_open"


def _place_headings(tokens: list[Token], anchors: tuple[str, ...]) -> None:
    left = list(anchors)
    for token, after in pairwise(tokens):
        if _is_heading(token):
            token.attrSet("id", left.pop(0) if left else slug(_words(after)))


def _ours(children: list[Token]) -> Iterator[Token]:
    """Links to guides lead to their pages; to other files of the repository there is no way from here, and their words
    stay."""
    dropped = False
    for child in children:
        if child.type == "link_open":
            address = _address(str(child.attrGet("href")))
            dropped = not address
            if address:
                child.attrSet("href", address)
        elif child.type == "image":
            found = IMAGE.fullmatch(str(child.attrGet("src")))
            if found is None:
                continue
            child.attrSet("src", static(f"guides/{found.group(1)}"))
            child.attrSet("class", "guide-image")
        if not (dropped and child.type in ("link_open", "link_close")):
            yield child


def _address(href: str) -> str:
    if href.startswith(("#", "https://")):
        return href
    found = GUIDE_LINK.fullmatch(href)
    return reverse("help_guide", args=[found.group(1)]) + (found.group(2) or "") if found else ""
