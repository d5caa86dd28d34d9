"""The vendor’s own copy: asking for it, watching it being made, and fetching it, by the vendor’s link alone."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.models import LinkPurpose
from assessments.vendor_side.guard import LinkRequest, by_link
from groundwork.languages import LANGUAGE_CODES, active_language
from groundwork.responses import form_view
from reports.documents.job import copy_in, request_rendering
from reports.documents.views import pdf_response
from reports.models import Rendering, VendorCopy


@form_view
@by_link(LinkPurpose.ANSWER)
def vendor_copy(request: LinkRequest, link: int) -> HttpResponse:
    """GET: how far the copy in the reader’s language is; a page that asks every second gets its row alone.
    POST: ask for it, answered at once, whatever the workers do."""
    response = request.link.response
    copy = VendorCopy.objects.latest_of(response)
    language = active_language()
    if copy is None:
        return _page(request, {"copy": None}, status=404 if request.method == "POST" else 200)
    if request.method == "POST":
        request_rendering(copy, language=language, requested_by=None)
        if not request.htmx:
            return redirect("vendor_copy", link)
    document = copy_in(copy, language, now=timezone.now())
    context = {"copy": copy, "document": document, "is_open": response is not None and response.submitted_at is None}
    if not request.htmx:
        return _page(request, context)
    if request.method == "GET" and request.GET.get("seen") == document.fingerprint:
        return HttpResponse(status=204)
    return render(request, "reports/vendor_copy/_vendor_copy.html", {**context, "link": request.link})


@require_GET
@by_link(LinkPurpose.ANSWER)
def vendor_copy_download(request: LinkRequest, link: int, language: str) -> HttpResponse:
    """The finished copy as an attachment; until then the page that shows how far it is."""
    copy = VendorCopy.objects.latest_of(request.link.response)
    if copy is None or language not in LANGUAGE_CODES:
        raise Http404
    rendering = Rendering.objects.ready().filter(vendor_copy=copy, language=language).first()
    if rendering is None:
        return redirect("vendor_copy", link)
    return pdf_response(request, rendering, file_name(copy, language))


def file_name(copy: VendorCopy, language: str) -> str:
    """`reponses-harbour-hospital-2026-03-02-fr.pdf`: whom they were given to, and when; plain ASCII."""
    with translation.override(language):
        answers = slugify(_("answers"))
    asker = slugify(copy.response.assessment.organisation.name)[:40].strip("-")
    day = timezone.localdate(copy.submitted_at).isoformat()
    return "-".join(filter(None, (answers, asker, day, language))) + ".pdf"


def _page(request: LinkRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    shown = {**context, "link": request.link, "organisation": request.link.assessment.organisation}
    return render(request, "reports/vendor_copy/vendor_copy.html", shown, status=status)
