"""Words of an incident for templates: `{% load incidents %}{{ incident.duration|duration }}`."""

from __future__ import annotations

from datetime import timedelta

from django import template

from groundwork import words
from vendors.incidents import words as incident_words
from vendors.models import Incident

register = template.Library()


@register.filter
def duration(length: timedelta | None) -> str:
    """“2 days 4 hours”; empty for None."""
    return "" if length is None else words.duration(length)


@register.filter
def sla_word(incident: Incident) -> str:
    return str(incident.get_sla_display())


@register.filter
def state(incident: Incident) -> str:
    """“open”, “closed” (nobody has told when) or “resolved”, as the filter of the list calls it."""
    if incident.resolved_at is not None:
        return "resolved"
    return "closed" if incident.is_closed else "open"


@register.filter
def state_word(incident: Incident) -> str:
    return str(incident_words.STATE_WORDS[state(incident)])
