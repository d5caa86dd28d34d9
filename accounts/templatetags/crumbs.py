"""Where a page stands: `{% load crumbs %}{% crumbs "vendor_list" _("Vendors") vendor _("Measures") %}`."""

from __future__ import annotations

from django import template
from django.db.models import Model

from groundwork import pages

register = template.Library()


@register.inclusion_tag("_crumbs.html")
def crumbs(*steps: Model | str) -> dict[str, list[pages.Crumb]]:
    return {"crumbs": pages.crumbs(*steps)}
