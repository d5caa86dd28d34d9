"""Packaged texts as HTML, and what a search found.

Here alone markup is written that no template escapes, and it is made of packaged files.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.knowhow import glossary, markdown
from config.knowhow.guides import Section, title_of
from config.knowhow.search import Piece
from groundwork.languages import active_language

register = template.Library()


class GuideSection(Node):
    """`{% guide_section section %}`: a section of a guide. Nothing else is taken: a text of somebody's own would be
    written into the page as it stands."""

    def __init__(self, section: FilterExpression) -> None:
        self.section = section

    def render(self, context: Context) -> str:
        section = self.section.resolve(context)
        if not isinstance(section, Section):
            raise TypeError(f"{type(section).__name__} is no section of a packaged guide")
        held: Any = context.render_context
        seen: set[str] = held.setdefault("terms_seen", set())  # of the page: a word is explained once
        return glossary.linked(markdown.as_html(section.source, section.anchors), section.language, seen)


@register.tag
def guide_section(parser: Parser, token: Token) -> GuideSection:
    _name, section = token.split_contents()
    return GuideSection(parser.compile_filter(section))


class Glossed(Node):
    """`{% glossed %}…{% endglossed %}`: what the template has escaped, with the first use of each term as a link."""

    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Context) -> str:
        return glossary.linked(self.nodes.render(context))


@register.tag
def glossed(parser: Parser, token: Token) -> Glossed:
    nodes = parser.parse(("endglossed",))
    parser.delete_first_token()
    return Glossed(nodes)


@register.simple_tag
def marked(sentence: Iterable[Piece]) -> SafeString:
    """`{% marked found.sentence %}`: the words that were searched for stand out; no space comes between the pieces."""
    pieces = (format_html("<mark>{}</mark>" if piece.is_hit else "{}", piece.text) for piece in sentence)
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.simple_tag(takes_context=True)
def guide_link(context: Context, part: str) -> SafeString | str:
    """`{% guide_link "facts#measures" %}`: to the part of a guide that tells more, by its title. The search finds that
    part itself."""
    if context.get("is_indexed"):
        return ""
    key, _mark, anchor = part.partition("#")
    title, language = title_of(key, anchor, active_language())
    address = f"{reverse('help_guide', args=[key])}#{anchor}"
    return format_html('{} <a href="{}" lang="{}">{}</a>', _("More in the guide:"), address, language, title)
