"""Words of the bank for templates."""

from django import template

from manifesto.models import GRADE_NAMES

register = template.Library()


@register.filter
def grade_name(grade: int) -> str:
    """`{{ level.grade|grade_name }}`: what a grade is called."""
    return str(GRADE_NAMES[grade])
