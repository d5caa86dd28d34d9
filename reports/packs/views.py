"""The pages from which a pack is taken: as PDF, made by a worker, or as DOCX, at once."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.trail import audit
from assessments.fetching import assessment_of
from reports.fact_sheets.kinds import Facts, SheetKind
from reports.fact_sheets.panel import panel_of
from reports.models import FactSheetKind
from reports.packs import blank, docx, filled


@never_cache
@require_safe
def pack(request: MemberRequest, pk: int) -> HttpResponse:
    """The pack for the meeting; to whom the answers are closed, why."""
    assessment = assessment_of(request, pk)
    is_closed = filled.is_closed(request.member, pk)
    context = {"assessment": assessment, "is_closed": is_closed}
    if not is_closed:
        facts = filled.facts_for(request.member, pk)
        context |= {
            "panel": panel_of(request.member.organisation, FactSheetKind.PACK, facts),
            "questions": len([one for one in facts.content["questions"] if one["settled"] is None]),
        }
    return render(request, "reports/packs/pack.html", context)


@require_safe
def pack_blank(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_of(request, pk)
    facts = blank.facts_for(request.member, pk)
    panel = panel_of(request.member.organisation, FactSheetKind.BLANK, facts)
    return render(request, "reports/packs/pack_blank.html", {"assessment": assessment, "panel": panel})


@never_cache
@require_safe
def pack_docx(request: MemberRequest, pk: int, language: str) -> HttpResponse:
    document = _docx(filled.KIND, filled.facts_for(request.member, pk), language)
    with transaction.atomic():
        audit.record(request.user, "pack.downloaded", assessment_of(request, pk), after={"file": "docx"})
    return document


@require_safe
def pack_blank_docx(request: MemberRequest, pk: int, language: str) -> HttpResponse:
    return _docx(blank.KIND, blank.facts_for(request.member, pk), language)


def _docx(kind: SheetKind, facts: Facts, language: str) -> HttpResponse:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        content = docx.document_of(kind, facts, language)
    return HttpResponse(
        content,
        headers={
            "Content-Type": docx.CONTENT_TYPE,
            "Content-Disposition": f'attachment; filename="{kind.name(facts.content)}-{language}.docx"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
