"""Rights in templates: `{% load access %}{% if member|may:"assess" %}`."""

from django import template
from django.db.models import QuerySet
from django.template import RequestContext

from accounts.access import Right, holders
from accounts.access import may as member_may
from accounts.mail import page_address
from accounts.models import Membership, Organisation

register = template.Library()


@register.filter
def may(member: Membership | None, right: str) -> bool:
    """Whether the member has the right; a misspelt right raises ValueError."""
    return member_may(member, Right(right))


@register.simple_tag(takes_context=True)
def assessors(context: RequestContext) -> QuerySet[Membership]:
    """Who may start an assessment in the organisation of whoever reads; one query, once they are named."""
    member = context.get("member")
    return holders(member, Right.ASSESS) if member else Membership.objects.none()


@register.simple_tag
def address(path: str, organisation: Organisation) -> str:
    """For mails: the whole address of a page of that organisation."""
    return page_address(path, organisation)
