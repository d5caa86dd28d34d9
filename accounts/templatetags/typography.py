"""Numbers, dates and marks in templates, as the language of the page writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django import template
from django.utils import timezone

from groundwork import dutch, words
from groundwork.languages import LANGUAGES, active_language

register = template.Library()


@register.simple_tag
def colon() -> str:
    """`{{ name }}{% colon %} …`"""
    return words.colon()


@register.simple_tag
def semicolon() -> str:
    return words.semicolon()


@register.simple_tag
def percent_sign() -> str:
    """`{{ field }}{% percent_sign %}`: with the space that stands before it, which does not break."""
    return words.percent_sign()


@register.filter
def number(value: Decimal | int | Literal[""]) -> str:
    """`{{ count|number }}`: “1,234”; nothing where the template found none."""
    return "" if value == "" else words.number(value)


@register.filter
def percent(value: Decimal | int | Literal[""]) -> str:
    """`{{ share|percent }}`: “75%”, “75 %”; nothing where the template found none."""
    return "" if value == "" else words.percent(value)


@register.filter
def quoted(text: str) -> str:
    """`{{ cell|quoted }}`: in the quotation marks of the language."""
    return words.quoted(text)


@register.filter
def jointed(text: str) -> str:
    """`{{ level.text|jointed }}`: in narrow columns, where a long Dutch word is broken at the joint of its parts."""
    return dutch.jointed(text) if LANGUAGES[active_language()].compounds else text


@register.filter
def day(value: date | None) -> str:
    """`{{ assessment.due_on|day }}`: “1 March 2026”; empty where there is none."""
    return words.day(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """`{{ entry.at|moment }}`: “1 March 2026, 10:30”; empty where there is none."""
    return words.moment(value) if value else ""


@register.filter
def short_day(value: date | None) -> str:
    """`{{ row.due_on|short_day }}`: “1 Mar 2026”, in tables; empty where there is none."""
    return words.short_day(value) if value else ""


@register.filter
def short_moment(value: datetime | None) -> str:
    """`{{ entry.at|short_moment }}`: “1 Mar 2026, 10:30”, in tables; empty where there is none."""
    return words.short_moment(value) if value else ""


@register.filter
def machine_day(value: date | str | None) -> str:
    """`<time datetime="{{ said.said_on|machine_day }}">`, and the addresses of lists: “2026-03-01”; of what is no
    day, such as what somebody typed, nothing."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.isoformat() if isinstance(value, date) else ""


@register.filter
def weekday(value: date) -> str:
    """`{{ day|weekday }}`: “Mon”, “lun.”, “ma”."""
    return words.weekday(value.weekday(), short=True)


@register.filter
def machine_moment(value: datetime | None) -> str:
    """`<time datetime="{{ entry.at|machine_moment }}">`: to the second; HTML allows no more than milliseconds."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """`{{ row.since|clock }}`: “10:30” in the current time zone; empty where there is none."""
    return words.clock(timezone.localtime(value)) if value else ""


@register.filter
def size(octets: int) -> str:
    """`{{ file.size|size }}`: “12 kB”."""
    return words.size(octets)
