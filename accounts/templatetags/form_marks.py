"""What each form ends with, and the token that it begins with."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.sending import mark

register = template.Library()
NOT_PROVIDED = "NOTPROVIDED"  # what Django's own middleware puts where a page has no token


@register.simple_tag(takes_context=True)
def form_end(context: dict[str, Any]) -> SafeString:
    """The last field of every form that is posted: what arrives without it broke off."""
    value = mark.value_for(context.get("request"))
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', mark.FIELD, value)


@register.simple_tag(takes_context=True)
def csrf_token(context: dict[str, Any]) -> str:
    """In place of Django's own, for every page: Firefox fills a reloaded page's hidden fields with what stood there
    before, here with an old token, which is refused."""
    token = context.get("csrf_token")
    if not token or token == NOT_PROVIDED:
        return ""
    tag = '<input type="hidden" name="csrfmiddlewaretoken" value="{}" autocomplete="off">'
    return format_html(tag, token)
