"""What will be in a board report, before it is made; and each that was made."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.trail import audit
from groundwork.languages import active_language
from groundwork.responses import form_view, post_data
from reports.board import view
from reports.board.facts import Author, facts_of, vendors_in
from reports.board.forms import BoardForm
from reports.documents.job import documents_of, request_rendering
from reports.fact_sheets import keeping
from reports.fact_sheets.panel import SheetPanel
from reports.models import FactSheet, FactSheetKind
from reports.portfolio import filters
from vendors.models import Vendor
from vendors.withheld import withheld

RECENT = 10


@form_view
@never_cache
def board_report(request: MemberRequest) -> HttpResponse:
    """Of the vendors that the address narrows to, as that of the portfolio does. Nothing is frozen until it is asked
    for."""
    form = BoardForm(post_data(request), initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        return redirect("board_detail", _make(request, form).pk)
    content = facts_of(request.member, request.GET).content
    context = {
        "form": form,
        "board": view.view(content, active_language()),
        "counts": {name: content[name]["all"] for name in ("heat", "decisions", "requests", "overdue", "critical")},
        "query": _narrowed(request.GET).urlencode(),
        "recent": FactSheet.objects.for_member(request.member).of_kind(FactSheetKind.BOARD)[:RECENT],
    }
    return render(request, "reports/board/board_report.html", context)


@transaction.atomic
def _make(request: MemberRequest, form: BoardForm) -> FactSheet:
    text = form.cleaned_data["text"]
    author = Author(name=request.user.name, text=text) if text else None
    facts = facts_of(request.member, request.GET, author=author)
    sheet = keeping.keep(request.member.organisation, FactSheetKind.BOARD, facts, now=timezone.now())
    request_rendering(sheet, language=form.cleaned_data["language"], requested_by=request.user)
    label = str(FactSheetKind.BOARD.label)
    audit.record(
        request.user, "fact_sheet.made", sheet, after={"filter": _narrowed(request.GET).urlencode()}, label=label
    )
    return sheet


@require_safe
@never_cache
def board_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Its languages; whoever still rates one of its vendors is told why they get none."""
    sheet = fetch(request, FactSheet.objects.of_kind(FactSheetKind.BOARD), pk)
    content = keeping.content_of(sheet)
    judged = withheld(request.member) & vendors_in(content)
    documents = documents_of(sheet, now=timezone.now())
    context = {
        "made_at": sheet.made_at,
        "board": None if judged else view.view(content, active_language()),
        "judged": Vendor.objects.filter(pk__in=judged) if judged else [],
        "sheet": None if judged else SheetPanel(kind=sheet.kind, about=sheet.pk, documents=documents),
    }
    return render(request, "reports/board/board_detail.html", context)


def _narrowed(asked: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    kept.update({name: value for name in filters.NAMES if (value := asked.get(name))})
    return kept
