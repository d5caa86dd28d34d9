"""Asking for a document, watching it being made, and fetching it."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.text import slugify
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from reports.documents.job import LanguageDocument, document_of, request_rendering
from reports.models import DocumentKind, Rendering, RenderingQuerySet, Scorecard
from reports.secrecy import is_kept_from


@require_POST
def rendering_request(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask for a scorecard in one language: answered at once, whatever the workers do."""
    scorecard = get_object_or_404(Scorecard.objects.for_member(request.member).without_snapshot(), pk=pk)
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest("Scorecards are not made in this language.")
    kind = request.POST.get("kind", DocumentKind.SCORECARD)
    if kind not in DocumentKind.values:
        raise BadRequest("There is no such document.")
    rendering = request_rendering(scorecard, language=language, requested_by=request.user, kind=DocumentKind(kind))
    if request.htmx:
        return _fragment(request, document_of(rendering, now=timezone.now()))
    return redirect(f"{reverse('scorecard_detail', args=[scorecard.pk])}#documents")


@require_GET
@never_cache
def rendering_status(request: MemberRequest, pk: int) -> HttpResponse:
    """How far it is: a row for a page that asks every second, a page of its own for everybody else."""
    rendering = get_object_or_404(_renderings(request), pk=pk)
    document = document_of(rendering, now=timezone.now())
    if not request.htmx:
        return render(
            request, "reports/documents/rendering_status.html", {"document": document, "scorecard": rendering.scorecard}
        )
    if request.GET.get("seen") == document.fingerprint:
        return HttpResponse(status=204)
    return _fragment(request, document)


@require_GET
@cache_control(private=True, no_cache=True)
def rendering_download(request: MemberRequest, pk: int) -> HttpResponse:
    """The finished document as an attachment; until then the page that shows how far it is."""
    rendering = get_object_or_404(_renderings(request).select_related("scorecard__assessment__vendor"), pk=pk)
    if not rendering.is_ready:
        return redirect("rendering_status", pk=rendering.pk)
    if rendering.scorecard is not None and is_kept_from(request.member, rendering.scorecard):
        return redirect(f"{reverse('scorecard_detail', args=[rendering.scorecard_id])}#documents")
    return pdf_response(request, rendering, file_name(rendering))


def pdf_response(request: HttpRequest, rendering: Rendering, name: str) -> HttpResponse:
    """The document of a ready rendering, not sent again to who has it."""
    etag = f'"{rendering.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    return HttpResponse(
        bytes(rendering.document.content),
        headers={
            "Content-Type": "application/pdf",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "ETag": etag,
        },
    )


def file_name(rendering: Rendering) -> str:
    """`scorecard-S-2026-001-example-systems-fr.pdf`, or `brief-…`, `record-…`: plain ASCII, for every mail program and
    file system."""
    scorecard = rendering.scorecard
    if scorecard is None:
        raise ValueError("This rendering is of no scorecard.")
    vendor = slugify(scorecard.assessment.vendor.name)[:40].strip("-")
    return "-".join(filter(None, (rendering.kind, scorecard.number, vendor, rendering.language))) + ".pdf"


def _renderings(request: MemberRequest) -> RenderingQuerySet:
    return Rendering.objects.for_member(request.member).select_related("scorecard").defer("scorecard__snapshot")


def _fragment(request: HttpRequest, document: LanguageDocument) -> HttpResponse:
    return render(request, "reports/documents/_rendering.html", {"document": document})
