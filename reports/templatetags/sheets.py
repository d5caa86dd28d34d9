"""Sheets of facts in templates: `{% sheet_panel "expectations" edition.pk as sheet %}`, then
`{% include "reports/fact_sheets/_documents.html" %}`."""

from __future__ import annotations

from django import template
from django.http import Http404

from reports.fact_sheets import kinds, panel
from reports.fact_sheets.panel import SheetPanel
from reports.models import FactSheetKind

register = template.Library()


@register.simple_tag(takes_context=True)
def sheet_panel(context: template.Context, kind: str, about: int) -> SheetPanel | None:
    """The languages of a sheet of this kind about the thing with this id, for the member who reads; None where there
    is nothing to print of it. Takes `member` of the page."""
    member = context["member"]
    try:
        facts = kinds.kind_of(kind).facts(member, about)
    except Http404:
        return None
    return panel.panel_of(member.organisation, FactSheetKind(kind), facts)
