"""Words of a timeline for templates: `{% load timeline %}{{ entry.at|clock_of:hour.now }}`."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vendors.timeline import words

register = template.Library()


@register.filter
def clock_of(moment: datetime, now: datetime) -> str:
    """“14:30” on the day of `now`, else with its day."""
    return words.clock_of(moment, now=now)


@register.filter
def said(text: str) -> str | SafeString:
    """What was said, or that it was not."""
    return text or format_html('<span class="muted">{}</span>', _("not said"))
