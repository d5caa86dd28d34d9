"""The HTML of mails: `{% load mail %}`."""

import re

from django import template

register = template.Library()


@register.filter
def paragraphs(html: str) -> str:
    """`{% filter paragraphs %}`: what blank lines part, each in a paragraph, but for what is marked up already.

    Values in it are escaped, so that nobody's words begin with a mark.
    """
    parts = [part.strip() for part in re.split(r"\n\s*\n", html) if part.strip()]
    return "\n".join(part if part.startswith("<") else _paragraph(part) for part in parts)


def _paragraph(part: str) -> str:
    lines = "<br>".join(line.strip() for line in part.splitlines())
    return f'<p style="margin:0 0 16px">{lines}</p>'
