"""What the page's frame needs beyond the context."""

from django import template
from django.template.context import RequestContext

register = template.Library()


@register.simple_tag(takes_context=True)
def current(context: RequestContext, url: str) -> str:
    """The value of `aria-current` for a link to `url`: this page, something below it, or neither."""
    request = context.get("request")
    if request is None or not url:
        return "false"
    if request.path == url:
        return "page"
    return "true" if request.path.startswith(url) else "false"
