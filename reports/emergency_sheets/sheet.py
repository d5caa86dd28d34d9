"""How a sheet for when it breaks is laid out: the content as the template takes it, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from groundwork.words import day
from reports.emergency_sheets.facts import FOLDER, facts_of, vendors_in
from reports.fact_sheets.kinds import Content, SheetKind
from vendors.emergencies.shown import Callee, Standstill

LONG_NAME = 40  # characters: the largest letters are for names that fit a line


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """One service on its page. `anchor`: where the table of contents leads; `checked`: a sentence."""

    anchor: str
    name: str
    vendor: str
    calls: tuple[Callee, ...]
    standstills: tuple[Standstill, ...]
    at_hand: str
    starts_by_itself: str
    senior_engineers: str
    expected: tuple[str, ...]
    checked: str
    is_long: bool


@dataclass(frozen=True, kw_only=True)
class PaperSheet:
    """`is_folder`: with a table of contents before its pages; `without`: services that have no page yet."""

    organisation: str
    pages: tuple[PaperPage, ...]
    without: tuple[str, ...]
    is_folder: bool


def view(content: Content, language: str) -> PaperSheet:
    pages = tuple(_page(page, language) for page in content["pages"])
    without = tuple(f"{one['name']} ({one['vendor']['name']})" for one in content["without"])
    return PaperSheet(organisation=content["organisation"], pages=pages, without=without, is_folder=is_folder(content))


def is_folder(content: Content) -> bool:
    return bool(content["is_folder"])


def _page(page: Mapping[str, Any], language: str) -> PaperPage:
    return PaperPage(
        anchor=f"service-{page['id']}",
        name=page["name"],
        vendor=page["vendor"]["name"],
        calls=tuple(Callee(**callee) for callee in page["calls"]),
        standstills=tuple(Standstill(**one) for one in page["standstills"]),
        at_hand=page["at_hand"],
        starts_by_itself=page["starts_by_itself"],
        senior_engineers=page["senior_engineers"],
        expected=tuple(one[language] for one in page["expected"]),
        checked=_checked(page),
        is_long=len(page["name"]) > LONG_NAME,
    )


def _checked(page: Mapping[str, Any]) -> str:
    """Paper cannot know what day it is read on: so it says until when the check holds."""
    by = day(date.fromisoformat(page["check_by"]))
    if not page["checked_on"]:
        return _("Nobody has gone through this page and called its numbers yet.")
    said = {"day": day(date.fromisoformat(page["checked_on"])), "who": page["checked_by"], "by": by}
    return _("Last checked on %(day)s by %(who)s. To be checked again by %(by)s.") % said


def title(content: Content, language: str) -> str:
    if is_folder(content):
        return _("When it breaks: all services of %(organisation)s") % {"organisation": content["organisation"]}
    return _("When %(name)s breaks") % {"name": content["pages"][0]["name"]}


def name(content: Content) -> str:
    """Of the file: plain letters."""
    if is_folder(content):
        return f"when-it-breaks-{slugify(content['organisation']) or 'all'}"
    return f"when-it-breaks-{slugify(content['pages'][0]['name']) or content['pages'][0]['id']}"


def page(about: int) -> str:
    return reverse("emergency_folder") if about == FOLDER else reverse("emergency_paper", args=[about])


KIND = SheetKind(
    facts=facts_of,
    view=view,
    template="reports/emergency_sheets/emergency_pdf.html",
    title=title,
    name=name,
    page=page,
    concerns=vendors_in,
    is_attached=True,
)
