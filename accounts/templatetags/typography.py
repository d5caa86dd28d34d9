"""Marks that a language sets in its own way: French has a space before a colon, and quotation marks of its own."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

NO_BREAK, NARROW_NO_BREAK = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
register = template.Library()


@register.simple_tag
def colon() -> str:
    """`{{ name }}{% colon %} …`"""
    return f"{NO_BREAK}:" if get_language() == "fr" else ":"


@register.simple_tag
def semicolon() -> str:
    return f"{NARROW_NO_BREAK};" if get_language() == "fr" else ";"


@register.filter
def quoted(text: str) -> str:
    """`{{ cell|quoted }}`: in the quotation marks of the language."""
    if get_language() == "fr":
        return f"«{NO_BREAK}{text}{NO_BREAK}»"
    return f"“{text}”"
