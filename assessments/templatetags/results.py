"""Words for results in templates: `{% load results %}{{ rule.status|status_label }}`."""

from django import template
from django.utils.functional import Promise

from assessments.models import Answer, Assessment
from assessments.score import words as wording
from groundwork.words import days

register = template.Library()


@register.filter
def status_label(status: str) -> Promise:
    """The word for the status of a rule; an unknown status raises KeyError."""
    return wording.STATUSES[status]


@register.filter
def period(assessment: Assessment) -> str:
    """“1 January – 31 March 2026”."""
    return days(assessment.period_start, assessment.period_end)


@register.filter
def fact(answer: Answer) -> str:
    """“4 times a year”, “25%”."""
    return wording.fact_words(answer.fact_value, answer.fact_unit)
