"""Words of a timeline for templates: `{% load timeline %}{{ entry.at|clock_of:hour.now }}`."""

from __future__ import annotations

from datetime import datetime

from django import template

from vendors.models import TimelineEntry
from vendors.timeline import words

register = template.Library()


@register.filter
def clock_of(moment: datetime, now: datetime) -> str:
    """“14:30” on the day of `now`, else with its day."""
    return words.clock_of(moment, now=now)


@register.filter
def unsaid(entry: TimelineEntry) -> str:
    """What a contact left out of the five, in one line; "" where it said them all."""
    return words.unsaid(entry)
