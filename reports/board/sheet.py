"""A board report as a sheet of facts: its row, its name, and whom it concerns."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Membership, User
from accounts.trail import audit
from reports.board.facts import WHOLE, facts_of, vendors_in
from reports.board.view import view
from reports.fact_sheets import keeping
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from reports.models import FactSheet, FactSheetKind


def facts(member: Membership, about: int) -> Facts:
    """Of everything as it is now; or, with the key of a report, those that it froze. Raises Http404 for one of another
    organisation."""
    if about == WHOLE:
        return facts_of(member, QueryDict())
    sheet = get_object_or_404(FactSheet.objects.for_member(member).of_kind(FactSheetKind.BOARD), pk=about)
    return Facts(about=sheet.about, vendor=None, as_of=sheet.as_of, content=keeping.content_of(sheet))


def title(content: Content, language: str) -> str:
    with override(language):
        return _("Board report of %(organisation)s") % {"organisation": content["organisation"]}


def name(content: Content) -> str:
    return f"board-report-{slugify(content['organisation'])[:40] or 'all'}-{content['as_of']}"


def page(about: int) -> str:
    return reverse("board_report") if about == WHOLE else reverse("board_detail", args=[about])


def concerns(content: Content) -> Collection[int]:
    return vendors_in(content)


def reference(sheet: FactSheet) -> int:
    """A report is asked for again by its own key: there is no one thing that it is about."""
    return sheet.pk


def fetched(user: User, sheet: FactSheet, file: str) -> None:
    audit.record(user, "board.fetched", sheet, label=str(sheet.get_kind_display()), after={"file": file})


KIND = SheetKind(
    facts=facts,
    view=view,
    template="reports/board/board_pdf.html",
    title=title,
    name=name,
    page=page,
    concerns=concerns,
    reference=reference,
    is_attached=True,
    fetched=fetched,
)
