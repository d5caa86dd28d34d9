"""Asking for a sheet of facts, watching it being made, and fetching it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.trail import audit
from groundwork.whole_numbers import said
from reports.documents.job import LanguageDocument, document_of, request_rendering
from reports.documents.views import pdf_response
from reports.fact_sheets import keeping, kinds
from reports.models import FactSheet, FactSheetKind, Rendering
from vendors.withheld import withheld


@require_POST
def fact_sheet_request(request: MemberRequest) -> HttpResponse:
    """Ask for the facts as they are now, in one language: answered at once, whatever the workers do."""
    try:
        kind = FactSheetKind(request.POST.get("kind", ""))
        registered = kinds.kind_of(kind)
    except (ValueError, KeyError) as fault:
        raise BadRequest("There is no such kind of sheet.") from fault
    about = said(request.POST.get("about", ""))
    language = request.POST.get("language", "")
    if about is None:
        raise BadRequest("A sheet is about something.")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest("Sheets are not made in this language.")
    facts = registered.facts(request.member, about)
    concerned = {facts.vendor.pk} if facts.vendor else set()
    is_kept_back = bool(withheld(request.member) & concerned.union(registered.concerns(facts.content)))
    if is_kept_back and not registered.is_open(request.member, facts.content):
        return redirect(registered.page(about))
    sheet = keeping.keep(request.member.organisation, kind, facts, now=timezone.now())
    rendering = request_rendering(sheet, language=language, requested_by=request.user)
    audit.record(request.user, "fact_sheet.made", sheet, label=str(kind.label))
    if request.htmx:
        return _fragment(request, document_of(rendering, now=timezone.now()), sheet)
    return redirect(f"{_page_of(sheet)}#documents")


@require_GET
@never_cache
def fact_sheet_status(request: MemberRequest, pk: int) -> HttpResponse:
    """How far it is: a row for a page that asks every second, a page of its own for everybody else."""
    rendering, sheet = _rendering_of(request, pk)
    document = document_of(rendering, now=timezone.now())
    if not request.htmx:
        context = {
            "document": document,
            "title": sheet.get_kind_display(),
            "sheet": _asked_again(sheet),
            "back": _page_of(sheet),
        }
        return render(request, "reports/fact_sheets/fact_sheet_status.html", context)
    if request.GET.get("seen") == document.fingerprint:
        return HttpResponse(status=204)
    return _fragment(request, document, sheet)


@require_GET
@cache_control(private=True, no_cache=True)
def fact_sheet_download(request: MemberRequest, pk: int) -> HttpResponse:
    """The finished document as an attachment; until then the page that shows how far it is."""
    rendering, sheet = _rendering_of(request, pk)
    kind = kinds.kind_of(sheet.kind)
    content = keeping.content_of(sheet)
    concerned = {sheet.vendor_id} if sheet.vendor_id else set()
    is_kept_back = bool(withheld(request.member) & concerned.union(kind.concerns(content)))
    is_kept_back = is_kept_back and not kind.is_open(request.member, content)
    if is_kept_back or kind.is_closed(request.member, sheet.about):
        return redirect(_page_of(sheet))
    if not rendering.is_ready:
        return redirect("fact_sheet_status", pk=rendering.pk)
    name = f"{kind.name(content)}-{rendering.language}.pdf"
    if kind.fetched:
        with transaction.atomic():
            kind.fetched(request.user, sheet, name)
    return pdf_response(request, rendering, name)


def _rendering_of(request: MemberRequest, pk: int) -> tuple[Rendering, FactSheet]:
    rows = Rendering.objects.of_fact_sheets_for(request.member).select_related("fact_sheet")
    rendering = get_object_or_404(rows, pk=pk)
    sheet: FactSheet = rendering.subject  # type: ignore[assignment]  # the queryset has no other
    return rendering, sheet


def _page_of(sheet: FactSheet) -> str:
    kind = kinds.kind_of(sheet.kind)
    return kind.page(kind.reference(sheet))


def _fragment(request: MemberRequest, document: LanguageDocument, sheet: FactSheet) -> HttpResponse:
    context = {"document": document, "sheet": _asked_again(sheet)}
    return render(request, "reports/fact_sheets/_document.html", context)


def _asked_again(sheet: FactSheet) -> dict[str, object]:
    """By what its row on a page asks for it."""
    return {"kind": sheet.kind, "about": kinds.kind_of(sheet.kind).reference(sheet)}
