"""What stands between backticks in the words of the API, as code."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
MARK = "`"


@register.filter
def with_code(words: str) -> SafeString:
    """“Only `name` counts” with `name` as code. All of it is escaped; a backtick that stands alone stays."""
    parts = words.split(MARK)
    if len(parts) % 2 == 0:
        parts[-2:] = [MARK.join(parts[-2:])]
    return format_html_join("", "{}", ((_as_code(part) if n % 2 else part,) for n, part in enumerate(parts)))


def _as_code(words: str) -> SafeString:
    return format_html("<code>{}</code>", words)
