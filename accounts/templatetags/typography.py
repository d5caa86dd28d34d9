"""Marks that a language sets off by a space: French writes one before a colon and a semicolon."""

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
