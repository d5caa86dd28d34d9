"""Documents of scorecards: asking for a PDF, following it, fetching it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status

from accounts.api.endpoints import endpoint
from accounts.api.etags import is_known
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from reports.api.files import LANGUAGE, SOON, bytes_of, language_of, show_when, show_where
from reports.api.scorecards import open_scorecard
from reports.api.shapes import not_changed, refuse_who_judges
from reports.documents.job import document_of, request_rendering
from reports.documents.views import file_name, pdf_response
from reports.models import DocumentKind, Rendering, RenderingQuerySet, RenderingState

router = Router()
PDF = "application/pdf"


class DocumentOut(Schema):
    """One wish for one document: asked for once, made once."""

    uuid: UUID
    scorecard: UUID
    kind: DocumentKind
    language: str
    state: RenderingState
    progress: int = Field(description="Percent.")
    requested_at: datetime
    finished_at: datetime | None
    failure: str | None = Field(description="A code; `failure_said` has the words.")
    failure_said: str | None
    size: int | None = Field(description="Bytes.")
    sha256: str | None = Field(description="Of the file, and its ETag.")
    file_name: str


class DocumentPage(Schema):
    items: list[DocumentOut]
    next: str | None


class DocumentWanted(PageOfList):
    scorecard: UUID | None = None
    kind: DocumentKind | None = None
    language: str = LANGUAGE
    state: RenderingState | None = None


class DocumentAsked(Given):
    kind: DocumentKind = DocumentKind.SCORECARD
    language: str = LANGUAGE


@endpoint(router, "GET", "/documents", "document_list", DocumentPage, problems=(422,))
def document_list(request: ApiRequest, wanted: Query[DocumentWanted]) -> dict[str, Any]:
    """Documents of scorecards, whoever asked for them.

    The latest first."""
    asked = {
        "scorecard__uuid": wanted.scorecard,
        "kind": wanted.kind,
        "language": wanted.language,
        "state": wanted.state,
    }
    rows = _documents(request).filter(**{name: value for name, value in asked.items() if value})
    items, after = page(rows, wanted, by="-requested_at")
    return {"items": [_told(one) for one in items], "next": after}


@endpoint(
    router,
    "POST",
    "/scorecards/{uuid:scorecard}/documents",
    "document_ask",
    DocumentOut,
    problems=(409,),
    status=202,
)
def document_ask(request: ApiRequest, scorecard: UUID, asked: DocumentAsked) -> Status[dict[str, Any]]:
    """Ask for a document of a scorecard: brief, scorecard or full record.

    It is made beside everything else; `Location` says where to follow it. Asked for again, it is the same one; one that
    failed is made anew."""
    card = open_scorecard(request, scorecard)
    language = language_of(asked.language)
    rendering = request_rendering(card, language=language, requested_by=request.member.user, kind=asked.kind)
    show_where(request, "documents", rendering.uuid, is_unfinished=rendering.is_unfinished)
    return Status(202, _told(rendering))


@endpoint(router, "GET", "/documents/{uuid:document}", "document_detail", DocumentOut)
def document_detail(request: ApiRequest, document: UUID) -> dict[str, Any]:
    """How far a document is.

    While it is being made, `Retry-After` says when to ask again."""
    rendering = get_object_or_404(_documents(request), uuid=document)
    show_when(request, is_unfinished=rendering.is_unfinished)
    return _told(rendering)


@endpoint(
    router,
    "GET",
    "/documents/{uuid:document}/file",
    "document_file",
    None,
    problems=(409,),
    is_kept=True,
    more=bytes_of(PDF),
)
def document_file(request: ApiRequest, document: UUID) -> HttpResponse:
    """The PDF.

    Its ETag is its SHA-256. 409 while it is not ready."""
    rendering = get_object_or_404(_documents(request), uuid=document)
    if rendering.scorecard is None:
        raise ValueError("A document of a scorecard without one.")
    refuse_who_judges(request.member, [rendering.scorecard.assessment.vendor])
    if not rendering.is_ready:
        headers = {"Retry-After": SOON} if rendering.is_unfinished else {}
        raise Problem(409, "refused", _("It is not ready; its state says how far it is."), headers=headers)
    if is_known(request, rendering.sha256):
        return not_changed()
    return pdf_response(request, rendering, file_name(rendering))


def _documents(request: ApiRequest) -> RenderingQuerySet:
    rows = Rendering.objects.for_member(request.member).select_related("scorecard__assessment__vendor")
    return rows.defer("scorecard__snapshot")


def _told(rendering: Rendering) -> dict[str, Any]:
    if rendering.scorecard is None:
        raise ValueError("A document of a scorecard without one.")
    said = document_of(rendering, now=timezone.now())
    return {
        "uuid": rendering.uuid,
        "scorecard": rendering.scorecard.uuid,
        "kind": rendering.kind,
        "language": rendering.language,
        "state": rendering.state,
        "progress": rendering.progress,
        "requested_at": rendering.requested_at,
        "finished_at": rendering.finished_at,
        "failure": rendering.failure or None,
        "failure_said": said.failure or None,
        "size": rendering.size,
        "sha256": rendering.sha256 or None,
        "file_name": file_name(rendering),
    }
