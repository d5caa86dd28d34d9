"""Sheets of facts on the pages of what they are about.

`{% load fact_sheets %}{% fact_sheet "incident" incident.pk %}`
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext
from django.template.loader import render_to_string

from reports.fact_sheets import kinds
from reports.fact_sheets.panel import panel_of
from reports.models import FactSheetKind

register = template.Library()


@register.simple_tag(takes_context=True)
def fact_sheet(context: RequestContext, kind: str, about: int) -> Any:
    """The languages of that sheet, each to be made or downloaded. For a page that its reader may see whole: what is
    withheld from them is its own matter. Raises KeyError for a kind that nobody registered."""
    member = context["member"]
    facts = kinds.kind_of(kind).facts(member, about)
    panel = panel_of(member.organisation, FactSheetKind(kind), facts)
    return render_to_string("reports/fact_sheets/_documents.html", {"sheet": panel}, context["request"])
