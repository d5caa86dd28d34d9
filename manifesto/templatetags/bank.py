"""Words of the bank for templates."""

from django import template
from django.utils.translation import gettext as _

from groundwork.languages import active_language
from groundwork.words import language_within
from manifesto.models import GRADE_NAMES

register = template.Library()


@register.filter
def grade_name(grade: int) -> str:
    """`{{ level.grade|grade_name }}`: what a grade is called."""
    return str(GRADE_NAMES[grade])


@register.simple_tag
def missing_text() -> str:
    """`{% missing_text %}`: what a preview says where the language of the page has no text yet."""
    return _("missing in %(language)s") % {"language": language_within(active_language())}
