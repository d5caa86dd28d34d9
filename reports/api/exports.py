"""Exports: asking for a file of all that is stored, following it, fetching it while it is kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status

from accounts.api.endpoints import endpoint, hold_to_scope
from accounts.api.etags import is_known
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from accounts.operations import Scope
from assessments.models import Assessment
from groundwork.responses import attachment
from reports.api.files import LANGUAGE, SOON, bytes_of, language_of, not_there, show_when, show_where
from reports.api.portfolio_wanted import Narrowed, query_of
from reports.api.shapes import not_changed
from reports.exports import chosen, job, worker
from reports.models import Export, ExportFormat, ExportQuerySet, ExportScope, FileState
from vendors.models import Vendor

router = Router()


class ExportAbout(StrEnum):
    ASSESSMENT = ExportScope.ASSESSMENT.value
    VENDOR = ExportScope.VENDOR.value
    PORTFOLIO = ExportScope.PORTFOLIO.value
    EVERYTHING = ExportScope.EVERYTHING.value


# What stands in every file of these: a token reads no more by a file than without one.
READS = (
    Scope.VENDORS_READ,
    Scope.MEASURES_READ,
    Scope.ASSESSMENTS_READ,
    Scope.COMMITMENTS_READ,
    Scope.SCORECARDS_READ,
)


class ExportKind(StrEnum):
    XLSX = ExportFormat.XLSX.value  # the arithmetic is live
    CSV = ExportFormat.CSV.value  # tables, in a ZIP
    JSON = ExportFormat.JSON.value  # by docs/export.schema.json


class NarrowedTo(Given, Narrowed):
    pass


class ExportAsked(Given):
    """`vendor` or `assessment`: what a file of that scope is about."""

    scope: ExportAbout = ExportAbout.EVERYTHING
    format: ExportKind = ExportKind.JSON
    vendor: UUID | None = None
    assessment: UUID | None = None
    portfolio: NarrowedTo | None = Field(None, description="What the portfolio is narrowed by; of that scope.")
    language: str = LANGUAGE


class ExportOut(Schema):
    """A wish for a file, for who asked alone: what it holds is what they may see."""

    uuid: UUID
    scope: ExportAbout
    format: ExportKind
    language: str
    state: FileState
    done: int = Field(description="Answers, while it is written; rows of all tables, then.")
    total: int | None
    requested_at: datetime
    finished_at: datetime | None
    failure: str | None = Field(description="A code; `failure_said` has the words.")
    failure_said: str | None
    rows: dict[str, int] | None = Field(description="By table.")
    left_out: list[str] = Field(description="Assessments of which it tells your own answers alone, by reference.")
    file_name: str | None
    size: int | None = Field(description="Bytes.")
    sha256: str | None = Field(description="Of the file, and its ETag.")
    expires_at: datetime | None = Field(description="Kept until then.")
    is_kept: bool = Field(description="The file is there.")


class ExportPage(Schema):
    items: list[ExportOut]
    next: str | None


class ExportWanted(PageOfList):
    scope: ExportAbout | None = None
    state: FileState | None = None


@endpoint(router, "GET", "/exports", "export_list", ExportPage, problems=(422,))
def export_list(request: ApiRequest, wanted: Query[ExportWanted]) -> dict[str, Any]:
    """Your exports.

    The latest first; nobody else’s."""
    asked = {"scope": wanted.scope, "state": wanted.state}
    rows = _mine(request).filter(**{name: value for name, value in asked.items() if value})
    items, after = page(rows, wanted, by="-requested_at")
    return {"items": [_told(one) for one in items], "next": after}


@endpoint(router, "POST", "/exports", "export_ask", ExportOut, problems=(409,), status=202)
def export_ask(request: ApiRequest, asked: ExportAsked) -> Status[dict[str, Any]]:
    """Ask for an export.

    `Location` says where to follow it; what is small may be ready at once. 409 where you have asked for enough. The
    token needs the scopes that read what stands in it: vendors, measures, assessments, commitments and scorecards."""
    _hold_to_scopes(request)
    about, query = _about(request, asked), _query(request, asked)
    language = language_of(asked.language)
    export = job.ask(request.member, asked.scope, asked.format, about=about, query=query, language=language)
    if job.is_small(request.member, export):
        worker.write(export.pk)
        export.refresh_from_db()
    else:
        job.EXPORTS.nudge_on_commit(export.pk)
    show_where(request, "exports", export.uuid, is_unfinished=export.is_unfinished)
    return Status(202, _told(export))


def _hold_to_scopes(request: ApiRequest) -> None:
    """Also of a file that its holder asked for by a page, or by another token. Raises Problem 403."""
    for scope in READS:
        hold_to_scope(request, scope)


def _about(request: ApiRequest, asked: ExportAsked) -> int:
    """The key of what it is about, 0 for all else. Problem 422 where that is missing, or not ours, or out of place."""
    ours: dict[ExportAbout, tuple[QuerySet[Any], UUID | None]] = {
        ExportAbout.VENDOR: (Vendor.objects.for_member(request.member), asked.vendor),
        ExportAbout.ASSESSMENT: (Assessment.objects.for_member(request.member), asked.assessment),
    }
    for scope, (rows, uuid) in ours.items():
        if scope != asked.scope and uuid is not None:
            raise not_there(f"/{scope}", _("This belongs to another scope."))
        if scope == asked.scope:
            found = rows.filter(uuid=uuid).values_list("pk", flat=True).first() if uuid else None
            if found is None:
                raise not_there(f"/{scope}", _("Say by its UUID what the file is about: one of your organisation’s."))
            return int(found)
    return 0


def _query(request: ApiRequest, asked: ExportAsked) -> str:
    if asked.portfolio is None:
        return ""
    if asked.scope != ExportAbout.PORTFOLIO:
        raise not_there("/portfolio", _("This belongs to another scope."))
    query, _choice = query_of(request.member, asked.portfolio, timezone.localdate(), under="/portfolio/")
    return chosen.narrowed(query)


@endpoint(router, "GET", "/exports/{uuid:export}", "export_detail", ExportOut)
def export_detail(request: ApiRequest, export: UUID) -> dict[str, Any]:
    """How far an export is.

    While it is being written, `Retry-After` says when to ask again."""
    row = get_object_or_404(_mine(request), uuid=export)
    show_when(request, is_unfinished=row.is_unfinished)
    return _told(row)


@endpoint(router, "POST", "/exports/{uuid:export}/cancel", "export_cancel", ExportOut, problems=(409,))
def export_cancel(request: ApiRequest, export: UUID) -> dict[str, Any]:
    """Give an export up.

    409 where it has ended already."""
    row = get_object_or_404(_mine(request), uuid=export)
    job.cancel(request.member, row)
    row.refresh_from_db()
    return _told(row)


@endpoint(
    router,
    "GET",
    "/exports/{uuid:export}/file",
    "export_file",
    None,
    problems=(409,),
    is_kept=True,
    more=bytes_of(*dict.fromkeys(job.CONTENT_TYPES.values())),
)
def export_file(request: ApiRequest, export: UUID) -> HttpResponseBase:
    """The file.

    409 while it is not ready, once it is not kept any more, and while it tells of a vendor that you judge by now. That
    it was fetched is in the trail. The token needs the scopes with which one is asked for."""
    _hold_to_scopes(request)
    row = get_object_or_404(_mine(request), uuid=export)
    if row.is_unfinished:
        words = _("It is not ready; its state says how far it is.")
        raise Problem(409, "refused", words, headers={"Retry-After": SOON})
    with transaction.atomic():  # the trail tells of nothing whose file is gone
        if _has_it(request, row):
            return not_changed()
        job.fetched(request.member, row)
        return attachment(row.file, name=row.file_name, content_type=job.CONTENT_TYPES[ExportFormat(row.format)])


def _has_it(request: ApiRequest, export: Export) -> bool:
    return bool(export.sha256) and _is_kept(export) and is_known(request, export.sha256)


def _mine(request: ApiRequest) -> ExportQuerySet:
    return job.EXPORTS.rows().for_member(request.member).filter(requested_by=request.member.user)


def _is_kept(export: Export) -> bool:
    return export.is_ready and bool(export.file) and (export.expires_at is None or export.expires_at > timezone.now())


def _told(export: Export) -> dict[str, Any]:
    told = export.told or {}
    same = ("uuid", "scope", "format", "language", "state", "done", "total", "requested_at", "finished_at", "size")
    return {
        **{name: getattr(export, name) for name in same},
        "failure": export.failure or None,
        "failure_said": job.failure_words(export) or None,
        "rows": told.get("rows"),
        "left_out": told.get("closed", []),
        "file_name": export.file_name or None,
        "sha256": export.sha256 or None,
        "expires_at": export.expires_at,
        "is_kept": _is_kept(export),
    }
