"""Rights in templates: `{% load access %}{% if member|may:"assess" %}`."""

from django import template

from accounts.access import Right
from accounts.access import may as member_may
from accounts.mail import page_address
from accounts.models import Membership, Organisation

register = template.Library()


@register.filter
def may(member: Membership | None, right: str) -> bool:
    """Whether the member has the right; a misspelt right raises ValueError."""
    return member_may(member, Right(right))


@register.simple_tag
def address(path: str, organisation: Organisation) -> str:
    """For mails: the whole address of a page of that organisation."""
    return page_address(path, organisation)
