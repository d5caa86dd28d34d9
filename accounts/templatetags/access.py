"""Rights in templates: `{% load access %}{% if member|may:"assess" %}`."""

from django import template

from accounts.access import Right
from accounts.access import may as member_may
from accounts.models import Membership

register = template.Library()


@register.filter
def may(member: Membership | None, right: str) -> bool:
    """Whether the member has the right; a misspelt right raises ValueError."""
    return member_may(member, Right(right))
