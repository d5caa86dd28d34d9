"""A sheet of facts for a vendor that comes by the link to its desk: asked for, watched and fetched, in its language.

It is the same row and the same document as the customer's own of the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from groundwork.languages import LANGUAGE_CODES, active_language
from groundwork.pages import Crumb
from reports.documents.job import LanguageDocument, documents_of, request_rendering
from reports.documents.views import pdf_response
from reports.fact_sheets import keeping, kinds
from reports.fact_sheets.kinds import Facts
from reports.models import FactSheetKind, Rendering
from vendors.desk.guard import DeskRequest, about


@dataclass(frozen=True, kw_only=True)
class SheetByLink:
    """`here`: the address of its page, to which it is also posted; the finished document lies below, as `fr.pdf`."""

    kind: FactSheetKind
    facts: Facts
    here: str
    title: str
    crumbs: Sequence[Crumb]


def page(request: DeskRequest, asked: SheetByLink) -> HttpResponse:
    """GET: how far the document in the reader's language is; a page that asks every second gets its row alone.
    POST: ask for it, answered at once, whatever the workers do."""
    language = active_language()
    if request.method == "POST":
        sheet = keeping.keep(request.link.vendor.organisation, asked.kind, asked.facts, now=timezone.now())
        request_rendering(sheet, language=language, requested_by=None)
        if not request.htmx:
            return redirect(asked.here)
    document = _document(request, asked, language)
    if request.htmx and request.method == "GET" and request.GET.get("seen") == document.fingerprint:
        return HttpResponse(status=204)
    context = {"document": document, "asked": asked}
    if request.htmx:
        return render(request, "reports/fact_sheets/_document_by_link.html", context)
    return render(
        request, "reports/fact_sheets/document_by_link.html", about(request.link) | context | {"crumbs": asked.crumbs}
    )


def download(request: DeskRequest, asked: SheetByLink, language: str) -> HttpResponse:
    """The finished document as an attachment; until then the page that shows how far it is. Raises Http404 for a
    language that there is none in."""
    if language not in LANGUAGE_CODES:
        raise Http404
    rendering = _document(request, asked, language).rendering
    if rendering is None or not rendering.is_ready:
        return redirect(asked.here)
    name = kinds.kind_of(asked.kind).name(asked.facts.content)
    return pdf_response(request, Rendering.objects.get(pk=rendering.pk), f"{name}-{language}.pdf")


def _document(request: DeskRequest, asked: SheetByLink, language: str) -> LanguageDocument:
    """Two queries."""
    sheet = keeping.kept(request.link.vendor.organisation, asked.kind, asked.facts)
    documents = documents_of(sheet, now=timezone.now())
    return next(document for document in documents if document.language == language)
